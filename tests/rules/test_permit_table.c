/* SPDX-License-Identifier: EUPL-1.2 */
/* The permission table against permit_expected.csv, written by another hand: every combination gets the same answer from both. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/exchange/date.h"
#include "common/exchange/permit.h"

#define EXPECTED_PATH KB_SOURCE_DIR "/tests/rules/permit_expected.csv"
/* All differences, where the printed list stops. */
#define DIFFERENCES_PATH KB_BINARY_DIR "/permit_differences.txt"
#define PRINT_MAX 40

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LINES_MAX 1024
#define FINDINGS_MAX 8192
#define COLUMNS 17
#define KINDS_TRIED 136 /* 0..135: every number of the table, and some that are in no table */
#define NEEDS_ALL ((1u << KB_NEED_COUNT) - 1)
#define REGIONS_TRIED 8	       /* the first three flags; the fourth is about accounts */
#define TRIES KB_VARIANT_COUNT /* the longest axis */

/* ---- the words of the headers ---- */

struct word {
	uint32_t number;
	const char *name;
};

#define KB_ROW(name, number, text, label) { (number), text },
static const struct word kind_words[] = { KB_KIND_TABLE(KB_ROW) };
static const struct word purpose_words[] = { KB_PURPOSE_TABLE(KB_ROW) };
static const struct word ground_words[] = { KB_GROUND_TABLE(KB_ROW) };
static const struct word variant_words[] = { KB_VARIANT_TABLE(KB_ROW) };
static const struct word party_words[] = { KB_PARTY_KIND_TABLE(KB_ROW) };
static const struct word sector_words[] = { KB_SECTOR_TABLE(KB_ROW) };
static const struct word desk_words[] = { KB_DESK_TABLE(KB_ROW) };
static const struct word category_words[] = { KB_CATEGORY_TABLE(KB_ROW) };
static const struct word need_words[] = { KB_NEED_TABLE(KB_ROW) };
static const struct word region_words[] = { KB_REGION_TABLE(KB_ROW) };
#undef KB_ROW

static const char *
name_of(const struct word *words, size_t count, uint32_t number)
{
	for (size_t i = 0; i < count; i++) {
		if (words[i].number == number) {
			return words[i].name;
		}
	}
	return "?";
}

#define NAME(words, number) name_of(words, COUNT(words), number)

/* ---- the file ---- */

struct side {
	uint32_t kinds; /* 1 << kind */
	uint32_t sectors;
	uint32_t desk;
};

struct line {
	unsigned place; /* in the file, from 1 */
	uint32_t kind;
	uint32_t variant;
	uint32_t purpose;
	uint32_t ground;
	struct side from;
	struct side to;
	uint32_t categories;
	uint32_t needs;
	uint32_t region_on;
	uint32_t region_off;
	int32_t from_day;
	int32_t until_day;
	char source[160];
};

struct expected {
	struct line lines[LINES_MAX];
	size_t count;
};

/* One word of a column; an empty one is 0. */
static uint32_t
read_word(const struct word *words, size_t count, const char *text, size_t len, unsigned place)
{
	if (len == 0) {
		return 0;
	}
	for (size_t i = 0; i < count; i++) {
		if (strlen(words[i].name) == len && memcmp(words[i].name, text, len) == 0) {
			return words[i].number;
		}
	}
	cr_assert_fail("line %u: '%.*s' is no word of its column", place, (int)len, text);
	return 0;
}

/* The words of a list as bits. */
static uint32_t
read_list(const struct word *words, size_t count, const char *text, unsigned place)
{
	uint32_t set = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, ",");

		cr_assert_gt(len, 0u, "line %u: an empty word in a list", place);
		set |= 1u << read_word(words, count, text, len, place);
		text += len + (text[len] == ',' ? 1 : 0);
	}
	return set;
}

static int32_t
read_day(const char *text, unsigned place)
{
	int32_t day = KB_DAY_NONE;

	if (*text != '\0') {
		cr_assert_eq(kb_date_parse(kb_span_text(text), &day), KB_OK,
			     "line %u: '%s' is no date", place, text);
	}
	return day;
}

#define WORD(words, text) read_word(words, COUNT(words), text, strlen(text), place)
#define LIST(words, text) read_list(words, COUNT(words), text, place)

