/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys and a register for tests of the broker. */
#define _XOPEN_SOURCE 700 /* nftw */
#include "tests/support/fake_world.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/file.h"
#include "common/crypto/hash.h"
#include "common/crypto/keys.h"
#include "common/crypto/merkle_frontier.h"

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

void
kb_fake_ok(enum kb_err err, const char *expression, const char *file, int line)
{
	if (err != KB_OK) {
		(void)fprintf(stderr, "%s:%d: %s: %s\n", file, line, expression, kb_err_name(err));
		abort();
	}
}

static int64_t
moved_utc_ms(void *state)
{
	struct kb_fake_world *world = state;

	return kb_clock_utc_ms(&world->system) + world->offset_ms;
}

static int64_t
plain_mono_ms(void *state)
{
	struct kb_fake_world *world = state;

	return kb_clock_mono_ms(&world->system);
}

static void
make_keys(struct kb_fake_party *party)
{
	KB_FAKE_OK(kb_key_fresh(&party->sign_seed));
	KB_FAKE_OK(kb_key_fresh(&party->seal_secret));
	KB_FAKE_OK(kb_key_fresh(&party->transport_secret));
	KB_FAKE_OK(kb_sign_key_new(&party->sign_seed, &party->sign_key));
	KB_FAKE_OK(kb_key_public(KB_KEY_USE_SIGN, &party->sign_seed, party->sign_public));
	KB_FAKE_OK(kb_key_public(KB_KEY_USE_SEAL, &party->seal_secret, party->seal_public));
	KB_FAKE_OK(kb_key_public(KB_KEY_USE_TRANSPORT, &party->transport_secret,
				 party->transport_public));
}

static void
drop_keys(struct kb_fake_party *party)
{
	kb_sign_key_free(party->sign_key);
	party->sign_key = NULL;
	kb_secret_release(&party->sign_seed);
	kb_secret_release(&party->seal_secret);
	kb_secret_release(&party->transport_secret);
}

static void
make_party(struct kb_fake_world *world, struct kb_fake_party *party, enum kb_party_kind kind,
	   unsigned number)
{
	char text[KB_PARTY_ID_MAX + 1];
	int64_t now = kb_clock_utc_ms(&world->clock);

	/* 00000099...: never a real organisation (facts.md D4). */
	(void)snprintf(text, sizeof(text), "00000099%09u000", number);
	KB_FAKE_OK(kb_party_id_parse(kb_span_text(text), &party->id));
	party->kind = kind;
	party->key_version = 1;
	party->valid_from_utc_ms = now - DAY_MS;
	party->valid_until_utc_ms = now + 1000 * DAY_MS;
	make_keys(party);
}

struct kb_fake_party *
kb_fake_world_add(struct kb_fake_world *world, enum kb_party_kind kind)
{
	struct kb_fake_party *party = &world->parties[world->party_count];

	if (world->party_count == KB_FAKE_PARTIES_MAX) {
		abort();
	}
	make_party(world, party, kind, 100 + (unsigned)world->party_count);
	world->party_count++;
	return party;
}

void
kb_fake_party_rotate(struct kb_fake_party *party)
{
	drop_keys(party);
	make_keys(party);
	party->key_version++;
}

void
kb_fake_world_init(struct kb_fake_world *world, size_t party_count)
{
	memset(world, 0, sizeof(*world));
	(void)snprintf(world->folder, sizeof(world->folder), "/tmp/kb-broker-XXXXXX");
	if (mkdtemp(world->folder) == NULL) {
		abort();
	}
	(void)snprintf(world->register_path, sizeof(world->register_path), "%s/register.kb",
		       world->folder);
	(void)snprintf(world->store_path, sizeof(world->store_path), "%s/store", world->folder);
	(void)snprintf(world->marker_path, sizeof(world->marker_path), "%s/witness", world->folder);
	(void)snprintf(world->endpoint, sizeof(world->endpoint), "ipc://%s/broker.sock",
		       world->folder);
	world->system = kb_clock_system();
	world->clock = (struct kb_clock){ moved_utc_ms, plain_mono_ms, world };
	world->register_life_ms = 30 * DAY_MS;
	make_party(world, &world->registrar, KB_PARTY_REGISTRAR, 1);
	make_party(world, &world->broker, KB_PARTY_BROKER, 2);
	struct kb_sign_public registrar;

	memcpy(registrar.bytes, world->registrar.sign_public, sizeof(registrar.bytes));
	KB_FAKE_OK(kb_verify_key_new(&registrar, &world->registrar_key));
	world->anchor = (struct kb_trust_anchor){ .registrar = world->registrar.id,
						  .registrar_key = world->registrar_key };
	for (size_t i = 0; i < party_count; i++) {
		(void)kb_fake_world_add(world, i == 0 ? KB_PARTY_SCHOOL : KB_PARTY_GEMEENTE);
	}
	kb_fake_world_write_register(world);
}

static int
remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
	(void)info;
	(void)type;
	(void)walk;
	return remove(path);
}

