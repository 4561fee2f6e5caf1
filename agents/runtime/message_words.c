/* SPDX-License-Identifier: EUPL-1.2 */
/* The words of a request that becomes a message: its fields, its purpose and ground; and why it was not sent. */
#include "agents/runtime/message_words.h"

#include "agents/runtime/agent_internal.h"
#include "common/base/text.h"
#include "common/daemon/profile.h"

/* Puts a field in its place by number. KB_ERR_EXISTS, KB_ERR_OVERSIZE. */
enum kb_err
kb_words_insert(struct kb_field_list *list, uint32_t number, struct kb_span value)
{
	size_t place = list->count;

	if (list->count == KB_WIRE_VELDEN_MAX) {
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
read_field(struct kb_desk_call *call, struct kb_span text, struct kb_field_list *list)
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
	err = kb_words_insert(list, row->number,
			      kb_text_trim(kb_span_part(text, name_len + 1, text.len)));
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

enum kb_err
kb_words_fields(struct kb_desk_call *call, struct kb_field_list *list)
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

static const char unknown_word[] = "'%s' kent dit woord niet; zie ketenbode explain --help";

enum kb_err
kb_words_kind(struct kb_desk_call *call, enum kb_kind *kind)
{
	*kind = kb_kind_parse(kb_desk_text_arg(call, "soort"));
	return *kind == KB_KIND_UNSPECIFIED
		       ? kb_desk_fail(call, KB_ERR_USAGE, unknown_word, "soort")
		       : KB_OK;
}

enum kb_err
kb_words_read(struct kb_desk_call *call, struct kb_outgoing *out)
{
	struct kb_span purpose = kb_desk_text_arg(call, "doel");
	struct kb_span ground = kb_desk_text_arg(call, "grond");
	struct kb_span desk = kb_desk_text_arg(call, "loket");

	out->purpose = kb_purpose_parse(purpose);
	out->ground = kb_ground_parse(ground);
	out->desk = kb_desk_parse(desk);
	out->case_no = kb_desk_number_arg(call, "zaak");
	out->urgent = kb_desk_flag_arg(call, "spoed");
	if (purpose.len > 0 && out->purpose == KB_PURPOSE_UNSPECIFIED) {
		return kb_desk_fail(call, KB_ERR_USAGE, unknown_word, "doel");
	}
	if (ground.len > 0 && out->ground == KB_GROUND_UNSPECIFIED) {
		return kb_desk_fail(call, KB_ERR_USAGE, unknown_word, "grond");
	}
	return desk.len > 0 && out->desk == KB_DESK_UNSPECIFIED
		       ? kb_desk_fail(call, KB_ERR_USAGE, unknown_word, "loket")
		       : KB_OK;
}

/* Why it was not sent, in a sentence; nothing was stored. */
enum kb_err
kb_words_refused(struct kb_desk_call *call, enum kb_err err, uint32_t at)
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
kb_words_post(struct kb_desk_call *call, struct kb_message *message,
	      const struct kb_field_list *list)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_id consent = kb_desk_id_arg(call, "toestemming");
	struct kb_sent_ref ref;
	uint32_t at = 0;
	enum kb_err err = KB_OK;

	if (kb_desk_has(call, "toestemming")) {
		message->outgoing.consent_ref = KB_SPAN_OF(consent.bytes);
	}
	if (act->agent->profile != NULL) {
		message->outgoing.profile_hash = KB_SPAN_OF(act->agent->profile->hash.bytes);
	}
	message->fields = list->at;
	message->field_count = list->count;
	err = kb_message_send(act, message, &ref, &at);
	if (err != KB_OK) {
		return kb_words_refused(call, err, at);
	}
	kb_desk_section(call, "bericht", "bericht");
	kb_desk_row(call);
	kb_desk_cell_id(call, &ref.message_id);
	kb_desk_say(call, "Het bericht staat klaar en gaat weg zodra het kan.");
	return KB_OK;
}