static struct line
read_line(char *text, unsigned place)
{
	char *at[COLUMNS];
	size_t count = 0;
	struct line line = { .place = place };

	while (text != NULL && count < COLUMNS) {
		char *end = strchr(text, ';');

		at[count++] = text;
		if (end != NULL) {
			*end++ = '\0';
		}
		text = end;
	}
	cr_assert(count == COLUMNS && text == NULL, "line %u has not %d columns", place, COLUMNS);
	line.kind = WORD(kind_words, at[0]);
	line.variant = WORD(variant_words, at[1]);
	line.purpose = WORD(purpose_words, at[2]);
	line.ground = WORD(ground_words, at[3]);
	line.from.kinds = LIST(party_words, at[4]);
	line.from.sectors = LIST(sector_words, at[5]);
	line.from.desk = WORD(desk_words, at[6]);
	line.to.kinds = LIST(party_words, at[7]);
	line.to.sectors = LIST(sector_words, at[8]);
	line.to.desk = WORD(desk_words, at[9]);
	line.categories = LIST(category_words, at[10]);
	line.needs = LIST(need_words, at[11]);
	line.region_on = LIST(region_words, at[12]);
	line.region_off = LIST(region_words, at[13]);
	line.from_day = read_day(at[14], place);
	line.until_day = read_day(at[15], place);
	cr_assert_lt(strlen(at[16]), sizeof(line.source), "line %u: source", place);
	(void)snprintf(line.source, sizeof(line.source), "%s", at[16]);
	cr_assert(line.kind != 0 && line.purpose != 0 && line.ground != 0 && line.from.kinds != 0 &&
			  line.to.kinds != 0,
		  "line %u: kind, purpose, ground, from and to must be there", place);
	return line;
}

/* The file as it stands; the caller frees it. */
static struct expected *
read_expected(void)
{
	struct expected *expected = calloc(1, sizeof(*expected));
	FILE *file = fopen(EXPECTED_PATH, "r");
	char text[1024];
	unsigned place = 0;

	cr_assert_not_null(expected);
	cr_assert_not_null(file, "%s is missing", EXPECTED_PATH);
	while (fgets(text, sizeof(text), file) != NULL) {
		size_t len = strlen(text);

		place++;
		cr_assert(len > 0 && text[len - 1] == '\n', "line %u is too long", place);
		text[len - 1] = '\0';
		if (text[0] == '#') {
			continue;
		}
		cr_assert_lt(expected->count, (size_t)LINES_MAX);
		expected->lines[expected->count++] = read_line(text, place);
	}
	(void)fclose(file);
	return expected;
}

/* ---- the other decision: whether a line allows the question ---- */

static bool
side_fits(const struct side *side, const struct kb_permit_party *party)
{
	return ((side->kinds >> party->kind) & 1) != 0 &&
	       (side->sectors == 0 || (side->sectors & party->sectors) != 0);
}

/* All but categories and needs. */
static bool
line_fits(const struct line *line, const struct kb_permit_question *q)
{
	if (line->kind != q->kind || line->purpose != q->purpose || line->ground != q->ground) {
		return false;
	}
	if (line->variant != 0 && line->variant != q->variant) {
		return false;
	}
	if (!side_fits(&line->from, &q->from) || !side_fits(&line->to, &q->to)) {
		return false;
	}
	if ((line->from.desk != 0 && line->from.desk != q->from.desk) ||
	    line->to.desk != q->to.desk) {
		return false;
	}
	if ((q->region & line->region_on) != line->region_on ||
	    (q->region & line->region_off) != 0) {
		return false;
	}
	return (line->from_day == KB_DAY_NONE || line->from_day <= q->day) &&
	       (line->until_day == KB_DAY_NONE || q->day <= line->until_day);
}

static bool
line_allows(const struct line *line, const struct kb_permit_question *q)
{
	return line_fits(line, q) && (q->categories | line->categories) == line->categories &&
	       (q->met & line->needs) == line->needs;
}

/* The lines of one kind between two kinds of parties: all that can matter to a question about these. */
struct few {
	const struct line *at[LINES_MAX];
	size_t count;
};

static void
few_of(const struct expected *expected, uint32_t kind, uint32_t from, uint32_t to, struct few *few)
{
	few->count = 0;
	for (size_t i = 0; i < expected->count; i++) {
		const struct line *line = &expected->lines[i];

		if (line->kind == kind && ((line->from.kinds >> from) & 1) != 0 &&
		    ((line->to.kinds >> to) & 1) != 0) {
			few->at[few->count++] = line;
		}
	}
}

static bool
few_allow(const struct few *few, const struct kb_permit_question *q)
{
	for (size_t i = 0; i < few->count; i++) {
		if (line_allows(few->at[i], q)) {
			return true;
		}
	}
	return false;
}

static bool
table_allows(const struct kb_permit_question *q)
{
	struct kb_permit_answer answer;
	enum kb_err err = kb_permit_decide(q, &answer);

	cr_assert_eq(err, answer.err);
	return err == KB_OK;
}

/* ---- differences, one finding per cause ---- */

enum aspect {
	ASPECT_WHOLE = 0, /* roles, desk, sector, region, day, purpose, ground */
	ASPECT_CATEGORIES,
	ASPECT_NEEDS,
};

struct finding {
	struct kb_permit_question question; /* the first of its sort */
	bool expected;
	enum aspect aspect;
	uint64_t times;
};

struct findings {
	struct finding at[FINDINGS_MAX];
	size_t count;
	bool by_variant; /* the soort makes a difference to what is asked now */
	uint64_t differences;
	uint64_t allowed;
	uint64_t asked;
};

