/* SPDX-License-Identifier: EUPL-1.2 */
/* A letter as a page. */
#include "agents/runtime/letter_page.h"

#include <stdio.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/letter_rows.h"
#include "common/base/template_frame.h"
#include "common/base/text.h"
#include "common/daemon/profile.h"
#include "common/exchange/date.h"
#include "common/store/users.h"

#define FIELD_TEXT 512

struct maker {
	struct kb_agent *agent;
	struct kb_step *step;
	struct kb_arena *arena;
	const struct kb_letter_order *order;
	struct kb_error_text *where;
	const struct kb_letter_field *fields[KB_LETTER_FIELDS_MAX];
	size_t field_count;
	struct kb_template_value values[KB_LETTER_FIELDS_MAX];
};

/* The place of a field; field_count when the letter has none of that name. */
static size_t
find_field(const struct maker *maker, struct kb_span name)
{
	size_t i = 0;

	while (i < maker->field_count &&
	       !kb_span_equal(name, kb_span_text(maker->fields[i]->name))) {
		i++;
	}
	return i;
}

/* ---- what the user gave ---- */

/* All names that the user may give, for a sentence. */
static void
names_of_user(const struct maker *maker, struct kb_buf *out)
{
	for (size_t i = 0; i < maker->field_count; i++) {
		if (maker->fields[i]->source == KB_LETTER_FROM_USER) {
			kb_ignore(kb_buf_putf(out, "%s%s", out->len > 0 ? ", " : "",
					      maker->fields[i]->name),
				  "a list that is cut still helps");
		}
	}
}

static enum kb_err
unknown_field(const struct maker *maker, struct kb_span name)
{
	struct kb_buf names = { .ceiling = FIELD_TEXT };
	const char *text = NULL;
	enum kb_err err = KB_OK;

	names_of_user(maker, &names);
	text = kb_buf_text(&names);
	err = kb_fail(maker->where, KB_ERR_DATA, "'veld' kent '%.*s' niet bij deze brief; wel: %s",
		      (int)(name.len < 40 ? name.len : 40), (const char *)name.at,
		      text != NULL ? text : "");
	kb_buf_release(&names);
	return err;
}

/* One more row of a list of one column. */
static enum kb_err
add_row(struct maker *maker, struct kb_template_value *value, struct kb_span text)
{
	struct kb_span *rows = NULL;

	if (value->row_count == KB_LETTER_ROWS_MAX) {
		return kb_fail(maker->where, KB_ERR_DATA,
			       "een lijst in 'veld' heeft hoogstens %u regels", KB_LETTER_ROWS_MAX);
	}
	rows = kb_arena_alloc(maker->arena, (value->row_count + 1) * sizeof(*rows));
	if (rows == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < value->row_count; i++) {
		rows[i] = value->cells[i];
	}
	rows[value->row_count++] = text;
	value->cells = rows;
	return KB_OK;
}

/* A further line of a text of more lines. */
static enum kb_err
add_line(struct maker *maker, struct kb_template_value *value, struct kb_span text)
{
	struct kb_buf joined = { 0 };
	enum kb_err err = kb_buf_put(&joined, value->text);

	if (err == KB_OK) {
		err = kb_buf_put_u8(&joined, '\n');
	}
	if (err == KB_OK) {
		err = kb_buf_put(&joined, text);
	}
	if (err == KB_OK) {
		value->text = kb_arena_copy(maker->arena, kb_buf_span(&joined));
		err = value->text.at != NULL ? KB_OK : KB_ERR_NO_MEMORY;
	}
	kb_buf_wipe(&joined);
	return err;
}

static enum kb_err
date_text(struct maker *maker, const struct kb_letter_field *field, struct kb_span text,
	  struct kb_span *out)
{
	char date[KB_LETTER_DATE_TEXT];
	int32_t day = KB_DAY_NONE;

	if (kb_date_parse(text, &day) != KB_OK) {
		return kb_fail(maker->where, KB_ERR_DATA,
			       "'%s' moet een bestaande datum zijn, als JJJJ-MM-DD", field->name);
	}
	kb_letter_date(day, date);
	*out = kb_arena_copy(maker->arena, kb_span_text(date));
	return out->at != NULL ? KB_OK : KB_ERR_NO_MEMORY;
}

static enum kb_err
take_field(struct maker *maker, size_t at, struct kb_span text)
{
	const struct kb_letter_field *field = maker->fields[at];
	struct kb_template_value *value = &maker->values[at];

	if (text.len == 0) {
		return kb_fail(maker->where, KB_ERR_DATA,
			       "'%s' is leeg; laat het weg of vul het in", field->name);
	}
	if (field->form == KB_LETTER_LIST) {
		return add_row(maker, value, text);
	}
	if (value->text.len > 0 && field->form == KB_LETTER_LINES) {
		return add_line(maker, value, text);
	}
	if (value->text.len > 0) {
		return kb_fail(maker->where, KB_ERR_DATA,
			       "'%s' staat er twee keer; geef het een keer", field->name);
	}
	if (field->form == KB_LETTER_DATE) {
		return date_text(maker, field, text, &value->text);
	}
	value->text = text;
	return KB_OK;
}

