/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading and validating a dossier that may have been made to harm. */
#define _GNU_SOURCE
#include "agents/intake/oso/xml.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlschemas.h>

#include "common/base/text.h"

/* ---- nothing is fetched, nothing is printed ---- */

static xmlParserInput *
load_nothing(const char *url, const char *id, xmlParserCtxt *parser)
{
	(void)url;
	(void)id;
	(void)parser;
	return NULL;
}

__attribute__((format(printf, 2, 3))) static void
print_nothing(void *to, const char *format, ...)
{
	(void)to;
	(void)format;
}

/* ---- memory ---- */

/*
 * The library hides some failures: a copy without its children, an attribute without its value, "no valid XML". A dossier with something
 * left out is worse than none, so every allocation that failed is remembered and what came of it is not used (work.c).
 */
static bool ran_out;

static void *
noted(void *at)
{
	ran_out = ran_out || at == NULL;
	return at;
}

static void *
noted_malloc(size_t size)
{
	return noted(malloc(size > 0 ? size : 1));
}

static void *
noted_realloc(void *at, size_t size)
{
	return noted(realloc(at, size > 0 ? size : 1));
}

static char *
noted_strdup(const char *text)
{
	return noted(strdup(text));
}

bool
kb_oso_xml_ran_out(void)
{
	return ran_out;
}

void
kb_oso_xml_init(void)
{
	(void)xmlMemSetup(free, noted_malloc, noted_realloc, noted_strdup);
	xmlInitParser();
	xmlSetExternalEntityLoader(load_nothing);
	xmlSetGenericErrorFunc(NULL, print_nothing);
}

/* ---- reading ---- */

struct reading {
	struct kb_oso_report *report;
	int depth;
	int elements;
	bool refused; /* and said */
};

static void
refuse(xmlParserCtxt *parser, const char *rule, const char *text)
{
	struct reading *reading = parser->_private;

	if (!reading->refused) {
		reading->refused = true;
		kb_oso_say_line(reading->report, rule,
				parser->input != NULL ? (uint32_t)parser->input->line : 0, text);
	}
	xmlStopParser(parser);
}

/* Called before the parser looks into the DTD: nothing of it is ever read. */
static void
on_doctype(void *parser, const xmlChar *name, const xmlChar *id, const xmlChar *url)
{
	(void)name;
	(void)id;
	(void)url;
	refuse(parser, "xml-doctype",
	       "Het bestand heeft een DOCTYPE. Een OSO-dossier heeft die niet; er is niets van "
	       "gelezen.");
}

static void
on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
	 int name_space_count, const xmlChar **name_spaces, int attribute_count,
	 int defaulted_count, const xmlChar **attributes)
{
	xmlParserCtxt *parser = context;
	struct reading *reading = parser->_private;

	if (++reading->depth > KB_OSO_DEPTH_MAX) {
		refuse(parser, "xml-diepte", "Het bestand is dieper genest dan een OSO-dossier.");
		return;
	}
	if (++reading->elements > KB_OSO_ELEMENTS_MAX) {
		refuse(parser, "xml-omvang",
		       "Het bestand heeft meer elementen dan een OSO-dossier.");
		return;
	}
	xmlSAX2StartElementNs(context, name, prefix, uri, name_space_count, name_spaces,
			      attribute_count, defaulted_count, attributes);
}

static void
on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct reading *reading = ((xmlParserCtxt *)context)->_private;

	reading->depth--;
	xmlSAX2EndElementNs(context, name, prefix, uri);
}

/* CR and TAB are no fault in XML; everything else that is no text is. */
static bool
is_text(struct kb_span bytes)
{
	size_t begin = 0;

	for (size_t i = 0; i <= bytes.len; i++) {
		if (i == bytes.len || bytes.at[i] == '\r') {
			if (!kb_text_ok(kb_span_part(bytes, begin, i - begin), true)) {
				return false;
			}
			begin = i + 1;
		}
	}
	return true;
}

/* UTF-8 only: other encodings would need tables from the disk, and hide from the check of the bytes. */
/* Without the white space in front. */
static struct kb_span
skip_space(struct kb_span text)
{
	while (text.len > 0 && strchr(" \t\r\n", text.at[0]) != NULL && text.at[0] != 0) {
		text = kb_span_part(text, 1, text.len);
	}
	return text;
}