static bool
is_same_cause(const struct finding *finding, bool by_variant, const struct kb_permit_question *q,
	      bool expected, enum aspect aspect)
{
	const struct kb_permit_question *known = &finding->question;

	return known->kind == q->kind && (!by_variant || known->variant == q->variant) &&
	       known->purpose == q->purpose && known->ground == q->ground &&
	       known->from.kind == q->from.kind && known->to.kind == q->to.kind &&
	       known->to.desk == q->to.desk && finding->expected == expected &&
	       finding->aspect == aspect &&
	       (aspect != ASPECT_CATEGORIES || known->categories == q->categories) &&
	       (aspect != ASPECT_NEEDS || known->met == q->met);
}

static void
note(struct findings *findings, const struct kb_permit_question *q, bool expected,
     enum aspect aspect)
{
	findings->differences++;
	for (size_t i = findings->count; i > 0; i--) {
		if (is_same_cause(&findings->at[i - 1], findings->by_variant, q, expected,
				  aspect)) {
			findings->at[i - 1].times++;
			return;
		}
	}
	if (findings->count < FINDINGS_MAX) {
		findings->at[findings->count++] = (struct finding){
			.question = *q, .expected = expected, .aspect = aspect, .times = 1
		};
	}
}

/* True when both allow it: only then is there more to ask. */
static bool
ask(struct findings *findings, const struct few *few, const struct kb_permit_question *q,
    enum aspect aspect)
{
	bool expected = few_allow(few, q);
	bool actual = table_allows(q);

	findings->asked++;
	findings->allowed += expected ? 1 : 0;
	if (expected != actual) {
		note(findings, q, expected, aspect);
	}
	return expected && actual;
}

static void
write_set(FILE *to, const char *title, const struct word *words, size_t count, uint32_t set)
{
	const char *mark = title;

	for (size_t i = 0; i < count; i++) {
		if ((set & (1u << words[i].number)) != 0) {
			(void)fprintf(to, "%s%s", mark, words[i].name);
			mark = ",";
		}
	}
}

static void
write_party(FILE *to, const struct kb_permit_party *party)
{
	(void)fputs(NAME(party_words, (uint32_t)party->kind), to);
	write_set(to, "/", sector_words, COUNT(sector_words), party->sectors);
	(void)fprintf(to, "@%s", party->desk == 0 ? "-" : NAME(desk_words, party->desk));
}

/* kind soort: from/sector@desk -> to/sector@desk purpose/ground region day, what is different. */
static void
write_finding(FILE *to, const struct finding *finding)
{
	const struct kb_permit_question *q = &finding->question;
	char day[KB_DATE_TEXT];

	kb_date_format(q->day, day);
	(void)fprintf(to, "  %s: ", NAME(variant_words, q->variant));
	write_party(to, &q->from);
	(void)fputs(" -> ", to);
	write_party(to, &q->to);
	(void)fprintf(to, " %s/%s %s", NAME(purpose_words, q->purpose),
		      NAME(ground_words, q->ground), day);
	write_set(to, " region ", region_words, COUNT(region_words), q->region);
	write_set(to, " with ", category_words, COUNT(category_words), q->categories);
	write_set(to, " without ", need_words, COUNT(need_words), NEEDS_ALL & ~q->met);
	(void)fprintf(to, ": file %s, table %s (%llu times)\n", finding->expected ? "yes" : "no",
		      finding->expected ? "no" : "yes", (unsigned long long)finding->times);
}

static void
write_findings(FILE *to, const struct findings *findings, size_t max)
{
	uint32_t kind = UINT32_MAX;

	for (size_t i = 0; i < findings->count && i < max; i++) {
		if (findings->at[i].question.kind != kind) {
			kind = findings->at[i].question.kind;
			(void)fprintf(to, "%s\n", NAME(kind_words, kind));
		}
		write_finding(to, &findings->at[i]);
	}
	if (findings->count > max) {
		(void)fprintf(to, "and %zu more in %s\n", findings->count - max, DIFFERENCES_PATH);
	}
}

/* ---- what is tried between two kinds of parties ---- */

/*
 * The values of each axis. Purposes, grounds and desks that receive are always tried whole. Of soort, sectors, desks that send,
 * regions and days all are tried as soon as a row or a line of this kind between these parties names one; else each must make no
 * difference, and the tries run through all of them side by side: try 0 has none of each, try 1 the first of each, and so on
 * (two tries where an axis is tried whole already: the time).
 */
struct axes {
	bool any;
	bool variants;
	bool from_sectors;
	bool to_sectors;
	bool from_desks;
	bool regions;
	bool days;
};

static void
axes_add(struct axes *axes, uint32_t variant, const struct side *from, uint32_t to_sectors,
	 uint32_t regions, bool days)
{
	axes->any = true;
	axes->variants = axes->variants || variant != 0;
	axes->from_sectors = axes->from_sectors || from->sectors != 0;
	axes->from_desks = axes->from_desks || from->desk != 0;
	axes->to_sectors = axes->to_sectors || to_sectors != 0;
	axes->regions = axes->regions || regions != 0;
	axes->days = axes->days || days;
}

