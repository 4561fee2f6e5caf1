/* SPDX-License-Identifier: EUPL-1.2 */
/* A registrar, a broker's identity and parties with keys, made in memory; their register as a file. For tests of the broker. */
#ifndef KB_TESTS_SUPPORT_FAKE_WORLD_H
#define KB_TESTS_SUPPORT_FAKE_WORLD_H

#include "broker/broker.h"
#include "common/wire/register.h"

#define KB_FAKE_PARTIES_MAX 512

struct kb_fake_party {
	struct kb_party_id id;
	enum kb_party_kind kind;
	uint32_t key_version;
	struct kb_secret sign_seed;
	struct kb_sign_key *sign_key;
	struct kb_secret seal_secret;
	struct kb_secret transport_secret;
	uint8_t sign_public[KB_WIRE_KEY_BYTES];
	uint8_t seal_public[KB_WIRE_KEY_BYTES];
	uint8_t transport_public[KB_WIRE_KEY_BYTES];
	int64_t valid_from_utc_ms;
	int64_t valid_until_utc_ms;
	bool revoked;
	bool left;			    /* not in the register any more */
	struct kb_served_gemeente gemeente; /* code "": none */
};

struct kb_fake_world {
	char folder[64]; /* made under /tmp, removed by _release */
	char register_path[96];
	char store_path[96];
	char marker_path[96];
	char endpoint[96];     /* ipc://folder/broker.sock */
	struct kb_clock clock; /* the system's, moved by offset_ms */
	struct kb_clock system;
	int64_t offset_ms;
	struct kb_fake_party registrar;
	struct kb_fake_party broker;
	struct kb_fake_party parties[KB_FAKE_PARTIES_MAX];
	size_t party_count;
	uint64_t register_version;
	int64_t register_life_ms;
	struct kb_verify_key *registrar_key;
	struct kb_trust_anchor anchor;
};

/* All functions fail the test (abort with a line on stderr) when something goes wrong that is not under test. */
void kb_fake_world_init(struct kb_fake_world *world, size_t party_count);
/* Frees keys and removes the folder with everything in it. */
void kb_fake_world_release(struct kb_fake_world *world);

/* One more party; enrolled with the next register. */
struct kb_fake_party *kb_fake_world_add(struct kb_fake_world *world, enum kb_party_kind kind);
/* New keys for party, version + 1. The old ones are wiped. */
void kb_fake_party_rotate(struct kb_fake_party *party);
/* Encodes the register of now, version + 1, into bytes (appended). */
void kb_fake_world_register(struct kb_fake_world *world, struct kb_buf *bytes);
/* The same, written to register_path. */
void kb_fake_world_write_register(struct kb_fake_world *world);
/* Options for kb_broker_open(): listens on endpoint. */
void kb_fake_world_options(struct kb_fake_world *world, struct kb_broker_options *out);
/* Removes the store, as if the disk was lost. */
void kb_fake_world_lose_store(struct kb_fake_world *world);

/* Fails the test with a message unless err is KB_OK. */
#define KB_FAKE_OK(expression) kb_fake_ok((expression), #expression, __FILE__, __LINE__)
void kb_fake_ok(enum kb_err err, const char *expression, const char *file, int line);

#endif
