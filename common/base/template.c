/* SPDX-License-Identifier: EUPL-1.2 */
/* Pages with slots: the check of the slots, and the filling. */
#include "common/base/template.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/base/template_internal.h"
#include "common/base/text.h"

#define FAULT_TEXT 256
#define NO_SLOT SIZE_MAX

enum token_kind {
	TOKEN_NONE = 0, /* no slot any more: the rest of the page */
	TOKEN_VALUE,
	TOKEN_IF,
	TOKEN_LIST,
	TOKEN_END_IF,
	TOKEN_END_LIST,
	TOKEN_BAD,
};

/* One {{...}}. */
struct token {
	enum token_kind kind;
	struct kb_span name;
	size_t start;
	size_t end; /* behind }} */
};

/* What a name means at its place: a slot, or with column != NO_SLOT a column of the list that it stands in. */
struct meaning {
	size_t slot;
	size_t column;
};

struct block {
	enum token_kind kind;
	struct meaning of;
	uint32_t line;
};

struct checker {
	const struct kb_template *page;
	struct kb_template_faults *faults;
	struct block open[KB_TEMPLATE_DEPTH_MAX];
	size_t depth;
	size_t list; /* the slot of the list that is open, or NO_SLOT */
	uint32_t line;
};

void
kb_template_fault(struct kb_template_faults *faults, uint32_t line, const char *format, ...)
{
	char text[FAULT_TEXT];
	va_list args;

	faults->count++;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (faults->say != NULL) {
		faults->say(faults->to, faults->file, line, text);
	}
}

/* ---- tokens ---- */

static bool
name_ok(struct kb_span name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = (char)name.at[i];
		bool later = (c >= '0' && c <= '9') || c == '_';

		if (!((c >= 'a' && c <= 'z') || (i > 0 && later))) {
			return false;
		}
	}
	return name.len > 0 && name.len <= KB_TEMPLATE_NAME_MAX;
}

static const struct {
	const char *word;
	enum token_kind kind;
} openings[] = { { "#als ", TOKEN_IF }, { "#lijst ", TOKEN_LIST } },
  closings[] = { { "/als", TOKEN_END_IF }, { "/lijst", TOKEN_END_LIST } };

/* What stands between {{ and }}. */
static void
read_inner(struct kb_span inner, struct token *out)
{
	out->kind = TOKEN_VALUE;
	out->name = inner;
	for (size_t i = 0; i < 2; i++) {
		struct kb_span opening = kb_span_text(openings[i].word);

		if (kb_span_equal(inner, kb_span_text(closings[i].word))) {
			out->kind = closings[i].kind;
			out->name = KB_SPAN_NONE;
			return;
		}
		if (inner.len > opening.len &&
		    kb_span_equal(kb_span_part(inner, 0, opening.len), opening)) {
			out->kind = openings[i].kind;
			out->name = kb_span_part(inner, opening.len, inner.len);
		}
	}
	if (!name_ok(out->name)) {
		out->kind = TOKEN_BAD;
	}
}

/* The first {{ or lonely }} from at on, before limit. */
static struct token
next_token(struct kb_span page, size_t at, size_t limit)
{
	struct token token = { .kind = TOKEN_NONE, .start = limit, .end = limit };

	while (at + 1 < limit &&
	       !(page.at[at] == page.at[at + 1] && (page.at[at] == '{' || page.at[at] == '}'))) {
		at++;
	}
	if (at + 1 >= limit) {
		return token;
	}
	token.kind = TOKEN_BAD;
	token.start = at;
	token.end = at + 2;
	if (page.at[at] == '{') {
		size_t end = at + 2;

		while (end < limit && page.at[end] != '}' && page.at[end] != '\n') {
			end++;
		}
		if (end + 1 < limit && page.at[end] == '}' && page.at[end + 1] == '}') {
			token.end = end + 2;
			read_inner(kb_span_part(page, at + 2, end - at - 2), &token);
		}
	}
	return token;
}

static size_t
column_count(const struct kb_template_slot *slot)
{
	size_t count = 0;

	while (slot->columns != NULL && slot->columns[count] != NULL) {
		count++;
	}
	return count;
}