static struct axes
axes_of(const struct few *few, uint32_t kind, uint32_t from, uint32_t to)
{
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);
	struct axes axes = { 0 };

	for (size_t i = 0; i < few->count; i++) {
		const struct line *line = few->at[i];

		axes_add(&axes, line->variant, &line->from, line->to.sectors,
			 line->region_on | line->region_off,
			 line->from_day != KB_DAY_NONE || line->until_day != KB_DAY_NONE);
	}
	for (size_t i = 0; i < count; i++) {
		const struct kb_permit_row *row = &rows[i];
		const struct side side = { row->from.kinds, row->from.sectors, row->from.desk };

		if ((uint32_t)row->kind == kind && ((row->from.kinds >> from) & 1) != 0 &&
		    ((row->to.kinds >> to) & 1) != 0) {
			axes_add(&axes, (uint32_t)row->variant, &side, row->to.sectors,
				 row->region_on | row->region_off,
				 row->valid_from_day != KB_DAY_NONE ||
					 row->valid_until_day != KB_DAY_NONE);
		}
	}
	return axes;
}

/* The sets of needs and of categories that are worth asking for one kind between two parties. */
struct depth {
	uint32_t categories[KB_DATA_COUNT + 1 + LINES_MAX];
	size_t category_count;
	uint32_t met[2 * KB_NEED_COUNT + 2 + LINES_MAX];
	size_t met_count;
};

static void
add_once(uint32_t *sets, size_t *count, uint32_t set)
{
	for (size_t i = 0; i < *count; i++) {
		if (sets[i] == set) {
			return;
		}
	}
	sets[(*count)++] = set;
}

/* None, each alone, and all that a line allows together; all needs, each left out, none, and exactly those of a line. */
static struct depth *
depth_of(const struct few *few)
{
	struct depth *depth = calloc(1, sizeof(*depth));

	cr_assert_not_null(depth);
	add_once(depth->categories, &depth->category_count, 0);
	add_once(depth->met, &depth->met_count, NEEDS_ALL);
	add_once(depth->met, &depth->met_count, 0);
	for (unsigned i = 0; i < KB_DATA_COUNT; i++) {
		add_once(depth->categories, &depth->category_count, 1u << i);
	}
	for (unsigned i = 0; i < KB_NEED_COUNT; i++) {
		add_once(depth->met, &depth->met_count, NEEDS_ALL & ~(1u << i));
	}
	for (size_t i = 0; i < few->count; i++) {
		add_once(depth->categories, &depth->category_count, few->at[i]->categories);
		add_once(depth->met, &depth->met_count, few->at[i]->needs);
	}
	return depth;
}

/* A question that both allow as far as it goes: each category, and for those that both allow each need. */
static void
ask_deeper(struct findings *findings, const struct few *few, const struct depth *depth,
	   struct kb_permit_question q)
{
	for (size_t i = 0; i < depth->category_count; i++) {
		q.categories = depth->categories[i];
		q.met = NEEDS_ALL;
		if (!ask(findings, few, &q, ASPECT_CATEGORIES)) {
			continue;
		}
		for (size_t j = 0; j < depth->met_count; j++) {
			q.met = depth->met[j];
			(void)ask(findings, few, &q, ASPECT_NEEDS);
		}
	}
}

/* What a row names beside purpose and ground has been filled in. */
static void
ask_grounds(struct findings *findings, const struct few *few, const struct depth *depth,
	    struct kb_permit_question q)
{
	for (q.purpose = 0; q.purpose < KB_PURPOSE_COUNT; q.purpose++) {
		for (q.ground = 0; q.ground < KB_GROUND_COUNT; q.ground++) {
			if (ask(findings, few, &q, ASPECT_WHOLE)) {
				ask_deeper(findings, few, depth, q);
			}
		}
	}
}

/* How many values an axis has apart, and the one at place: all of them when it is named, else the one of this try. */
static uint32_t
axis_count(bool named, uint32_t count)
{
	return named ? count : 1;
}

static uint32_t
axis_value(bool named, uint32_t place, uint32_t try, uint32_t count)
{
	return named ? place : try % count;
}

/* None, or each sector alone. */
static uint32_t
sectors_at(bool named, uint32_t place, uint32_t try)
{
	uint32_t sector = axis_value(named, place, try, KB_SECTOR_COUNT);

	return sector == 0 ? 0 : 1u << sector;
}