void
kb_fake_world_lose_store(struct kb_fake_world *world)
{
	(void)nftw(world->store_path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void
kb_fake_world_release(struct kb_fake_world *world)
{
	drop_keys(&world->registrar);
	drop_keys(&world->broker);
	for (size_t i = 0; i < world->party_count; i++) {
		drop_keys(&world->parties[i]);
	}
	kb_verify_key_free(world->registrar_key);
	(void)nftw(world->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void
encode_entry(const struct kb_fake_party *party, struct kb_buf *out)
{
	struct kb_buf descriptor_bytes = { 0 };
	struct kb_served_gemeente gemeente = party->gemeente;
	struct kb_descriptor descriptor = {
		.wire_version = KB_WIRE_VERSION,
		.party = party->id,
		.kind = party->kind,
		.version = party->key_version,
		.name = kb_span_text("Verzonnen partij"),
		.gemeenten = &gemeente,
		.gemeente_count = gemeente.code[0] != '\0',
		.valid_from_utc_ms = party->valid_from_utc_ms,
		.valid_until_utc_ms = party->valid_until_utc_ms,
	};
	uint8_t previous[KB_WIRE_SIGNATURE_BYTES] = { 1 };
	struct kb_register_entry entry = {
		/* The broker leaves certificates to the registrar and to the agents. */
		.certificate = kb_span_text("certificate"),
		.certificate_signature = kb_span_text("signature"),
		.possession = { 1 },
		.previous_signature = party->key_version > 1 ? KB_SPAN_OF(previous) : KB_SPAN_NONE,
	};

	memcpy(descriptor.signing_key, party->sign_public, KB_WIRE_KEY_BYTES);
	memcpy(descriptor.sealing_key, party->seal_public, KB_WIRE_KEY_BYTES);
	memcpy(descriptor.transport_key, party->transport_public, KB_WIRE_KEY_BYTES);
	KB_FAKE_OK(kb_descriptor_encode(&descriptor, &descriptor_bytes));
	entry.descriptor = kb_buf_span(&descriptor_bytes);
	KB_FAKE_OK(kb_register_entry_encode(&entry, out));
	kb_buf_release(&descriptor_bytes);
}

static void
encode_revocations(const struct kb_fake_world *world, struct kb_buf *out)
{
	static struct kb_revocation items[KB_FAKE_PARTIES_MAX];
	struct kb_revocation_list list = { .items = items };

	for (size_t i = 0; i < world->party_count; i++) {
		if (world->parties[i].revoked) {
			items[list.item_count++] = (struct kb_revocation){
				.party = world->parties[i].id,
				.key_version = world->parties[i].key_version,
				.untrusted_since_utc_ms = kb_clock_utc_ms(&world->clock),
			};
		}
	}
	KB_FAKE_OK(kb_revocation_list_encode(&list, out));
}

void
kb_fake_world_register(struct kb_fake_world *world, struct kb_buf *bytes)
{
	static struct kb_buf entries[KB_FAKE_PARTIES_MAX + 1];
	static struct kb_span spans[KB_FAKE_PARTIES_MAX + 1];
	struct kb_buf revocations = { 0 };
	struct kb_buf head_bytes = { 0 };
	struct kb_merkle_frontier frontier = { 0 };
	int64_t now = kb_clock_utc_ms(&world->clock);
	struct kb_register_head head = {
		.wire_version = KB_WIRE_VERSION,
		.registrar = world->registrar.id,
		.version = ++world->register_version,
		.issued_at_utc_ms = now - 1000,
		.expires_at_utc_ms = now + world->register_life_ms,
	};
	struct kb_register_file file = { .entries = spans };

	encode_entry(&world->broker, &entries[file.entry_count++]);
	for (size_t i = 0; i < world->party_count; i++) {
		if (!world->parties[i].left) {
			encode_entry(&world->parties[i], &entries[file.entry_count++]);
		}
	}
	for (size_t i = 0; i < file.entry_count; i++) {
		struct kb_hash leaf;

		spans[i] = kb_buf_span(&entries[i]);
		kb_merkle_leaf(spans[i], &leaf);
		KB_FAKE_OK(kb_merkle_frontier_append(&frontier, &leaf, NULL, NULL));
	}
	encode_revocations(world, &revocations);
	head.tree_size = file.entry_count;
	kb_merkle_frontier_root(&frontier, &head.root);
	kb_sha256(kb_buf_span(&revocations), &head.revocations_sha256);
	kb_sha256(KB_SPAN_NONE, &head.crl_sha256);
	KB_FAKE_OK(kb_register_head_encode(&head, &head_bytes));
	file.revocations = kb_buf_span(&revocations);
	file.head.head = kb_buf_span(&head_bytes);
	KB_FAKE_OK(kb_register_head_sign(world->registrar.sign_key, file.head.head,
					 file.head.signature));
	KB_FAKE_OK(kb_register_file_encode(&file, bytes));
	for (size_t i = 0; i < file.entry_count; i++) {
		kb_buf_release(&entries[i]);
	}
	kb_buf_release(&revocations);
	kb_buf_release(&head_bytes);
}

void
kb_fake_world_write_register(struct kb_fake_world *world)
{
	struct kb_buf bytes = { 0 };

	kb_fake_world_register(world, &bytes);
	KB_FAKE_OK(kb_file_replace(world->register_path, 0600, kb_buf_span(&bytes), NULL));
	kb_buf_release(&bytes);
}

void
kb_fake_world_options(struct kb_fake_world *world, struct kb_broker_options *out)
{
	*out = (struct kb_broker_options){
		.party = world->broker.id,
		.sign_key = world->broker.sign_key,
		.transport_key = &world->broker.transport_secret,
		.anchor = world->anchor,
		.register_path = world->register_path,
		.store_folder = world->store_path,
		.limits = { .messages_max = 1000000,
			    .bytes_max = (uint64_t)8 << 30,
			    .sender_messages_max = 1000000 },
		.net = { .endpoint = world->endpoint },
		.clock = &world->clock,
		.random = kb_random_system(),
	};
}
