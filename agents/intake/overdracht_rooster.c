/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk verb `overdracht rooster`. */
#include "agents/intake/overdracht.h"

#include <stdio.h>

#include "agents/runtime/case_board.h"
#include "common/exchange/date.h"
#include "common/exchange/fields.h"

const struct kb_desk_arg kb_overdracht_rooster_args[KB_OVERDRACHT_ROOSTER_ARG_COUNT] = {
	{ .name = "datum", .type = KB_ARG_DATE, .required = true, .help = "dag van de gesprekken" },
	{ .name = "van", .type = KB_ARG_TEXT, .required = true, .help = "begin, als 13:00" },
	{ .name = "tot", .type = KB_ARG_TEXT, .required = true, .help = "einde, als 16:30" },
	{ .name = "duur",
	  .type = KB_ARG_NUMBER,
	  .required = true,
	  .help = "minuten voor een gesprek" },
	{ .name = "school", .type = KB_ARG_PARTY, .help = "alleen met deze andere school" },
	{ .name = "plaats", .type = KB_ARG_TEXT, .help = "waar de gesprekken zijn" },
};

/* A talk about one child: shorter says nothing, longer is no row of talks. */
#define DUUR_MIN 5
#define DUUR_MAX 240
#define PLAATS_BYTES_MAX 100

struct rooster {
	struct kb_desk_call *call;
	int32_t day;
	char day_text[KB_DATE_TEXT];
	int32_t next; /* minute of the day at which the next talk begins */
	int32_t end;
	int32_t length;
	struct kb_span place;
	uint32_t planned;
};

static enum kb_err
read_minute(struct kb_desk_call *call, const char *argument, int32_t *minute)
{
	return kb_board_minute(kb_desk_text_arg(call, argument), minute)
		       ? KB_OK
		       : kb_desk_fail(call, KB_ERR_DATA, "'%s' is een tijd als 14:05", argument);
}

/* The place goes into a cell of a list that is written without quoting. */
static bool
fits_in_cell(struct kb_span text)
{
	return text.len <= PLAATS_BYTES_MAX &&
	       (text.len == 0 || (memchr(text.at, ';', text.len) == NULL &&
				  memchr(text.at, '\\', text.len) == NULL));
}

static enum kb_err
rooster_read(struct kb_desk_call *call, struct rooster *out)
{
	uint64_t length = kb_desk_number_arg(call, "duur");
	enum kb_err err = KB_OK;

	*out = (struct rooster){ .call = call,
				 .day = kb_desk_date_arg(call, "datum"),
				 .place = kb_desk_text_arg(call, "plaats") };
	err = read_minute(call, "van", &out->next);
	if (err == KB_OK) {
		err = read_minute(call, "tot", &out->end);
	}
	if (err != KB_OK) {
		return err;
	}
	if (length < DUUR_MIN || length > DUUR_MAX) {
		return kb_desk_fail(call, KB_ERR_DATA, "'duur' is %d tot %d minuten", DUUR_MIN,
				    DUUR_MAX);
	}
	out->length = (int32_t)length;
	if (out->end - out->next < out->length) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "'tot': tussen van en tot past geen gesprek van %d minuten",
				    out->length);
	}
	if (out->day < kb_date_local_day(kb_desk_now_utc_ms(call))) {
		return kb_desk_fail(call, KB_ERR_DATA, "'datum' is al geweest");
	}
	if (!fits_in_cell(out->place)) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "'plaats' heeft hoogstens %d tekens, zonder ; of \\",
				    PLAATS_BYTES_MAX);
	}
	kb_date_format(out->day, out->day_text);
	return KB_OK;
}

/* ---- one talk ---- */

static bool
message_holds(uint32_t kind, uint32_t field)
{
	size_t required = 0;
	const uint32_t *fields = kind != 0 ? kb_kind_fields((enum kb_kind)kind, &required) : NULL;
	bool found = false;

	for (size_t i = 0; fields != NULL && fields[i] != 0; i++) {
		found = found || fields[i] == field;
	}
	return found;
}

/* "\n" between two fields is how a cell of a list has more than one line (agents/cli/bulk.h). A step without a message has none: the
 * two schools then tell each other the time themselves. */
