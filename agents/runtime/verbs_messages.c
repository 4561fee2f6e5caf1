/* SPDX-License-Identifier: EUPL-1.2 */
/* case open, case place, message send, message kinds: what a desk does with every kind that has a closed list of fields. */
#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/messages.h"
#include "agents/runtime/permission.h"
#include "agents/runtime/places.h"
#include "agents/runtime/verbs.h"
#include "common/base/text.h"
#include "common/daemon/profile.h"
#include "common/exchange/date.h"
#include "common/exchange/identifiers.h"
#include "common/store/subjects.h"
#include "common/store/users.h"
#include "common/wire/content.h"

/* ---- case open ---- */

/* The child by its PGN; without one a child that is only known by this case. An SWV may not have the number (facts D4). */
static enum kb_err
take_subject(struct kb_desk_call *call, uint64_t *subject_no)
{
	struct kb_span text = kb_desk_text_arg(call, "pgn");
	char pgn[KB_PGN_CHARS + 1];

	if (text.len == 0) {
		return kb_subject_create(kb_desk_step(call), subject_no);
	}
	if (kb_desk_act(call)->own_kind == KB_PARTY_SWV) {
		return kb_desk_fail(call, KB_ERR_NOT_ALLOWED,
				    "een samenwerkingsverband mag geen 'pgn' gebruiken; open de "
				    "zaak zonder nummer");
	}
	if (kb_pgn_parse(text, pgn) != KB_OK) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "'pgn' is geen geldig nummer (9 cijfers die aan de elfproef "
				    "voldoen)");
	}
	return kb_subject_take(kb_desk_step(call), kb_span_text(pgn), subject_no);
}

enum kb_err
kb_verb_case_open(struct kb_desk_call *call)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_case_text text = { .title = kb_desk_text_arg(call, "titel") };
	struct kb_user user = { 0 };
	struct kb_case row = { .kind = KB_CASE_KIND_PARTNERS, .counterparty_no = KB_PARTY_NO_SELF };
	enum kb_err err = kb_user_get(act->step, act->user_no, act->arena, &user);

	row.desk = user.desk;
	if (err == KB_OK) {
		err = take_subject(call, &row.subject_no);
	}
	if (err == KB_OK) {
		err = kb_act_case_open(act, &row);
	}
	if (err == KB_OK) {
		err = kb_case_text_put(act->step, row.case_no, &text);
	}
	if (err == KB_OK) {
		err = kb_subject_case_add(act->step, row.subject_no, row.case_no);
	}
	if (err == KB_OK) {
		kb_desk_section(call, "zaak", "zaak|kenmerk");
		kb_desk_row(call);
		kb_desk_cell_number(call, row.case_no);
		kb_desk_cell_id(call, &row.case_id);
		kb_desk_say(call, "Zaak %llu is geopend.", (unsigned long long)row.case_no);
	}
	return err;
}

/* ---- case place ---- */

enum kb_err
kb_verb_case_place(struct kb_desk_call *call)
{
	struct kb_act *act = kb_desk_act(call);
	enum kb_place place = kb_place_parse(kb_desk_text_arg(call, "stand"));
	struct kb_party_id party = kb_desk_has(call, "partij") ? kb_desk_party_arg(call, "partij")
							       : *kb_agent_self(act->agent);
	int32_t day = kb_desk_has(call, "datum") ? kb_desk_date_arg(call, "datum")
						 : kb_date_local_day(act->now_utc_ms);
	enum kb_err err = KB_OK;

	if (place == KB_PLACE_NONE) {
		return kb_desk_fail(call, KB_ERR_USAGE,
				    "'stand' moet aangemeld, ingeschreven, proefplaatsing of "
				    "uitgeschreven zijn");
	}
	err = kb_place_put(act, kb_desk_number_arg(call, "zaak"), &party, place, day);
	if (err == KB_OK) {
		kb_desk_say(call, "Vastgelegd: %s bij %s.", kb_place_name(place), party.text);
	}
	return err;
}

/* ---- message send ---- */

#define FIELDS_MAX KB_WIRE_VELDEN_MAX

struct field_list {
	struct kb_field at[FIELDS_MAX];
	size_t count;
};

/* Puts a field in its place by number. KB_ERR_EXISTS, KB_ERR_OVERSIZE. */
static enum kb_err
insert(struct field_list *list, uint32_t number, struct kb_span value)
{
	size_t place = list->count;

	if (list->count == FIELDS_MAX) {
		return KB_ERR_OVERSIZE;
	}
	while (place > 0 && list->at[place - 1].number > number) {
		list->at[place] = list->at[place - 1];
		place--;
	}
	list->at[place] = (struct kb_field){ .number = number, .value = value };
	list->count++;
	return place > 0 && list->at[place - 1].number == number ? KB_ERR_EXISTS : KB_OK;
}

