/* SPDX-License-Identifier: EUPL-1.2 */
/* A dossier into the fields of its categories. */
#include "agents/intake/oso/split.h"

#include "agents/intake/oso/categories.h"
#include "common/exchange/identifiers.h"

static bool
may_leave(const xmlDoc *doc, enum kb_oso_category category)
{
	const xmlNode *marks = kb_oso_find(doc, "metadata/categorie_uitlevering");
	const xmlNode *mark = kb_oso_child(marks, kb_oso_category(category)->element);

	return !kb_oso_is(mark, "OPT-UIT") && !kb_oso_is(mark, "VERBODEN");
}

static enum kb_err
put_category(const xmlDoc *doc, enum kb_oso_category category, struct kb_buf *to)
{
	const xmlNode *root = xmlDocGetRootElement((xmlDoc *)(uintptr_t)doc);
	size_t before = to->len;
	size_t mark = 0;
	enum kb_err err = KB_ERR_NOT_FOUND;

	if (may_leave(doc, category)) {
		err = kb_oso_open_frame(to, KB_OSO_FRAME_FIELD, &mark);
	}
	if (err == KB_OK) {
		err = kb_buf_put_u32(to, kb_oso_category(category)->field);
	}
	if (err == KB_OK) {
		err = kb_oso_write_category(root, category, to);
	}
	if (err == KB_OK) {
		kb_oso_close_frame(to, mark);
	} else {
		to->len = before;
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* ---- what other messages say of a child too ---- */

static enum kb_err
put_name(const xmlNode *leerling, struct kb_buf *to)
{
	static const char *const parts[] = { "voornaam", "voorvoegsel", "achternaam" };
	struct kb_buf name = { 0 };
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct kb_span part = kb_oso_text(kb_oso_child(leerling, parts[i]));

		if (part.len > 0 && name.len > 0) {
			err = kb_buf_put_u8(&name, ' ');
		}
		if (err == KB_OK) {
			err = kb_buf_put(&name, part);
		}
	}
	if (err == KB_OK && name.len > 0) {
		err = kb_oso_put_field(to, KB_VELD_LEERLING_NAAM, kb_buf_span(&name));
	}
	kb_buf_wipe(&name);
	return err;
}

static enum kb_err
put_if_there(struct kb_buf *to, uint32_t field, struct kb_span value)
{
	return value.len > 0 ? kb_oso_put_field(to, field, value) : KB_OK;
}

/* Says the number and empties its element. */
static enum kb_err
take_number(xmlNode *leerling, struct kb_buf *to)
{
	xmlNode *node = kb_oso_child(leerling, "bsn");
	enum kb_err err = KB_OK;

	if (node == NULL) {
		node = kb_oso_child(leerling, "onderwijsnummer");
	}
	if (node != NULL) {
		err = put_if_there(to, KB_VELD_PGN, kb_oso_text(node));
		xmlNodeSetContent(node, BAD_CAST "");
	}
	return err;
}

enum kb_err
kb_oso_split(xmlDoc *doc, struct kb_buf *to)
{
	xmlNode *leerling = kb_oso_find(doc, "huidigeschool/leerling");
	struct kb_span seen = KB_SPAN_NONE;
	enum kb_err err = kb_oso_put_frame(to, KB_OSO_FRAME_KIND,
					   kb_oso_text(kb_oso_find(doc, "overdrachtsoort")));

	if (kb_oso_is_true(kb_oso_find(doc, "inzage/inzage"))) {
		seen = kb_span_part(kb_oso_text(kb_oso_find(doc, "inzage/inzagedatum")), 0, 10);
	}
	if (err == KB_OK) {
		err = put_name(leerling, to);
	}
	if (err == KB_OK) {
		err = put_if_there(
			to, KB_VELD_GEBOORTEDATUM,
			kb_span_part(kb_oso_text(kb_oso_child(leerling, "geboortedatum")), 0, 10));
	}
	if (err == KB_OK) {
		err = take_number(leerling, to);
	}
	if (err == KB_OK && may_leave(doc, KB_OSO_OUDERINZAGE)) {
		err = put_if_there(to, KB_VELD_INZAGE_OP, seen);
	}
	for (int i = KB_OSO_NONE + 1; err == KB_OK && i < KB_OSO_CATEGORY_COUNT; i++) {
		err = put_category(doc, (enum kb_oso_category)i, to);
	}
	return err;
}
