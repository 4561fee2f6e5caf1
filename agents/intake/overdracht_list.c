/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk verb `overdracht list`. */
#include "agents/intake/overdracht.h"

#include <stdio.h>

#include "common/exchange/date.h"

const struct kb_desk_arg kb_overdracht_list_args[KB_OVERDRACHT_LIST_ARG_COUNT] = {
	{ .name = "school", .type = KB_ARG_PARTY, .help = "alleen met deze andere school" },
	{ .name = "koud",
	  .type = KB_ARG_FLAG,
	  .help = "alleen wat nu zonder gesprek kan worden aanvaard" },
};

/* ---- by school ---- */

struct counts {
	size_t cases;
	size_t needed;	/* a talk, planned or not */
	size_t planned; /* of those */
	size_t cold;	/* can be accepted without one now */
};

static void
count_one(struct counts *counts, const struct kb_overdracht *one)
{
	bool needed = one->gesprek == KB_GESPREK_NODIG;

	counts->cases++;
	counts->needed += needed;
	counts->planned += needed && one->gesprek_day != KB_DAY_NONE;
	counts->cold += one->cold != NULL;
}

static void
school_row(struct kb_desk_call *call, struct kb_span school, const struct counts *counts)
{
	kb_desk_row(call);
	kb_desk_cell(call, school);
	kb_desk_cell_number(call, counts->cases);
	kb_desk_cell_number(call, counts->needed);
	kb_desk_cell_number(call, counts->planned);
	kb_desk_cell_number(call, counts->cold);
}

/* The list is sorted by school. */
static void
show_schools(struct kb_desk_call *call, const struct kb_overdracht_list *list)
{
	struct counts counts = { 0 };

	kb_desk_section(call, "scholen",
			"school|zaken|gesprek nodig|gesprek gepland|kan zonder gesprek");
	for (size_t i = 0; i < list->count; i++) {
		count_one(&counts, &list->at[i]);
		if (i + 1 == list->count ||
		    !kb_span_equal(list->at[i].other, list->at[i + 1].other)) {
			school_row(call, list->at[i].other, &counts);
			counts = (struct counts){ 0 };
		}
	}
}

/* Nothing is refused: no plan forbids to be early. */
static void
early_cell(struct kb_desk_call *call, const struct kb_overdracht *one)
{
	char text[64] = "";

	if (one->groep != 0) {
		(void)snprintf(text, sizeof(text),
			       "groep %u; naar het vo begint de regio in groep %u",
			       (unsigned)one->groep, (unsigned)one->begin_groep);
	}
	kb_desk_cell_text(call, text);
}

static void
show_cases(struct kb_desk_call *call, const struct kb_overdracht_list *list)
{
	kb_desk_section(call, "overdrachten",
			"school|zaak|leerling|stand|gesprek|gesprek op|mogelijk|nu vragen|vroeg");
	for (size_t i = 0; i < list->count; i++) {
		const struct kb_overdracht *one = &list->at[i];

		kb_desk_row(call);
		kb_desk_cell(call, one->other);
		kb_desk_cell_number(call, one->case_no);
		kb_desk_cell(call, one->leerling);
		kb_desk_cell_text(call, one->state);
		kb_desk_cell_text(call, kb_gesprek_label(one->gesprek));
		kb_desk_cell_day(call, one->gesprek_day);
		kb_desk_cell(call, one->possible);
		kb_desk_cell(call, one->next);
		early_cell(call, one);
	}
}

/* ---- to accept without a talk ---- */

static uint32_t
show_cold(struct kb_desk_call *call, const struct kb_overdracht_list *list)
{
	uint32_t shown = 0;

	kb_desk_section(call, "lijst", "zaak|stap|school|leerling");
	for (size_t i = 0; i < list->count; i++) {
		const struct kb_overdracht *one = &list->at[i];

		if (one->cold != NULL) {
			kb_desk_row(call);
			kb_desk_cell_number(call, one->case_no);
			kb_desk_cell_text(call, one->cold->event);
			kb_desk_cell(call, one->other);
			kb_desk_cell(call, one->leerling);
			shown++;
		}
	}
	kb_desk_say(
		call,
		shown > 0 ? "Voor %u leerlingen is het dossier genoeg. Kijk de lijst na en neem ze "
			    "aan met: ketenbode act --lijst BESTAND --feiten 'ontvangst-aanvaard; "
			    "NAAM' --velden 'datum=JJJJ-MM-DD'"
			  : "Er is nu geen overdracht die u zonder gesprek kunt aannemen (%u).",
		shown);
	return shown;
}

enum kb_err
kb_overdracht_list(struct kb_desk_call *call)
{
	struct kb_overdracht_list list = { .count = 0 };
	uint32_t shown = 0;
	enum kb_err err = kb_overdrachten(call, &list);

	if (err != KB_OK) {
		return err;
	}
	if (kb_desk_flag_arg(call, "koud")) {
		shown = show_cold(call, &list);
	} else {
		show_schools(call, &list);
		show_cases(call, &list);
		shown = (uint32_t)list.count;
		if (shown == 0) {
			kb_desk_say(call, "Er zijn geen open overdrachten die u mag zien.");
		}
	}
	return kb_act_viewed(kb_desk_act(call), "overdracht list", 0, shown);
}
