/* SPDX-License-Identifier: EUPL-1.2 */
/* The registrar's register on disk. */
#include "agents/cli/pki_register.h"

#include <unistd.h>

#include "common/base/file.h"
#include "common/crypto/hash.h"
#include "common/crypto/merkle_frontier.h"
#include "common/crypto/merkle_proof.h"
#include "common/crypto/pem.h"

enum kb_err
kb_pki_register_keys(const char *folder, struct kb_pki_register *out)
{
	struct kb_pki_path ca = kb_pki_path(folder, KB_PKI_CA);
	struct kb_pki_path ca_key = kb_pki_path(folder, KB_PKI_CA_KEY);
	struct kb_clock clock = kb_clock_system();
	enum kb_err err =
		kb_pem_file_load(ca.text, KB_PEM_KIND_CERTIFICATE, &out->authority, &out->where);

	out->now_utc_ms = kb_clock_utc_ms(&clock);
	if (err == KB_OK) {
		err = kb_x509_key_load(ca_key.text, &out->ca_key, &out->where);
	}
	return err == KB_OK ? kb_pki_sign_key(folder, &out->sign_key, &out->where) : err;
}

static enum kb_err
read_members(struct kb_pki_register *reg, const struct kb_register_file *file)
{
	enum kb_err err = KB_OK;

	reg->members = kb_arena_alloc(&reg->arena, (file->entry_count + 1) * sizeof(*reg->members));
	if (reg->members == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; err == KB_OK && i < file->entry_count; i++) {
		struct kb_register_entry entry;
		struct kb_pki_member *member = &reg->members[i];

		member->entry = file->entries[i];
		err = kb_register_entry_decode(file->entries[i], &reg->arena, &entry);
		if (err == KB_OK) {
			err = kb_descriptor_decode(entry.descriptor, &reg->arena,
						   &member->descriptor);
		}
		reg->member_count += err == KB_OK;
	}
	return err;
}

/* Our own signature over what we read: a register that somebody changed must not be signed again. */
static enum kb_err
check_own(struct kb_pki_register *reg, const struct kb_register_file *file)
{
	struct kb_register_head head;
	struct kb_merkle_frontier frontier = { 0 };
	struct kb_sign_public public_key;
	struct kb_verify_key *verify_key = NULL;
	struct kb_trust_anchor anchor = { 0 };
	struct kb_hash root;
	enum kb_err err = kb_register_head_decode(file->head.head, &reg->arena, &head);

	if (err != KB_OK) {
		return err;
	}
	kb_sign_key_public(reg->sign_key, &public_key);
	err = kb_verify_key_new(&public_key, &verify_key);
	anchor = (struct kb_trust_anchor){ .registrar = head.registrar,
					   .registrar_key = verify_key };
	if (err == KB_OK) {
		err = kb_register_head_trust(&file->head, &anchor, &reg->arena, &head);
	}
	if (err == KB_OK) {
		err = kb_register_lists_trust(&head, file->revocations, file->crl);
	}
	for (size_t i = 0; err == KB_OK && i < file->entry_count; i++) {
		struct kb_hash leaf;

		kb_merkle_leaf(file->entries[i], &leaf);
		err = kb_merkle_frontier_append(&frontier, &leaf, NULL, NULL);
	}
	kb_merkle_frontier_root(&frontier, &root);
	if (err == KB_OK &&
	    (frontier.size != head.tree_size || !kb_hash_equal(&root, &head.root))) {
		err = KB_ERR_BAD_SEAL;
	}
	reg->registrar = head.registrar;
	reg->version = head.version;
	kb_verify_key_free(verify_key);
	return err;
}

enum kb_err
kb_pki_register_open(const char *folder, struct kb_pki_register *out)
{
	struct kb_pki_path path = kb_pki_path(folder, KB_PKI_REGISTER);
	struct kb_register_file file;
	enum kb_err err = kb_pki_register_keys(folder, out);

	if (err == KB_OK) {
		err = kb_file_read(path.text, KB_WIRE_REGISTER_FILE_BYTES_MAX, &out->file,
				   &out->where);
	}
	if (err != KB_OK) {
		return err;
	}
	err = kb_register_file_decode(kb_buf_span(&out->file), &out->arena, &file);
	if (err == KB_OK) {
		err = check_own(out, &file);
	}
	if (err == KB_OK) {
		err = kb_revocation_list_decode(file.revocations, &out->arena, &out->revocations);
	}
	if (err == KB_OK) {
		err = read_members(out, &file);
	}
	out->crl = file.crl;
	return err == KB_OK ? KB_OK
			    : kb_fail(&out->where, KB_ERR_DATA,
				      "%s is beschadigd of niet van deze registerhouder (%s); zet "
				      "een reservekopie terug",
				      path.text, kb_err_text(err));
}

