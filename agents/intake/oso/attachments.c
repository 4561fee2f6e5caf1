/* SPDX-License-Identifier: EUPL-1.2 */
/* What the business rules look at in the attachments of a dossier, wherever they stand. */
#include <strings.h>

#include "agents/intake/oso/rules.h"

static void
each_document(const struct kb_oso_view *view, const struct kb_oso_rule *rule, const xmlNode *node,
	      const xmlNode *(*fault)(const xmlNode *document))
{
	for (const xmlNode *at = kb_oso_child(node, NULL); at != NULL; at = kb_oso_next(at, NULL)) {
		if (strcmp(kb_oso_name(at), "document") != 0) {
			each_document(view, rule, at, fault);
		} else if (fault(at) != NULL) {
			kb_oso_say(view->report, rule->name, fault(at), rule->text);
		}
	}
}

static const xmlNode *
bad_type(const xmlNode *document)
{
	/* JPG and ODF by all the endings that such files have. */
	static const char *const types[] = { "pdf",  "jpg",  "jpeg", "png", "doc",
					     "docx", "odf",  "odt",  "ods", "odp",
					     "xls",  "xlsx", "txt",  "ppt", "pptx" };
	const xmlNode *name = kb_oso_child(document, "bestandsnaam");
	struct kb_span text = kb_oso_text(name);
	size_t begin = text.len;

	while (begin > 0 && text.at[begin - 1] != '.') {
		begin--;
	}
	for (size_t i = 0; begin > 0 && i < sizeof(types) / sizeof(types[0]); i++) {
		if (strlen(types[i]) == text.len - begin &&
		    strncasecmp((const char *)text.at + begin, types[i], text.len - begin) == 0) {
			return NULL;
		}
	}
	return name != NULL ? name : document;
}

/* ---- Base64 of a ZIP ---- */

#define BASE64_PAD 64
#define BASE64_WHITE 65
#define BASE64_BAD 66

/*
 * A ZIP begins with the header of its first file. Its end is not looked for: of the attachments in the examples of Edustandaard
 * (Voorbeelddossier_OV_POVO_full.xml) some are cut off, without the directory that ends a ZIP.
 */
#define ZIP_BEGIN 0x504b0304
#define ZIP_HEADER_BYTES 30

/* A content of some MiB is read as it stands, a byte at a time: decoded beside the tree it would not fit in the helper. */
struct base64_reading {
	uint32_t bits;	     /* what was read last; not yet a byte */
	uint32_t begin;	     /* the first four bytes */
	size_t letter_count; /* with padding */
	size_t pad_count;
	size_t byte_count;
	bool bad;
};

static unsigned
base64_value(uint8_t c)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\t\n\r ";
	const char *at = c != 0 ? strchr(letters, c) : NULL;
	unsigned value = at != NULL ? (unsigned)(at - letters) : BASE64_BAD;

	return at != NULL && value > BASE64_WHITE ? BASE64_WHITE : value;
}

static void
take_letter(struct base64_reading *reading, unsigned value)
{
	size_t place = reading->letter_count++ % 4;

	/* Padding stands in the last two places of a group only, and nothing follows it. */
	reading->bad = value == BASE64_BAD || (value != BASE64_PAD && reading->pad_count > 0) ||
		       (value == BASE64_PAD && place < 2);
	if (value == BASE64_PAD) {
		reading->pad_count++;
		return;
	}
	reading->bits = reading->bits << 6 | value;
	if (place > 0) {
		uint32_t byte = reading->bits >> (6 - 2 * place) & 0xff;

		if (reading->byte_count < 4) {
			reading->begin = reading->begin << 8 | byte;
		}
		reading->byte_count++;
	}
}

static bool
is_zip(struct kb_span text)
{
	struct base64_reading reading = { 0 };

	for (size_t i = 0; !reading.bad && i < text.len; i++) {
		unsigned value = base64_value(text.at[i]);

		if (value != BASE64_WHITE) {
			take_letter(&reading, value);
		}
	}
	return !reading.bad && reading.letter_count % 4 == 0 &&
	       reading.byte_count >= ZIP_HEADER_BYTES && reading.begin == ZIP_BEGIN;
}

static const xmlNode *
no_zip(const xmlNode *document)
{
	const xmlNode *content = kb_oso_child(document, "bestandsinhoud");

	if (is_zip(kb_oso_text(content))) {
		return NULL;
	}
	return content != NULL ? content : document;
}

void
kb_oso_attachments(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	each_document(view, rule, view->leerling, bad_type);
}

void
kb_oso_attachment_zip(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	each_document(view, rule, view->leerling, no_zip);
}
