/* SPDX-License-Identifier: EUPL-1.2 */
/* The registrar of the loopback world: keys, certificates, entries, the register. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/crypto/hash.h"
#include "common/crypto/init.h"
#include "common/crypto/keys.h"
#include "common/crypto/merkle.h"
#include "common/crypto/x509_issue.h"
#include "tests/support/loopback_broker.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define START_UTC_MS ((int64_t)1772445600000) /* 2026-03-02 10:00 UTC */

void
lb_ok(enum kb_err err, const char *expression, const char *file, int line)
{
	if (err != KB_OK) {
		(void)fprintf(stderr, "%s:%d: %s: %s\n", file, line, expression, kb_err_name(err));
		abort();
	}
}

static void
make_folder(const char *path)
{
	if (mkdir(path, 0700) != 0) {
		abort();
	}
}

static void
sign_possession(const struct kb_identity *identity, struct kb_span descriptor,
		uint8_t possession[KB_WIRE_SIGNATURE_BYTES])
{
	struct kb_signature signature;

	LB_OK(kb_sign(identity->sign, KB_SIGN_LABEL_POSSESSION, &descriptor, 1, &signature));
	memcpy(possession, signature.bytes, KB_WIRE_SIGNATURE_BYTES);
}

#define LB_DESKS_MAX 2

/* The desks of a party of that kind, in the register and in its agent. */
static size_t
lb_desks(enum kb_party_kind kind, enum kb_desk *out)
{
	static const enum kb_desk first[KB_PARTY_KIND_COUNT] = {
		[KB_PARTY_SCHOOL] = KB_DESK_SCHOOL,	  [KB_PARTY_VO] = KB_DESK_SCHOOL,
		[KB_PARTY_GEMEENTE] = KB_DESK_LEERPLICHT, [KB_PARTY_SWV] = KB_DESK_SWV,
		[KB_PARTY_JEUGDHULP] = KB_DESK_JEUGDHULP,
	};

	if (first[kind] == KB_DESK_UNSPECIFIED) {
		return 0;
	}
	out[0] = first[kind];
	if (kind != KB_PARTY_GEMEENTE) {
		return 1;
	}
	out[1] = KB_DESK_JEUGD;
	return 2;
}

