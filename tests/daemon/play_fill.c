/* SPDX-License-Identifier: EUPL-1.2 */
/* What a person would write with a step: its facts, the fields that its message must have, what a letter says. Invented, and the same
 * each time; what the play says itself goes before it. */
#include "tests/daemon/play_stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/exchange/date.h"
#include "common/exchange/fields.h"
#include "common/exchange/letters.h"

struct text {
	char *at;
	size_t size;
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void
add(struct text *out, const char *format, ...)
{
	va_list arguments;
	int len = 0;

	va_start(arguments, format);
	len = vsnprintf(out->at + out->len, out->size - out->len, format, arguments);
	va_end(arguments);
	if (len < 0 || (size_t)len >= out->size - out->len) {
		abort(); /* the test gave too little room */
	}
	out->len += (size_t)len;
}

/* Value of name in "a=b, c=d"; false: it is not there. */
static bool
given(const char *with, const char *name, char *out, size_t size)
{
	size_t len = strlen(name);

	for (const char *at = with; at != NULL && *at != 0;) {
		at += strspn(at, ", ");
		if (strncmp(at, name, len) == 0 && at[len] == '=') {
			(void)snprintf(out, size, "%.*s", (int)strcspn(at + len + 1, ","),
				       at + len + 1);
			return true;
		}
		at = strchr(at, ',');
	}
	return false;
}

static void
day_text(const struct acting *acting, char out[KB_DATE_TEXT])
{
	kb_date_format(stage_today(acting->stage), out);
}

/* Of two readers each has a name of its own (R25, R26). */
static const char *
people_of(enum kb_fact_nr fact)
{
	return fact == KB_FACT_NR_EERSTE_LEZER	 ? "Anna de Wit"
	       : fact == KB_FACT_NR_TWEEDE_LEZER ? "Bert Smit"
						 : "Anna de Wit, Bert Smit";
}

void
play_facts(const struct acting *acting, const struct play_line *line,
	   const struct kb_route_step *step, char *out, size_t size)
{
	struct text text = { .at = out, .size = size };
	char today[KB_DATE_TEXT];

	out[0] = 0;
	day_text(acting, today);
	for (size_t i = 0; step != NULL && i < KB_FACT_COUNT; i++) {
		const char *word = kb_fact_word((enum kb_fact_nr)i);
		char people[PLAY_TEXT_MAX];

		if ((step->records >> i & 1u) == 0 || strcmp(line->without, word) == 0) {
			continue;
		}
		if (!given(line->with, word, people, sizeof(people))) {
			(void)snprintf(people, sizeof(people), "%s", people_of((enum kb_fact_nr)i));
		}
		add(&text, "%s=%s%s%s\n", word, today,
		    kb_fact_wants_people((enum kb_fact_nr)i) ? "; " : "",
		    kb_fact_wants_people((enum kb_fact_nr)i) ? people : "");
	}
}

static void
value_of(const struct acting *acting, const struct kb_field_row *row, char *out, size_t size)
{
	char today[KB_DATE_TEXT];

	day_text(acting, today);
	if (row->form == KB_FIELD_DATE) {
		(void)snprintf(out, size, "%s",
			       row->number == KB_VELD_GEBOORTEDATUM ? "2014-05-04" : today);
	} else if (row->form == KB_FIELD_NUMBER) {
		(void)snprintf(out, size, "1");
	} else if (row->form == KB_FIELD_FLAG) {
		(void)snprintf(out, size, "ja");
	} else if (row->form == KB_FIELD_CODE) {
		(void)snprintf(out, size, "%s", row->words[0]);
	} else {
		(void)snprintf(out, size, "%s",
			       row->number == KB_VELD_LEERLING_NAAM ? "Zwaluw Kwikstaart"
								    : "zoals besproken");
	}
}

void
play_fields(const struct acting *acting, const struct play_line *line,
	    const struct kb_route_step *step, char *out, size_t size)
{
	struct text text = { .at = out, .size = size };
	size_t required = 0;
	const uint32_t *numbers = step != NULL && step->kind != 0
					  ? kb_kind_fields((enum kb_kind)step->kind, &required)
					  : NULL;

	out[0] = 0;
	for (size_t i = 0; numbers != NULL && numbers[i] != 0; i++) {
		const struct kb_field_row *row = kb_field_find(numbers[i]);
		char value[PLAY_TEXT_MAX];
		bool said = given(line->with, row->name, value, sizeof(value));

		if ((!said && i >= required) || strcmp(line->without, row->name) == 0) {
			continue;
		}
		if (!said) {
			value_of(acting, row, value, sizeof(value));
		}
		add(&text, "%s=%s\n", row->name, value);
	}
}

void
play_letter_fields(const struct acting *acting, const char *kind, char *out, size_t size)
{
	const struct kb_letter_field *fields[KB_LETTER_FIELDS_MAX];
	struct text text = { .at = out, .size = size };
	size_t count = kb_letter_fields(kb_letter_kind_parse(kb_span_text(kind)), fields);
	char today[KB_DATE_TEXT];

	out[0] = 0;
	day_text(acting, today);
	for (size_t i = 0; i < count; i++) {
		if (fields[i]->source == KB_LETTER_FROM_USER && !fields[i]->optional) {
			add(&text, "%s=%s\n", fields[i]->name,
			    fields[i]->form == KB_LETTER_DATE ? today : "zoals besproken");
		}
	}
}