/* In the XML declaration, if there is one. The bytes are UTF-8 (is_text): one that says otherwise would be read as what it is not. */
static bool
declares_other_encoding(struct kb_span bytes)
{
	static const char word[] = "encoding";
	const uint8_t *end = memchr(bytes.at, '>', bytes.len);
	struct kb_span head =
		kb_span_part(bytes, 0, end != NULL ? (size_t)(end - bytes.at) : bytes.len);
	const uint8_t *at = kb_span_equal(kb_span_part(head, 0, 5), kb_span_text("<?xml"))
				    ? memmem(head.at, head.len, word, sizeof(word) - 1)
				    : NULL;
	struct kb_span value;

	if (at == NULL) {
		return false;
	}
	value = skip_space(kb_span_part(head, (size_t)(at - head.at) + sizeof(word) - 1, head.len));
	value = skip_space(kb_span_part(value, 1, value.len)); /* behind the = */
	value = kb_span_part(value, 1, value.len);	       /* and the quote */
	return value.len < 6 || strncasecmp((const char *)value.at, "utf-8", 5) != 0 ||
	       (value.at[5] != '"' && value.at[5] != '\'');
}

static enum kb_err
check_bytes(struct kb_span bytes, struct kb_oso_report *report)
{
	struct kb_span body = bytes;

	if (bytes.len > KB_OSO_FILE_BYTES_MAX) {
		kb_oso_say_line(report, "xml-omvang", 0,
				"Het bestand is groter dan 4 MiB; grote bijlagen gaan niet mee in "
				"het dossier.");
		return KB_ERR_DATA;
	}
	if (bytes.len >= 3 && memcmp(bytes.at, "\xef\xbb\xbf", 3) == 0) {
		body = kb_span_part(bytes, 3, bytes.len);
	}
	if (body.len == 0 || !is_text(body) || declares_other_encoding(body)) {
		kb_oso_say_line(report, "xml-tekens", 0,
				"Het bestand is leeg of geen tekst in UTF-8.");
		return KB_ERR_DATA;
	}
	return KB_OK;
}

/* Read in pieces: from memory at once the library would first make a copy of it all. */
static int
give(void *context, char *to, int len)
{
	struct kb_span *rest = context;
	struct kb_span piece = kb_span_part(*rest, 0, len > 0 ? (size_t)len : 0);

	if (piece.len > 0) {
		memcpy(to, piece.at, piece.len);
	}
	*rest = kb_span_part(*rest, piece.len, rest->len);
	return (int)piece.len;
}

