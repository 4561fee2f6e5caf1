/* SPDX-License-Identifier: EUPL-1.2 */
/* Every way a function of ours can fail, in one table. */
#ifndef KB_BASE_ERROR_H
#define KB_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a failure asks of the caller. The category decides the reaction, the code only names the cause. */
enum kb_err_category {
	KB_CATEGORY_NONE = 0,
	KB_CATEGORY_IO,	   /* disk, network or system call; exit 69 */
	KB_CATEGORY_AGAIN, /* nothing is wrong, try later; exit 75 */
	KB_CATEGORY_PROTOCOL, /* bytes from outside that break the wire contract: reject and record; exit 65 */
	KB_CATEGORY_REFUSED,  /* well-formed but not allowed: reject and record; exit 77 */
	KB_CATEGORY_CONFLICT, /* does not fit what is stored; exit 65 */
	KB_CATEGORY_DATA,     /* input of a person or another program is wrong; exit 65 */
	KB_CATEGORY_CONFIG, /* configuration, keys or data folder: an administrator must act; exit 78 */
	KB_CATEGORY_USAGE,	/* wrong words on the command line; exit 64 */
	KB_CATEGORY_PERMISSION, /* the operating system or the user table says no; exit 77 */
	KB_CATEGORY_INTERNAL,	/* our own fault, or no memory; exit 70 */
};

/*
 * X(name, category, wire reason, text). The wire reason is the number under which a refusal for this cause travels in
 * receipts and publish results (registry: proto/README.md); 0 means: never on the wire. Reasons are never reused.
 */
#define KB_ERROR_TABLE(X)                                                                          \
	X(OK, NONE, 0, "ok")                                                                       \
	X(IO, IO, 0, "reading or writing failed")                                                  \
	X(NO_SPACE, IO, 0, "the disk is full")                                                     \
	X(OFFLINE, AGAIN, 0, "the other side cannot be reached")                                   \
	X(TIMEOUT, AGAIN, 0, "it took too long")                                                   \
	X(BUSY, AGAIN, 1, "too busy, try again later")                                             \
	X(MAILBOX_FULL, AGAIN, 2, "the mailbox of the recipient is full")                          \
	X(STORE_FULL, AGAIN, 3, "the store has reached its configured size")                       \
	X(NEEDS_CONFIRMATION, AGAIN, 0,                                                            \
	  "this change is larger than usual and needs a confirmation")                             \
	X(TRUNCATED, PROTOCOL, 10, "the message ends too early")                                   \
	X(OVERSIZE, PROTOCOL, 11, "the message or a field is larger than allowed")                 \
	X(MALFORMED, PROTOCOL, 12, "the message is not well formed")                               \
	X(NOT_CANONICAL, PROTOCOL, 13, "the message is not in its one canonical form")             \
	X(UNKNOWN_FIELD, PROTOCOL, 14, "the message has a field that this kind does not know")     \
	X(TOO_DEEP, PROTOCOL, 15, "the message is nested too deeply")                              \
	X(BAD_TEXT, PROTOCOL, 16, "a text field is not valid UTF-8 or has control characters")     \
	X(BAD_VALUE, PROTOCOL, 17, "a field has a value outside its range")                        \
	X(BAD_VERSION, PROTOCOL, 18, "the wire version is not spoken here")                        \
	X(BAD_SUITE, PROTOCOL, 19, "the crypto suite is not known here")                           \
	X(SEALED_HASH, PROTOCOL, 20,                                                               \
	  "the sealed bytes do not have the hash that the header names")                           \
	X(BAD_SEAL, PROTOCOL, 21, "the signature of the sender does not hold")                     \
	X(BAD_PATH, PROTOCOL, 22, "the Merkle path does not fit its index and size")               \
	X(COMMITMENT_MISMATCH, PROTOCOL, 23, "the body is not the one that the header commits to") \
	X(CANNOT_OPEN, PROTOCOL, 24, "the sealed body cannot be opened with this key")             \
	X(SENDER_MISMATCH, REFUSED, 30,                                                            \
	  "the sender in the header is not the party of this connection")                          \
	X(UNKNOWN_SENDER, REFUSED, 31, "the sender is not in the register")                        \
	X(UNKNOWN_RECIPIENT, REFUSED, 32, "the recipient is not in the register")                  \
	X(WRONG_RECIPIENT, REFUSED, 33, "the message is not for this party")                       \
	X(REVOKED, REFUSED, 34, "the key of the sender has been revoked")                          \
	X(NOT_VALID_NOW, REFUSED, 35, "the key is not valid at this time")                         \
	X(EXPIRED, REFUSED, 36, "the message has expired")                                         \
	X(EQUIVOCATION, REFUSED, 37, "the same number was used before for another content")        \
	X(UNKNOWN_KIND, REFUSED, 38, "this kind of message is not known here")                     \
	X(NOT_ALLOWED, REFUSED, 39, "this kind of message is not allowed between these parties")   \
	X(NO_GROUND, REFUSED, 40, "the legal ground or purpose does not allow this message")       \
	X(FIELD_NOT_ALLOWED, REFUSED, 41, "a field is not allowed for this recipient")             \
	X(REGISTER_EXPIRED, REFUSED, 42, "the register is too old to send with")                   \
	X(NOT_ENROLLED, REFUSED, 43, "this connection belongs to no enrolled party")               \
	X(REPLACED, REFUSED, 44, "a newer connection of the same party has taken over")            \
	X(CLOCK, REFUSED, 45, "the clock differs too much")                                        \
	X(NO_CONSENT, REFUSED, 46, "there is no valid toestemming that covers this")               \
	X(CONSENT_WITHDRAWN, REFUSED, 47, "the toestemming for this has been withdrawn")           \
	X(INCOMPLETE, REFUSED, 48, "something that this message needs is missing")                 \
	X(DUPLICATE, CONFLICT, 50, "this was received before")                                     \
	X(RECALLED, REFUSED, 51, "the sender has closed this number")                              \
	X(NOT_FOUND, CONFLICT, 52, "there is no such thing here")                                  \
	X(EXISTS, CONFLICT, 53, "it exists already")                                               \
	X(STATE, CONFLICT, 54, "this is not possible in the present state")                        \
	X(CORRUPT, CONFIG, 0, "stored data is damaged")                                            \
	X(READ_ONLY, CONFIG, 0, "the store is read-only because damage was found")                 \
	X(NEWER_DATA, CONFIG, 0, "the data was written by a newer version")                        \
	X(LOCKED, CONFIG, 0, "another process uses this data folder")                              \
	X(CONFIG, CONFIG, 0, "the configuration is wrong")                                         \
	X(KEY_FILE, CONFIG, 0, "a key file is missing, damaged or readable by others")             \
	X(CERTIFICATE, CONFIG, 55, "a certificate is not valid for this use")                      \
	X(BAD_KEY, CONFIG, 56, "a public key is weak, known already or not canonical")             \
	X(RESTORED, CONFIG, 0, "the store is older than what others have seen of it")              \
	X(DATA, DATA, 57, "the input is wrong")                                                    \
	X(USAGE, USAGE, 0, "the command is not used as it should be")                              \
	X(PERMISSION, PERMISSION, 0, "not permitted")                                              \
	X(UNKNOWN_USER, PERMISSION, 0, "this user is not known or no longer active")               \
	X(NO_MEMORY, INTERNAL, 0, "no memory")                                                     \
	X(CRYPTO, INTERNAL, 0, "the crypto library failed")                                        \
	X(INTERNAL, INTERNAL, 0, "internal fault")