void
kb_pki_register_release(struct kb_pki_register *reg)
{
	kb_x509_key_free(reg->ca_key);
	kb_sign_key_free(reg->sign_key);
	kb_buf_release(&reg->authority);
	kb_buf_release(&reg->file);
	kb_arena_release(&reg->arena);
	reg->ca_key = NULL;
	reg->sign_key = NULL;
}

const struct kb_pki_member *
kb_pki_register_find(const struct kb_pki_register *reg, const struct kb_party_id *party)
{
	const struct kb_pki_member *newest = NULL;

	for (size_t i = 0; i < reg->member_count; i++) {
		const struct kb_pki_member *member = &reg->members[i];

		if (kb_party_id_equal(&member->descriptor.party, party) &&
		    (newest == NULL || member->descriptor.version > newest->descriptor.version)) {
			newest = member;
		}
	}
	return newest;
}

const struct kb_pki_member *
kb_pki_register_find_kind(const struct kb_pki_register *reg, enum kb_party_kind kind)
{
	for (size_t i = 0; i < reg->member_count; i++) {
		if (reg->members[i].descriptor.kind == kind) {
			return kb_pki_register_find(reg, &reg->members[i].descriptor.party);
		}
	}
	return NULL;
}

enum kb_err
kb_pki_register_crl(struct kb_pki_register *reg, const struct kb_span *certificates, size_t count,
		    uint64_t days)
{
	struct kb_x509_ca ca = { .key = reg->ca_key, .certificate = kb_buf_span(&reg->authority) };
	struct kb_x509_validity validity = { .from_utc_ms = reg->now_utc_ms - 60 * 1000,
					     .until_utc_ms =
						     reg->now_utc_ms + (int64_t)days * KB_DAY_MS };
	struct kb_buf crl = { 0 };
	enum kb_err err =
		kb_x509_crl_issue(&ca, reg->crl, certificates, count, validity, &crl, &reg->where);

	if (err == KB_OK) {
		reg->crl = kb_arena_copy(&reg->arena, kb_buf_span(&crl));
		err = reg->crl.len > 0 ? KB_OK : KB_ERR_NO_MEMORY;
	}
	kb_buf_release(&crl);
	return err;
}

static enum kb_err
leaf_of(void *state, unsigned level, uint64_t index, struct kb_hash *out)
{
	const struct kb_pki_register *reg = state;

	if (level != 0 || index >= reg->member_count) {
		return KB_ERR_NOT_FOUND;
	}
	kb_merkle_leaf(reg->members[index].entry, out);
	return KB_OK;
}

enum kb_err
kb_pki_register_prove(const struct kb_pki_register *reg, size_t index, struct kb_buf *path,
		      struct kb_register_proof *out)
{
	struct kb_merkle_source source = { .fetch = leaf_of, .state = (void *)(uintptr_t)reg };
	enum kb_err err = kb_merkle_prove_inclusion(&source, index, reg->member_count, path);

	if (err == KB_OK) {
		*out = (struct kb_register_proof){ .entry = reg->members[index].entry,
						   .leaf_index = index,
						   .path = kb_buf_span(path) };
	}
	return err;
}

static enum kb_err
make_head(struct kb_pki_register *reg, struct kb_span revocations, uint64_t head_days,
	  struct kb_buf *bytes, struct kb_signed_register_head *out)
{
	struct kb_merkle_source source = { .fetch = leaf_of, .state = reg };
	struct kb_register_head head = { .wire_version = KB_WIRE_VERSION,
					 .registrar = reg->registrar,
					 .version = reg->version + 1,
					 .tree_size = reg->member_count,
					 .issued_at_utc_ms = reg->now_utc_ms,
					 .expires_at_utc_ms =
						 reg->now_utc_ms + (int64_t)head_days * KB_DAY_MS };
	enum kb_err err = kb_merkle_root_at(&source, reg->member_count, &head.root);

	kb_sha256(revocations, &head.revocations_sha256);
	kb_sha256(reg->crl, &head.crl_sha256);
	if (err == KB_OK) {
		err = kb_register_head_encode(&head, bytes);
	}
	if (err == KB_OK) {
		out->head = kb_arena_copy(&reg->arena, kb_buf_span(bytes));
		err = kb_register_head_sign(reg->sign_key, out->head, out->signature);
	}
	return err;
}