/* A column of the open list hides a slot of the same name. slot is NO_SLOT when nobody has the name. */
static struct meaning
meaning_of(const struct kb_template *page, size_t list, struct kb_span name)
{
	struct meaning meaning = { .slot = NO_SLOT, .column = NO_SLOT };

	for (size_t i = 0; list != NO_SLOT && i < column_count(&page->slots[list]); i++) {
		if (kb_span_equal(name, kb_span_text(page->slots[list].columns[i]))) {
			return (struct meaning){ .slot = list, .column = i };
		}
	}
	for (size_t i = 0; i < page->slot_count; i++) {
		if (kb_span_equal(name, kb_span_text(page->slots[i].name))) {
			meaning.slot = i;
		}
	}
	return meaning;
}

/* ---- check ---- */

static bool
guarded(const struct checker *checker, size_t slot)
{
	for (size_t i = 0; i < checker->depth; i++) {
		if (checker->open[i].kind == TOKEN_IF && checker->open[i].of.slot == slot &&
		    checker->open[i].of.column == NO_SLOT) {
			return true;
		}
	}
	return false;
}

/* A value or a list at a place where it may be empty. */
static void
check_use(struct checker *checker, const struct token *token, struct meaning of)
{
	const struct kb_template_slot *slot = &checker->page->slots[of.slot];
	bool is_list = of.column == NO_SLOT && slot->columns != NULL;

	if (is_list != (token->kind == TOKEN_LIST)) {
		kb_template_fault(checker->faults, checker->line,
				  is_list ? "'%s' is een lijst: schrijf {{#lijst %s}}"
					  : "'%s' is geen lijst: schrijf {{%s}}",
				  slot->name, slot->name);
	} else if (of.column == NO_SLOT && slot->optional && !guarded(checker, of.slot)) {
		kb_template_fault(checker->faults, checker->line,
				  "'%s' kan leeg zijn: zet er {{#als %s}} en {{/als}} omheen",
				  slot->name, slot->name);
	}
}

static void
open_block(struct checker *checker, const struct token *token, struct meaning of)
{
	if (checker->depth == KB_TEMPLATE_DEPTH_MAX) {
		kb_template_fault(checker->faults, checker->line,
				  "blokken staan hier dieper dan %u in elkaar",
				  KB_TEMPLATE_DEPTH_MAX);
		return;
	}
	if (token->kind == TOKEN_LIST && checker->list != NO_SLOT) {
		kb_template_fault(checker->faults, checker->line,
				  "een lijst staat niet in een lijst");
	} else if (token->kind == TOKEN_LIST) {
		checker->list = of.slot;
	}
	checker->open[checker->depth++] =
		(struct block){ .kind = token->kind, .of = of, .line = checker->line };
}

static void
close_block(struct checker *checker, const struct token *token)
{
	enum token_kind wanted = token->kind == TOKEN_END_IF ? TOKEN_IF : TOKEN_LIST;
	const char *word = wanted == TOKEN_IF ? "als" : "lijst";

	if (checker->depth == 0 || checker->open[checker->depth - 1].kind != wanted) {
		kb_template_fault(checker->faults, checker->line,
				  "{{/%s}} sluit hier niets: er is geen {{#%s}} open", word, word);
		return;
	}
	checker->depth--;
	if (wanted == TOKEN_LIST) {
		checker->list = NO_SLOT;
	}
}

static void
check_token(struct checker *checker, const struct token *token)
{
	struct meaning of = { .slot = NO_SLOT, .column = NO_SLOT };

	if (token->kind == TOKEN_BAD) {
		kb_template_fault(checker->faults, checker->line,
				  "een invulplek is {{naam}}, {{#als naam}}, {{/als}}, {{#lijst "
				  "naam}} of {{/lijst}}, op een regel en zonder spaties");
		return;
	}
	if (token->kind == TOKEN_END_IF || token->kind == TOKEN_END_LIST) {
		close_block(checker, token);
		return;
	}
	of = meaning_of(checker->page, checker->list, token->name);
	if (of.slot == NO_SLOT) {
		kb_template_fault(checker->faults, checker->line,
				  "de invulplek '%.*s' bestaat in deze brief niet",
				  (int)token->name.len, (const char *)token->name.at);
	} else if (token->kind != TOKEN_IF) {
		check_use(checker, token, of);
	}
	if (token->kind != TOKEN_VALUE) {
		open_block(checker, token, of);
	}
}