/* The entry of a party with a certificate of the world's own authority. */
static void
make_entry(struct lb_world *world, struct kb_identity *identity, const char *gemeente,
	   const struct kb_sign_key *previous, struct kb_buf *out)
{
	char oin[KB_OIN_CHARS + 1] = "";
	struct kb_x509_key *key = NULL;
	struct kb_error_text where;
	struct kb_buf request = { 0 };
	struct kb_buf certificate = { 0 };
	struct kb_buf descriptor_bytes = { 0 };
	struct kb_buf signature = { 0 };
	struct kb_served_gemeente served = { .valid_from = 20200101 };
	enum kb_desk desks[LB_DESKS_MAX];
	struct kb_vestiging vestiging = { .code = "99AA00",
					  .sector = KB_SECTOR_BAO,
					  .name = kb_span_text("Proefschool") };
	struct kb_descriptor descriptor = { .wire_version = 1,
					    .party = identity->self,
					    .kind = identity->kind,
					    .version = identity->key_version,
					    .name = kb_span_text("Voorbeeldpartij"),
					    .desks = desks,
					    .desk_count = lb_desks(identity->kind, desks),
					    .valid_from_utc_ms = START_UTC_MS - 30 * DAY_MS,
					    .valid_until_utc_ms = START_UTC_MS + 900 * DAY_MS };
	struct kb_x509_subject subject = { .common_name = "Voorbeeld",
					   .organisation = "Voorbeeld",
					   .oin = oin };
	struct kb_x509_validity validity = { START_UTC_MS - 30 * DAY_MS,
					     START_UTC_MS + 1000 * DAY_MS };
	struct kb_x509_ca ca = { .key = world->authority_key,
				 .certificate = kb_buf_span(&world->authority) };
	struct kb_register_entry entry = { 0 };
	struct kb_signature by_previous;

	memcpy(oin, identity->self.text, KB_OIN_CHARS);
	if (identity->kind == KB_PARTY_SCHOOL || identity->kind == KB_PARTY_VO) {
		descriptor.vestigingen = &vestiging;
		descriptor.vestiging_count = 1;
	}
	if (gemeente != NULL) {
		memcpy(served.code, gemeente, KB_WIRE_GEMEENTECODE_CHARS);
		descriptor.gemeenten = &served;
		descriptor.gemeente_count = 1;
	}
	memcpy(descriptor.signing_key, kb_verify_key_public(identity->verify)->bytes,
	       KB_WIRE_KEY_BYTES);
	memcpy(descriptor.sealing_key, kb_x25519_key_public(identity->seal)->bytes,
	       KB_WIRE_KEY_BYTES);
	LB_OK(kb_key_public(KB_KEY_USE_TRANSPORT, &identity->transport, descriptor.transport_key));
	LB_OK(kb_descriptor_encode(&descriptor, &descriptor_bytes));
	entry.descriptor = kb_buf_span(&descriptor_bytes);
	LB_OK(kb_x509_key_fresh(&key));
	LB_OK(kb_x509_request_create(key, &subject, &request, &where));
	LB_OK(kb_x509_issue(&ca, kb_buf_span(&request), validity, &certificate, &where));
	LB_OK(kb_x509_sign(key, KB_SIGN_LABEL_DESCRIPTOR, &entry.descriptor, 1, &signature));
	entry.certificate = kb_buf_span(&certificate);
	entry.certificate_signature = kb_buf_span(&signature);
	sign_possession(identity, entry.descriptor, entry.possession);
	if (previous != NULL) {
		LB_OK(kb_sign(previous, KB_SIGN_LABEL_DESCRIPTOR, &entry.descriptor, 1,
			      &by_previous));
		entry.previous_signature = KB_SPAN_OF(by_previous.bytes);
	}
	kb_buf_clear(out);
	LB_OK(kb_register_entry_encode(&entry, out));
	kb_buf_release(&request);
	kb_buf_release(&certificate);
	kb_buf_release(&descriptor_bytes);
	kb_buf_release(&signature);
	kb_x509_key_free(key);
}

static void
make_keys(struct kb_identity *identity)
{
	struct kb_secret seed = { 0 };
	struct kb_secret raw = { 0 };
	struct kb_sign_public public_key;

	LB_OK(kb_key_fresh(&seed));
	LB_OK(kb_key_fresh(&raw));
	LB_OK(kb_sign_key_new(&seed, &identity->sign));
	LB_OK(kb_x25519_key_new(&raw, &identity->seal));
	kb_sign_key_public(identity->sign, &public_key);
	LB_OK(kb_verify_key_new(&public_key, &identity->verify));
	kb_secret_release(&seed);
	kb_secret_release(&raw);
	if (identity->transport.len == 0) {
		LB_OK(kb_key_fresh(&identity->transport));
		LB_OK(kb_key_fresh(&identity->master));
	}
}

static struct kb_party_id
make_id(unsigned number)
{
	char text[KB_OIN_CHARS + 1];
	struct kb_party_id id;

	(void)snprintf(text, sizeof(text), "00000099%012u", number);
	LB_OK(kb_party_id_parse(kb_span_text(text), &id));
	return id;
}

struct lb_party *
lb_add(struct lb_world *world, enum kb_party_kind kind, const char *gemeente)
{
	struct lb_party *party = &world->parties[world->party_count];
	struct kb_sign_public public_key;

	party->world = world;
	party->index = world->party_count++;
	party->identity.self = make_id((unsigned)(1000 + party->index));
	party->identity.kind = kind;
	party->identity.key_version = 1;
	party->role.kind = kind;
	party->role.program = "ketenbode-test";
	(void)lb_desks(kind, party->role.desks);
	make_keys(&party->identity);
	party->identity.registrar_id = world->registrar;
	public_key = *kb_verify_key_public(world->registrar_verify);
	LB_OK(kb_verify_key_new(&public_key, &party->identity.registrar_key));
	LB_OK(kb_buf_put(&party->identity.authority, kb_buf_span(&world->authority)));
	party->identity.broker = make_id(999);
	make_entry(world, &party->identity, gemeente, NULL, &party->entry);
	party->enrolled = true;
	char base[LB_PATH];

	(void)snprintf(base, sizeof(base), "%.60s/p%zu", world->folder, party->index);
	memcpy(party->folder, base, sizeof(base));
	(void)snprintf(party->data, sizeof(party->data), "%.90s/data", base);
	(void)snprintf(party->data_keys, sizeof(party->data_keys), "%.90s/keys", base);
	(void)snprintf(party->witness, sizeof(party->witness), "%.90s/witness", base);
	make_folder(party->folder);
	return party;
}

