/* SPDX-License-Identifier: EUPL-1.2 */
/* Whole school years: the expected file byte for byte, every cut-off, and a daily import through the year. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "agents/intake/dataset.h"
#include "common/exchange/verzuim_pairing.h"

/* The first is ours and always there. The others lie beside the checkout when the test data of the school years is present. */
static const struct {
	const char *path;
	size_t meldingen;
} years[] = {
	{ KB_SOURCE_DIR "/tests/data/verzuim", 33 },
	{ KB_SOURCE_DIR "/../shared/verzuim/po-2025", 54 },
	{ KB_SOURCE_DIR "/../shared/verzuim/vo-2024", 147 },
};

#define YEAR_COUNT (sizeof(years) / sizeof(years[0]))

struct year {
	struct kb_arena arena;
	struct kb_dataset set;
	struct kb_verzuim_settings settings;
};

/* False when the folder is not there, which is a failure for our own. */
static bool
year_open(struct year *year, size_t place)
{
	static struct kb_dataset_problems problems;
	int fd = open(years[place].path, O_RDONLY | O_DIRECTORY);

	if (fd < 0) {
		cr_assert_gt(place, 0, "our own data set is missing");
		(void)fprintf(stderr, "not present, left out: %s\n", years[place].path);
		return false;
	}
	memset(year, 0, sizeof(*year));
	year->arena.ceiling = KB_DATASET_ARENA_BYTES;
	year->settings = kb_verzuim_settings_default();
	cr_assert_eq(kb_dataset_load(fd, &year->arena, &year->set, &problems, NULL), KB_OK);
	(void)close(fd);
	return true;
}

static struct kb_melding_list
year_compute(struct year *year, int32_t tot_day)
{
	struct kb_verzuim_input input;
	struct kb_melding_list list = { 0 };

	kb_dataset_input(&year->set, tot_day, false, &input);
	cr_assert_eq(kb_verzuim_compute(&input, &year->settings, &year->arena, &list), KB_OK);
	return list;
}

static char *
text_of(struct year *year, const struct kb_melding_list *list, size_t *len)
{
	char *text = NULL;
	FILE *to = open_memstream(&text, len);

	cr_assert_not_null(to);
	cr_assert_eq(kb_verwacht_write(to, year->set.leerlingen, list), KB_OK);
	(void)fclose(to);
	return text;
}

static char *
file_of(const char *folder, const char *name, size_t *len)
{
	char path[512];
	FILE *from = NULL;
	char *text = calloc(1, 1 << 20);

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	from = fopen(path, "rb");
	cr_assert_not_null(from, "%s", path);
	*len = fread(text, 1, 1 << 20, from);
	(void)fclose(from);
	return text;
}

Test(verzuim_golden, every_school_year_gives_its_expected_file_byte_for_byte)
{
	for (size_t i = 0; i < YEAR_COUNT; i++) {
		struct year year;
		struct kb_melding_list list;
		size_t want_len = 0;
		size_t got_len = 0;
		char *want = NULL;
		char *got = NULL;

		if (!year_open(&year, i)) {
			continue;
		}
		list = year_compute(&year, KB_DAY_NONE);
		cr_assert_eq(list.count, years[i].meldingen);
		want = file_of(years[i].path, "verwacht.csv", &want_len);
		got = text_of(&year, &list, &got_len);
		cr_assert_eq(got_len, want_len);
		cr_assert_eq(memcmp(got, want, want_len), 0, "%s", years[i].path);
		free(want);
		free(got);
		kb_arena_release(&year.arena);
	}
}

Test(verzuim_golden, the_cut_off_of_an_import_loses_no_melding_of_these_years)
{
	for (size_t i = 0; i < YEAR_COUNT; i++) {
		struct year year;

		if (!year_open(&year, i)) {
			continue;
		}
		/* verzuim import looks no further than the latest row. */
		cr_assert_neq(year.set.latest_day, KB_DAY_NONE);
		cr_assert_eq(year_compute(&year, year.set.latest_day).count, years[i].meldingen);
		kb_arena_release(&year.arena);
	}
}