static enum kb_err
take_line(struct maker *maker, struct kb_span line)
{
	const uint8_t *equals = line.len > 0 ? memchr(line.at, '=', line.len) : NULL;
	struct kb_span name;
	size_t at = 0;

	if (kb_text_trim(line).len == 0) {
		return KB_OK;
	}
	if (equals == NULL) {
		return kb_fail(maker->where, KB_ERR_DATA,
			       "een regel van 'veld' is naam=waarde; in een regel ontbreekt de =");
	}
	name = kb_text_trim(kb_span(line.at, (size_t)(equals - line.at)));
	at = find_field(maker, name);
	if (at == maker->field_count || maker->fields[at]->source != KB_LETTER_FROM_USER) {
		return unknown_field(maker, name);
	}
	return take_field(
		maker, at,
		kb_text_trim(kb_span_part(line, (size_t)(equals - line.at) + 1, line.len)));
}

static enum kb_err
take_given(struct maker *maker)
{
	struct kb_span rest = maker->order->given;
	enum kb_err err = KB_OK;

	while (err == KB_OK && rest.len > 0) {
		const uint8_t *end = memchr(rest.at, '\n', rest.len);
		size_t len = end != NULL ? (size_t)(end - rest.at) : rest.len;

		err = take_line(maker, kb_span_part(rest, 0, len));
		rest = kb_span_part(rest, len + 1, rest.len);
	}
	for (size_t i = 0; err == KB_OK && i < maker->field_count; i++) {
		const struct kb_letter_field *field = maker->fields[i];

		if (field->source == KB_LETTER_FROM_USER && !field->optional &&
		    maker->values[i].text.len == 0 && maker->values[i].row_count == 0) {
			err = kb_fail(maker->where, KB_ERR_DATA, "'%s' ontbreekt in 'veld': %s",
				      field->name, field->help);
		}
	}
	return err;
}

/* ---- what the agent knows ---- */

static void
set_text(struct maker *maker, const char *name, struct kb_span text)
{
	size_t at = find_field(maker, kb_span_text(name));

	KB_INVARIANT(at < maker->field_count && maker->fields[at]->source == KB_LETTER_FROM_AGENT);
	maker->values[at].text = text;
}

static enum kb_err
set_copy(struct maker *maker, const char *name, const char *text)
{
	struct kb_span copy = kb_arena_copy(maker->arena, kb_span_text(text));

	set_text(maker, name, copy);
	return copy.at != NULL ? KB_OK : KB_ERR_NO_MEMORY;
}

static enum kb_err
set_sender(struct maker *maker)
{
	const struct kb_agent *agent = maker->agent;
	const struct kb_entry *own = NULL;
	struct kb_user user;
	enum kb_err err = KB_OK;

	if (agent->profile == NULL) {
		return kb_fail(
			maker->where, KB_ERR_CONFIG,
			"een brief noemt de regio, en er is geen regioprofiel ingesteld: zet "
			"profile in [region]");
	}
	err = kb_directory_version(agent->directory, &agent->identity->self,
				   agent->identity->key_version, &own);
	if (err == KB_OK) {
		err = kb_user_get(maker->step, maker->order->user_no, maker->arena, &user);
	}
	if (err == KB_OK) {
		set_text(maker, "regio", kb_span_text(agent->profile->name));
		set_text(maker, "partij", own->name);
		set_text(maker, "medewerker", user.name);
		set_text(maker, "functie", user.function);
	}
	return err;
}

static enum kb_err
set_addressee(struct maker *maker)
{
	const struct kb_letter_row *letter = &maker->order->letter;
	size_t at = find_field(maker, kb_span_text("adres"));
	struct kb_span rest = letter->address;
	enum kb_err err = KB_OK;

	set_text(maker, "aan", letter->name);
	set_text(maker, "taal", letter->language);
	while (err == KB_OK && rest.len > 0) {
		const uint8_t *end = memchr(rest.at, '\n', rest.len);
		size_t len = end != NULL ? (size_t)(end - rest.at) : rest.len;

		err = add_row(maker, &maker->values[at], kb_span_part(rest, 0, len));
		rest = kb_span_part(rest, len + 1, rest.len);
	}
	return err;
}

/* The word of the kind with a capital: what the page is called. */
static enum kb_err
set_title(struct maker *maker)
{
	char title[32];

	(void)snprintf(title, sizeof(title), "%s", kb_letter_kind_name(maker->order->letter.kind));
	KB_INVARIANT(title[0] >= 'a' && title[0] <= 'z');
	title[0] = (char)(title[0] - 'a' + 'A');
	return set_copy(maker, "soort", title);
}