static void
encode_revocations(struct lb_world *world)
{
	struct kb_revocation items[LB_PARTIES_MAX];
	struct kb_revocation_list list = { .items = items };

	for (size_t i = 0; i < world->party_count; i++) {
		if (world->parties[i].untrusted_since_utc_ms != 0) {
			items[list.item_count++] = (struct kb_revocation){
				.party = world->parties[i].identity.self,
				.key_version = world->parties[i].identity.key_version,
				.untrusted_since_utc_ms = world->parties[i].untrusted_since_utc_ms
			};
		}
	}
	kb_buf_clear(&world->revocations);
	LB_OK(kb_revocation_list_encode(&list, &world->revocations));
}

void
lb_publish_register(struct lb_world *world)
{
	struct kb_register_head head = { .wire_version = 1,
					 .registrar = world->registrar,
					 .version = ++world->register_version,
					 .issued_at_utc_ms = world->fake.utc_ms,
					 .expires_at_utc_ms =
						 world->fake.utc_ms + world->register_life_ms };
	struct kb_span paths[LB_PARTIES_MAX + 1];
	struct kb_signed_register_head signed_head;
	struct kb_signature signature;
	struct kb_arena arena = { 0 };
	struct kb_buf bytes = { 0 };

	world->leaf_count = 0;
	for (size_t i = 0; i < world->party_count; i++) {
		if (world->parties[i].enrolled) {
			kb_merkle_leaf(kb_buf_span(&world->parties[i].entry),
				       &world->leaves[world->leaf_count]);
			world->leaf_of[world->leaf_count++] = i;
		}
	}
	LB_OK(kb_merkle_batch(world->leaves, world->leaf_count, &arena, &head.root, paths));
	head.tree_size = world->leaf_count;
	encode_revocations(world);
	kb_sha256(kb_buf_span(&world->revocations), &head.revocations_sha256);
	kb_sha256(kb_buf_span(&world->crl), &head.crl_sha256);
	LB_OK(kb_register_head_encode(&head, &bytes));
	signed_head.head = kb_buf_span(&bytes);
	LB_OK(kb_sign(world->registrar_sign, KB_SIGN_LABEL_REGISTER, &signed_head.head, 1,
		      &signature));
	memcpy(signed_head.signature, signature.bytes, KB_WIRE_SIGNATURE_BYTES);
	kb_buf_clear(&world->signed_head);
	LB_OK(kb_signed_register_head_encode(&signed_head, &world->signed_head));
	kb_buf_release(&bytes);
	kb_arena_release(&arena);
}

void
lb_rotate(struct lb_party *party, bool forget)
{
	struct kb_identity *identity = &party->identity;
	struct kb_sign_key *old_sign = identity->sign;
	struct kb_x25519_key *old_seal = identity->seal;

	KB_INVARIANT(party->agent == NULL);
	kb_verify_key_free(identity->verify);
	identity->key_version++;
	make_keys(identity);
	make_entry(party->world, identity, NULL, old_sign, &party->entry);
	if (forget) {
		kb_x25519_key_free(old_seal);
	} else {
		identity->seal_old = old_seal;
	}
	kb_sign_key_free(old_sign);
}

static void
make_broker_party(struct lb_world *world)
{
	/* The broker is party 0 of the register, without an agent. */
	struct lb_party *broker = lb_add(world, KB_PARTY_BROKER, NULL);

	broker->identity.self = make_id(999);
	make_entry(world, &broker->identity, NULL, NULL, &broker->entry);
}

