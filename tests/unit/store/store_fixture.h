/* SPDX-License-Identifier: EUPL-1.2 */
/* A store in a folder of its own, for tests of its tables. */
#ifndef KB_TESTS_STORE_FIXTURE_H
#define KB_TESTS_STORE_FIXTURE_H

#include "common/store/agent_store.h"

#define FIXTURE_PATH_MAX 256

struct fixture {
	char folder[FIXTURE_PATH_MAX]; /* holds data/ and the marker */
	char data[FIXTURE_PATH_MAX];
	char data_file[FIXTURE_PATH_MAX];
	char marker[FIXTURE_PATH_MAX];
	struct kb_secret master;
	struct kb_clock_fake clock;
	struct kb_random_seeded seed;
	struct kb_store *store;
	struct kb_step *step; /* the open step, or NULL */
	struct kb_arena arena;
};

/* 2026-01-15 10:00 UTC */
#define FIXTURE_NOW_UTC_MS ((int64_t)1768471200000)

/* Makes the folder and opens a new store; ends the test program on failure. */
void fixture_open(struct fixture *f);
/* Closes and opens again, as after a restart. */
void fixture_restart(struct fixture *f);
/* Closes and removes the folder. */
void fixture_close(struct fixture *f);

/* A write or read step in f->step; failures end the test. */
void fixture_write(struct fixture *f);
void fixture_read(struct fixture *f);
void fixture_commit(struct fixture *f);
void fixture_abort(struct fixture *f);

/* Whether any file of the store (data, keys, marker) holds these bytes. */
bool fixture_disk_holds(struct fixture *f, const char *text);

struct kb_party_id fixture_party(unsigned number);
struct kb_id fixture_id(unsigned number);
struct kb_hash fixture_hash(unsigned number);
/* A new party and its number. */
uint32_t fixture_party_no(struct fixture *f, unsigned number);
/* A case of kind verzuim with that counterparty. */
uint64_t fixture_case(struct fixture *f, unsigned number, uint32_t counterparty_no);

#endif