static void
ask_parties(struct findings *findings, const struct few *few, const struct depth *depth,
	    const struct axes *axes, struct kb_permit_question q, uint32_t try)
{
	uint32_t from_count = axis_count(axes->from_sectors, KB_SECTOR_COUNT);
	uint32_t to_count = axis_count(axes->to_sectors, KB_SECTOR_COUNT);
	uint32_t desk_count = axis_count(axes->from_desks, KB_DESK_COUNT) * KB_DESK_COUNT;

	for (uint32_t desks = 0; desks < desk_count; desks++) {
		q.from.desk =
			axis_value(axes->from_desks, desks / KB_DESK_COUNT, try, KB_DESK_COUNT);
		q.to.desk = desks % KB_DESK_COUNT;
		for (uint32_t place = 0; place < from_count * to_count; place++) {
			q.from.sectors = sectors_at(axes->from_sectors, place / to_count, try);
			q.to.sectors = sectors_at(axes->to_sectors, place % to_count, try);
			ask_grounds(findings, few, depth, q);
		}
	}
}

/* The last day of the old law on VO to VO, the first of the new (facts D5), and a day of today. */
static void
tried_days(int32_t days[3])
{
	static const char *const texts[] = { "2026-11-26", "2020-07-31", "2020-08-01" };

	for (size_t i = 0; i < COUNT(texts); i++) {
		cr_assert_eq(kb_date_parse(kb_span_text(texts[i]), &days[i]), KB_OK);
	}
}

static void
ask_axes(struct findings *findings, const struct few *few, const struct depth *depth,
	 const struct axes *axes, struct kb_permit_question q, uint32_t try)
{
	uint32_t variant_count = axis_count(axes->variants, KB_VARIANT_COUNT);
	uint32_t region_count = axis_count(axes->regions, REGIONS_TRIED);
	int32_t days[3];

	tried_days(days);
	for (uint32_t place = 0; place < variant_count * region_count; place++) {
		q.variant = axis_value(axes->variants, place / region_count, try, KB_VARIANT_COUNT);
		q.region = axis_value(axes->regions, place % region_count, try, REGIONS_TRIED);
		for (uint32_t day = 0; day < axis_count(axes->days, COUNT(days)); day++) {
			q.day = days[axis_value(axes->days, day, try, COUNT(days))];
			ask_parties(findings, few, depth, axes, q, try);
		}
	}
}

static void
ask_pair(struct findings *findings, const struct few *few, const struct axes *axes, uint32_t kind,
	 uint32_t from, uint32_t to)
{
	struct kb_permit_question q = { .kind = kind, .met = NEEDS_ALL };
	struct depth *depth = depth_of(few);
	bool one_is_whole = axes->variants || axes->from_sectors || axes->to_sectors ||
			    axes->from_desks || axes->regions || axes->days;

	q.from.kind = (enum kb_party_kind)from;
	q.to.kind = (enum kb_party_kind)to;
	findings->by_variant = axes->variants;
	for (uint32_t try = 0; try < (one_is_whole ? 2u : TRIES); try++) {
		ask_axes(findings, few, depth, axes, q, try);
	}
	free(depth);
}

/* Nothing of this kind between these parties, on either side: every purpose, ground and desk is refused. */
static void
ask_nothing(struct findings *findings, uint32_t kind, uint32_t from, uint32_t to)
{
	static const struct few none;
	static const struct depth flat;
	struct kb_permit_question q = { .kind = kind, .met = NEEDS_ALL };

	q.from.kind = (enum kb_party_kind)from;
	q.to.kind = (enum kb_party_kind)to;
	q.from.sectors = q.to.sectors = UINT32_MAX;
	for (q.to.desk = 0; q.to.desk < KB_DESK_COUNT; q.to.desk++) {
		q.from.desk = q.to.desk == 0 ? KB_DESK_LEERPLICHT : 0;
		ask_grounds(findings, &none, &flat, q);
	}
}

/* Kinds first..last, all of it; the caller frees. */
static struct findings *
compare(const struct expected *expected, uint32_t first, uint32_t last)
{
	static struct few few;
	struct findings *findings = calloc(1, sizeof(*findings));

	cr_assert_not_null(findings);
	for (uint32_t kind = first; kind <= last; kind++) {
		for (uint32_t pair = 0; pair < KB_PARTY_KIND_COUNT * KB_PARTY_KIND_COUNT; pair++) {
			uint32_t from = pair / KB_PARTY_KIND_COUNT;
			uint32_t to = pair % KB_PARTY_KIND_COUNT;

			struct axes axes;

			few_of(expected, kind, from, to, &few);
			axes = axes_of(&few, kind, from, to);
			if (axes.any) {
				ask_pair(findings, &few, &axes, kind, from, to);
			} else {
				ask_nothing(findings, kind, from, to);
			}
		}
	}
	return findings;
}

/* ---- the tests ---- */

Test(permit_table, says_what_the_requirements_say_for_every_combination)
{
	struct expected *expected = read_expected();
	struct findings *findings = compare(expected, 0, KINDS_TRIED - 1);
	FILE *file = fopen(DIFFERENCES_PATH, "w");

	cr_assert_not_null(file);
	write_findings(file, findings, FINDINGS_MAX);
	(void)fclose(file);
	write_findings(stderr, findings, PRINT_MAX);
	cr_expect_gt(findings->allowed, 0u, "nothing at all is allowed");
	cr_expect_eq(findings->differences, 0u,
		     "%llu answers of %llu differ, from %zu causes; all of them: %s",
		     (unsigned long long)findings->differences, (unsigned long long)findings->asked,
		     findings->count, DIFFERENCES_PATH);
	free(findings);
	free(expected);
}