static enum kb_err
set_known(struct maker *maker)
{
	const struct kb_letter_order *order = maker->order;
	char text[64];
	enum kb_err err = set_sender(maker);

	if (err == KB_OK) {
		err = set_addressee(maker);
	}
	if (err == KB_OK) {
		err = set_title(maker);
	}
	if (err == KB_OK) {
		(void)snprintf(text, sizeof(text), "Z%llu-B%u",
			       (unsigned long long)order->letter.case_no, order->letter.letter_no);
		err = set_copy(maker, "kenmerk", text);
	}
	if (err == KB_OK) {
		kb_letter_date(kb_date_local_day(order->now_utc_ms), text);
		err = set_copy(maker, "datum", text);
	}
	return err;
}

/* The two tables of the overview: what went where, and who looked. */
static enum kb_err
set_overview(struct maker *maker)
{
	struct kb_template_value *shared = NULL;
	struct kb_template_value *seen = NULL;
	enum kb_err err = KB_OK;

	if (maker->order->letter.kind != KB_LETTER_INZAGE) {
		return KB_OK;
	}
	shared = &maker->values[find_field(maker, kb_span_text("gedeeld"))];
	seen = &maker->values[find_field(maker, kb_span_text("gezien"))];
	err = kb_letter_rows_shared(maker->agent, maker->step, maker->order->letter.case_no,
				    maker->order->now_utc_ms, maker->arena, shared);
	if (err == KB_OK) {
		err = kb_letter_rows_seen(maker->step, maker->order->letter.case_no, maker->arena,
					  seen);
	}
	if (err == KB_OK && shared->row_count == 0) {
		set_text(maker, "niets_gedeeld",
			 kb_span_text("Wij hebben in deze zaak niets gedeeld met anderen."));
	}
	if (err == KB_OK && seen->row_count == 0) {
		set_text(maker, "niets_gezien",
			 kb_span_text("Er is nog niemand die in de zaak heeft gekeken."));
	}
	return err;
}

/* ---- the template ---- */

struct first_fault {
	struct kb_error_text *where;
	size_t count;
};

/* The sentence holds the first fault; all of them are for `ketenbode brief check`. */
static void
keep_first(void *to, const char *file, uint32_t line, const char *text)
{
	struct first_fault *first = to;

	if (first->count++ == 0 && line > 0) {
		(void)kb_fail(first->where, KB_ERR_DATA, "%s:%u: %s", file, line, text);
	} else if (first->count == 1) {
		(void)kb_fail(first->where, KB_ERR_DATA, "%s: %s", file, text);
	}
}

static enum kb_err
fill_page(struct maker *maker, struct kb_buf *out)
{
	enum kb_letter_kind kind = maker->order->letter.kind;
	struct first_fault first = { .where = maker->where };
	struct kb_template_slot slots[KB_LETTER_FIELDS_MAX];
	struct kb_template_frame frame;
	struct kb_template page;
	enum kb_err err = KB_OK;

	if (maker->agent->settings.letters == NULL || maker->agent->settings.letters[0] == '\0') {
		return kb_fail(maker->where, KB_ERR_CONFIG,
			       "er is geen map met brieven ingesteld: zet brieven in [desk]");
	}
	err = kb_template_frame_load(&frame, maker->agent->settings.letters, KB_LETTER_FRAME,
				     kb_letter_kind_name(kind), keep_first, &first);
	if (err != KB_OK) {
		kb_template_frame_release(&frame);
		return err;
	}
	page = kb_letter_template(kind, frame.part_file, kb_buf_span(&frame.page), slots);
	err = kb_template_fill(&page, maker->values, out, kb_template_frame_say, &frame);
	if (err == KB_ERR_OVERSIZE) {
		err = kb_fail(maker->where, err, "deze brief wordt langer dan %zu KiB",
			      KB_TEMPLATE_PAGE_MAX / 1024);
	}
	kb_template_frame_release(&frame);
	return err;
}

enum kb_err
kb_letter_page(struct kb_agent *agent, struct kb_step *step, struct kb_arena *arena,
	       const struct kb_letter_order *order, struct kb_buf *out, struct kb_error_text *where)
{
	struct maker maker = {
		.agent = agent, .step = step, .arena = arena, .order = order, .where = where
	};
	enum kb_err err = KB_OK;

	maker.field_count = kb_letter_fields(order->letter.kind, maker.fields);
	err = take_given(&maker);
	if (err == KB_OK) {
		err = set_known(&maker);
	}
	if (err == KB_OK) {
		err = set_overview(&maker);
	}
	return err == KB_OK ? fill_page(&maker, out) : err;
}