Test(verzuim_golden, a_cut_off_at_any_day_gives_what_was_made_up_to_that_day)
{
	for (size_t i = 0; i < YEAR_COUNT; i++) {
		struct year year;

		if (!year_open(&year, i)) {
			continue;
		}
		for (int32_t day = year.set.kalender.first_day - 1;
		     day <= year.set.kalender.last_day + 1; day++) {
			struct kb_melding_list all = year_compute(&year, KB_DAY_NONE);
			struct kb_melding_list cut = year_compute(&year, day);
			size_t next = 0;

			for (size_t k = 0; k < all.count; k++) {
				if (all.at[k].vastgesteld_day <= day) {
					cr_assert_lt(next, cut.count);
					cr_assert(kb_melding_same(&all.at[k], &cut.at[next]));
					next++;
				}
			}
			cr_assert_eq(next, cut.count);
		}
		kb_arena_release(&year.arena);
	}
}

/* What the school holds as sent, after pairing with what was computed. */
static size_t
apply(struct kb_melding *sent, size_t sent_count, const struct kb_melding_list *fresh,
      const struct kb_pair_list *pairs)
{
	static struct kb_melding next[1024];
	size_t count = 0;

	(void)sent_count;
	for (size_t i = 0; i < pairs->count; i++) {
		const struct kb_pair *pair = &pairs->at[i];

		if (pair->action == KB_PAIR_SAME) {
			next[count++] = sent[pair->old_index];
		} else if (pair->action == KB_PAIR_CORRECT || pair->action == KB_PAIR_SEND) {
			next[count++] = fresh->at[pair->new_index];
		}
	}
	memcpy(sent, next, count * sizeof(*sent));
	return count;
}

static int
by_pupil_and_end(const void *a, const void *b)
{
	const struct kb_melding *x = a;
	const struct kb_melding *y = b;

	if (x->leerling != y->leerling) {
		return x->leerling < y->leerling ? -1 : 1;
	}
	if (x->eind_day != y->eind_day) {
		return x->eind_day < y->eind_day ? -1 : 1;
	}
	return (int)x->soort - (int)y->soort;
}

Test(verzuim_golden, a_daily_import_ends_with_the_meldingen_of_the_rule_and_never_takes_one_back,
     .timeout = 110)
{
	static struct kb_melding sent[1024];
	static struct kb_verzuim_rij known[16384];

	for (size_t i = 0; i < YEAR_COUNT; i++) {
		struct year year;
		struct kb_melding_list rule;
		size_t sent_count = 0;
		size_t steps_sent = 0;
		struct kb_arena daily = { 0 };

		if (!year_open(&year, i)) {
			continue;
		}
		for (int32_t day = year.set.kalender.first_day; day <= year.set.kalender.last_day;
		     day++) {
			struct kb_verzuim_input input;
			struct kb_melding_list list = { 0 };
			struct kb_pair_list pairs = { 0 };
			size_t rows = 0;

			/* The school exports only what has happened. */
			for (size_t k = 0; k < year.set.rij_count; k++) {
				if (year.set.rijen[k].day <= day) {
					known[rows++] = year.set.rijen[k];
				}
			}
			kb_dataset_input(&year.set, day, true, &input);
			input.rijen = known;
			input.rij_count = rows;
			cr_assert_eq(kb_verzuim_compute(&input, &year.settings, &daily, &list),
				     KB_OK);
			cr_assert_eq(kb_verzuim_pair(sent, sent_count, list.at, list.count, &daily,
						     &pairs),
				     KB_OK);
			cr_assert_eq(pairs.counts[KB_PAIR_CORRECT] + pairs.counts[KB_PAIR_WITHDRAW],
				     0);
			steps_sent += pairs.counts[KB_PAIR_SEND];
			sent_count = apply(sent, sent_count, &list, &pairs);
			kb_arena_clear(&daily);
		}
		rule = year_compute(&year, KB_DAY_NONE);
		cr_assert_eq(sent_count, rule.count);
		cr_assert_eq(steps_sent, rule.count, "each is sent once");
		qsort(sent, sent_count, sizeof(*sent), by_pupil_and_end);
		for (size_t k = 0; k < rule.count; k++) {
			cr_assert_eq(sent[k].leerling, rule.at[k].leerling);
			cr_assert_eq(sent[k].soort, rule.at[k].soort);
			cr_assert(kb_melding_same(&sent[k], &rule.at[k]));
		}
		kb_arena_release(&daily);
		kb_arena_release(&year.arena);
	}
}
