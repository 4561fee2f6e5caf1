/* SPDX-License-Identifier: EUPL-1.2 */
/* A dossier as the fields of a message, and back. Only inside the helper. */
#ifndef KB_INTAKE_OSO_SPLIT_H
#define KB_INTAKE_OSO_SPLIT_H

#include "agents/intake/oso/categories.h"
#include "agents/intake/oso/xml.h"

/*
 * The whole tree below node in its one form: no white space between elements, attributes in order, no comments, TAB and CR as
 * references. Two dossiers are equal in content when this is equal.
 */
KB_MUST_CHECK enum kb_err kb_oso_write(const xmlNode *node, struct kb_buf *out);

/*
 * What of the tree belongs to one category, as a small dossier of its own in the same form. KB_ERR_NOT_FOUND: nothing, and out is as it
 * was. Written straight from the tree: a copy of a dossier of some MiB for every category does not fit in the memory of the helper.
 */
KB_MUST_CHECK enum kb_err kb_oso_write_category(const xmlNode *root, enum kb_oso_category category,
						struct kb_buf *out);

/*
 * Says the fields of a dossier that broke no rule: one per category that is there, each a small dossier of its own, and besides
 * them who the child is and when the parents saw it. The BSN or onderwijsnummer leaves its place (the element stays, empty) and
 * becomes the field PGN, so that the policy of identifiers sees it (facts D4). A category marked OPT-UIT or VERBODEN never
 * becomes a field.
 */
KB_MUST_CHECK enum kb_err kb_oso_split(xmlDoc *doc, struct kb_buf *to);

/*
 * The fields as one dossier again; the caller frees *out with xmlFreeDoc() in any case. KB_ERR_DATA with findings when they are no
 * parts of one dossier.
 */
KB_MUST_CHECK enum kb_err kb_oso_join(const struct kb_field *fields, size_t count,
				      struct kb_oso_report *report, xmlDoc **out);
/* As a file: the XML declaration and the one form. */
KB_MUST_CHECK enum kb_err kb_oso_write_document(const xmlDoc *doc, struct kb_buf *out);

#endif
