/* SPDX-License-Identifier: EUPL-1.2 */
/* The themes of a region: every row of requirements section 6 has a place, and each form is read or refused. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/file.h"
#include "tests/support/small_profile.h"

/* A whole profile: every key, with values that are seen back below. */
static struct kb_buf whole;

static void
read_whole(void)
{
	cr_assert_eq(kb_file_read(KB_SOURCE_DIR "/tests/data/profiles/heel/profile.ini", 65536,
				  &whole, NULL),
		     KB_OK);
	cr_assert_not_null(kb_buf_text(&whole));
}

static enum kb_err
parse(const char *text, struct kb_faults *faults, struct kb_profile *out)
{
	const struct kb_profile_file file = { "profile.ini", kb_span_text(text) };

	return kb_profile_parse(&file, 1, "p", faults, out);
}

Test(profile_rules, every_row_of_section_6_has_a_place)
{
	bool seen[KB_PROFILE_SECTION6_ROWS + 1] = { false };

	for (size_t i = 0; i < KB_PROFILE_RULE_COUNT; i++) {
		const struct kb_profile_rule_row *row =
			kb_profile_rule_row((enum kb_profile_rule_nr)i);

		cr_assert_leq(row->row, KB_PROFILE_SECTION6_ROWS);
		seen[row->row] = true;
		for (size_t j = 0; j < i; j++) {
			const struct kb_profile_rule_row *other =
				kb_profile_rule_row((enum kb_profile_rule_nr)j);

			cr_assert(strcmp(row->section, other->section) != 0 ||
					  strcmp(row->key, other->key) != 0,
				  "[%s] %s stands twice", row->section, row->key);
		}
	}
	for (size_t row = 1; row <= KB_PROFILE_SECTION6_ROWS; row++) {
		cr_assert(seen[row], "row %zu of section 6 has no place in a profile", row);
	}
}

Test(profile_rules, gives_what_the_region_agreed, .init = read_whole)
{
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };
	const struct kb_profile_rule *rule = profile.rules;

	cr_assert_eq(parse(kb_buf_text(&whole), &faults, &profile), KB_OK, "%s",
		     kb_faults_text(&faults));
	for (size_t i = 0; i < KB_PROFILE_RULE_COUNT; i++) {
		cr_assert_str_not_empty(profile.rules[i].source, "rule %zu", i);
	}
	rule = &profile.rules[KB_PROFILE_TLV_BESLUIT];
	cr_assert(rule->vastgelegd);
	cr_assert_str_eq(rule->text, "de directeur op advies van twee deskundigen");
	rule = &profile.rules[KB_PROFILE_TLV_TERMIJN];
	cr_assert_eq(rule->term.length, 6);
	cr_assert_eq(rule->term.unit, KB_TERM_WEKEN);
	cr_assert_eq(rule->term.kind, KB_PROFILE_KIND_REGEL);
	cr_assert_str_eq(rule->term.source, rule->source);
	rule = &profile.rules[KB_PROFILE_TAFELS_ONDERSTEUNING];
	cr_assert_eq(rule->item_count, 2);
	cr_assert_str_eq(rule->items[0], "SOT");
	cr_assert_str_eq(rule->items[1], "VOT");
	rule = &profile.rules[KB_PROFILE_KALENDER_ACTIETAFEL];
	cr_assert_eq(rule->count, 5);
	cr_assert_str_eq(rule->per, "jaar");
	rule = &profile.rules[KB_PROFILE_POVO_BEGIN_GROEP];
	cr_assert_eq(kb_profile_groep_in(rule, 1999), 7);
	cr_assert_eq(kb_profile_groep_in(rule, 2026), 7);
	rule = &profile.rules[KB_PROFILE_ESCALATIE_EINDE];
	cr_assert_str_eq(rule->text, "geen");
	rule = &profile.rules[KB_PROFILE_THUISZITTER_GRENS];
	cr_assert_not(rule->vastgelegd);
	cr_assert_not(rule->term.vastgelegd);
	cr_assert_str_eq(rule->text, "niet vastgelegd");
	kb_profile_release(&profile);
}