/* One field: "naam=waarde"; lines that begin with a space go on with the value of the line before. */
static enum kb_err
read_field(struct kb_desk_call *call, struct kb_span text, struct field_list *list)
{
	const uint8_t *equals = memchr(text.at, '=', text.len);
	size_t name_len = equals != NULL ? (size_t)(equals - text.at) : text.len;
	const struct kb_field_row *row =
		kb_field_parse(kb_text_trim(kb_span_part(text, 0, name_len)));
	enum kb_err err = KB_OK;

	if (row == NULL || equals == NULL) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "'velden': '%.*s' is geen veld; schrijf per regel naam=waarde. "
				    "ketenbode message kinds --soort SOORT noemt de velden",
				    (int)(name_len < 40 ? name_len : 40), (const char *)text.at);
	}
	err = insert(list, row->number, kb_text_trim(kb_span_part(text, name_len + 1, text.len)));
	return err == KB_ERR_EXISTS ? kb_desk_fail(call, KB_ERR_DATA,
						   "'velden': %s staat er twee keer", row->name)
				    : err;
}

/* One field with the lines that go on with it: no spaces and ends of lines around it. */
static struct kb_span
whole_field(struct kb_span text, size_t begin, size_t end)
{
	while (end > begin && (text.at[end - 1] == '\n' || text.at[end - 1] == ' ')) {
		end--;
	}
	return kb_text_trim(kb_span_part(text, begin, end - begin));
}

static enum kb_err
read_fields(struct kb_desk_call *call, struct field_list *list)
{
	struct kb_span text = kb_desk_text_arg(call, "velden");
	size_t begin = 0;
	enum kb_err err = KB_OK;

	while (err == KB_OK && begin < text.len) {
		size_t end = begin;

		/* To the end of the line, and over the lines that begin with a space. */
		do {
			const uint8_t *line_end = memchr(text.at + end, '\n', text.len - end);

			end = line_end != NULL ? (size_t)(line_end - text.at) + 1 : text.len;
		} while (end < text.len && text.at[end] == ' ');
		if (whole_field(text, begin, end).len > 0) {
			err = read_field(call, whole_field(text, begin, end), list);
		}
		begin = end;
	}
	return err;
}

static enum kb_err
read_words(struct kb_desk_call *call, struct kb_outgoing *out)
{
	static const char unknown[] = "'%s' kent dit woord niet; zie ketenbode explain --help";
	struct kb_span purpose = kb_desk_text_arg(call, "doel");
	struct kb_span ground = kb_desk_text_arg(call, "grond");
	struct kb_span desk = kb_desk_text_arg(call, "loket");

	out->kind = kb_kind_parse(kb_desk_text_arg(call, "soort"));
	out->purpose = kb_purpose_parse(purpose);
	out->ground = kb_ground_parse(ground);
	out->desk = kb_desk_parse(desk);
	if (out->kind == KB_KIND_UNSPECIFIED) {
		return kb_desk_fail(call, KB_ERR_USAGE, unknown, "soort");
	}
	if (purpose.len > 0 && out->purpose == KB_PURPOSE_UNSPECIFIED) {
		return kb_desk_fail(call, KB_ERR_USAGE, unknown, "doel");
	}
	if (ground.len > 0 && out->ground == KB_GROUND_UNSPECIFIED) {
		return kb_desk_fail(call, KB_ERR_USAGE, unknown, "grond");
	}
	return desk.len > 0 && out->desk == KB_DESK_UNSPECIFIED
		       ? kb_desk_fail(call, KB_ERR_USAGE, unknown, "loket")
		       : KB_OK;
}

/* Why it was not sent, in a sentence; nothing was stored. */
static enum kb_err
say_refused(struct kb_desk_call *call, enum kb_err err, uint32_t at)
{
	const struct kb_field_row *field = kb_field_find(at);

	if (field != NULL) {
		return kb_desk_fail(call, err, "Niet verstuurd. Het veld %s past niet: %s",
				    field->name, kb_desk_err_sentence(err));
	}
	if (err == KB_ERR_UNKNOWN_RECIPIENT) {
		/* The first question about a party only starts the look-up. */
		return kb_desk_fail(
			call, err,
			"Niet verstuurd: deze partij is hier nog niet bekend en wordt nu "
			"opgezocht. Probeer het zo weer; blijft dit zo, dan staat zij niet in "
			"het register");
	}
	return kb_err_category(err) == KB_CATEGORY_REFUSED
		       ? kb_desk_fail(call, err,
				      "Niet verstuurd: %s. Vraag waarom met: ketenbode explain",
				      kb_desk_err_sentence(err))
		       : err;
}

