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

/* A child of another tree with the same dictionary, put before the one at place, or last. */
static void
adopt(xmlNode *into, xmlNode *at, xmlNode *place)
{
	xmlUnlinkNode(at);
	xmlSetTreeDoc(at, into->doc);
	if (place != NULL) {
		(void)xmlAddPrevSibling(place, at);
	} else {
		(void)xmlAddChild(into, at);
	}
	/* The name space belongs to the document that it came from. */
	(void)xmlReconciliateNs(into->doc, at);
}

/*
 * Moves the children of from into their place in into. Moved, not copied: two trees of some MiB are more than the helper may have. They come
 * in order, so each is looked for from where the one before it went.
 */
static void
merge(xmlNode *into, xmlNode *from)
{
	xmlNode *place = kb_oso_child(into, NULL);
	uint32_t order_before = 0;
	xmlNode *next = NULL;

	for (xmlNode *at = kb_oso_child(from, NULL); at != NULL; at = next) {
		const char *parent = kb_oso_name(into);
		uint32_t order = kb_oso_order_of(parent, kb_oso_name(at));
		bool inside = kb_oso_category_of(parent, kb_oso_name(at)) == KB_OSO_INSIDE;
		xmlNode *same = inside ? kb_oso_child(into, kb_oso_name(at)) : NULL;

		next = kb_oso_next(at, NULL);
		if (same != NULL) {
			merge(same, at);
			continue;
		}
		if (order < order_before) {
			place = kb_oso_child(into, NULL);
		}
		order_before = order;
		while (place != NULL && kb_oso_order_of(parent, kb_oso_name(place)) <= order) {
			place = kb_oso_next(place, NULL);
		}
		adopt(into, at, place);
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
	merge(xmlDocGetRootElement(*whole), xmlDocGetRootElement(part));
	xmlFreeDoc(part);
	/* A name space that could not be made is one of the tree that is gone. */
	return kb_oso_xml_ran_out() ? KB_ERR_NO_MEMORY : KB_OK;
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
	report->names = xmlDictCreate();
	if (report->names == NULL) {
		return KB_ERR_NO_MEMORY;
	}
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
	/* The trees hold on to it. */
	xmlDictFree(report->names);
	report->names = NULL;
	return err == KB_OK ? put_number(*out, fields, count, report) : err;
}