static void
expect_fault(const char *from, const char *to, const char *fault)
{
	char text[16384];
	char shown[64];
	const char *good = kb_buf_text(&whole);
	const char *at = strstr(good, from);
	unsigned line = 1;
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };

	cr_assert_not_null(at, "%s", from);
	cr_assert_lt((size_t)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - good), good, to,
				      at + strlen(from)),
		     sizeof(text));
	for (const char *c = good; c < at; c++) {
		line += *c == '\n';
	}
	(void)snprintf(shown, sizeof(shown), "p/profile.ini:%u: ", line);
	cr_assert_eq(parse(text, &faults, &profile), KB_ERR_CONFIG, "accepted: %s", to);
	cr_assert_eq(faults.count, 1, "%s", kb_faults_text(&faults));
	if (to[0] != '\0') {
		cr_assert_eq(strncmp(kb_faults_text(&faults), shown, strlen(shown)), 0,
			     "%s is not at %s", kb_faults_text(&faults), shown);
	}
	cr_assert_not_null(strstr(kb_faults_text(&faults), fault), "%s", kb_faults_text(&faults));
	kb_faults_release(&faults);
}

#define NO_LONGER(term)                                                                            \
	"swv = " term ": must be at most 36 maanden, 156 weken or 1000 kalenderdagen"

Test(profile_rules, each_form_is_read_or_refused, .init = read_whole)
{
	expect_fault("termijn = 6 weken", "termijn = 6 eeuwen",
		     "termijn = 6 eeuwen: must be 1 to 1000 kalenderdagen");
	expect_fault("termijn.soort = regel", "termijn.soort = wens",
		     "termijn.soort = wens: must be wettelijk");
	expect_fault("actietafel = 5 per jaar", "actietafel = vaak",
		     "actietafel = vaak: must be a number");
	expect_fault("actietafel = 5 per jaar", "actietafel = 5 jaar",
		     "actietafel = 5 jaar: must be a number");
	expect_fault("einde = geen", "einde = overleg",
		     "einde = overleg: must be doorzettingsmacht, bindend-oordeel or geen");
	expect_fault("swv = 36 maanden", "swv = 37 maanden", NO_LONGER("37 maanden"));
	expect_fault("swv = 36 maanden", "swv = 157 weken", NO_LONGER("157 weken"));
	expect_fault("swv = 36 maanden", "swv = 1 werkdagen", NO_LONGER("1 werkdagen"));
	expect_fault("swv = 36 maanden", "swv = 1 schoolweken", NO_LONGER("1 schoolweken"));
	expect_fault("warm_voor = extra-ondersteuning, contactnodig",
		     "warm_voor = extra ondersteuning, contactnodig",
		     "warm_voor: extra ondersteuning: must be extra-ondersteuning or contactnodig");
	expect_fault("begin_groep = 7", "begin_groep = 9", "begin_groep = 9: must be a groep");
	expect_fault("begin_groep = 7", "begin_groep = 8, 7",
		     "begin_groep = 8, 7: must be a groep");
	expect_fault("begin_groep = 7", "begin_groep = 8 vanaf 2020, 7 vanaf 2019",
		     "begin_groep = 8 vanaf 2020, 7 vanaf 2019: must be a groep");
	expect_fault("begin_groep = 7", "begin_groep = 7 vanaf 20", "must be a groep");
	expect_fault("ondersteuning = SOT, VOT", "ondersteuning = SOT,, VOT",
		     "ondersteuning: nothing stands between two commas");
	expect_fault("model = schoolmodel",
		     "model =", "model: must say something, or \"niet vastgelegd\"");
	expect_fault("model.bron = proef, regel 20",
		     "model.bron =", "model.bron: must name document and line");
	expect_fault("model.bron = proef, regel 20",
		     "model.soort = regel\nmodel.bron = proef, regel 20",
		     "unknown key model.soort");
	expect_fault("model.bron = proef, regel 20\n", "", "[bekostiging] model.bron is missing");
	expect_fault("model = schoolmodel\n", "", "[bekostiging] model is missing");
	expect_fault("termijn.soort = regel\n", "", "[tlv] termijn.soort is missing");
	expect_fault("grens.bron = proef", "grens.soort = norm\ngrens.bron = proef",
		     "grens.soort: a term that is niet vastgelegd has no soort");
}

