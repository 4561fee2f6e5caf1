/* SPDX-License-Identifier: EUPL-1.2 */
/* Which element of the set belongs to which category. */
#include "agents/intake/oso/categories.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct kb_oso_category_row categories[KB_OSO_CATEGORY_COUNT] = {
#define KB_ROW(name, element_, field_)                                                             \
	[KB_OSO_##name] = { .element = (element_), .field = (field_) },
	KB_OSO_CATEGORY_TABLE(KB_ROW)
#undef KB_ROW
};

/*
 * The set as one table, the elements of each parent in the order of the schema. The plans stand inside onderwijsondersteuning
 * since 2019.1 and are a category of their own all the same. Who is liable for the child belongs to the parents and not to the
 * child (OS.cat_oudersverzorgers in common/ValideerOSOgegevensset.xsl of edustandaard/oso-gegevensset).
 */
static const struct {
	const char *parent;
	const char *element;
	enum kb_oso_category category;
} places[] = {
	{ "dossier", "metadata", KB_OSO_METADATA },
	{ "dossier", "overdrachtsoort", KB_OSO_METADATA },
	{ "dossier", "inzage", KB_OSO_OUDERINZAGE },
	{ "dossier", "huidigeschool", KB_OSO_INSIDE },
	{ "huidigeschool", "naam", KB_OSO_SCHOOL },
	{ "huidigeschool", "adreslijst", KB_OSO_SCHOOL },
	{ "huidigeschool", "communicatielijst", KB_OSO_SCHOOL },
	{ "huidigeschool", "brincode", KB_OSO_SCHOOL },
	{ "huidigeschool", "vestigingscode", KB_OSO_SCHOOL },
	{ "huidigeschool", "aanleverpunt", KB_OSO_SCHOOL },
	{ "huidigeschool", "soort", KB_OSO_SCHOOL },
	{ "huidigeschool", "type", KB_OSO_SCHOOL },
	{ "huidigeschool", "naamdirecteur", KB_OSO_SCHOOL },
	{ "huidigeschool", "website", KB_OSO_SCHOOL },
	{ "huidigeschool", "leerling", KB_OSO_INSIDE },
	{ "leerling", "voornaam", KB_OSO_LEERLING },
	{ "leerling", "voorletters-1", KB_OSO_LEERLING },
	{ "leerling", "voorvoegsel", KB_OSO_LEERLING },
	{ "leerling", "achternaam", KB_OSO_LEERLING },
	{ "leerling", "roepnaam", KB_OSO_LEERLING },
	{ "leerling", "geboortedatum", KB_OSO_LEERLING },
	{ "leerling", "geboortemaand", KB_OSO_LEERLING },
	{ "leerling", "geslacht", KB_OSO_LEERLING },
	{ "leerling", "adresgeheim", KB_OSO_LEERLING },
	{ "leerling", "adreslijst", KB_OSO_LEERLING },
	{ "leerling", "postcode4adres", KB_OSO_LEERLING },
	{ "leerling", "communicatielijst", KB_OSO_LEERLING },
	{ "leerling", "gba", KB_OSO_LEERLING },
	{ "leerling", "adresbuitenland", KB_OSO_LEERLING },
	{ "leerling", "geboorteplaats", KB_OSO_LEERLING },
	{ "leerling", "nationaliteit", KB_OSO_LEERLING },
	{ "leerling", "onderwijsnummer", KB_OSO_LEERLING },
	{ "leerling", "bsn", KB_OSO_LEERLING },
	{ "leerling", "leerlingid", KB_OSO_LEERLING },
	{ "leerling", "onderwijssinds", KB_OSO_LEERLING },
	{ "leerling", "startdatumhuidigonderwijs", KB_OSO_LEERLING },
	{ "leerling", "datuminschrijving", KB_OSO_LEERLING },
	{ "leerling", "datumuitschrijving", KB_OSO_LEERLING },
	{ "leerling", "teruggeplaatstnaarbrin", KB_OSO_LEERLING },
	{ "leerling", "leerlinggewicht", KB_OSO_LEERLING },
	{ "leerling", "nnca", KB_OSO_LEERLING },
	{ "leerling", "tehuis", KB_OSO_LEERLING },
	{ "leerling", "huisarts", KB_OSO_LEERLING },
	{ "leerling", "verzorgersaansprakelijk", KB_OSO_OUDERSVERZORGERS },
	{ "leerling", "aansprakelijkeinstelling", KB_OSO_OUDERSVERZORGERS },
	{ "leerling", "overstapadvies", KB_OSO_OVERSTAPADVIES },
	{ "leerling", "vanpeuterspeelzaal", KB_OSO_VVE },
	{ "leerling", "naampeuterspeelzaal", KB_OSO_VVE },
	{ "leerling", "voorschools", KB_OSO_VVE },
	{ "leerling", "vroegschools", KB_OSO_VVE },
	{ "leerling", "schoolloopbaanlijst", KB_OSO_SCHOOLLOOPBAAN },
	{ "leerling", "onderwijsondersteuning", KB_OSO_INSIDE },
	{ "leerling", "verzuim", KB_OSO_VERZUIM },
	{ "leerling", "eindtoets_basisonderwijs", KB_OSO_EINDTOETSBO },
	{ "leerling", "toetslijst", KB_OSO_TOETSRESULTATEN },
	{ "leerling", "cijferlijstlijst", KB_OSO_CIJFERLIJSTEN },
	{ "leerling", "overigdocumentlijst", KB_OSO_BIJLAGEDOCS },
	{ "leerling", "verzorger", KB_OSO_OUDERSVERZORGERS },
	{ "leerling", "bevorderd", KB_OSO_VOMBO },
	{ "leerling", "examenresultaat", KB_OSO_VOMBO },
	{ "leerling", "resultaatvakkenvo", KB_OSO_VOMBO },
	{ "leerling", "certificaat", KB_OSO_VOMBO },
	{ "leerling", "competenties", KB_OSO_VOMBO },
	{ "leerling", "stage", KB_OSO_VOMBO },
	{ "leerling", "overigvombo", KB_OSO_VOMBO },
	{ "onderwijsondersteuning", "toelichting_onderwijsbehoeften",
	  KB_OSO_ONDERWIJSONDERSTEUNING },
	{ "onderwijsondersteuning", "diagnose", KB_OSO_ONDERWIJSONDERSTEUNING },
	{ "onderwijsondersteuning", "medicijngebruik", KB_OSO_ONDERWIJSONDERSTEUNING },
	{ "onderwijsondersteuning", "handelingsplan", KB_OSO_HANDELINGSPLANNEN },
	{ "onderwijsondersteuning", "opp", KB_OSO_ONDERWIJSONDERSTEUNING },
	{ "onderwijsondersteuning", "tlv", KB_OSO_ONDERWIJSONDERSTEUNING },
	{ "onderwijsondersteuning", "arrangement_cluster12", KB_OSO_ONDERWIJSONDERSTEUNING },
	{ "onderwijsondersteuning", "arrangement_pao", KB_OSO_ONDERWIJSONDERSTEUNING },
	{ "onderwijsondersteuning", "lwoo", KB_OSO_ONDERWIJSONDERSTEUNING },
	{ "onderwijsondersteuning", "rvc", KB_OSO_ONDERWIJSONDERSTEUNING },
};

const struct kb_oso_category_row *
kb_oso_category(enum kb_oso_category category)
{
	return category > KB_OSO_NONE && category < KB_OSO_CATEGORY_COUNT ? &categories[category]
									  : NULL;
}

enum kb_oso_category
kb_oso_category_of_field(uint32_t field)
{
	for (size_t i = KB_OSO_NONE + 1; i < KB_OSO_CATEGORY_COUNT; i++) {
		if (categories[i].field == field) {
			return (enum kb_oso_category)i;
		}
	}
	return KB_OSO_NONE;
}

static size_t
place_of(const char *parent, const char *element)
{
	size_t i = 0;

	while (i < COUNT(places) &&
	       (strcmp(places[i].parent, parent) != 0 || strcmp(places[i].element, element) != 0)) {
		i++;
	}
	return i;
}

enum kb_oso_category
kb_oso_category_of(const char *parent, const char *element)
{
	size_t place = place_of(parent, element);

	return place < COUNT(places) ? places[place].category : KB_OSO_NONE;
}

uint32_t
kb_oso_order_of(const char *parent, const char *element)
{
	return (uint32_t)place_of(parent, element);
}
