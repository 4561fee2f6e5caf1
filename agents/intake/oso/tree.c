/* SPDX-License-Identifier: EUPL-1.2 */
/* Walking a dossier, and saying where something is. */
#include "agents/intake/oso/xml.h"
#include "common/base/text.h"

const char *
kb_oso_name(const xmlNode *node)
{
	return (const char *)node->name;
}

static xmlNode *
element_from(xmlNode *node, const char *name)
{
	while (node != NULL && (node->type != XML_ELEMENT_NODE ||
				(name != NULL && strcmp(kb_oso_name(node), name) != 0))) {
		node = node->next;
	}
	return node;
}

xmlNode *
kb_oso_child(const xmlNode *node, const char *name)
{
	return node != NULL ? element_from(node->children, name) : NULL;
}

xmlNode *
kb_oso_next(const xmlNode *node, const char *name)
{
	return element_from(node->next, name);
}

xmlNode *
kb_oso_find(const xmlDoc *doc, const char *path)
{
	xmlNode *node = xmlDocGetRootElement(doc);

	while (node != NULL && *path != 0) {
		size_t len = strcspn(path, "/");
		xmlNode *child = kb_oso_child(node, NULL);

		while (child != NULL && (strlen(kb_oso_name(child)) != len ||
					 strncmp(kb_oso_name(child), path, len) != 0)) {
			child = kb_oso_next(child, NULL);
		}
		node = child;
		path += len + (path[len] == '/' ? 1 : 0);
	}
	return node;
}

struct kb_span
kb_oso_text(const xmlNode *node)
{
	const xmlNode *text = node != NULL ? node->children : NULL;
	struct kb_span span = KB_SPAN_NONE;

	if (text == NULL || text->type != XML_TEXT_NODE || text->content == NULL) {
		return KB_SPAN_NONE;
	}
	span = kb_span_text((const char *)text->content);
	while (span.len > 0 && strchr(" \t\r\n", span.at[0]) != NULL) {
		span = kb_span_part(span, 1, span.len);
	}
	while (span.len > 0 && strchr(" \t\r\n", span.at[span.len - 1]) != NULL) {
		span.len--;
	}
	return span;
}

bool
kb_oso_is(const xmlNode *node, const char *text)
{
	return kb_span_equal(kb_oso_text(node), kb_span_text(text));
}

bool
kb_oso_is_true(const xmlNode *node)
{
	return kb_oso_is(node, "true") || kb_oso_is(node, "1");
}

/* ---- saying ---- */

/* Which of its name it is, 0 when it is the only one. */
static unsigned
index_of(const xmlNode *node)
{
	unsigned before = 1;
	bool more = kb_oso_next(node, kb_oso_name(node)) != NULL;

	for (const xmlNode *at = node->prev; at != NULL; at = at->prev) {
		if (at->type == XML_ELEMENT_NODE && xmlStrEqual(at->name, node->name)) {
			before++;
		}
	}
	return before > 1 || more ? before : 0;
}

enum kb_err
kb_oso_path(const xmlNode *node, struct kb_buf *out)
{
	const xmlNode *way[64];
	size_t count = 0;
	enum kb_err err = KB_OK;

	for (; node != NULL && node->type == XML_ELEMENT_NODE && count < 64; node = node->parent) {
		way[count++] = node;
	}
	while (err == KB_OK && count > 0) {
		const xmlNode *at = way[--count];
		unsigned index = index_of(at);

		err = index > 0 ? kb_buf_putf(out, "/%.100s[%u]", kb_oso_name(at), index)
				: kb_buf_putf(out, "/%.100s", kb_oso_name(at));
	}
	return err;
}

static void
say(struct kb_oso_report *report, const char *rule, uint32_t line, struct kb_span path,
    const char *text)
{
	struct kb_oso_finding finding = {
		.rule = kb_span_text(rule), .path = path, .text = kb_span_text(text), .line = line
	};

	if (report->finding_count < KB_OSO_FINDINGS_MAX && report->err == KB_OK) {
		report->err = kb_oso_put_finding(report->to, &finding);
		report->finding_count++;
	}
}

void
kb_oso_say(struct kb_oso_report *report, const char *rule, const xmlNode *node, const char *text)
{
	struct kb_buf path = { 0 };
	long line = node != NULL ? xmlGetLineNo(node) : 0;

	if (node != NULL && report->err == KB_OK) {
		report->err = kb_oso_path(node, &path);
	}
	say(report, rule, line > 0 ? (uint32_t)line : 0, kb_buf_span(&path), text);
	kb_buf_release(&path);
}

void
kb_oso_say_line(struct kb_oso_report *report, const char *rule, uint32_t line, const char *text)
{
	say(report, rule, line, KB_SPAN_NONE, text);
}
