/* SPDX-License-Identifier: EUPL-1.2 */
/* What people do in a dossier at one side is seen at the other. */
#include "tests/daemon/exchange.h"
#include "tests/support/town_year.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char *const codes[] = { "0114", NULL };

/* One dossier with one melding; zaak is its number at the gemeente, own that at the school. */
struct pair {
	struct town *town;
	struct town_party *school;
	struct town_party *gemeente;
	struct town_year year;
	char pgn[10];
	char zaak[24];
	char own[24];
};

static bool
pair_open_in(struct pair *pair, const char *profile)
{
	const char *set = NULL;
	struct town_said said;

	*pair = (struct pair){ .year = { .prefix = "A",
					 .pupil_count = 2,
					 .gemeentecodes = codes,
					 .gemeente_count = 1,
					 .first_monday = town_year_monday(4),
					 .melding_count = 1,
					 .skip_pupil = 2 } };
	if (pair->year.first_monday == INT32_MIN) {
		return false;
	}
	pair->town = exchange_new_in(codes, profile);
	pair->school = town_find(pair->town, "school");
	pair->gemeente = exchange_gemeente(pair->town, "0114");
	set = town_path(town_folder(pair->town), "set");
	town_year_write(pair->town, set, &pair->year);
	import_set(pair->school, set);
	town_year_pgn(&pair->year, 0, pair->pgn);
	dossier_of(pair->gemeente, pair->pgn, pair->zaak);
	cr_assert_str_neq(pair->zaak, "", "the dossier is in the inbox of the gemeente");
	said = town_must(pair->school, "verzuim", "list");
	(void)snprintf(pair->own, sizeof(pair->own), "%s",
		       town_cell(&said, "meldingen", 0, "zaak"));
	town_said_clear(&said);
	cr_assert_str_neq(pair->own, "");
	return true;
}

static bool
pair_open(struct pair *pair)
{
	return pair_open_in(pair, NULL);
}

static void
act(struct town_party *party, const char *zaak, const char *handeling, const char *option,
    const char *value)
{
	struct town_said said =
		option != NULL ? town_must(party, "case", "act", zaak, handeling, option, value)
			       : town_must(party, "case", "act", zaak, handeling);

	town_said_clear(&said);
	town_wait_quiet(party, 20000);
}

static void
assert_stand(struct pair *pair, const char *stand)
{
	struct town_said said = town_must(pair->school, "verzuim", "list");

	cr_assert_str_eq(town_cell(&said, "meldingen", 0, "bij leerplicht"), stand, "%s", said.out);
	town_said_clear(&said);
}

/* The route of verzuim by the attendance itself, in two regions whose routes differ in where they come from (E03). */
static void
play_verzuim(const char *profile)
{
	struct pair pair;
	struct town_said said;

	if (!pair_open_in(&pair, profile)) {
		cr_skip_test("the school year has just begun");
	}
	assert_stand(&pair, "geregistreerd");
	act(pair.gemeente, pair.zaak, "in-behandeling", NULL, NULL);
	assert_stand(&pair, "in behandeling");
	act(pair.gemeente, pair.zaak, "afgesloten", "--tekst", "besproken met de ouders");
	assert_stand(&pair, "afgesloten");
	said = town_must(pair.school, "inbox");
	cr_assert_not_null(strstr(said.out, pair.own), "the school sees it in its inbox");
	town_said_clear(&said);
	said = town_must(pair.school, "case", "show", pair.own);
	cr_assert_str_eq(town_cell(&said, "route", 0, "route"), "verzuim", "%s", said.out);
	cr_assert_str_eq(town_cell(&said, "route", 0, "toestand"), "afgesloten");
	cr_assert_str_eq(town_cell(&said, "route", 0, "profiel"), profile);
	town_said_clear(&said);
	town_free(pair.town);
}

Test(acts, every_stand_of_the_gemeente_reaches_the_school)
{
	play_verzuim("demo");
}

Test(acts, every_stand_of_the_gemeente_reaches_the_school_in_another_region)
{
	play_verzuim("po2202");
}

