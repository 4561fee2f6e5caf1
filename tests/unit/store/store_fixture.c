/* SPDX-License-Identifier: EUPL-1.2 */
/* A store in a folder of its own, for tests of its tables. */
/* nftw */
#define _XOPEN_SOURCE 700

#include "tests/unit/store/store_fixture.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/store/cases.h"
#include "common/store/parties.h"

static void
store_open(struct fixture *f)
{
	struct kb_clock clock = kb_clock_of_fake(&f->clock);
	struct kb_random random = kb_random_of_seed(&f->seed);
	struct kb_error_text where = { 0 };
	struct kb_store_options options = {
		.path = f->data,
		.marker_path = f->marker,
		.master = &f->master,
		.self = fixture_party(0),
		.clock = &clock,
		.random = &random,
	};
	enum kb_err err = kb_store_open(&options, &f->store, &where);

	cr_assert_eq(err, KB_OK, "%s: %s", kb_err_name(err), where.text);
}

void
fixture_open(struct fixture *f)
{
	const char *base = getenv("TMPDIR");

	*f = (struct fixture){ 0 };
	(void)snprintf(f->folder, sizeof(f->folder), "%s/kb-tables-XXXXXX",
		       base != NULL ? base : "/tmp");
	cr_assert_not_null(mkdtemp(f->folder));
	(void)snprintf(f->data, sizeof(f->data), "%.200s/data", f->folder);
	(void)snprintf(f->data_file, sizeof(f->data_file), "%.200s/data/agent.mdb", f->folder);
	(void)snprintf(f->marker, sizeof(f->marker), "%.200s/marker", f->folder);
	f->clock = (struct kb_clock_fake){ .utc_ms = FIXTURE_NOW_UTC_MS, .mono_ms = 1000000 };
	f->seed.state = 42;
	cr_assert_eq(kb_secret_init(&f->master, 32), KB_OK);
	memset(f->master.at, 7, 32);
	store_open(f);
}

void
fixture_restart(struct fixture *f)
{
	f->step = NULL;
	kb_store_close(f->store);
	f->store = NULL;
	store_open(f);
}

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
fixture_close(struct fixture *f)
{
	kb_store_close(f->store);
	kb_secret_release(&f->master);
	kb_arena_release(&f->arena);
	(void)nftw(f->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void
fixture_write(struct fixture *f)
{
	cr_assert_eq(kb_step_begin(f->store, KB_STEP_WRITE, &f->step), KB_OK);
}

void
fixture_read(struct fixture *f)
{
	cr_assert_eq(kb_step_begin(f->store, KB_STEP_READ, &f->step), KB_OK);
}

void
fixture_commit(struct fixture *f)
{
	cr_assert_eq(kb_step_commit(&f->step), KB_OK);
	cr_assert_null(f->step);
}

void
fixture_abort(struct fixture *f)
{
	kb_step_abort(&f->step);
}

static const char *wanted;
static bool found;
static size_t files_read;

static bool
holds(const char *bytes, size_t len, const char *text)
{
	size_t wanted_len = strlen(text);

	for (size_t i = 0; i + wanted_len <= len; i++) {
		if (memcmp(bytes + i, text, wanted_len) == 0) {
			return true;
		}
	}
	return false;
}

static int
search_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)ftw;
	if (type != FTW_F || status->st_size == 0) {
		return 0;
	}
	FILE *file = fopen(path, "rb");
	char *bytes = malloc((size_t)status->st_size);
	size_t len = 0;

	if (file != NULL && bytes != NULL) {
		len = fread(bytes, 1, (size_t)status->st_size, file);
		files_read++;
	}
	if (len > 0 && holds(bytes, len, wanted)) {
		found = true;
	}
	free(bytes);
	if (file != NULL) {
		(void)fclose(file);
	}
	return 0;
}

bool
fixture_disk_holds(struct fixture *f, const char *text)
{
	wanted = text;
	found = false;
	files_read = 0;
	(void)nftw(f->folder, search_one, 8, FTW_PHYS);
	cr_assert_geq(files_read, 2, "nothing was searched");
	return found;
}

struct kb_party_id
fixture_party(unsigned number)
{
	struct kb_party_id id = { 0 };
	char text[KB_PARTY_ID_MAX + 1];

	(void)snprintf(text, sizeof(text), "00000099%012u", number);
	cr_assert_eq(kb_party_id_parse(kb_span_text(text), &id), KB_OK);
	return id;
}

struct kb_id
fixture_id(unsigned number)
{
	struct kb_random_seeded seeded = { .state = number };
	struct kb_random random = kb_random_of_seed(&seeded);

	return kb_id_random(&random);
}

struct kb_hash
fixture_hash(unsigned number)
{
	struct kb_hash hash;

	memset(&hash, (int)(number & 0xff), sizeof(hash));
	hash.bytes[31] = (uint8_t)(number >> 8);
	hash.bytes[30] = (uint8_t)(number >> 16);
	return hash;
}

uint32_t
fixture_party_no(struct fixture *f, unsigned number)
{
	struct kb_party_id id = fixture_party(number);
	uint32_t party_no = 0;

	cr_assert_eq(kb_party_take(f->step, &id, &party_no), KB_OK);
	return party_no;
}

uint64_t
fixture_case(struct fixture *f, unsigned number, uint32_t counterparty_no)
{
	struct kb_case row = { .case_id = fixture_id(number),
			       .kind = KB_CASE_KIND_VERZUIM,
			       .status = KB_CASE_OPEN,
			       .counterparty_no = counterparty_no,
			       .schooljaar = 2025,
			       .opened_utc_ms = FIXTURE_NOW_UTC_MS };

	cr_assert_eq(kb_case_create(f->step, &row), KB_OK);
	return row.case_no;
}