/* One thing of one line of verzuim-melding made wrong; each must be seen, or the comparison compares nothing. */
enum wrong {
	WRONG_NOTHING = 0,
	WRONG_VARIANT,
	WRONG_PURPOSE,
	WRONG_GROUND,
	WRONG_FROM,
	WRONG_FROM_SECTOR,
	WRONG_FROM_DESK,
	WRONG_TO,
	WRONG_TO_SECTOR,
	WRONG_TO_DESK,
	WRONG_CATEGORY_LESS,
	WRONG_CATEGORY_MORE,
	WRONG_NEED,
	WRONG_REGION_ON,
	WRONG_REGION_OFF,
	WRONG_FROM_DAY,
	WRONG_UNTIL_DAY,
	WRONG_COUNT,
};

static void
make_wrong(struct line *line, enum wrong wrong)
{
	struct line bad[WRONG_COUNT];
	int32_t days[3];

	tried_days(days);
	for (size_t i = 0; i < WRONG_COUNT; i++) {
		bad[i] = *line;
	}
	bad[WRONG_VARIANT].variant = KB_VARIANT_VROEG;
	bad[WRONG_PURPOSE].purpose = KB_PURPOSE_THUISZITTERS;
	bad[WRONG_GROUND].ground = KB_GROUND_TOESTEMMING;
	bad[WRONG_FROM].from.kinds |= KB_PARTY_BIT(KB_PARTY_JEUGDHULP);
	bad[WRONG_FROM_SECTOR].from.sectors = 1u << KB_SECTOR_VSO;
	bad[WRONG_FROM_DESK].from.desk = KB_DESK_SCHOOL;
	bad[WRONG_TO].to.kinds |= KB_PARTY_BIT(KB_PARTY_SWV);
	bad[WRONG_TO_SECTOR].to.sectors = 1u << KB_SECTOR_BAO;
	bad[WRONG_TO_DESK].to.desk = KB_DESK_JEUGD;
	bad[WRONG_CATEGORY_LESS].categories &= ~(uint32_t)KB_DATA_VERZUIM;
	bad[WRONG_CATEGORY_MORE].categories |= KB_DATA_GEZONDHEID;
	bad[WRONG_NEED].needs |= KB_NEED_AANGEMELD;
	bad[WRONG_REGION_ON].region_on = KB_REGION_JEUGDHULP_REGELING;
	bad[WRONG_REGION_OFF].region_off = KB_REGION_TLV_INSTEMMING;
	bad[WRONG_FROM_DAY].from_day = days[2];
	bad[WRONG_UNTIL_DAY].until_day = days[1];
	*line = bad[wrong];
}

Test(permit_table, a_line_with_one_thing_wrong_is_a_difference)
{
	struct expected *expected = read_expected();
	struct line *line = expected->lines;

	while (line < expected->lines + expected->count && line->kind != KB_KIND_VERZUIM_MELDING) {
		line++;
	}
	cr_assert_eq(line->kind, KB_KIND_VERZUIM_MELDING);
	for (unsigned wrong = 0; wrong < WRONG_COUNT; wrong++) {
		struct line right = *line;
		struct findings *findings = NULL;

		make_wrong(line, (enum wrong)wrong);
		findings = compare(expected, KB_KIND_VERZUIM_MELDING, KB_KIND_VERZUIM_MELDING);
		cr_expect_eq(findings->differences != 0, wrong != WRONG_NOTHING,
			     "fault %u: %llu differences", wrong,
			     (unsigned long long)findings->differences);
		cr_expect_gt(findings->allowed, 0u);
		free(findings);
		*line = right;
	}
	free(expected);
}

/* The question that a row was made for. */
static struct kb_permit_question
question_of(const struct kb_permit_row *row)
{
	struct kb_permit_question q = { .kind = (uint32_t)row->kind,
					.variant = (uint32_t)row->variant,
					.purpose = (uint32_t)row->purpose,
					.ground = (uint32_t)row->ground,
					.categories = row->categories,
					.region = row->region_on };

	q.day = row->valid_until_day != KB_DAY_NONE ? row->valid_until_day : row->valid_from_day;
	while (((row->from.kinds >> q.from.kind) & 1) == 0) {
		q.from.kind = (enum kb_party_kind)(q.from.kind + 1);
	}
	while (((row->to.kinds >> q.to.kind) & 1) == 0) {
		q.to.kind = (enum kb_party_kind)(q.to.kind + 1);
	}
	q.from.sectors = row->from.sectors;
	q.to.sectors = row->to.sectors;
	q.from.desk = row->from.desk;
	q.to.desk = row->to.desk;
	return q;
}

