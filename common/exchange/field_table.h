/* SPDX-License-Identifier: EUPL-1.2 */
/* All fields that a message can hold: number, names, form, length, category and whom they identify. */
#ifndef KB_EXCHANGE_FIELD_TABLE_H
#define KB_EXCHANGE_FIELD_TABLE_H

/*
 * X(NAME, number on the wire, stable name, Dutch for people, form, most bytes, category, identifier, words of a CODE).
 *
 * Free text about a child has a field per category, so that what a recipient may not have can be left out; toelichting is about
 * the steps alone. A pseudoniem and a volgnummer tell no third party who the child is, so they are no IDENTITEIT. Numbers are
 * never reused.
 */
#define KB_FIELD_TABLE(X)                                                                          \
	X(LEERLING_NAAM, 1, "leerling_naam", "naam van de leerling", TEXT, 200, IDENTITEIT, NAAM,  \
	  NONE)                                                                                    \
	X(GEBOORTEDATUM, 2, "geboortedatum", "geboortedatum", DATE, 10, IDENTITEIT, NAAM, NONE)    \
	X(POSTCODE, 3, "postcode", "postcode", POSTCODE, 6, IDENTITEIT, NAAM, NONE)                \
	X(PGN, 4, "pgn", "persoonsgebonden nummer", PGN, 9, IDENTITEIT, PGN, NONE)                 \
	X(ECK_ID, 5, "eck_id", "ECK iD", ECK, 154, IDENTITEIT, ECK, NONE)                          \
	X(PSEUDONIEM, 6, "pseudoniem", "nummer dat alleen deze twee partijen kennen", ID, 32,      \
	  PROCES, PSEUDONIEM, NONE)                                                                \
	X(VOLGNUMMER, 7, "volgnummer", "volgnummer in de lijst", NUMBER, 6, PROCES, VOLGNUMMER,    \
	  NONE)                                                                                    \
	X(ADRES, 8, "adres", "adres", TEXT, 200, CONTACT, NOBODY, NONE)                            \
	X(TELEFOON_OUDERS, 9, "telefoon_ouders", "telefoon van de ouders", TEXT, 100, CONTACT,     \
	  NOBODY, NONE)                                                                            \
	X(EMAIL_OUDERS, 10, "email_ouders", "e-mail van de ouders", TEXT, 254, CONTACT, NOBODY,    \
	  NONE)                                                                                    \
	X(SOORT, 11, "soort", "soort", CODE, 32, PROCES, NOBODY, SOORT)                            \
	X(ONDERWERP, 12, "onderwerp", "onderwerp", TEXT, 200, PROCES, NOBODY, NONE)                \
	X(TOELICHTING, 13, "toelichting", "toelichting op de stap, niet over het kind", LINES,     \
	  16384, PROCES, NOBODY, NONE)                                                             \
	X(ONDERWIJSBEELD, 14, "onderwijsbeeld", "hoe het gaat met leren", LINES, 32768, ONDERWIJS, \
	  NOBODY, NONE)                                                                            \
	X(ONDERSTEUNINGSBEHOEFTE, 15, "ondersteuningsbehoefte", "wat de leerling nodig heeft",     \
	  LINES, 32768, ONDERSTEUNING, NOBODY, NONE)                                               \
	X(GEZONDHEID, 16, "gezondheid", "gezondheid, diagnose en behandeling", LINES, 32768,       \
	  GEZONDHEID, NOBODY, NONE)                                                                \
	X(JEUGDHULP, 17, "jeugdhulp", "welke jeugdhulp er is", LINES, 32768, JEUGDHULP, NOBODY,    \
	  NONE)                                                                                    \
	X(THUISSITUATIE, 18, "thuissituatie", "de situatie thuis", LINES, 32768, GEZIN, NOBODY,    \
	  NONE)                                                                                    \
	X(VEILIGHEID, 19, "veiligheid", "gevaar voor het kind", LINES, 16384, VEILIGHEID, NOBODY,  \
	  NONE)                                                                                    \
	X(VERZUIMBEELD, 20, "verzuimbeeld", "aanwezigheid en verzuim", LINES, 16384, VERZUIM,      \
	  NOBODY, NONE)                                                                            \
	X(SCHOOLADVIES, 21, "schooladvies", "schooladvies", TEXT, 100, ONDERWIJS, NOBODY, NONE)    \
	X(LEERJAAR, 22, "leerjaar", "leerjaar", NUMBER, 2, ONDERWIJS, NOBODY, NONE)                \
	X(TLV_NUMMER, 23, "tlv_nummer", "volgnummer van de toelaatbaarheidsverklaring", TEXT, 50,  \
	  TOELAATBAARHEID, NOBODY, NONE)                                                           \
	X(TLV_CATEGORIE, 24, "tlv_categorie", "categorie van de toelaatbaarheidsverklaring", CODE, \
	  8, TOELAATBAARHEID, NOBODY, CATEGORIE)                                                   \
	X(TLV_TOT, 25, "tlv_tot", "laatste dag van de toelaatbaarheidsverklaring", DATE, 10,       \
	  TOELAATBAARHEID, NOBODY, NONE)                                                           \
	X(OPP_VERSIE, 26, "opp_versie", "versie van het ontwikkelingsperspectief", NUMBER, 6,      \
	  ONDERSTEUNING, NOBODY, NONE)                                                             \
	X(REDEN, 27, "reden", "reden", LINES, 4096, PROCES, NOBODY, NONE)                          \
	X(BEWIJS, 28, "bewijs", "kenmerk van het bewijsstuk", HASH, 64, PROCES, NOBODY, NONE)      \
	X(INZAGE_OP, 29, "inzage_op", "inzage door de ouders op", DATE, 10, PROCES, NOBODY, NONE)  \
	X(INSTEMMING_OP, 30, "instemming_op", "instemming van de ouders op", DATE, 10, PROCES,     \
	  NOBODY, NONE)                                                                            \
	X(HANDTEKENING_OUDERS_OP, 31, "handtekening_ouders_op", "getekend door de ouders op",      \
	  DATE, 10, PROCES, NOBODY, NONE)                                                          \
	X(OUDERS_BETROKKEN_OP, 32, "ouders_betrokken_op", "ouders betrokken op", DATE, 10, PROCES, \
	  NOBODY, NONE)                                                                            \
	X(LEERLING_BETROKKEN_OP, 33, "leerling_betrokken_op", "leerling betrokken op", DATE, 10,   \
	  PROCES, NOBODY, NONE)                                                                    \
	X(AANBOD, 34, "aanbod", "bericht met het passende aanbod", ID, 32, PROCES, NOBODY, NONE)   \
	X(AANKONDIGING_OP, 35, "aankondiging_op", "schriftelijk aangekondigd op", DATE, 10,        \
	  PROCES, NOBODY, NONE)                                                                    \
	X(UITKOMST, 36, "uitkomst", "uitkomst", FLAG, 3, PROCES, NOBODY, NONE)                     \
	X(AANTAL_THUISZITTERS, 37, "aantal_thuiszitters", "aantal thuiszitters", NUMBER, 16,       \
	  AANTALLEN, NOBODY, NONE)                                                                 \
	X(AANTAL_ABSOLUUT_VERZUIM, 38, "aantal_absoluut_verzuim", "aantal zonder school", NUMBER,  \
	  16, AANTALLEN, NOBODY, NONE)                                                             \
	X(AANTAL, 39, "aantal", "aantal", NUMBER, 16, AANTALLEN, NOBODY, NONE)                     \
	X(PERIODE_VAN, 40, "periode_van", "geteld vanaf", DATE, 10, AANTALLEN, NOBODY, NONE)       \
	X(PERIODE_TOT, 41, "periode_tot", "geteld tot en met", DATE, 10, AANTALLEN, NOBODY, NONE)  \
	X(DATUM, 42, "datum", "datum", DATE, 10, PROCES, NOBODY, NONE)                             \
	X(PERSONEN, 43, "personen", "wie erbij waren of zijn", LINES, 4096, PROCES, NOBODY, NONE)  \
	X(GESPREK_OP, 44, "gesprek_op", "gesprek op", DATE, 10, PROCES, NOBODY, NONE)              \
	X(BESLUIT, 45, "besluit", "besluit", CODE, 16, PROCES, NOBODY, BESLUIT)                    \
	X(TERMIJN_TOT, 46, "termijn_tot", "antwoord of besluit uiterlijk op", DATE, 10, PROCES,    \
	  NOBODY, NONE)                                                                            \
	X(BEDRAG, 47, "bedrag", "bedrag in hele euro's", NUMBER, 16, PROCES, NOBODY, NONE)         \
	X(DESKUNDIGE, 48, "deskundige", "naam en vak van de deskundige", TEXT, 200, PROCES,        \
	  NOBODY, NONE)                                                                            \
	X(REGIE, 49, "regie", "stap in de overdracht van de regie", CODE, 16, PROCES, NOBODY,      \
	  REGIE)                                                                                   \
	X(SCHOOL, 50, "school", "school van plaatsing", PARTY, 27, PROCES, NOBODY, NONE)           \
	X(OSO_METADATA, 51, "oso_metadata", "OSO: soort dossier en wat meegaat", LINES, 8192,      \
	  PROCES, NOBODY, NONE)                                                                    \
	X(OSO_OUDERINZAGE, 52, "oso_ouderinzage",                                                  \
	  "OSO: inzage, akkoord en toestemming van de ouders", LINES, 8192, PROCES, NOBODY, NONE)  \
	X(OSO_SCHOOL, 53, "oso_school", "OSO: de school die overdraagt", LINES, 16384, PROCES,     \
	  NOBODY, NONE)                                                                            \
	X(OSO_LEERLING, 54, "oso_leerling", "OSO: de leerling", LINES, 32768, CONTACT, NAAM, NONE) \
	X(OSO_OUDERSVERZORGERS, 55, "oso_oudersverzorgers", "OSO: ouders en verzorgers", LINES,    \
	  32768, CONTACT, NOBODY, NONE)                                                            \
	X(OSO_VVE, 56, "oso_vve", "OSO: voor- en vroegschoolse educatie", LINES, 16384,            \
	  ONDERSTEUNING, NOBODY, NONE)                                                             \
	X(OSO_SCHOOLLOOPBAAN, 57, "oso_schoolloopbaan", "OSO: schoolloopbaan", LINES, 32768,       \
	  ONDERWIJS, NOBODY, NONE)                                                                 \
	X(OSO_OVERSTAPADVIES, 58, "oso_overstapadvies", "OSO: overstapadvies en aandachtspunten",  \
	  LINES, 16384, ONDERSTEUNING, NOBODY, NONE)                                               \
	X(OSO_ONDERWIJSONDERSTEUNING, 59, "oso_onderwijsondersteuning",                            \
	  "OSO: ondersteuning, diagnose en medicijnen", LINES, 131072, GEZONDHEID, NOBODY, NONE)   \
	X(OSO_VERZUIM, 60, "oso_verzuim", "OSO: verzuim", LINES, 32768, VERZUIM, NOBODY, NONE)     \
	X(OSO_EINDTOETSBO, 61, "oso_eindtoetsbo", "OSO: eindtoets", LINES, 131072, ONDERWIJS,      \
	  NOBODY, NONE)                                                                            \
	X(OSO_TOETSRESULTATEN, 62, "oso_toetsresultaten", "OSO: toetsen en onderzoeken", LINES,    \
	  131072, ONDERSTEUNING, NOBODY, NONE)                                                     \
	X(OSO_HANDELINGSPLANNEN, 63, "oso_handelingsplannen", "OSO: handelingsplannen", LINES,     \
	  131072, ONDERSTEUNING, NOBODY, NONE)                                                     \
	X(OSO_CIJFERLIJSTEN, 64, "oso_cijferlijsten", "OSO: cijferlijsten", LINES, 65536,          \
	  ONDERWIJS, NOBODY, NONE)                                                                 \
	X(OSO_VOMBO, 65, "oso_vombo", "OSO: vo en mbo", LINES, 65536, ONDERWIJS, NOBODY, NONE)     \
	X(OSO_BIJLAGEDOCS, 66, "oso_bijlagedocs", "OSO: andere bijlagen", LINES, 131072,           \
	  GEZONDHEID, NOBODY, NONE)                                                                \
	/* A dossier that does not fit in one message (agents/intake/oso/parts.h). */              \
	X(DOSSIER_DEEL, 67, "dossier_deel", "deel van een groot dossier", NUMBER, 3, PROCES,       \
	  NOBODY, NONE)                                                                            \
	X(DOSSIER_DELEN, 68, "dossier_delen", "delen van een groot dossier", NUMBER, 3, PROCES,    \
	  NOBODY, NONE)                                                                            \
	X(DOSSIER_HASH, 69, "dossier_hash", "SHA-256 van het hele dossier", HASH, 64, PROCES,      \
	  NOBODY, NONE)                                                                            \
	/* What makes a thuiszitter (requirements 7.9); the first day says how long. */            \
	X(ONAFGEBROKEN, 70, "onafgebroken", "geen enkele dag onderwijs in die tijd", FLAG, 3,      \
	  VERZUIM, NOBODY, NONE)                                                                   \
	X(ONGEOORLOOFD, 71, "ongeoorloofd", "het verzuim is ongeoorloofd", FLAG, 3, VERZUIM,       \
	  NOBODY, NONE)                                                                            \
	X(VERZUIM_SINDS, 72, "verzuim_sinds", "eerste dag zonder onderwijs", DATE, 10, VERZUIM,    \
	  NOBODY, NONE)                                                                            \
	X(VERZUIM_OORZAAK, 73, "verzuim_oorzaak", "door het onderwijs veroorzaakt of niet", CODE,  \
	  16, VERZUIM, NOBODY, OORZAAK)

enum kb_veld {
	KB_VELD_NONE = 0,

#define KB_ROW(name, number, text, label, form, bytes_max, category, identifier, words)            \
	KB_VELD_##name = (number),
	KB_FIELD_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_FIELD_COUNT 73

#endif
