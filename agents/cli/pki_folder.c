/* SPDX-License-Identifier: EUPL-1.2 */
/* What lies where in the key folder of a party and in the folder of the registrar. */
#include "agents/cli/pki_folder.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct kb_pki_path
kb_pki_path(const char *folder, const char *name)
{
	struct kb_pki_path path;

	if ((size_t)snprintf(path.text, sizeof(path.text), "%s/%s", folder, name) >=
	    sizeof(path.text)) {
		path.text[0] = 0; /* no file has an empty name: opening it says so */
	}
	return path;
}

enum kb_err
kb_pki_folder_make(const char *folder, struct kb_error_text *where)
{
	struct stat facts;

	if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
		return kb_fail(where, kb_err_from_errno(errno),
			       "de map %s kan niet worden gemaakt: %s", folder, strerror(errno));
	}
	if (stat(folder, &facts) != 0 || !S_ISDIR(facts.st_mode)) {
		return kb_fail(where, KB_ERR_DATA, "%s is geen map", folder);
	}
	if ((facts.st_mode & 077) != 0) {
		return kb_fail(where, KB_ERR_PERMISSION,
			       "de map %s is open voor anderen; maak haar dicht met: chmod 700 %s",
			       folder, folder);
	}
	return KB_OK;
}

enum kb_err
kb_pki_out_folder(const char *folder, struct kb_error_text *where)
{
	if (mkdir(folder, 0755) != 0 && errno != EEXIST) {
		return kb_fail(where, kb_err_from_errno(errno),
			       "de map %s kan niet worden gemaakt: %s", folder, strerror(errno));
	}
	return access(folder, W_OK | X_OK) == 0
		       ? KB_OK
		       : kb_fail(where, kb_err_from_errno(errno),
				 "in de map %s kan niet worden geschreven: %s", folder,
				 strerror(errno));
}

static const struct {
	const char *name;
	enum kb_key_use use;
} key_files[] = {
	{ KB_PKI_SIGN_KEY, KB_KEY_USE_SIGN },
	{ KB_PKI_SEAL_KEY, KB_KEY_USE_SEAL },
	{ KB_PKI_CURVE_KEY, KB_KEY_USE_TRANSPORT },
	{ KB_PKI_MASTER_KEY, KB_KEY_USE_MASTER },
};

static enum kb_err
key_make(const char *folder, size_t i, struct kb_error_text *where)
{
	struct kb_pki_path path = kb_pki_path(folder, key_files[i].name);
	struct kb_secret secret = { 0 };
	enum kb_err err = kb_key_fresh(&secret);

	if (err == KB_OK) {
		err = kb_key_file_write(path.text, key_files[i].use, &secret, where);
	}
	if (err == KB_ERR_EXISTS) {
		err = KB_OK; /* an earlier try got this far; whether the file is good shows when it is read */
	}
	kb_secret_release(&secret);
	return err;
}

enum kb_err
kb_pki_keys_make(const char *folder, struct kb_error_text *where)
{
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < sizeof(key_files) / sizeof(key_files[0]); i++) {
		err = key_make(folder, i, where);
	}
	return err;
}

enum kb_err
kb_pki_master_key_keep(const char *previous, const char *folder, struct kb_error_text *where)
{
	struct kb_pki_path from = kb_pki_path(previous, KB_PKI_MASTER_KEY);
	struct kb_pki_path to = kb_pki_path(folder, KB_PKI_MASTER_KEY);
	struct kb_secret secret = { 0 };
	enum kb_err err = kb_key_file_load(from.text, KB_KEY_USE_MASTER, &secret, where);

	if (err == KB_OK) {
		err = kb_key_file_write(to.text, KB_KEY_USE_MASTER, &secret, where);
	}
	kb_secret_release(&secret);
	return err == KB_ERR_EXISTS ? KB_OK : err;
}

static enum kb_err
public_of(const char *folder, size_t i, uint8_t out[KB_KEY_BYTES], struct kb_error_text *where)
{
	struct kb_pki_path path = kb_pki_path(folder, key_files[i].name);
	struct kb_secret secret = { 0 };
	enum kb_err err = kb_key_file_load(path.text, key_files[i].use, &secret, where);

	if (err == KB_OK) {
		err = kb_key_public(key_files[i].use, &secret, out);
	}
	kb_secret_release(&secret);
	return err;
}

enum kb_err
kb_pki_public_keys(const char *folder, struct kb_descriptor *descriptor,
		   struct kb_error_text *where)
{
	enum kb_err err = public_of(folder, 0, descriptor->signing_key, where);

	if (err == KB_OK) {
		err = public_of(folder, 1, descriptor->sealing_key, where);
	}
	return err == KB_OK ? public_of(folder, 2, descriptor->transport_key, where) : err;
}

enum kb_err
kb_pki_sign_key(const char *folder, struct kb_sign_key **out, struct kb_error_text *where)
{
	struct kb_pki_path path = kb_pki_path(folder, KB_PKI_SIGN_KEY);
	struct kb_secret seed = { 0 };
	enum kb_err err = kb_key_file_load(path.text, KB_KEY_USE_SIGN, &seed, where);

	if (err == KB_OK) {
		err = kb_sign_key_new(&seed, out);
	}
	kb_secret_release(&seed);
	return err;
}

void
kb_pki_fingerprint(const struct kb_descriptor *descriptor, char out[KB_FINGERPRINT_TEXT])
{
	const struct kb_span keys[] = { KB_SPAN_OF(descriptor->signing_key),
					KB_SPAN_OF(descriptor->sealing_key),
					KB_SPAN_OF(descriptor->transport_key) };

	kb_fingerprint(keys, 3, out);
}

enum kb_err
kb_pki_sign_descriptor(const struct kb_pki_signers *signers, struct kb_span descriptor,
		       struct kb_buf *certificate_signature, struct kb_join_request *out,
		       struct kb_buf *previous_signature)
{
	struct kb_signature signature;
	enum kb_err err = kb_x509_sign(signers->certificate_key, KB_SIGN_LABEL_DESCRIPTOR,
				       &descriptor, 1, certificate_signature);

	if (err == KB_OK) {
		err = kb_sign(signers->own, KB_SIGN_LABEL_POSSESSION, &descriptor, 1, &signature);
	}
	if (err == KB_OK) {
		memcpy(out->possession, signature.bytes, sizeof(out->possession));
		out->descriptor = descriptor;
		out->certificate_signature = kb_buf_span(certificate_signature);
	}
	if (err == KB_OK && signers->previous != NULL) {
		err = kb_sign(signers->previous, KB_SIGN_LABEL_DESCRIPTOR, &descriptor, 1,
			      &signature);
		if (err == KB_OK) {
			err = kb_buf_put(previous_signature, KB_SPAN_OF(signature.bytes));
		}
		out->previous_signature = kb_buf_span(previous_signature);
	}
	return err;
}

void
kb_pki_party_file(const struct kb_party_id *party, char out[KB_PARTY_ID_MAX + 1])
{
	memcpy(out, party->text, KB_PARTY_ID_MAX + 1);
	if (out[KB_OIN_CHARS] == '/') {
		out[KB_OIN_CHARS] = '-';
	}
}