Test(acts, a_question_is_answered_and_the_answer_comes_back)
{
	struct pair pair;
	struct town_said said;

	if (!pair_open(&pair)) {
		cr_skip_test("the school year has just begun");
	}
	act(pair.gemeente, pair.zaak, "vraag", "--tekst", "Is er al met de ouders gesproken?");
	said = town_must(pair.school, "case", "show", pair.own);
	cr_assert_eq(town_rows(&said, "vragen"), 1);
	cr_assert_str_eq(town_cell(&said, "vragen", 0, "tekst"),
			 "Is er al met de ouders gesproken?", "%s", said.out);
	cr_assert_str_eq(town_cell(&said, "vragen", 0, "beantwoord"), "");
	town_said_clear(&said);
	act(pair.school, pair.own, "antwoord", "--tekst", "Ja, op maandag.");
	said = town_must(pair.gemeente, "case", "show", pair.zaak);
	cr_assert_eq(town_rows(&said, "vragen"), 1);
	cr_assert_str_neq(town_cell(&said, "vragen", 0, "beantwoord"), "");
	cr_assert_not_null(strstr(said.out, "Ja, op maandag."), "%s", said.out);
	town_said_clear(&said);
	town_free(pair.town);
}

Test(acts, steps_parents_told_and_the_end_of_it_reach_the_gemeente)
{
	struct pair pair;
	struct town_said said;
	char begin[16];
	char end[16];

	if (!pair_open(&pair)) {
		cr_skip_test("the school year has just begun");
	}
	town_year_melding(&pair.year, 0, begin, end);
	act(pair.school, pair.own, "stap", "--tekst", "gebeld met de moeder");
	act(pair.school, pair.own, "ouders-ingelicht", "--datum", end);
	act(pair.school, pair.own, "weer-op-school", "--datum", end);
	said = town_must(pair.gemeente, "case", "show", pair.zaak);
	cr_assert_geq(town_row_of(&said, "ondernomen", "stap", "gebeld met de moeder"), 0, "%s",
		      said.out);
	cr_assert_str_eq(town_cell(&said, "meldingen", 0, "ouders ingelicht"), end);
	/* Who, what, when: the melding and three acts of a named person. */
	cr_assert_geq(town_rows(&said, "tijdlijn"), 4);
	cr_assert_geq(town_row_of(&said, "tijdlijn", "wie", "tester"), 0);
	town_said_clear(&said);
	town_free(pair.town);
}

Test(acts, a_second_melding_of_the_same_pupil_by_hand_raises_the_same_dossier)
{
	struct pair pair;
	struct town_said said;
	char begin[16];
	char end[16];

	if (!pair_open(&pair)) {
		cr_skip_test("the school year has just begun");
	}
	town_year_melding(&pair.year, 0, begin, end);
	said = town_must(pair.school, "verzuim", "meld", "A0000", "luxeverzuim", "--begin", begin,
			 "--minuten", "300");
	town_said_clear(&said);
	town_wait_quiet(pair.school, 20000);
	cr_assert_eq(meldingen_at(pair.gemeente), 2);
	cr_assert_eq(dossiers_at(pair.gemeente), 1);
	said = town_ask(pair.school, "verzuim", "meld", "A0000", "16-uur", "--begin", begin);
	cr_assert_eq(said.exit_code, 65, "16-uur is for the rule alone: exit %d", said.exit_code);
	town_said_clear(&said);
	town_free(pair.town);
}

Test(acts, after_uitschrijven_nothing_is_reported_any_more)
{
	struct pair pair;
	struct town_said said;
	char begin[16];
	char end[16];

	if (!pair_open(&pair)) {
		cr_skip_test("the school year has just begun");
	}
	town_year_melding(&pair.year, 0, begin, end);
	act(pair.school, pair.own, "uitgeschreven", "--datum", end);
	said = town_ask(pair.school, "verzuim", "meld", "A0000", "overig", "--begin", begin);
	cr_assert_neq(said.exit_code, 0);
	town_said_clear(&said);
	cr_assert_eq(meldingen_at(pair.gemeente), 1);
	town_free(pair.town);
}

Test(acts, who_is_not_a_user_any_more_can_do_nothing)
{
	struct pair pair;
	struct town_said said;

	if (!pair_open(&pair)) {
		cr_skip_test("the school year has just begun");
	}
	said = town_ask_words(pair.gemeente, "niemand", (const char *const[]){ "inbox", NULL });
	cr_assert_eq(said.exit_code, 77, "exit %d: %s", said.exit_code, said.out);
	town_said_clear(&said);
	said = town_must(pair.gemeente, "user", "end", "tester");
	town_said_clear(&said);
	said = town_ask(pair.gemeente, "case", "act", pair.zaak, "afgesloten");
	cr_assert_eq(said.exit_code, 77, "exit %d: %s", said.exit_code, said.out);
	town_said_clear(&said);
	assert_stand(&pair, "geregistreerd");
	town_free(pair.town);
}
