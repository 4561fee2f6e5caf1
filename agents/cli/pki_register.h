/* SPDX-License-Identifier: EUPL-1.2 */
/* The registrar's register on disk: read whole, changed in memory, signed and replaced whole. */
#ifndef KB_CLI_PKI_REGISTER_H
#define KB_CLI_PKI_REGISTER_H

#include "agents/cli/pki_folder.h"
#include "common/crypto/x509_issue.h"
#include "common/trust/register_trust.h"

#define KB_PKI_HEAD_DAYS_DEFAULT 30
#define KB_PKI_CRL_MARGIN_DAYS 5
#define KB_PKI_CRL_DAYS_DEFAULT (KB_PKI_HEAD_DAYS_DEFAULT + KB_PKI_CRL_MARGIN_DAYS)
#define KB_PKI_CERTIFICATE_DAYS 730

struct kb_pki_member {
	struct kb_span entry; /* encoded */
	struct kb_descriptor descriptor;
};

/* Everything of the registrar. Zeroed: empty. All spans live in arena or the bufs. */
struct kb_pki_register {
	struct kb_arena arena;
	struct kb_buf file;	 /* register.kb as it was read */
	struct kb_buf authority; /* DER of the CA */
	struct kb_x509_key *ca_key;
	struct kb_sign_key *sign_key;
	struct kb_party_id registrar;
	struct kb_pki_member *members; /* in tree order */
	size_t member_count;
	struct kb_revocation_list revocations;
	struct kb_span crl; /* DER */
	uint64_t version;
	int64_t now_utc_ms;
	struct kb_error_text where;
};

/* Reads the folder of the registrar: keys, CA and register. The head must be its own. */
KB_MUST_CHECK enum kb_err kb_pki_register_open(const char *folder, struct kb_pki_register *out);
/* A new one, in memory, around the CA that was just made. */
KB_MUST_CHECK enum kb_err kb_pki_register_keys(const char *folder, struct kb_pki_register *out);
void kb_pki_register_release(struct kb_pki_register *reg);

/* The newest member of that party, or NULL. */
const struct kb_pki_member *kb_pki_register_find(const struct kb_pki_register *reg,
						 const struct kb_party_id *party);
const struct kb_pki_member *kb_pki_register_find_kind(const struct kb_pki_register *reg,
						      enum kb_party_kind kind);

/*
 * Everything that a new member must satisfy (design 3): request well formed, possession and certificate hold, keys good and
 * never used before by anyone, version follows the newest, no gemeentecode that another party serves in that time, a unit only
 * for schools and one of their vestigingen, one broker and one registrar. Issues the certificate when the request asks for one.
 * Appends the member; *index is its place. A request that was admitted before, byte for byte, gives the place it has.
 * KB_ERR_DATA, KB_ERR_EXISTS, KB_ERR_BAD_KEY, KB_ERR_CERTIFICATE ... with a Dutch sentence in reg->where.
 */
KB_MUST_CHECK enum kb_err kb_pki_register_admit(struct kb_pki_register *reg, struct kb_span request,
						size_t *index);

/* A certificate revocation list with the certificates of this revocation added, and of a new date. */
KB_MUST_CHECK enum kb_err kb_pki_register_crl(struct kb_pki_register *reg,
					      const struct kb_span *certificates, size_t count,
					      uint64_t days);

/* Signs a head of the next version over the members and replaces register.kb. */
KB_MUST_CHECK enum kb_err kb_pki_register_save(struct kb_pki_register *reg, const char *folder,
					       uint64_t head_days,
					       struct kb_signed_register_head *head);

/* The proof that member number index stands in the register as it was saved. path is the caller's. */
KB_MUST_CHECK enum kb_err kb_pki_register_prove(const struct kb_pki_register *reg, size_t index,
						struct kb_buf *path, struct kb_register_proof *out);

/* What is read aloud at joining: registrar's key, authority, broker and its key; whoever swaps one of them is heard. */
void kb_pki_join_fingerprint(const struct kb_join_file *join, char out[KB_FINGERPRINT_TEXT]);
/* The same, before there is a join file. All zero keys when there is no broker yet. */
void kb_pki_register_join_fingerprint(const struct kb_pki_register *reg,
				      char out[KB_FINGERPRINT_TEXT]);
/* KB_ERR_USAGE with a sentence unless a join file can carry this address. */
KB_MUST_CHECK enum kb_err kb_pki_register_check_address(const char *broker_address,
							struct kb_error_text *where);

/* Appends a join file for member number index. */
KB_MUST_CHECK enum kb_err kb_pki_register_join(const struct kb_pki_register *reg, size_t index,
					       const struct kb_signed_register_head *head,
					       const char *broker_address, struct kb_buf *out,
					       struct kb_error_text *where);

#endif
