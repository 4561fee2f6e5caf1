/* SPDX-License-Identifier: EUPL-1.2 */
/* The one form of a dossier as text. */
#include <stdlib.h>

#include "agents/intake/oso/split.h"

#define XSI_NAME "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
#define ATTRIBUTES_MAX 16

/*
 * What a field of lines may not hold stands as a reference: controls, DEL and U+0080-U+009F, which are two bytes here, the
 * first of them 0xc2.
 */
static enum kb_err
put_text(struct kb_buf *out, const xmlChar *text, bool in_attribute)
{
	enum kb_err err = KB_OK;

	for (; err == KB_OK && text != NULL && *text != 0; text++) {
		if (*text == '&') {
			err = kb_buf_put_text(out, "&amp;");
		} else if (*text == '<') {
			err = kb_buf_put_text(out, "&lt;");
		} else if (*text == '>') {
			err = kb_buf_put_text(out, "&gt;");
		} else if (*text == '"' && in_attribute) {
			err = kb_buf_put_text(out, "&quot;");
		} else if (*text == 0x7f || (*text < ' ' && (*text != '\n' || in_attribute))) {
			err = kb_buf_putf(out, "&#%u;", (unsigned)*text);
		} else if (*text == 0xc2 && text[1] >= 0x80 && text[1] < 0xa0) {
			err = kb_buf_putf(out, "&#%u;", (unsigned)*++text);
		} else {
			err = kb_buf_put_u8(out, *text);
		}
	}
	return err;
}

static int
by_name(const void *a, const void *b)
{
	const xmlAttr *const *left = a;
	const xmlAttr *const *right = b;
	int order = ((*left)->ns != NULL) - ((*right)->ns != NULL);

	return order != 0 ? order
			  : strcmp((const char *)(*left)->name, (const char *)(*right)->name);
}

static enum kb_err
put_attributes(const xmlNode *node, struct kb_buf *out)
{
	const xmlAttr *sorted[ATTRIBUTES_MAX];
	size_t count = 0;
	enum kb_err err = KB_OK;

	for (const xmlAttr *at = node->properties; at != NULL; at = at->next) {
		if (count == ATTRIBUTES_MAX) {
			return KB_ERR_OVERSIZE;
		}
		sorted[count++] = at;
	}
	if (count > 0) {
		qsort(sorted, count, sizeof(sorted[0]), by_name);
	}
	if (count > 0 && sorted[count - 1]->ns != NULL) {
		err = kb_buf_put_text(out, " " XSI_NAME);
	}
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		xmlChar *value = xmlNodeListGetString(node->doc, sorted[i]->children, 1);

		err = kb_buf_putf(out, " %s%s=\"", sorted[i]->ns != NULL ? "xsi:" : "",
				  (const char *)sorted[i]->name);
		if (err == KB_OK) {
			err = put_text(out, value, true);
		}
		if (err == KB_OK) {
			err = kb_buf_put_u8(out, '"');
		}
		xmlFree(value);
	}
	return err;
}

static enum kb_err
put_begin(const xmlNode *node, bool with_attributes, struct kb_buf *out)
{
	bool is_root = node->parent == NULL || node->parent->type != XML_ELEMENT_NODE;
	enum kb_err err = kb_buf_putf(out, "<%s", kb_oso_name(node));

	if (err == KB_OK && is_root && node->ns != NULL) {
		err = kb_buf_putf(out, " xmlns=\"%s\"", (const char *)node->ns->href);
	}
	if (err == KB_OK && with_attributes) {
		err = put_attributes(node, out);
	}
	return err == KB_OK ? kb_buf_put_u8(out, '>') : err;
}

static bool
holds_category(const xmlNode *node, enum kb_oso_category category)
{
	for (const xmlNode *at = kb_oso_child(node, NULL); at != NULL; at = kb_oso_next(at, NULL)) {
		enum kb_oso_category own = kb_oso_category_of(kb_oso_name(node), kb_oso_name(at));

		if (own == category || (own == KB_OSO_INSIDE && holds_category(at, category))) {
			return true;
		}
	}
	return false;
}

/* The element with those of its children that hold something of the category. */
static enum kb_err
put_inside(const xmlNode *node, enum kb_oso_category category, bool with_attributes,
	   struct kb_buf *out)
{
	enum kb_err err = put_begin(node, with_attributes, out);

	for (const xmlNode *at = kb_oso_child(node, NULL); err == KB_OK && at != NULL;
	     at = kb_oso_next(at, NULL)) {
		enum kb_oso_category own = kb_oso_category_of(kb_oso_name(node), kb_oso_name(at));

		if (own == category) {
			err = kb_oso_write(at, out);
		} else if (own == KB_OSO_INSIDE && holds_category(at, category)) {
			err = put_inside(at, category, true, out);
		}
	}
	return err == KB_OK ? kb_buf_putf(out, "</%s>", kb_oso_name(node)) : err;
}

enum kb_err
kb_oso_write_category(const xmlNode *root, enum kb_oso_category category, struct kb_buf *out)
{
	if (!holds_category(root, category)) {
		return KB_ERR_NOT_FOUND;
	}
	/* The attributes of the root, such as where the schema lies, travel once. */
	return put_inside(root, category, category == KB_OSO_METADATA, out);
}

enum kb_err
kb_oso_write(const xmlNode *node, struct kb_buf *out)
{
	bool has_elements = kb_oso_child(node, NULL) != NULL;
	enum kb_err err = put_begin(node, true, out);

	for (const xmlNode *at = node->children; err == KB_OK && at != NULL; at = at->next) {
		if (at->type == XML_ELEMENT_NODE) {
			err = kb_oso_write(at, out);
		} else if (at->type == XML_TEXT_NODE && !has_elements) {
			err = put_text(out, at->content, false);
		}
	}
	return err == KB_OK ? kb_buf_putf(out, "</%s>", kb_oso_name(node)) : err;
}

enum kb_err
kb_oso_write_document(const xmlDoc *doc, struct kb_buf *out)
{
	enum kb_err err = kb_buf_put_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");

	if (err == KB_OK) {
		err = kb_oso_write(xmlDocGetRootElement((xmlDoc *)(uintptr_t)doc), out);
	}
	return err == KB_OK ? kb_buf_put_u8(out, '\n') : err;
}
