/* SPDX-License-Identifier: EUPL-1.2 */
/* What was asked of the agents, and the comparison with what stands at both ends. */
#include "tests/kill/ledger_of_acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
acts_init(struct acts *acts, struct town *town)
{
	*acts = (struct acts){ .town = town };
}

void
acts_release(struct acts *acts)
{
	free(acts->at);
	acts->at = NULL;
}

/* The dossier of a leerling at a gemeente has the same case id (kenmerk) as at the school. */
static void
find_other_ends(struct acts *acts, unsigned first, const json_t *kenmerken,
		struct town_party *gemeente)
{
	struct town_said inbox = town_desk(gemeente, "inbox");

	for (size_t i = 0; i < town_rows(&inbox, "dossiers"); i++) {
		const char *zaak = town_cell(&inbox, "dossiers", i, "zaak");
		struct town_said said = town_desk(gemeente, "case show", "zaak", zaak);
		const json_t *place =
			json_object_get(kenmerken, town_cell(&said, "zaak", 0, "kenmerk"));

		if (place != NULL) {
			struct acts_dossier *dossier =
				&acts->dossiers[first + (unsigned)json_integer_value(place)];

			dossier->gemeente = gemeente;
			(void)snprintf(dossier->at_gemeente, sizeof(dossier->at_gemeente), "%s",
				       zaak);
		}
		town_said_clear(&said);
	}
	town_said_clear(&inbox);
}

void
acts_find_dossiers(struct acts *acts, struct town_party *school)
{
	struct town_said list = town_desk(school, "verzuim list");
	json_t *kenmerken = json_object();
	unsigned first = acts->dossier_count;

	for (size_t i = 0;
	     i < town_rows(&list, "meldingen") && acts->dossier_count < ACTS_DOSSIERS_MAX; i++) {
		struct acts_dossier *dossier = &acts->dossiers[acts->dossier_count];
		struct town_said said;

		*dossier = (struct acts_dossier){ .school = school };
		(void)snprintf(dossier->at_school, sizeof(dossier->at_school), "%s",
			       town_cell(&list, "meldingen", i, "zaak"));
		said = town_desk(school, "case show", "zaak", dossier->at_school);
		(void)json_object_set_new(kenmerken, town_cell(&said, "zaak", 0, "kenmerk"),
					  json_integer((json_int_t)(acts->dossier_count - first)));
		town_said_clear(&said);
		acts->dossier_count++;
	}
	for (size_t i = 0; i < sizeof(town_gemeenten) / sizeof(town_gemeenten[0]); i++) {
		struct town_party *gemeente = town_find_if(acts->town, town_gemeenten[i].name);

		if (gemeente != NULL) {
			find_other_ends(acts, first, kenmerken, gemeente);
		}
	}
	for (unsigned i = first; i < acts->dossier_count; i++) {
		if (acts->dossiers[i].gemeente == NULL) {
			town_fail(acts->town, "dossier %s of %s is at no gemeente",
				  acts->dossiers[i].at_school, school->spec->name);
		}
	}
	json_decref(kenmerken);
	town_said_clear(&list);
}

bool
acts_do(struct acts *acts, unsigned dossier_no, bool is_question)
{
	struct acts_dossier *dossier = &acts->dossiers[dossier_no];
	struct town_party *party = is_question ? dossier->gemeente : dossier->school;
	struct acts_act *more = NULL;
	struct acts_act *act = NULL;
	struct town_said said;

	if (!town_running(party) || (!is_question && dossier->steps >= ACTS_STEPS_MAX)) {
		return false;
	}
	more = realloc(acts->at, (acts->count + 1) * sizeof(*more));
	if (more == NULL) {
		town_fail(acts->town, "no memory");
	}
	acts->at = more;
	act = &acts->at[acts->count];
	*act = (struct acts_act){ .dossier = dossier_no, .is_question = is_question };
	(void)snprintf(act->text, sizeof(act->text), "handeling %zu", acts->count);
	acts->count++;
	dossier->steps += !is_question;
	said = town_desk(party, "case act", "zaak",
			 is_question ? dossier->at_gemeente : dossier->at_school, "handeling",
			 is_question ? "vraag" : "stap", "tekst", act->text);
	act->acknowledged = said.exit_code == 0;
	acts->acknowledged += act->acknowledged;
	acts->unanswered += said.exit_code == -1;
	if (said.exit_code > 0) {
		town_fail(acts->town, "%s of %s was refused: exit %d\n%s", act->text,
			  party->spec->name, said.exit_code, said.out);
	}
	town_said_clear(&said);
	return true;
}