/* The line in which to write what is missing. */
static unsigned
line_of(const char *text)
{
	const char *at = strstr(kb_buf_text(&whole), text);
	unsigned line = 1;

	cr_assert_not_null(at, "%s", text);
	for (const char *c = kb_buf_text(&whole); c < at; c++) {
		line += *c == '\n';
	}
	return line;
}

Test(profile_rules, what_is_missing_has_the_line_of_its_key_or_its_section, .init = read_whole)
{
	static const struct {
		const char *missing;
		const char *stands_at;
		const char *fault;
	} rows[] = {
		{ "besluit.bron = ", "besluit = ", "[tlv] besluit.bron is missing" },
		{ "termijn_complex.soort = ", "termijn_complex = ",
		  "[tlv] termijn_complex.soort is missing" },
		{ "besluit = ", "[tlv]", "[tlv] besluit is missing" },
		{ "einde = ", "[escalatie]", "[escalatie] einde is missing" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[16384];
		char expected[256];
		struct kb_faults faults = { 0 };
		struct kb_profile profile = { 0 };
		char *at = NULL;

		(void)snprintf(text, sizeof(text), "%s", kb_buf_text(&whole));
		at = strstr(text, rows[i].missing);
		cr_assert_not_null(at);
		at[0] = '#'; /* so that no line moves */
		(void)snprintf(expected, sizeof(expected), "p/profile.ini:%u: %s\n",
			       line_of(rows[i].stands_at), rows[i].fault);
		cr_assert_eq(parse(text, &faults, &profile), KB_ERR_CONFIG);
		cr_assert_str_eq(kb_faults_text(&faults), expected);
		kb_faults_release(&faults);
	}
}

/* 003:1738-1755: groep 8 first, then 7, and in 2022 groep 6. */
Test(profile_rules, a_region_can_begin_with_older_pupils_and_go_back)
{
	struct kb_faults faults = { 0 };
	struct kb_profile midden_limburg = { 0 };
	const struct kb_profile_rule *rule = &midden_limburg.rules[KB_PROFILE_POVO_BEGIN_GROEP];

	cr_assert_eq(
		kb_profile_open(KB_SOURCE_DIR "/deploy/profiles/vo3102", &faults, &midden_limburg),
		KB_OK, "%s", kb_faults_text(&faults));
	cr_expect_eq(kb_profile_groep_in(rule, 2018), 0);
	cr_expect_eq(kb_profile_groep_in(rule, 2019), 8);
	cr_expect_eq(kb_profile_groep_in(rule, 2020), 7);
	cr_expect_eq(kb_profile_groep_in(rule, 2021), 7);
	cr_expect_eq(kb_profile_groep_in(rule, 2022), 6);
	cr_expect_eq(kb_profile_groep_in(rule, 2030), 6);
	rule = &midden_limburg.rules[KB_PROFILE_POVO_PROTOCOL];
	cr_expect_eq(kb_profile_groep_in(rule, 2030), 0);
	kb_faults_release(&faults);
	kb_profile_release(&midden_limburg);
}

/* Every key and its source: nothing that the region should have said is passed over. */
Test(profile_rules, all_must_be_there)
{
	struct kb_faults without = { 0 };
	struct kb_faults with = { 0 };
	struct kb_profile profile = { 0 };
	char whole_of_nothing[KB_SMALL_PROFILE_BYTES];

	cr_assert_eq(parse(KB_SMALL_PROFILE, &without, &profile), KB_ERR_CONFIG);
	cr_assert_eq(without.count, 2 * KB_PROFILE_RULE_COUNT, "%s", kb_faults_text(&without));
	kb_small_profile(KB_SMALL_PROFILE, whole_of_nothing);
	cr_assert_eq(parse(whole_of_nothing, &with, &profile), KB_OK, "%s", kb_faults_text(&with));
	for (size_t i = 0; i < KB_PROFILE_RULE_COUNT; i++) {
		cr_assert_not(profile.rules[i].vastgelegd);
	}
	kb_profile_release(&profile);
	kb_faults_release(&without);
}
