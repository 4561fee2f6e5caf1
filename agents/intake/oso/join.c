/* SPDX-License-Identifier: EUPL-1.2 */
/* The fields of a dossier into one again: they came from outside, so each is looked at first. */
#include "agents/intake/oso/categories.h"
#include "agents/intake/oso/split.h"

#define RULE "samenvoegen"

/* Only what its field says it is: else a part that was opted out could travel under another name. */
static bool
holds_only(const xmlNode *node, enum kb_oso_category category)
{
	for (const xmlNode *at = kb_oso_child(node, NULL); at != NULL; at = kb_oso_next(at, NULL)) {
		enum kb_oso_category own = kb_oso_category_of(kb_oso_name(node), kb_oso_name(at));

		if (own != category && (own != KB_OSO_INSIDE || !holds_only(at, category))) {
			return false;
		}
	}
	return true;
}

/* Moves the children of from into their place in into. */
static void
merge(xmlNode *into, xmlNode *from)
{
	xmlNode *next = NULL;

	for (xmlNode *at = kb_oso_child(from, NULL); at != NULL; at = next) {
		const char *parent = kb_oso_name(into);
		uint32_t order = kb_oso_order_of(parent, kb_oso_name(at));
		bool inside = kb_oso_category_of(parent, kb_oso_name(at)) == KB_OSO_INSIDE;
		xmlNode *same = inside ? kb_oso_child(into, kb_oso_name(at)) : NULL;
		xmlNode *after = kb_oso_child(into, NULL);

		next = kb_oso_next(at, NULL);
		if (same != NULL) {
			merge(same, at);
			continue;
		}
		while (after != NULL && kb_oso_order_of(parent, kb_oso_name(after)) <= order) {
			after = kb_oso_next(after, NULL);
		}
		xmlUnlinkNode(at);
		if (after != NULL) {
			(void)xmlAddPrevSibling(after, at);
		} else {
			(void)xmlAddChild(into, at);
		}
		/* The name space belongs to the document that it came from. */
		(void)xmlReconciliateNs(into->doc, at);
	}
}

static enum kb_err
add_part(const struct kb_field *field, enum kb_oso_category category, xmlDoc **whole,
	 struct kb_oso_report *report)
{
	xmlDoc *part = NULL;
	enum kb_err err = kb_oso_xml_read(field->value, report, &part);

	if (err == KB_OK) {
		err = kb_oso_xml_is_dossier(part, report);
	}
	if (err == KB_OK && !holds_only(xmlDocGetRootElement(part), category)) {
		kb_oso_say(report, RULE, NULL,
			   "In een veld staat iets uit een andere categorie van het dossier.");
		err = KB_ERR_DATA;
	}
	if (err == KB_OK && *whole != NULL &&
	    !xmlStrEqual(xmlDocGetRootElement(part)->ns->href,
			 xmlDocGetRootElement(*whole)->ns->href)) {
		kb_oso_say(report, RULE, NULL, "De velden zijn van verschillende jaargangen.");
		err = KB_ERR_DATA;
	}
	if (err != KB_OK) {
		xmlFreeDoc(part);
		return err;
	}
	if (*whole == NULL) {
		*whole = part;
		return KB_OK;
	}
	/* Copied into the document first, so that names and name spaces outlive the part. */
	xmlNode *copy = xmlDocCopyNode(xmlDocGetRootElement(part), *whole, 1);

	if (copy != NULL) {
		merge(xmlDocGetRootElement(*whole), copy);
		xmlFreeNode(copy);
	}
	xmlFreeDoc(part);
	return copy != NULL ? KB_OK : KB_ERR_NO_MEMORY;
}

/* The number back into the element that was kept for it. */
static enum kb_err
put_number(const xmlDoc *whole, const struct kb_field *fields, size_t count,
	   struct kb_oso_report *report)
{
	xmlNode *leerling = kb_oso_find(whole, "huidigeschool/leerling");
	xmlNode *node = kb_oso_child(leerling, "bsn");
	struct kb_span pgn = kb_fields_get(fields, count, KB_VELD_PGN);

	if (node == NULL) {
		node = kb_oso_child(leerling, "onderwijsnummer");
	}
	if ((node != NULL) != (pgn.len > 0) || kb_oso_text(node).len > 0) {
		kb_oso_say(report, RULE, node,
			   "Het nummer van de leerling staat niet in zijn eigen veld.");
		return KB_ERR_DATA;
	}
	if (node != NULL) {
		xmlNodeAddContentLen(node, pgn.at, (int)pgn.len);
	}
	return KB_OK;
}

enum kb_err
kb_oso_join(const struct kb_field *fields, size_t count, struct kb_oso_report *report, xmlDoc **out)
{
	enum kb_err err = KB_OK;

	*out = NULL;
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		enum kb_oso_category category = kb_oso_category_of_field(fields[i].number);

		if (category != KB_OSO_NONE) {
			err = add_part(&fields[i], category, out, report);
		}
	}
	if (err == KB_OK && *out == NULL) {
		kb_oso_say(report, RULE, NULL, "In dit bericht zit geen OSO-dossier.");
		err = KB_ERR_DATA;
	}
	return err == KB_OK ? put_number(*out, fields, count, report) : err;
}