/*
 * Sender and recipient ask the same question, but the recipient takes the local needs as met. So whatever the sender may send
 * the recipient admits, and where only the recipient says yes, the row that it used asks for a local need that the sender lacks.
 */
Test(permit_table, sender_and_recipient_differ_by_local_needs_alone)
{
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);

	cr_assert_gt(count, 0u);
	for (size_t i = 0; i < count; i++) {
		struct kb_permit_question sender = question_of(&rows[i]);

		sender.met = NEEDS_ALL;
		cr_expect(table_allows(&sender), "row %s allows not even its own", rows[i].name);
		for (sender.met = 0; sender.met <= NEEDS_ALL; sender.met++) {
			struct kb_permit_question recipient = sender;
			struct kb_permit_answer answer;
			bool may_send = table_allows(&sender);
			enum kb_err err = KB_OK;

			recipient.met |= KB_NEED_LOCAL;
			err = kb_permit_decide(&recipient, &answer);
			cr_expect(err == KB_OK || !may_send, "row %s is sent and not admitted",
				  rows[i].name);
			cr_expect(err != KB_OK || may_send ||
					  (answer.row->needs & KB_NEED_LOCAL & ~sender.met) != 0,
				  "row %s depends on a local need that it does not name",
				  rows[i].name);
		}
	}
}

/* ---- what crosses all kinds, asked of the file and of the table alike ---- */

#define SCHOOL_KINDS (KB_PARTY_BIT(KB_PARTY_SCHOOL) | KB_PARTY_BIT(KB_PARTY_VO))
#define SWV_KIND KB_PARTY_BIT(KB_PARTY_SWV)
#define GEMEENTE_KIND KB_PARTY_BIT(KB_PARTY_GEMEENTE)
#define JEUGDHULP_KIND KB_PARTY_BIT(KB_PARTY_JEUGDHULP)
/* The exchange itself and the toestemmingen go from agent to agent, before there is an arrangement and without a desk. */
#define OF_THE_AGENT                                                                               \
	(KB_PURPOSE_BIT(KB_PURPOSE_BERICHTENVERKEER) | KB_PURPOSE_BIT(KB_PURPOSE_TOESTEMMING))

/* Health to an SWV for its three tasks alone (R08); what it holds comes back to the own school of the child alone (R09). */
static bool
keeps_the_tasks_of_an_swv(const struct line *line)
{
	const uint32_t tasks = KB_PURPOSE_BIT(KB_PURPOSE_ADVIES) |
			       KB_PURPOSE_BIT(KB_PURPOSE_TOELAATBAARHEID) |
			       KB_PURPOSE_BIT(KB_PURPOSE_TOEWIJZING);
	const uint32_t own = KB_DATA_GEZONDHEID | KB_DATA_TOELAATBAARHEID;
	bool in = (line->to.kinds & SWV_KIND) == 0 ||
		  (line->categories & KB_DATA_GEZONDHEID) == 0 ||
		  (tasks & KB_PURPOSE_BIT(line->purpose)) != 0;
	bool out =
		(line->from.kinds & SWV_KIND) == 0 || (line->categories & own) == 0 ||
		((line->to.kinds & ~SCHOOL_KINDS) == 0 && (line->needs & KB_NEED_AANGEMELD) != 0);

	return in && out;
}

/* R38: between school and jeugdhulp an arrangement of the region and the toestemming, unless a child is in danger. */
static bool
keeps_the_arrangement_with_jeugdhulp(const struct line *line)
{
	bool between =
		((line->from.kinds & SCHOOL_KINDS) != 0 &&
		 (line->to.kinds & JEUGDHULP_KIND) != 0) ||
		((line->from.kinds & JEUGDHULP_KIND) != 0 && (line->to.kinds & SCHOOL_KINDS) != 0);
	bool free = (OF_THE_AGENT & KB_PURPOSE_BIT(line->purpose)) != 0 ||
		    line->ground == KB_GROUND_VITAAL_BELANG;

	return !between || free ||
	       ((line->region_on & KB_REGION_JEUGDHULP_REGELING) != 0 &&
		(line->needs & KB_NEED_TOESTEMMING) != 0);
}

/* A gemeente is several desks with one signature: which of them speaks is part of the permission. */
static bool
names_the_desk_of_a_gemeente(const struct line *line)
{
	return (OF_THE_AGENT & KB_PURPOSE_BIT(line->purpose)) != 0 ||
	       (((line->from.kinds & GEMEENTE_KIND) == 0 || line->from.desk != 0) &&
		((line->to.kinds & GEMEENTE_KIND) == 0 || line->to.desk != 0));
}

/* A child that is ordered to a school is not yet aangemeld there: the order arrives, and holds what the school needs for it. */
static bool
lets_an_order_arrive(const struct line *line)
{
	const uint32_t order =
		KB_DATA_IDENTITEIT | KB_DATA_CONTACT | KB_DATA_ONDERSTEUNING | KB_DATA_PROCES;

	return (line->kind != KB_KIND_DOORZETTING_BESLUIT && line->kind != KB_KIND_BTO_BINDEND) ||
	       (line->needs == 0 && line->categories == order);
}