static bool
page_shows(const struct kb_template *page, const char *name)
{
	size_t at = 0;
	struct token token;

	do {
		token = next_token(page->bytes, at, page->bytes.len);
		at = token.end;
		if ((token.kind == TOKEN_VALUE || token.kind == TOKEN_LIST) &&
		    kb_span_equal(token.name, kb_span_text(name))) {
			return true;
		}
	} while (token.kind != TOKEN_NONE);
	return false;
}

static void
check_slots(const struct kb_template *page, struct kb_template_faults *faults)
{
	struct checker checker = { .page = page, .faults = faults, .list = NO_SLOT, .line = 1 };
	struct token token;
	size_t at = 0;

	do {
		token = next_token(page->bytes, at, page->bytes.len);
		for (; at < token.start; at++) {
			checker.line += page->bytes.at[at] == '\n';
		}
		if (token.kind != TOKEN_NONE) {
			check_token(&checker, &token);
		}
		at = token.end;
	} while (token.kind != TOKEN_NONE);
	for (size_t i = 0; i < checker.depth; i++) {
		kb_template_fault(faults, checker.open[i].line,
				  "dit blok wordt nergens gesloten: {{/%s}} ontbreekt",
				  checker.open[i].kind == TOKEN_IF ? "als" : "lijst");
	}
	for (size_t i = 0; i < page->slot_count; i++) {
		if (page->slots[i].shown && !page_shows(page, page->slots[i].name)) {
			kb_template_fault(faults, 0, "'%s' moet in deze brief staan en ontbreekt",
					  page->slots[i].name);
		}
	}
}

static void
check_page(const struct kb_template *page, struct kb_template_faults *faults)
{
	if (page->bytes.len > KB_TEMPLATE_BYTES_MAX) {
		kb_template_fault(faults, 0, "de pagina is groter dan %zu KiB",
				  KB_TEMPLATE_BYTES_MAX / 1024);
	} else if (!kb_text_ok(page->bytes, true)) {
		kb_template_fault(faults, 0,
				  "de pagina is geen UTF-8-tekst of er staan stuurtekens in "
				  "(regels eindigen op LF)");
	} else {
		kb_template_check_html(page->bytes, faults);
		check_slots(page, faults);
	}
}

enum kb_err
kb_template_check(const struct kb_template *page, kb_template_say say, void *to)
{
	struct kb_template_faults faults = { .file = page->file, .say = say, .to = to };

	check_page(page, &faults);
	return faults.count == 0 ? KB_OK : KB_ERR_DATA;
}

/* ---- fill ---- */

struct filler {
	const struct kb_template *page;
	const struct kb_template_value *values;
	struct kb_buf *out;
	size_t page_start; /* in out */
};

/* Where filling is: the list that is open (or NO_SLOT) and its row. */
struct place {
	size_t list;
	size_t row;
};

static const char *
escape_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\n':
		return "<br>\n";
	default:
		return NULL;
	}
}

static enum kb_err
put(struct filler *filler, struct kb_span bytes)
{
	if (filler->out->len - filler->page_start + bytes.len > KB_TEMPLATE_PAGE_MAX) {
		return KB_ERR_OVERSIZE;
	}
	return kb_buf_put(filler->out, bytes);
}

static enum kb_err
put_escaped(struct filler *filler, struct kb_span text)
{
	size_t from = 0;
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < text.len; i++) {
		const char *escape = escape_of((char)text.at[i]);

		if (escape != NULL) {
			err = put(filler, kb_span_part(text, from, i - from));
			if (err == KB_OK) {
				err = put(filler, kb_span_text(escape));
			}
			from = i + 1;
		}
	}
	return err == KB_OK ? put(filler, kb_span_part(text, from, text.len)) : err;
}