enum kb_err
kb_pki_register_save(struct kb_pki_register *reg, const char *folder, uint64_t head_days,
		     struct kb_signed_register_head *head)
{
	struct kb_pki_path path = kb_pki_path(folder, KB_PKI_REGISTER);
	struct kb_register_file file = { .entry_count = reg->member_count, .crl = reg->crl };
	struct kb_buf revocations = { 0 };
	struct kb_buf head_bytes = { 0 };
	struct kb_buf bytes = { 0 };
	enum kb_err err = kb_revocation_list_encode(&reg->revocations, &revocations);

	*head = (struct kb_signed_register_head){ .head = KB_SPAN_NONE };
	if (err == KB_OK) {
		err = make_head(reg, kb_buf_span(&revocations), head_days, &head_bytes, head);
	}
	file.entries = kb_arena_alloc(&reg->arena, reg->member_count * sizeof(*file.entries));
	for (size_t i = 0; file.entries != NULL && i < reg->member_count; i++) {
		file.entries[i] = reg->members[i].entry;
	}
	file.head = *head;
	file.revocations = kb_buf_span(&revocations);
	if (err == KB_OK) {
		err = file.entries != NULL ? kb_register_file_encode(&file, &bytes)
					   : KB_ERR_NO_MEMORY;
	}
	if (err == KB_OK) {
		err = kb_file_replace(path.text, 0644, kb_buf_span(&bytes), &reg->where);
	}
	if (err == KB_OK) {
		reg->version++;
	}
	kb_buf_release(&bytes);
	kb_buf_release(&head_bytes);
	kb_buf_release(&revocations);
	return err;
}

/* All that a party pins, but its own entry and the address. */
static void
pin(const struct kb_pki_register *reg, struct kb_join_file *join)
{
	const struct kb_pki_member *broker = kb_pki_register_find_kind(reg, KB_PARTY_BROKER);
	struct kb_sign_public registrar_key;

	kb_sign_key_public(reg->sign_key, &registrar_key);
	join->wire_version = KB_WIRE_VERSION;
	join->registrar = reg->registrar;
	join->authority = kb_buf_span(&reg->authority);
	memcpy(join->registrar_key, registrar_key.bytes, sizeof(join->registrar_key));
	if (broker != NULL) {
		join->broker = broker->descriptor.party;
		memcpy(join->broker_transport_key, broker->descriptor.transport_key,
		       sizeof(join->broker_transport_key));
	}
}

void
kb_pki_join_fingerprint(const struct kb_join_file *join, char out[KB_FINGERPRINT_TEXT])
{
	const struct kb_span pinned[] = { KB_SPAN_OF(join->registrar_key), join->authority,
					  kb_party_id_span(&join->broker),
					  KB_SPAN_OF(join->broker_transport_key) };

	kb_fingerprint(pinned, sizeof(pinned) / sizeof(pinned[0]), out);
}

void
kb_pki_register_join_fingerprint(const struct kb_pki_register *reg, char out[KB_FINGERPRINT_TEXT])
{
	struct kb_join_file join = { 0 };

	pin(reg, &join);
	kb_pki_join_fingerprint(&join, out);
}

enum kb_err
kb_pki_register_check_address(const char *broker_address, struct kb_error_text *where)
{
	size_t len = strlen(broker_address);
	bool ok = len > 6 && len <= KB_WIRE_ADDRESS_BYTES_MAX &&
		  (strncmp(broker_address, "tcp://", 6) == 0 ||
		   strncmp(broker_address, "ipc://", 6) == 0);

	return ok ? KB_OK
		  : kb_fail(where, KB_ERR_USAGE,
			    "--broker-address is tcp://naam:poort (of ipc://pad op een machine)");
}

enum kb_err
kb_pki_register_join(const struct kb_pki_register *reg, size_t index,
		     const struct kb_signed_register_head *head, const char *broker_address,
		     struct kb_buf *out, struct kb_error_text *where)
{
	struct kb_join_file join = { 0 };
	struct kb_buf path = { 0 };
	enum kb_err err = KB_OK;

	if (kb_pki_register_find_kind(reg, KB_PARTY_BROKER) == NULL) {
		return kb_fail(where, KB_ERR_STATE,
			       "er staat nog geen broker in het register; laat hem eerst toe (of "
			       "tegelijk)");
	}
	pin(reg, &join);
	join.party = reg->members[index].descriptor.party;
	join.broker_address = kb_span_text(broker_address);
	join.head = *head;
	err = kb_pki_register_prove(reg, index, &path, &join.entry);
	if (err == KB_OK) {
		err = kb_join_file_encode(&join, out);
	}
	kb_buf_release(&path);
	return err == KB_OK ? KB_OK
			    : kb_fail(where, err,
				      "het toetredingsbestand kan niet worden gemaakt (%s); klopt "
				      "--broker-address?",
				      kb_err_text(err));
}