static void
expect_rules(const struct line *line, const char *whose)
{
	bool by_toestemming = line->ground == KB_GROUND_TOESTEMMING;

	cr_expect_eq(by_toestemming, (line->needs & KB_NEED_TOESTEMMING) != 0,
		     "%s %u: ground and need of toestemming", whose, line->place);
	cr_expect(keeps_the_tasks_of_an_swv(line), "%s %u: R08, R09", whose, line->place);
	cr_expect(keeps_the_arrangement_with_jeugdhulp(line), "%s %u: R38", whose, line->place);
	cr_expect(names_the_desk_of_a_gemeente(line), "%s %u: no desk", whose, line->place);
	cr_expect(lets_an_order_arrive(line), "%s %u: R32, H03", whose, line->place);
	cr_expect(line->purpose != KB_PURPOSE_DOA || by_toestemming, "%s %u: R01", whose,
		  line->place);
	cr_expect(line->kind != KB_KIND_INFO_GEWEIGERD || (line->needs & KB_NEED_REDEN) != 0,
		  "%s %u: R18", whose, line->place);
	cr_expect(line->ground != KB_GROUND_VITAAL_BELANG || line->needs == KB_NEED_REDEN,
		  "%s %u: danger waits for a reason and nothing else", whose, line->place);
	cr_expect(line->kind != KB_KIND_MONITOR_LIJST ||
			  ((line->to.kinds & GEMEENTE_KIND) == 0 &&
			   (line->categories & KB_DATA_IDENTITEIT) == 0),
		  "%s %u: R29, R37", whose, line->place);
	cr_expect(line->kind != KB_KIND_INVENTARISATIE_ANTWOORD ||
			  line->categories == KB_DATA_AANTALLEN,
		  "%s %u: R28", whose, line->place);
	cr_expect(line->kind != KB_KIND_VRIJSTELLING_ANTWOORD ||
			  line->categories == (KB_DATA_IDENTITEIT | KB_DATA_PROCES),
		  "%s %u: R09, R27", whose, line->place);
}

Test(permit_table, the_file_keeps_the_rules_that_cross_all_kinds)
{
	struct expected *expected = read_expected();

	cr_assert_gt(expected->count, 0u);
	for (size_t i = 0; i < expected->count; i++) {
		expect_rules(&expected->lines[i], "line");
	}
	free(expected);
}

Test(permit_table, the_table_keeps_the_rules_that_cross_all_kinds)
{
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);

	cr_assert_gt(count, 0u);
	for (size_t i = 0; i < count; i++) {
		const struct kb_permit_row *row = &rows[i];
		struct line line = {
			.place = (unsigned)i,
			.kind = (uint32_t)row->kind,
			.purpose = (uint32_t)row->purpose,
			.ground = (uint32_t)row->ground,
			.from = { row->from.kinds, row->from.sectors, row->from.desk },
			.to = { row->to.kinds, row->to.sectors, row->to.desk },
			.categories = row->categories,
			.needs = row->needs,
			.region_on = row->region_on,
		};

		expect_rules(&line, row->name);
	}
}

/* A line of a seed, a rule or flow of the requirements, a fact, a section of the design or a law. */
static bool
cites_something(const char *source)
{
	static const char *const words[] = { "facts D", "design ", "Leerplichtwet", "Wet " };
	static const char letters[] = "ABCDEFHKR";

	for (size_t i = 0; i < COUNT(words); i++) {
		if (strstr(source, words[i]) != NULL) {
			return true;
		}
	}
	for (const char *at = source; *at != '\0'; at++) {
		bool starts = at == source || at[-1] == ' ';
		bool digits = at[0] != '\0' && at[1] >= '0' && at[1] <= '9' && at[2] >= '0' &&
			      at[2] <= '9';

		if (starts && digits &&
		    (strchr(letters, at[0]) != NULL || (at[0] == '0' && at[3] == ':'))) {
			return true;
		}
	}
	return false;
}

Test(permit_table, every_line_says_what_it_rests_on_and_no_kind_is_forgotten)
{
	struct expected *expected = read_expected();

	for (size_t i = 0; i < expected->count; i++) {
		const struct line *line = &expected->lines[i];

		cr_expect(cites_something(line->source), "line %u: source '%s'", line->place,
			  line->source);
	}
	for (size_t kind = 0; kind < COUNT(kind_words); kind++) {
		size_t count = 0;

		for (size_t i = 0; i < expected->count; i++) {
			count += expected->lines[i].kind == kind_words[kind].number ? 1 : 0;
		}
		cr_expect_gt(count, 0u, "no line for %s", kind_words[kind].name);
	}
	cr_expect_not(cites_something("") || cites_something("see elsewhere"));
	free(expected);
}
