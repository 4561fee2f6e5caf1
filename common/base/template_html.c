/* SPDX-License-Identifier: EUPL-1.2 */
/* Where in a page of HTML a slot may stand, and what a page must not hold. */
#include <strings.h>

#include "common/base/template_internal.h"

/* Reads the page from left to right; never past its end. */
struct reader {
	struct kb_span page;
	size_t at;
	uint32_t line;
	struct kb_template_faults *faults;
};

/* They run something, or bring in another page or file. */
static const char *const elements[] = { "script", "link",  "iframe", "frame", "frameset",
					"object", "embed", "applet", "base",  "form" };
static const char *const attributes[] = { "src",	"srcset", "href",   "xlink:href",
					  "action",	"data",	  "poster", "background",
					  "formaction", "srcdoc", "ping",   "manifest" };
/* In styles, and in values of attributes. */
static const char *const words[] = { "url(", "@import", "javascript:" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool
at_end(const struct reader *reader)
{
	return reader->at >= reader->page.len;
}

static char
peek(const struct reader *reader)
{
	char c = '\0';

	if (!at_end(reader)) {
		c = (char)reader->page.at[reader->at];
	}
	return c;
}

static void
skip(struct reader *reader, size_t count)
{
	for (size_t i = 0; i < count && !at_end(reader); i++) {
		reader->line += reader->page.at[reader->at] == '\n';
		reader->at++;
	}
}

/* Whether word stands here, in either case. */
static bool
here(const struct reader *reader, const char *word)
{
	size_t len = strlen(word);

	return reader->page.len - reader->at >= len &&
	       strncasecmp((const char *)reader->page.at + reader->at, word, len) == 0;
}

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == ':' || c == '_';
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool
in_list(struct kb_span name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(list[i]) == name.len &&
		    strncasecmp((const char *)name.at, list[i], name.len) == 0) {
			return true;
		}
	}
	return false;
}

static void
slot_out_of_place(struct reader *reader, const char *place)
{
	kb_template_fault(reader->faults, reader->line,
			  "hier staat {{ in %s; een invulplek staat alleen in gewone tekst", place);
}

static void
refuse_words(struct reader *reader)
{
	for (size_t i = 0; i < COUNT(words); i++) {
		if (here(reader, words[i])) {
			kb_template_fault(
				reader->faults, reader->line,
				"'%s' mag niet: een brief haalt niets van elders en voert "
				"niets uit",
				words[i]);
		}
	}
}

/* Up to and with end; place is for people. */
static void
skip_until(struct reader *reader, const char *end, const char *place)
{
	uint32_t opened = reader->line;

	while (!at_end(reader) && !here(reader, end)) {
		if (here(reader, "{{")) {
			slot_out_of_place(reader, place);
			skip(reader, 1);
		}
		refuse_words(reader);
		skip(reader, 1);
	}
	if (at_end(reader)) {
		kb_template_fault(reader->faults, opened, "%s begint hier en eindigt nergens",
				  place);
	}
	skip(reader, strlen(end));
}

static struct kb_span
read_name(struct reader *reader)
{
	size_t start = reader->at;

	while (!at_end(reader) && is_name(peek(reader))) {
		skip(reader, 1);
	}
	return kb_span_part(reader->page, start, reader->at - start);
}

/* The value behind "name=". */
static void
read_value(struct reader *reader)
{
	char quote = peek(reader);
	uint32_t opened = reader->line;

	if (quote != '"' && quote != '\'') {
		kb_template_fault(reader->faults, reader->line,
				  "zet de waarde achter = tussen aanhalingstekens");
		return;
	}
	skip(reader, 1);
	while (!at_end(reader) && peek(reader) != quote) {
		if (here(reader, "{{")) {
			slot_out_of_place(reader, "een tag");
			skip(reader, 1);
		}
		if (here(reader, "refresh")) {
			kb_template_fault(reader->faults, reader->line,
					  "'refresh' mag niet: een brief gaat nergens heen");
		}
		refuse_words(reader);
		skip(reader, 1);
	}
	if (at_end(reader)) {
		kb_template_fault(reader->faults, opened,
				  "dit aanhalingsteken wordt nergens gesloten");
	}
	skip(reader, 1);
}

static void
read_attribute(struct reader *reader)
{
	struct kb_span name = read_name(reader);

	if (in_list(name, attributes, COUNT(attributes)) ||
	    (name.len > 2 && strncasecmp((const char *)name.at, "on", 2) == 0)) {
		kb_template_fault(
			reader->faults, reader->line,
			"'%.*s' mag niet: een brief haalt niets van elders en voert niets "
			"uit",
			(int)name.len, (const char *)name.at);
	}
	while (is_space(peek(reader))) {
		skip(reader, 1);
	}
	if (peek(reader) == '=') {
		skip(reader, 1);
		while (is_space(peek(reader))) {
			skip(reader, 1);
		}
		read_value(reader);
	}
}

/* From behind '<' or '</' to behind '>'. */
static void
read_tag(struct reader *reader, bool opens)
{
	uint32_t opened = reader->line;
	struct kb_span name = read_name(reader);

	if (name.len == 0) {
		kb_template_fault(reader->faults, opened, "een losse < schrijft u als &lt;");
		return;
	}
	if (in_list(name, elements, COUNT(elements))) {
		kb_template_fault(
			reader->faults, opened,
			"<%.*s> mag niet: een brief haalt niets van elders en voert niets "
			"uit",
			(int)name.len, (const char *)name.at);
	}
	while (!at_end(reader) && peek(reader) != '>') {
		if (is_name(peek(reader))) {
			read_attribute(reader);
		} else if (here(reader, "{{")) {
			slot_out_of_place(reader, "een tag");
			while (!at_end(reader) && peek(reader) != '>' && !is_space(peek(reader))) {
				skip(reader, 1);
			}
		} else if (is_space(peek(reader)) || peek(reader) == '/') {
			skip(reader, 1);
		} else {
			kb_template_fault(reader->faults, reader->line,
					  "dit teken hoort niet in een tag");
			skip(reader, 1);
		}
	}
	if (at_end(reader)) {
		kb_template_fault(reader->faults, opened, "deze tag wordt nergens gesloten");
	}
	skip(reader, 1);
	if (opens && in_list(name, (const char *const[]){ "style" }, 1)) {
		skip_until(reader, "</style>", "<style>");
	}
}

void
kb_template_check_html(struct kb_span page, struct kb_template_faults *faults)
{
	struct reader reader = { .page = page, .line = 1, .faults = faults };

	while (!at_end(&reader)) {
		if (here(&reader, "<!--")) {
			skip(&reader, 4);
			skip_until(&reader, "-->", "commentaar");
		} else if (here(&reader, "<!doctype ")) {
			skip_until(&reader, ">", "<!doctype>");
		} else if (here(&reader, "</")) {
			skip(&reader, 2);
			read_tag(&reader, false);
		} else if (peek(&reader) == '<') {
			skip(&reader, 1);
			read_tag(&reader, true);
		} else {
			skip(&reader, 1);
		}
	}
}