void
lb_open(struct lb_world *world)
{
	struct kb_secret seed = { 0 };
	struct kb_sign_public public_key;
	struct kb_error_text where;
	struct kb_x509_validity validity = { START_UTC_MS - 60 * DAY_MS,
					     START_UTC_MS + 2000 * DAY_MS };
	struct kb_x509_validity crl_validity = { START_UTC_MS - DAY_MS,
						 START_UTC_MS + 800 * DAY_MS };
	struct kb_x509_ca ca;
	struct kb_random random = kb_random_system();

	*world = (struct lb_world){ .register_life_ms = 400 * DAY_MS };
	LB_OK(kb_crypto_init());
	(void)snprintf(world->folder, sizeof(world->folder), "/tmp/kb-runtime-XXXXXX");
	if (mkdtemp(world->folder) == NULL) {
		abort();
	}
	world->fake.utc_ms = START_UTC_MS;
	world->fake.mono_ms = 1000;
	world->clock = kb_clock_of_fake(&world->fake);
	world->store_id = kb_id_random(&random);
	world->registrar = make_id(998);
	LB_OK(kb_key_fresh(&seed));
	LB_OK(kb_sign_key_new(&seed, &world->registrar_sign));
	kb_sign_key_public(world->registrar_sign, &public_key);
	LB_OK(kb_verify_key_new(&public_key, &world->registrar_verify));
	kb_secret_release(&seed);
	LB_OK(kb_x509_key_fresh(&world->authority_key));
	LB_OK(kb_x509_ca_create(world->authority_key, "Proefautoriteit", validity,
				&world->authority, &where));
	ca = (struct kb_x509_ca){ .key = world->authority_key,
				  .certificate = kb_buf_span(&world->authority) };
	LB_OK(kb_x509_crl_issue(&ca, KB_SPAN_NONE, NULL, 0, crl_validity, &world->crl, &where));
	make_broker_party(world);
}

static void
remove_tree(const char *path)
{
	pid_t child;

	/* Only below the folder that lb_open() made. */
	KB_INVARIANT(strncmp(path, "/tmp/kb-runtime-", 16) == 0);
	child = fork();
	if (child == 0) {
		(void)execlp("rm", "rm", "-rf", "--", path, (char *)NULL);
		_exit(127);
	}
	(void)waitpid(child, NULL, 0);
}

static void
copy_tree(const char *from, const char *to)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		(void)execlp("cp", "cp", "-a", "--", from, to, (char *)NULL);
		_exit(127);
	}
	(void)waitpid(child, &status, 0);
	if (status != 0) {
		abort();
	}
}

void
lb_backup(struct lb_party *party)
{
	char path[LB_PATH + 16];

	KB_INVARIANT(party->agent == NULL);
	(void)snprintf(path, sizeof(path), "%s.copy", party->data);
	remove_tree(path);
	copy_tree(party->data, path);
	(void)snprintf(path, sizeof(path), "%s.copy", party->data_keys);
	remove_tree(path);
	copy_tree(party->data_keys, path);
}

void
lb_restore(struct lb_party *party)
{
	char path[LB_PATH + 16];

	KB_INVARIANT(party->agent == NULL);
	remove_tree(party->data);
	(void)snprintf(path, sizeof(path), "%s.copy", party->data);
	copy_tree(path, party->data);
	remove_tree(party->data_keys);
	(void)snprintf(path, sizeof(path), "%s.copy", party->data_keys);
	copy_tree(path, party->data_keys);
}

void
lb_close(struct lb_world *world)
{
	for (size_t i = 0; i < world->party_count; i++) {
		struct lb_party *party = &world->parties[i];

		kb_agent_close(party->agent);
		party->agent = NULL;
		kb_identity_release(&party->identity);
		kb_buf_release(&party->entry);
		kb_buf_release(&party->witnessed);
	}
	for (size_t i = 0; i < world->mail_count; i++) {
		kb_buf_release(&world->mail[i].bytes);
	}
	for (size_t i = 0; i < world->frame_count; i++) {
		kb_buf_release(&world->frames[i].bytes);
	}
	free(world->mail);
	free(world->frames);
	kb_sign_key_free(world->registrar_sign);
	kb_verify_key_free(world->registrar_verify);
	kb_x509_key_free(world->authority_key);
	kb_buf_release(&world->authority);
	kb_buf_release(&world->crl);
	kb_buf_release(&world->revocations);
	kb_buf_release(&world->signed_head);
	remove_tree(world->folder);
	kb_crypto_release();
}