enum kb_err {

#define KB_ERROR_ENUM(name, category, reason, text) KB_ERR_##name,
	KB_ERROR_TABLE(KB_ERROR_ENUM)
#undef KB_ERROR_ENUM
		KB_ERR_COUNT,
};
#define KB_OK KB_ERR_OK

/* A failure that nobody looks at is a bug; to ignore one on purpose, say why with kb_ignore(). */
#define KB_MUST_CHECK __attribute__((warn_unused_result))

static inline void
kb_ignore(enum kb_err err, const char *reason)
{
	(void)err;
	(void)reason;
}

/* The stable name of err ("MAILBOX_FULL"), for logs and JSON. Never NULL. */
const char *kb_err_name(enum kb_err err);

/* One plain sentence part in English for logs and administrators. Never NULL. */
const char *kb_err_text(enum kb_err err);

enum kb_err_category kb_err_category(enum kb_err err);
const char *kb_err_category_name(enum kb_err_category category);

/* The number under which err travels on the wire, 0 if it never does. */
uint32_t kb_err_reason(enum kb_err err);

/* The inverse; KB_ERR_INTERNAL for a number that is not in the table (check kb_reason_known() on input from outside). */
enum kb_err kb_err_from_reason(uint32_t reason);
bool kb_reason_known(uint32_t reason);

/* Exit code of a program that ends because of err (sysexits: 0 64 65 69 70 75 77 78). */
int kb_err_exit_code(enum kb_err err);

/* Maps errno of a system call: ENOSPC and EDQUOT NO_SPACE, ENOMEM NO_MEMORY, EACCES and EPERM PERMISSION, else IO. */
enum kb_err kb_err_from_errno(int error_number);

/*
 * Text for people (file, line, value, what to do) that travels beside an error in configuration, import and
 * administration paths. The caller owns it; text is always NUL-terminated.
 */
#define KB_ERROR_TEXT_MAX 512

struct kb_error_text {
	char text[KB_ERROR_TEXT_MAX];
};

/* Writes the formatted text (cut at KB_ERROR_TEXT_MAX) when where is not NULL, and returns err, so that one can write
 * return kb_fail(where, KB_ERR_CONFIG, ...). */
__attribute__((format(printf, 3, 4))) enum kb_err kb_fail(struct kb_error_text *where,
							  enum kb_err err, const char *format, ...);

/* Our own invariants, on in all builds. Never for anything that comes from outside. Logs and aborts: durable state is
 * safe because nothing half done is ever committed. */
#define KB_INVARIANT(condition)                                                                    \
	((condition) ? (void)0 : kb_invariant_failed(#condition, __FILE__, __LINE__))
_Noreturn void kb_invariant_failed(const char *condition, const char *file, int line);

#endif
