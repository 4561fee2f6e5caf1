/* SPDX-License-Identifier: EUPL-1.2 */
/* What lies where in the key folder of a party and in the folder of the registrar. */
#ifndef KB_CLI_PKI_FOLDER_H
#define KB_CLI_PKI_FOLDER_H

#include <limits.h>

#include "common/base/clock.h"
#include "common/crypto/keys.h"
#include "common/crypto/sign.h"
#include "common/crypto/x509_key.h"
#include "common/wire/register.h"

/* Names of files. The private ones have mode 0600 and never leave the folder they were made in. */
#define KB_PKI_SIGN_KEY "sign.key"
#define KB_PKI_SEAL_KEY "seal.key"
#define KB_PKI_CURVE_KEY "curve.key"
#define KB_PKI_MASTER_KEY "master.key"
#define KB_PKI_CERTIFICATE_KEY "certificate.key"
#define KB_PKI_JOIN "join"
#define KB_PKI_REGISTER "register.kb"
#define KB_PKI_CA_KEY "ca.key"
#define KB_PKI_CA "ca.pem"

#define KB_DAY_MS INT64_C(86400000)

struct kb_pki_path {
	char text[PATH_MAX];
};
struct kb_pki_path kb_pki_path(const char *folder, const char *name);

/* Makes the folder with mode 0700 when it is not there; KB_ERR_PERMISSION when others can get in. */
KB_MUST_CHECK enum kb_err kb_pki_folder_make(const char *folder, struct kb_error_text *where);

/* A folder for files that may travel; made with mode 0755 when it is not there. KB_ERR_PERMISSION when it cannot be written. */
KB_MUST_CHECK enum kb_err kb_pki_out_folder(const char *folder, struct kb_error_text *where);

/* The public keys of the key files in folder, into descriptor. */
KB_MUST_CHECK enum kb_err kb_pki_public_keys(const char *folder, struct kb_descriptor *descriptor,
					     struct kb_error_text *where);

/* The signing key in folder. The caller frees it. */
KB_MUST_CHECK enum kb_err kb_pki_sign_key(const char *folder, struct kb_sign_key **out,
					  struct kb_error_text *where);

/* Fingerprint of the three public keys of a descriptor: what is read aloud. */
void kb_pki_fingerprint(const struct kb_descriptor *descriptor, char out[KB_FINGERPRINT_TEXT]);

/* Makes the four key files, but keeps those that are there: a request may be made again. */
KB_MUST_CHECK enum kb_err kb_pki_keys_make(const char *folder, struct kb_error_text *where);

/*
 * At a rotation: the master key of the previous folder goes along, before kb_pki_keys_make(). It has no public half and seals
 * the data keys of the store: with another one the agent does not start. A master key that is there already stays.
 */
KB_MUST_CHECK enum kb_err kb_pki_master_key_keep(const char *previous, const char *folder,
						 struct kb_error_text *where);

/* Signs descriptor bytes for a request: with the certificate's key, the own signing key, and (version > 1) the previous one. */
struct kb_pki_signers {
	const struct kb_x509_key *certificate_key;
	const struct kb_sign_key *own;
	const struct kb_sign_key *previous; /* or NULL */
};
KB_MUST_CHECK enum kb_err kb_pki_sign_descriptor(const struct kb_pki_signers *signers,
						 struct kb_span descriptor,
						 struct kb_buf *certificate_signature,
						 struct kb_join_request *out,
						 struct kb_buf *previous_signature);

/* Name of a file for a party: '/' becomes '-'. */
void kb_pki_party_file(const struct kb_party_id *party, char out[KB_PARTY_ID_MAX + 1]);

#endif