enum kb_err
kb_oso_xml_read(struct kb_span bytes, struct kb_oso_report *report, xmlDoc **out)
{
	struct reading reading = { .report = report };
	xmlParserCtxt *parser = NULL;
	enum kb_err err = check_bytes(bytes, report);

	*out = NULL;
	if (err != KB_OK) {
		return err;
	}
	parser = xmlNewParserCtxt();
	if (parser == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	if (report->names != NULL) {
		xmlDictFree(parser->dict);
		parser->dict = report->names;
		(void)xmlDictReference(parser->dict);
	}
	parser->_private = &reading;
	parser->sax->internalSubset = on_doctype;
	parser->sax->startElementNs = on_start;
	parser->sax->endElementNs = on_end;
	parser->sax->comment = NULL;
	parser->sax->processingInstruction = NULL;
	*out = xmlCtxtReadIO(parser, give, NULL, &bytes, NULL, NULL,
			     XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES |
				     XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (*out == NULL && !reading.refused) {
		kb_oso_say_line(report, "xml-vorm", (uint32_t)parser->lastError.line,
				"Het bestand is geen geldige XML.");
	}
	if (reading.refused && *out != NULL) {
		xmlFreeDoc(*out);
		*out = NULL;
	}
	xmlFreeParserCtxt(parser);
	if (ran_out) {
		/* There is a tree, but nobody knows what is missing in it. */
		xmlFreeDoc(*out);
		*out = NULL;
		return KB_ERR_NO_MEMORY;
	}
	return *out != NULL ? KB_OK : KB_ERR_DATA;
}

/* ---- is it a dossier ---- */

#define NAME_SPACE_BEGIN "http://www.edustandaard.nl/oso_gegevensset/"
#define NAME_SPACE_END "/dossier"
#define XSI "http://www.w3.org/2001/XMLSchema-instance"

static bool
is_blank(const xmlChar *text)
{
	return text == NULL || text[strspn((const char *)text, " \t\r\n")] == 0;
}

/* One name space, no other attributes than plain ones and those of xsi, text only where there are no elements. */
static bool
is_plain(const xmlNode *node, const xmlNs *space)
{
	bool has_elements = kb_oso_child(node, NULL) != NULL;

	if (node->ns == NULL || !xmlStrEqual(node->ns->href, space->href)) {
		return false;
	}
	for (const xmlAttr *at = node->properties; at != NULL; at = at->next) {
		if (at->ns != NULL && !xmlStrEqual(at->ns->href, BAD_CAST XSI)) {
			return false;
		}
	}
	for (const xmlNode *child = node->children; child != NULL; child = child->next) {
		if (child->type == XML_ELEMENT_NODE
			    ? !is_plain(child, space)
			    : child->type != XML_TEXT_NODE ||
				      (has_elements && !is_blank(child->content))) {
			return false;
		}
	}
	return true;
}

enum kb_err
kb_oso_xml_is_dossier(const xmlDoc *doc, struct kb_oso_report *report)
{
	const xmlNode *root = xmlDocGetRootElement(doc);
	const char *space = root != NULL && root->ns != NULL ? (const char *)root->ns->href : "";
	size_t begin = strlen(NAME_SPACE_BEGIN);

	if (root == NULL || strcmp(kb_oso_name(root), "dossier") != 0 ||
	    strncmp(space, NAME_SPACE_BEGIN, begin) != 0 ||
	    strspn(space + begin, "0123456789") != 4 ||
	    strcmp(space + begin + 4, NAME_SPACE_END) != 0) {
		kb_oso_say(report, "xml-dossier", root, "Dit is geen OSO-dossier.");
		return KB_ERR_DATA;
	}
	if (!is_plain(root, root->ns)) {
		kb_oso_say(report, "xml-dossier", root,
			   "In het dossier staan delen die niet uit de OSO-gegevensset komen.");
		return KB_ERR_DATA;
	}
	return KB_OK;
}

/* ---- the schema ---- */

/* The sentences of the library quote values of the child: only the place and the kind of fault are said. */
static void
on_schema_fault(void *to, xmlError *error)
{
	const xmlNode *node = error->node;
	const char *text = error->code == XML_SCHEMAV_ELEMENT_CONTENT
				   ? "Volgens het schema hoort hier een ander element, of er "
				     "ontbreekt er een."
				   : "De waarde past niet bij het schema.";

	kb_oso_say(to, "schema", node != NULL && node->type == XML_ELEMENT_NODE ? node : NULL,
		   text);
}

/*
 * One that is spread over several files is refused before the library looks for the others: it would ask the system for them, and
 * the filter ends the helper for that.
 */
static bool
is_whole(const xmlDoc *doc)
{
	static const char *const elsewhere[] = { "include", "redefine", "import" };
	bool whole = doc->intSubset == NULL;

	for (size_t i = 0; whole && i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
		whole = kb_oso_child(xmlDocGetRootElement(doc), elsewhere[i]) == NULL;
	}
	return whole;
}

/* *doc is the caller's in any case, and outlives what is returned. NULL, and said, when it cannot be used. */
static xmlSchema *
read_schema(struct kb_span bytes, struct kb_oso_report *report, xmlDoc **doc)
{
	xmlSchemaParserCtxt *parser = NULL;
	xmlSchema *schema = NULL;

	*doc = xmlReadMemory((const char *)bytes.at, (int)bytes.len, NULL, NULL,
			     XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (*doc != NULL && !is_whole(*doc)) {
		kb_oso_say_line(report, KB_OSO_RULE_SCHEMA_FILE, 0,
				"Dit schema haalt er andere bestanden bij, of heeft een DOCTYPE. "
				"Nodig is een schema dat op zichzelf staat.");
		return NULL;
	}
	parser = *doc != NULL ? xmlSchemaNewDocParserCtxt(*doc) : NULL;
	schema = parser != NULL ? xmlSchemaParse(parser) : NULL;
	xmlSchemaFreeParserCtxt(parser);
	if (schema == NULL) {
		kb_oso_say_line(report, KB_OSO_RULE_SCHEMA_FILE, 0,
				"Dit schema kan niet worden gelezen.");
	}
	return schema;
}

enum kb_err
kb_oso_xml_validate(xmlDoc *doc, struct kb_span schema, struct kb_oso_report *report)
{
	xmlDoc *source = NULL;
	xmlSchema *rules = read_schema(schema, report, &source);
	xmlSchemaValidCtxt *valid = rules != NULL ? xmlSchemaNewValidCtxt(rules) : NULL;
	enum kb_err err = KB_ERR_CONFIG;

	if (valid != NULL) {
		xmlSchemaSetValidStructuredErrors(valid, (xmlStructuredErrorFunc)on_schema_fault,
						  report);
		err = xmlSchemaValidateDoc(valid, doc) == 0 ? KB_OK : KB_ERR_DATA;
		xmlSchemaFreeValidCtxt(valid);
	}
	xmlSchemaFree(rules);
	xmlFreeDoc(source);
	return err;
}