static void
fields_cell(const struct rooster *rooster, const struct kb_route_step *step, const char *from,
	    const char *until)
{
	bool has_day = message_holds(step->kind, KB_VELD_GESPREK_OP);
	bool has_text = message_holds(step->kind, KB_VELD_TOELICHTING);

	kb_desk_cellf(rooster->call, "%s%s%s%s%s%s%s%s%.*s", has_day ? "gesprek_op=" : "",
		      has_day ? rooster->day_text : "", has_day && has_text ? "\\n" : "",
		      has_text ? "toelichting=" : "", has_text ? from : "", has_text ? "-" : "",
		      has_text ? until : "", has_text && rooster->place.len > 0 ? ", " : "",
		      has_text ? (int)rooster->place.len : 0,
		      rooster->place.len > 0 ? (const char *)rooster->place.at : "");
}

static void
minute_text(int32_t minute, char out[8])
{
	(void)snprintf(out, 8, "%02d:%02d", minute / 60 % 24, minute % 60);
}

static void
plan_talk(struct rooster *rooster, const struct kb_overdracht *one)
{
	struct kb_desk_call *call = rooster->call;
	char from[8];
	char until[8];

	minute_text(rooster->next, from);
	rooster->next += rooster->length;
	minute_text(rooster->next, until);
	kb_desk_row(call);
	kb_desk_cell_number(call, one->case_no);
	kb_desk_cell_text(call, one->plan->event);
	kb_desk_cellf(call, "%s=%s", kb_fact_word(KB_FACT_NR_GESPREK_GEPLAND), rooster->day_text);
	fields_cell(rooster, one->plan, from, until);
	kb_desk_cell(call, one->other);
	kb_desk_cell(call, one->leerling);
	kb_desk_cell_text(call, from);
	kb_desk_cell_text(call, until);
	rooster->planned++;
}

/* ---- all of them ---- */

static bool
wants_time(const struct kb_overdracht *one)
{
	return one->gesprek == KB_GESPREK_NODIG && one->gesprek_day == KB_DAY_NONE;
}

static bool
can_plan(const struct kb_overdracht *one)
{
	return wants_time(one) && one->plan != NULL && one->plan_lacks.len == 0;
}

static void
left_out_row(struct kb_desk_call *call, const struct kb_overdracht *one)
{
	kb_desk_row(call);
	kb_desk_cell_number(call, one->case_no);
	kb_desk_cell(call, one->other);
	kb_desk_cell(call, one->leerling);
	if (can_plan(one)) {
		kb_desk_cell_text(call, "geen tijd meer over tussen van en tot");
	} else if (one->plan == NULL) {
		kb_desk_cellf(call, "kan hier nu niet worden gepland: %s", one->state);
	} else {
		kb_desk_cellf(call, "eerst nodig: %.*s", (int)one->plan_lacks.len,
			      (const char *)one->plan_lacks.at);
	}
}

/* Those that got a time are the first that can be planned, in the order of the list. */
static uint32_t
show_left_out(const struct rooster *rooster, const struct kb_overdracht_list *list)
{
	uint32_t passed = 0;
	uint32_t shown = 0;

	kb_desk_section(rooster->call, "niet_ingedeeld", "zaak|school|leerling|waarom");
	for (size_t i = 0; i < list->count; i++) {
		const struct kb_overdracht *one = &list->at[i];

		if (can_plan(one) && passed < rooster->planned) {
			passed++;
		} else if (wants_time(one)) {
			left_out_row(rooster->call, one);
			shown++;
		}
	}
	return shown;
}

enum kb_err
kb_overdracht_rooster(struct kb_desk_call *call)
{
	struct kb_overdracht_list list = { .count = 0 };
	struct rooster rooster;
	uint32_t left_out = 0;
	enum kb_err err = rooster_read(call, &rooster);

	if (err == KB_OK) {
		err = kb_overdrachten(call, &list);
	}
	if (err != KB_OK) {
		return err;
	}
	kb_desk_section(call, "lijst", "zaak|stap|feiten|velden|school|leerling|van|tot");
	for (size_t i = 0; i < list.count; i++) {
		if (can_plan(&list.at[i]) && rooster.next + rooster.length <= rooster.end) {
			plan_talk(&rooster, &list.at[i]);
		}
	}
	left_out = show_left_out(&rooster, &list);
	kb_desk_say(call,
		    "%u gesprekken ingedeeld, %u niet. Er is nog niets gepland: kijk de lijst na, "
		    "verander haar waar nodig en geef haar aan: ketenbode act --lijst BESTAND",
		    rooster.planned, left_out);
	return kb_act_viewed(kb_desk_act(call), "overdracht rooster", 0,
			     rooster.planned + left_out);
}