enum kb_err
kb_verb_message_send(struct kb_desk_call *call)
{
	struct kb_act *act = kb_desk_act(call);
	struct field_list *list = kb_arena_alloc(kb_desk_arena(call), sizeof(*list));
	struct kb_id consent = kb_desk_id_arg(call, "toestemming");
	struct kb_message message = { .outgoing = { .recipient = kb_desk_party_arg(call, "aan"),
						    .case_no = kb_desk_number_arg(call, "zaak"),
						    .urgent = kb_desk_flag_arg(call, "spoed") } };
	struct kb_sent_ref ref;
	uint32_t at = 0;
	enum kb_err err = list != NULL ? read_words(call, &message.outgoing) : KB_ERR_NO_MEMORY;

	if (err == KB_OK) {
		*list = (struct field_list){ 0 };
		err = read_fields(call, list);
	}
	if (err != KB_OK) {
		return err;
	}
	if (kb_desk_has(call, "toestemming")) {
		message.outgoing.consent_ref = KB_SPAN_OF(consent.bytes);
	}
	if (act->agent->profile != NULL) {
		message.outgoing.profile_hash = KB_SPAN_OF(act->agent->profile->hash.bytes);
	}
	message.fields = list->at;
	message.field_count = list->count;
	err = kb_message_send(act, &message, &ref, &at);
	if (err != KB_OK) {
		return say_refused(call, err, at);
	}
	kb_desk_section(call, "bericht", "bericht");
	kb_desk_row(call);
	kb_desk_cell_id(call, &ref.message_id);
	kb_desk_say(call, "Het bericht staat klaar en gaat weg zodra het kan.");
	return KB_OK;
}

/* ---- case record ---- */

enum kb_err
kb_verb_case_record(struct kb_desk_call *call)
{
	struct field_list *list = kb_arena_alloc(kb_desk_arena(call), sizeof(*list));
	enum kb_kind kind = kb_kind_parse(kb_desk_text_arg(call, "soort"));
	const struct kb_kind_row *row = kb_kind_find((uint32_t)kind);
	uint32_t at = 0;
	enum kb_err err = list != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	if (row == NULL || row->form != KB_CONTENT_FIELDS) {
		return kb_desk_fail(call, KB_ERR_USAGE, "'soort': deze soort is er niet");
	}
	if (err == KB_OK) {
		*list = (struct field_list){ 0 };
		err = read_fields(call, list);
	}
	if (err == KB_OK) {
		err = kb_message_record(kb_desk_act(call), kb_desk_number_arg(call, "zaak"), kind,
					list->at, list->count, &at);
		err = err != KB_OK ? say_refused(call, err, at) : KB_OK;
	}
	if (err == KB_OK) {
		kb_desk_say(call, "Vastgelegd in de zaak: %s.", kb_kind_label((uint32_t)kind));
	}
	return err;
}

/* ---- message kinds ---- */

static void
list_fields(struct kb_desk_call *call, enum kb_kind kind)
{
	size_t required = 0;
	const uint32_t *numbers = kb_kind_fields(kind, &required);

	kb_desk_section(call, "velden", "veld|verplicht|uitleg");
	for (size_t i = 0; numbers != NULL && numbers[i] != 0; i++) {
		const struct kb_field_row *row = kb_field_find(numbers[i]);

		kb_desk_row(call);
		kb_desk_cell_text(call, row->name);
		kb_desk_cell_text(call, i < required ? "ja" : "nee");
		kb_desk_cell_text(call, row->label);
	}
}

enum kb_err
kb_verb_message_kinds(struct kb_desk_call *call)
{
	struct kb_span word = kb_desk_text_arg(call, "soort");
	size_t count = 0;
	const struct kb_kind_row *rows = kb_kind_rows(&count);
	enum kb_kind kind = kb_kind_parse(word);

	if (word.len > 0 && kind == KB_KIND_UNSPECIFIED) {
		return kb_desk_fail(call, KB_ERR_USAGE, "'soort': deze soort bericht is er niet");
	}
	if (word.len > 0) {
		list_fields(call, kind);
		return KB_OK;
	}
	kb_desk_section(call, "soorten", "soort|uitleg");
	for (size_t i = 0; i < count; i++) {
		if (rows[i].form == KB_CONTENT_FIELDS) {
			kb_desk_row(call);
			kb_desk_cell_text(call, kb_kind_name((uint32_t)rows[i].kind));
			kb_desk_cell_text(call, kb_kind_label((uint32_t)rows[i].kind));
		}
	}
	return KB_OK;
}
