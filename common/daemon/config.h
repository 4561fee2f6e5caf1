/* SPDX-License-Identifier: EUPL-1.2 */
/* The configuration of one program: one table of keys, one file "[section] key = value", all faults with file:line. */
#ifndef KB_DAEMON_CONFIG_H
#define KB_DAEMON_CONFIG_H

#include "common/base/ids.h"
#include "common/daemon/faults.h"

/* Opaque types. */
struct kb_config;

/*
 * PATH: absolute path of a file or folder, the only way to name a secret. U64: decimal, from least to most, in unit.
 * ENUM: one of choices. ENDPOINT: tcp://host:port or ipc:///absolute/path and nothing else (reliability.md 1.4).
 * BOOL: yes or no.
 */
enum kb_config_type {
	KB_CONFIG_NONE = 0,
	KB_CONFIG_TEXT,
	KB_CONFIG_PATH,
	KB_CONFIG_U64,
	KB_CONFIG_BOOL,
	KB_CONFIG_ENUM,
	KB_CONFIG_ENDPOINT,
	KB_CONFIG_PARTY,
	KB_CONFIG_TYPE_COUNT,
};

/* "number", "absolute path" ...: for people. Never NULL. */
const char *kb_config_type_name(enum kb_config_type type);

/*
 * One row. The default lives here and nowhere else: fallback is the text that a file would hold, NULL for no default.
 * A key without a fallback that is not required reads as "" / 0 / false (kb_config_set() tells).
 */
struct kb_config_key {
	const char *section;
	const char *key;
	enum kb_config_type type;
	bool required;	/* only without a fallback */
	uint64_t least; /* U64 */
	uint64_t
		most; /* U64; TEXT and PATH: longest length in bytes, 0 for no other limit than the line's */
	const char *unit;	    /* U64: "ms", "bytes", "messages" ...; shown to people */
	const char *const *choices; /* ENUM: names, ended by NULL */
	const char *fallback;
	const char *
		help; /* one sentence without a line end, for --config-reference and the man page */
};

/*
 * The table of one program. Its rows are numbered by an enum of the program, so that a misspelt key does not compile:
 *
 *	enum broker_key { BROKER_LISTEN, BROKER_STORE, BROKER_KEY_COUNT };
 *	static const struct kb_config_key keys[] = { [BROKER_LISTEN] = { .section = "net", ... }, ... };
 */
struct kb_config_table {
	const char *program; /* "ketenbode-broker" */
	const struct kb_config_key *keys;
	size_t count;
};

/* Checks the table itself (names, fallbacks that parse, least <= most, no key twice): for the unit test of each program.
 * KB_ERR_INTERNAL with a sentence. */
KB_MUST_CHECK enum kb_err kb_config_table_check(const struct kb_config_table *table,
						struct kb_error_text *where);

/*
 * Reads path. Every fault (those of kb_ini_parse, unknown section or key, wrong type, out of range, a required key that is
 * missing, a file that others may write) goes to faults; KB_ERR_CONFIG, KB_ERR_IO or KB_ERR_NO_MEMORY and *out untouched.
 * The caller gives *out to kb_config_free.
 */
KB_MUST_CHECK enum kb_err kb_config_open(const struct kb_config_table *table, const char *path,
					 struct kb_faults *faults, struct kb_config **out);
/* The same from memory; file is only its name in faults. */
KB_MUST_CHECK enum kb_err kb_config_parse(const struct kb_config_table *table, struct kb_span text,
					  const char *file, struct kb_faults *faults,
					  struct kb_config **out);
void kb_config_free(struct kb_config *config);

/* key is the number of the row; asking another type than the row has is our own fault (KB_INVARIANT). Texts are borrowed
 * from the config and never NULL. */
bool kb_config_set(const struct kb_config *config, size_t key); /* in the file, or by a fallback */
const char *kb_config_text(const struct kb_config *config, size_t key); /* TEXT, PATH, ENDPOINT */
uint64_t kb_config_u64(const struct kb_config *config, size_t key);
bool kb_config_bool(const struct kb_config *config, size_t key);
size_t kb_config_enum(const struct kb_config *config, size_t key); /* place in choices */
struct kb_party_id kb_config_party(const struct kb_config *config, size_t key);
/* The line of the file that holds the key, 0 for a fallback: for faults that only the program can see. */
uint32_t kb_config_line(const struct kb_config *config, size_t key);
const char *kb_config_file(const struct kb_config *config);

/* --print-config: the effective values in the form of the file. */
KB_MUST_CHECK enum kb_err kb_config_print(const struct kb_config *config, struct kb_buf *out);
/* --config-reference: every key with type, range, default and help, as a commented file. */
KB_MUST_CHECK enum kb_err kb_config_reference(const struct kb_config_table *table,
					      struct kb_buf *out);

#endif
