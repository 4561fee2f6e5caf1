/* SPDX-License-Identifier: EUPL-1.2 */
/* Categories of data about a child: what a toestemming, a permission and a field speak of. */
#ifndef KB_EXCHANGE_CATEGORIES_H
#define KB_EXCHANGE_CATEGORIES_H

#include "common/base/span.h"

/* X(NAME, bit number (stored and on the wire, never reused), stable name, Dutch for people) */
#define KB_CATEGORY_TABLE(X)                                                                       \
	X(IDENTITEIT, 0, "identiteit", "wie het kind is: naam, geboortedatum, nummer")             \
	X(CONTACT, 1, "contact", "adres, telefoon en e-mail van kind en ouders")                   \
	X(ONDERWIJS, 2, "onderwijs", "schoolloopbaan, resultaten en schooladvies")                 \
	X(ONDERSTEUNING, 3, "ondersteuning", "wat de leerling nodig heeft en krijgt op school")    \
	X(VERZUIM, 4, "verzuim", "aanwezigheid, verzuim en thuiszitten")                           \
	X(GEZONDHEID, 5, "gezondheid", "gezondheid, diagnose en behandeling")                      \
	X(JEUGDHULP, 6, "jeugdhulp", "welke jeugdhulp er is")                                      \
	X(GEZIN, 7, "gezin", "de situatie thuis")                                                  \
	X(VEILIGHEID, 8, "veiligheid", "gevaar voor het kind")                                     \
	X(TOELAATBAARHEID, 9, "toelaatbaarheid", "toelaatbaarheidsverklaring en de stukken erbij") \
	X(PROCES, 10, "proces",                                                                    \
	  "stappen, data, afspraken en wie meedoet; niets over het kind zelf")                     \
	X(AANTALLEN, 11, "aantallen", "aantallen zonder personen")

enum kb_data_category {

#define KB_ROW(name, bit, text, label) KB_DATA_##name = 1 << (bit),
	KB_CATEGORY_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_DATA_COUNT 12
#define KB_DATA_ALL ((1u << KB_DATA_COUNT) - 1)

/* One bit: its stable name and the Dutch for people; "" for anything else. */
const char *kb_data_name(uint32_t category);
const char *kb_data_label(uint32_t category);
/* The bit of a name; 0 when it is not in the table. */
uint32_t kb_data_parse(struct kb_span name);

#endif
