/* SPDX-License-Identifier: EUPL-1.2 */
/* case place, case record, message send, message kinds: what a desk does with every kind that has a closed list of fields. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/message_words.h"
#include "agents/runtime/messages.h"
#include "agents/runtime/permission.h"
#include "agents/runtime/places.h"
#include "agents/runtime/verbs.h"
#include "common/exchange/date.h"
#include "common/wire/content.h"

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

enum kb_err
kb_verb_message_send(struct kb_desk_call *call)
{
	struct kb_field_list *list = kb_arena_alloc(kb_desk_arena(call), sizeof(*list));
	struct kb_message message = { .outgoing = { .recipient = kb_desk_party_arg(call, "aan") } };
	enum kb_err err =
		list != NULL ? kb_words_kind(call, &message.outgoing.kind) : KB_ERR_NO_MEMORY;

	if (err == KB_OK) {
		err = kb_words_read(call, &message.outgoing);
	}
	if (err == KB_OK) {
		err = kb_words_fields(call, list);
	}
	return err == KB_OK ? kb_words_post(call, &message, list) : err;
}

/* ---- case record ---- */

enum kb_err
kb_verb_case_record(struct kb_desk_call *call)
{
	struct kb_field_list *list = kb_arena_alloc(kb_desk_arena(call), sizeof(*list));
	enum kb_kind kind = kb_kind_parse(kb_desk_text_arg(call, "soort"));
	const struct kb_kind_row *row = kb_kind_find((uint32_t)kind);
	uint32_t at = 0;
	enum kb_err err = list != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	if (row == NULL || row->form != KB_CONTENT_FIELDS) {
		return kb_desk_fail(call, KB_ERR_USAGE, "'soort': deze soort is er niet");
	}
	if (err == KB_OK) {
		err = kb_words_fields(call, list);
	}
	if (err == KB_OK) {
		err = kb_message_record(kb_desk_act(call), kb_desk_number_arg(call, "zaak"), kind,
					list->at, list->count, &at);
		err = err != KB_OK ? kb_words_refused(call, err, at) : KB_OK;
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