/* The text of a name at that place; a list has none. */
static struct kb_span
text_at(const struct filler *filler, struct place place, struct meaning of)
{
	const struct kb_template_value *value = &filler->values[of.slot];
	size_t columns = column_count(&filler->page->slots[of.slot]);

	return of.column == NO_SLOT ? value->text : value->cells[place.row * columns + of.column];
}

static bool
holds(const struct filler *filler, struct place place, struct meaning of)
{
	if (of.column == NO_SLOT && filler->page->slots[of.slot].columns != NULL) {
		return filler->values[of.slot].row_count > 0;
	}
	return text_at(filler, place, of).len > 0;
}

/* The token that closes the block opened before at; the page was checked, so it is there. */
static struct token
closing_of(const struct filler *filler, size_t at, size_t limit)
{
	size_t depth = 1;
	struct token token = { .end = at };

	while (depth > 0) {
		token = next_token(filler->page->bytes, token.end, limit);
		KB_INVARIANT(token.kind != TOKEN_NONE);
		if (token.kind == TOKEN_IF || token.kind == TOKEN_LIST) {
			depth++;
		} else if (token.kind == TOKEN_END_IF || token.kind == TOKEN_END_LIST) {
			depth--;
		}
	}
	return token;
}

/* From from to limit; calls itself for blocks, at most KB_TEMPLATE_DEPTH_MAX deep. */
static enum kb_err
fill_part(struct filler *filler, size_t from, size_t limit, struct place place)
{
	struct kb_span page = filler->page->bytes;
	enum kb_err err = KB_OK;

	while (err == KB_OK && from < limit) {
		struct token token = next_token(page, from, limit);
		struct token closing;
		struct meaning of = { .slot = NO_SLOT, .column = NO_SLOT };

		err = put(filler, kb_span_part(page, from, token.start - from));
		from = token.end;
		if (err != KB_OK || token.kind == TOKEN_NONE) {
			continue;
		}
		of = meaning_of(filler->page, place.list, token.name);
		if (token.kind == TOKEN_VALUE) {
			err = put_escaped(filler, text_at(filler, place, of));
			continue;
		}
		closing = closing_of(filler, token.end, limit);
		from = closing.end;
		if (token.kind == TOKEN_IF && holds(filler, place, of)) {
			err = fill_part(filler, token.end, closing.start, place);
		}
		for (size_t row = 0; err == KB_OK && token.kind == TOKEN_LIST &&
				     row < filler->values[of.slot].row_count;
		     row++) {
			err = fill_part(filler, token.end, closing.start,
					(struct place){ .list = of.slot, .row = row });
		}
	}
	return err;
}

static bool
cells_ok(const struct kb_template_value *value, size_t columns)
{
	for (size_t i = 0; i < value->row_count * columns; i++) {
		if (!kb_text_ok(value->cells[i], true)) {
			return false;
		}
	}
	return true;
}

static void
check_values(const struct kb_template *page, const struct kb_template_value *values,
	     struct kb_template_faults *faults)
{
	for (size_t i = 0; i < page->slot_count; i++) {
		const struct kb_template_slot *slot = &page->slots[i];
		const struct kb_template_value *value = &values[i];
		bool empty = slot->columns != NULL ? value->row_count == 0 : value->text.len == 0;

		if (empty && !slot->optional) {
			kb_template_fault(faults, 0, "'%s' is niet ingevuld", slot->name);
		} else if (!kb_text_ok(value->text, true) || !cells_ok(value, column_count(slot))) {
			kb_template_fault(faults, 0, "'%s' is geen gewone tekst", slot->name);
		}
	}
}

enum kb_err
kb_template_fill(const struct kb_template *page, const struct kb_template_value *values,
		 struct kb_buf *out, kb_template_say say, void *to)
{
	struct kb_template_faults faults = { .file = page->file, .say = say, .to = to };
	struct filler filler = {
		.page = page, .values = values, .out = out, .page_start = out->len
	};
	enum kb_err err = KB_OK;

	check_page(page, &faults);
	check_values(page, values, &faults);
	if (faults.count > 0) {
		return KB_ERR_DATA;
	}
	err = fill_part(&filler, 0, page->bytes.len, (struct place){ .list = NO_SLOT });
	if (err != KB_OK) {
		out->len = filler.page_start;
	}
	return err;
}