/* How often each act's text stands at one end of its dossier; others are strange. */
static void
count_texts(struct acts *acts, const struct town_said *said, const char *section,
	    const char *column, unsigned dossier, bool is_question, unsigned *counts)
{
	for (size_t i = 0; i < town_rows(said, section); i++) {
		const char *text = town_cell(said, section, i, column);
		char *end = NULL;
		unsigned long number = strncmp(text, "handeling ", 10) == 0
					       ? strtoul(text + 10, &end, 10)
					       : ULONG_MAX;

		if (number >= acts->count || end == NULL || *end != 0 ||
		    acts->at[number].dossier != dossier ||
		    acts->at[number].is_question != is_question) {
			(void)fprintf(stderr, "strange text in dossier %u: %s\n", dossier, text);
			acts->strange++;
		} else {
			counts[number]++;
		}
	}
}

static void
read_ends(struct acts *acts, unsigned *own, unsigned *other)
{
	for (unsigned i = 0; i < acts->dossier_count; i++) {
		const struct acts_dossier *dossier = &acts->dossiers[i];
		struct town_said school =
			town_desk(dossier->school, "case show", "zaak", dossier->at_school);
		struct town_said gemeente =
			town_desk(dossier->gemeente, "case show", "zaak", dossier->at_gemeente);

		if (school.exit_code != 0 || gemeente.exit_code != 0) {
			town_fail(acts->town, "a dossier cannot be shown: %s\n%s", school.out,
				  gemeente.out);
		}
		count_texts(acts, &school, "ondernomen", "stap", i, false, own);
		count_texts(acts, &gemeente, "ondernomen", "stap", i, false, other);
		count_texts(acts, &gemeente, "vragen", "tekst", i, true, own);
		count_texts(acts, &school, "vragen", "tekst", i, true, other);
		town_said_clear(&school);
		town_said_clear(&gemeente);
	}
}

static void
judge(struct acts *acts, size_t number, unsigned own, unsigned other)
{
	const struct acts_act *act = &acts->at[number];
	const struct acts_dossier *dossier = &acts->dossiers[act->dossier];
	bool lost = (act->acknowledged && own == 0) || (own > 0 && other == 0);
	bool doubled = own > 1 || other > 1;
	bool strange = own == 0 && other > 0;

	acts->lost += lost;
	acts->doubled += doubled;
	acts->strange += strange;
	if (lost || doubled || strange) {
		(void)fprintf(stderr, "%s (%s, %s to %s, %s): %u at its own end, %u at the other\n",
			      act->text, act->is_question ? "question" : "step",
			      act->is_question ? dossier->gemeente->spec->name
					       : dossier->school->spec->name,
			      act->is_question ? dossier->school->spec->name
					       : dossier->gemeente->spec->name,
			      act->acknowledged ? "acknowledged" : "unanswered", own, other);
	}
}

bool
acts_check(struct acts *acts, bool sabotage)
{
	unsigned *own = calloc(acts->count + 1, sizeof(*own));
	unsigned *other = calloc(acts->count + 1, sizeof(*other));

	if (own == NULL || other == NULL) {
		town_fail(acts->town, "no memory");
	}
	acts->lost = 0;
	acts->doubled = 0;
	acts->strange = 0;
	read_ends(acts, own, other);
	if (sabotage && acts->count > 0) {
		other[acts->count / 2] = 0;
	}
	for (size_t i = 0; i < acts->count; i++) {
		judge(acts, i, own[i], other[i]);
	}
	free(own);
	free(other);
	return acts->lost == 0 && acts->doubled == 0 && acts->strange == 0;
}
