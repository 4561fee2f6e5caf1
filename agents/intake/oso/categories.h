/* SPDX-License-Identifier: EUPL-1.2 */
/* The sixteen categories of an OSO dossier (facts D2): what each is called, what lies in it, and which field carries it. */
#ifndef KB_INTAKE_OSO_CATEGORIES_H
#define KB_INTAKE_OSO_CATEGORIES_H

#include "common/base/span.h"
#include "common/exchange/field_table.h"

/* X(NAME, its element in categorie_uitlevering, field). The order is that of the schema. */
#define KB_OSO_CATEGORY_TABLE(X)                                                                   \
	X(METADATA, "cat_metadata", KB_VELD_OSO_METADATA)                                          \
	X(OUDERINZAGE, "cat_ouderinzage", KB_VELD_OSO_OUDERINZAGE)                                 \
	X(SCHOOL, "cat_school", KB_VELD_OSO_SCHOOL)                                                \
	X(LEERLING, "cat_leerling", KB_VELD_OSO_LEERLING)                                          \
	X(OUDERSVERZORGERS, "cat_oudersverzorgers", KB_VELD_OSO_OUDERSVERZORGERS)                  \
	X(VVE, "cat_vve", KB_VELD_OSO_VVE)                                                         \
	X(SCHOOLLOOPBAAN, "cat_schoolloopbaan", KB_VELD_OSO_SCHOOLLOOPBAAN)                        \
	X(OVERSTAPADVIES, "cat_overstapadvies", KB_VELD_OSO_OVERSTAPADVIES)                        \
	X(ONDERWIJSONDERSTEUNING, "cat_onderwijsondersteuning",                                    \
	  KB_VELD_OSO_ONDERWIJSONDERSTEUNING)                                                      \
	X(VERZUIM, "cat_verzuim", KB_VELD_OSO_VERZUIM)                                             \
	X(EINDTOETSBO, "cat_eindtoetsbo", KB_VELD_OSO_EINDTOETSBO)                                 \
	X(TOETSRESULTATEN, "cat_toetsresultaten", KB_VELD_OSO_TOETSRESULTATEN)                     \
	X(HANDELINGSPLANNEN, "cat_handelingsplannen", KB_VELD_OSO_HANDELINGSPLANNEN)               \
	X(CIJFERLIJSTEN, "cat_cijferlijsten", KB_VELD_OSO_CIJFERLIJSTEN)                           \
	X(VOMBO, "cat_vombo", KB_VELD_OSO_VOMBO)                                                   \
	X(BIJLAGEDOCS, "cat_bijlagedocs", KB_VELD_OSO_BIJLAGEDOCS)

enum kb_oso_category {
	KB_OSO_NONE = 0, /* belongs to no category: refused */

#define KB_ROW(name, element, field) KB_OSO_##name,
	KB_OSO_CATEGORY_TABLE(KB_ROW)
#undef KB_ROW
		KB_OSO_CATEGORY_COUNT, /* one more than the categories */
	KB_OSO_INSIDE,		       /* a container: its children say which category */
};

struct kb_oso_category_row {
	const char *element; /* "cat_verzuim" */
	uint32_t field;	     /* enum kb_veld */
};

/* NULL for what is no category. */
const struct kb_oso_category_row *kb_oso_category(enum kb_oso_category category);
enum kb_oso_category kb_oso_category_of_field(uint32_t field);

/* The category of an element by its parent and itself; INSIDE for a container, NONE for what the 2019.1 set does not have. */
enum kb_oso_category kb_oso_category_of(const char *parent, const char *element);
/* Where an element stands among its siblings in the schema; for putting parts together again. */
uint32_t kb_oso_order_of(const char *parent, const char *element);

#endif
