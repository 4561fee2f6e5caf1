/* SPDX-License-Identifier: EUPL-1.2 */
/* The fixed table of message kinds: what each is, and within which bounds it may be sent. */
#ifndef KB_EXCHANGE_KINDS_H
#define KB_EXCHANGE_KINDS_H

#include "common/base/error.h"
#include "common/exchange/roles.h"

/*
 * X(NAME, number on the wire (Body.kind), stable name, Dutch for people). Numbers are never reused; registry: proto/README.md.
 * 20 and up are the kinds of requirements 2I, with the reports of R28, R29 and R37 (100), toestemming (110), the talk inside a case
 * (120, design 7), its steps (130, design 7) and its attachments (136, issue 4 item 4).
 */
#define KB_KIND_TABLE(X)                                                                           \
	X(RECEIPT, 1, "receipt", "ontvangstbewijs")                                                \
	X(VERVALLEN, 2, "vervallen", "vervallen nummers")                                          \
	X(HERSTELD, 3, "hersteld", "administratie hersteld")                                       \
	X(VERZUIM_MELDING, 10, "verzuim-melding", "verzuimmelding")                                \
	X(VERZUIM_CORRECTIE, 11, "verzuim-correctie", "correctie van een melding")                 \
	X(VERZUIM_INTREKKING, 12, "verzuim-intrekking", "intrekking van een melding")              \
	X(VERZUIM_STAND, 13, "verzuim-stand", "stand bij leerplicht")                              \
	X(VERZUIM_VRAAG, 14, "verzuim-vraag", "vraag van leerplicht")                              \
	X(VERZUIM_ANTWOORD, 15, "verzuim-antwoord", "antwoord van de school")                      \
	X(VERZUIM_EINDE, 16, "verzuim-einde", "weer op school of uitgeschreven")                   \
	X(VERZUIM_AANVULLING, 17, "verzuim-aanvulling", "aanvulling van de school")                \
	X(AANMELDING_ONTVANGEN, 20, "aanmelding-ontvangen", "aanmelding ontvangen")                \
	X(INFO_VERZOEK, 21, "info-verzoek", "verzoek om informatie")                               \
	X(INFO_ANTWOORD, 22, "info-antwoord", "antwoord op verzoek om informatie")                 \
	X(INFO_GEWEIGERD, 23, "info-geweigerd", "informatie geweigerd door de ouders")             \
	X(ZORGPLICHT_VERLENGING, 24, "zorgplicht-verlenging",                                      \
	  "verlenging van de zorgplichttermijn")                                                   \
	X(AANBOD_GEDAAN, 25, "aanbod-gedaan", "aanbod van een passende plek")                      \
	X(PLAATSING_BEVESTIGD, 26, "plaatsing-bevestigd", "plaatsing bevestigd")                   \
	X(TIJDELIJKE_PLAATSING, 27, "tijdelijke-plaatsing", "tijdelijke plaatsing")                \
	X(OPP_VERSIE, 28, "opp-versie", "versie van het ontwikkelingsperspectief")                 \
	X(OPP_STATUS, 29, "opp-status", "stand van het ontwikkelingsperspectief")                  \
	X(TLV_AANVRAAG, 30, "tlv-aanvraag", "aanvraag toelaatbaarheidsverklaring")                 \
	X(TLV_ONVOLLEDIG, 31, "tlv-onvolledig", "aanvraag is niet volledig")                       \
	X(TLV_VOLLEDIG, 32, "tlv-volledig", "aanvraag is volledig")                                \
	X(DESKUNDIGENADVIES, 33, "deskundigenadvies", "advies van een deskundige")                 \
	X(CVA_ADVIES, 34, "cva-advies", "advies van de commissie")                                 \
	X(ZIENSWIJZE, 35, "zienswijze", "zienswijze")                                              \
	X(TLV_BESLUIT, 36, "tlv-besluit", "besluit toelaatbaarheidsverklaring")                    \
	X(ADVIES_AFSCHRIFT, 37, "advies-afschrift", "afschrift van een advies")                    \
	X(HERINDICATIE_SIGNAAL, 38, "herindicatie-signaal", "toelaatbaarheidsverklaring loopt af") \
	X(TERUGPLAATSING_VOORSTEL, 39, "terugplaatsing-voorstel", "voorstel tot terugplaatsing")   \
	X(PROEFPLAATSING_JA_NEE, 40, "proefplaatsing-ja-nee", "uitkomst van een proefplaatsing")   \
	X(CRISISPLAATSING, 41, "crisisplaatsing", "crisisplaatsing")                               \
	X(CLUSTER1_MELDING, 42, "cluster1-melding", "melding arrangement cluster 1")               \
	X(DOA_HULPVRAAG, 50, "doa-hulpvraag", "hulpvraag voor de overlegtafel")                    \
	X(DOA_UITNODIGING, 51, "doa-uitnodiging", "uitnodiging voor de overlegtafel")              \
	X(DOA_ADVIES, 52, "doa-advies", "advies van de overlegtafel")                              \
	X(DOA_TERUGKOPPELING, 53, "doa-terugkoppeling", "terugkoppeling aan de overlegtafel")      \
	X(REGIE_OVERDRACHT, 54, "regie-overdracht", "overdracht van de regie")                     \
	X(KNELPUNT_PLAATSING, 55, "knelpunt-plaatsing", "knelpunt bij plaatsing")                  \
	X(OST_AANVRAAG, 56, "ost-aanvraag", "aanvraag ondersteuningsteam")                         \
	X(ARRANGEMENT_AANVRAAG, 57, "arrangement-aanvraag", "aanvraag arrangement")                \
	X(ARRANGEMENT_BESLUIT, 58, "arrangement-besluit", "besluit arrangement")                   \
	X(OZA_AANVRAAG, 59, "oza-aanvraag", "aanvraag onderwijszorgarrangement")                   \
	X(OVERDRACHT_AANKONDIGING, 60, "overdracht-aankondiging",                                  \
	  "aankondiging van een overdracht")                                                       \
	X(OVERDRACHTSDOSSIER, 61, "overdrachtsdossier", "overdrachtsdossier")                      \
	X(OVERDRACHTSGESPREK_GEPLAND, 62, "overdrachtsgesprek-gepland",                            \
	  "overdrachtsgesprek gepland")                                                            \
	X(OVERDRACHTSGESPREK_GEHOUDEN, 63, "overdrachtsgesprek-gehouden",                          \
	  "overdrachtsgesprek gehouden")                                                           \
	X(OVERDRACHT_GEACCEPTEERD, 64, "overdracht-geaccepteerd", "overdracht geaccepteerd")       \
	X(OVERSTAP_EVALUATIE, 65, "overstap-evaluatie", "evaluatie van de overstap")               \
	X(VSO_VO_ORIENTATIE, 66, "vso-vo-orientatie", "orientatie van vso naar vo")                \
	X(VERZUIM_SIGNAAL, 70, "verzuim-signaal", "signaal van dreigend thuiszitten")              \
	X(THUISZITTER_MELDING, 71, "thuiszitter-melding", "melding van een thuiszitter")           \
	X(THUISZITTER_OPGELOST, 72, "thuiszitter-opgelost", "thuiszitter weer naar school")        \
	X(ACTIETAFEL_CASUS, 73, "actietafel-casus", "zaak voor de actietafel")                     \
	X(ACTIETAFEL_BESLUIT, 74, "actietafel-besluit", "afspraak van de actietafel")              \
	X(VRIJSTELLING_CONSULT, 75, "vrijstelling-consult", "vraag voor een vrijstelling")         \
	X(VRIJSTELLING_ANTWOORD, 76, "vrijstelling-antwoord", "antwoord over een vrijstelling")    \
	X(VSV_SIGNAAL, 77, "vsv-signaal", "signaal van dreigend schoolverlaten")                   \
	X(LEERPLICHT_INSCHAKELING, 78, "leerplicht-inschakeling", "leerplicht ingeschakeld")       \
	X(INVENTARISATIE_VERZOEK, 79, "inventarisatie-verzoek", "verzoek om aantallen")            \
	X(INVENTARISATIE_ANTWOORD, 80, "inventarisatie-antwoord", "opgave van aantallen")          \
	X(ESCALATIE_STAP, 90, "escalatie-stap", "stap in de escalatie")                            \
	X(DOORZETTING_BESLUIT, 91, "doorzetting-besluit", "besluit met doorzettingsmacht")         \
	X(BTO_IMPASSE, 92, "bto-impasse", "impasse voorgelegd aan het toetsingsorgaan")            \
	X(BTO_BINDEND, 93, "bto-bindend", "bindend oordeel van het toetsingsorgaan")               \
	X(BEZWAAR, 94, "bezwaar", "bezwaar")                                                       \
	X(GESCHIL, 95, "geschil", "geschil")                                                       \
	X(KLACHT, 96, "klacht", "klacht")                                                          \
	X(BETALING_STOP, 97, "betaling-stop", "stopzetten van een betaling")                       \
	X(MONITOR_RAPPORT, 100, "monitor-rapport", "rapport met aantallen")                        \
	X(MONITOR_LIJST, 101, "monitor-lijst", "lijst zonder namen voor de monitor")               \
	X(TOESTEMMING_VERLEEND, 110, "toestemming-verleend", "toestemming verleend of gewijzigd")  \
	X(TOESTEMMING_INGETROKKEN, 111, "toestemming-ingetrokken", "toestemming ingetrokken")      \
	X(TOESTEMMING_BEVESTIGING, 112, "toestemming-bevestiging", "intrekking verwerkt")          \
	X(VRAAG, 120, "vraag", "vraag")                                                            \
	X(ANTWOORD, 121, "antwoord", "antwoord")                                                   \
	X(BERICHT, 122, "bericht", "bericht")                                                      \
	X(ZAAK_REGEL, 130, "zaak-regel", "stap in de zaak")                                        \
	X(ZAAK_VOORSTEL, 131, "zaak-voorstel", "voorstel voor een stap")                           \
	X(ZAAK_WEIGERING, 132, "zaak-weigering", "voorstel geweigerd")                             \
	X(ZAAK_OPVRAAG, 133, "zaak-opvraag", "verzoek om ontbrekende stappen")                     \
	X(PROFIEL, 134, "profiel", "regioprofiel")                                                 \
	X(ZAAK_EINDE, 135, "zaak-einde", "einde van een zaak na de toestemming")                   \
	X(BIJLAGE, 136, "bijlage", "bijlage bij een zaak")                                         \
	X(BIJLAGE_OPVRAAG, 137, "bijlage-opvraag", "verzoek om delen van een bijlage")             \
	X(BIJLAGE_DEEL, 138, "bijlage-deel", "deel van een bijlage")                               \
	X(BIJLAGE_UITKOMST, 139, "bijlage-uitkomst", "bijlage ontvangen of geweigerd")             \
	X(ZAAK_BEWIJS, 140, "zaak-bewijs", "eigen stappen terug na herstel")                       \
	X(ZAAK_HERSTEL, 141, "zaak-herstel", "vraag om eigen stappen na herstel")

enum kb_kind {
	KB_KIND_UNSPECIFIED = 0,

#define KB_ROW(name, number, text, label) KB_KIND_##name = (number),
	KB_KIND_TABLE(KB_ROW)
#undef KB_ROW
};

/*
 * What a message is for: X(NAME, number of proto/envelope.proto, stable name, Dutch). ADVIES, TOELAATBAARHEID and TOEWIJZING
 * are the three tasks for which an SWV may have health data (R08).
 */
#define KB_PURPOSE_TABLE(X)                                                                        \
	X(UNSPECIFIED, 0, "", "")                                                                  \
	X(LEERPLICHT, 1, "leerplicht", "toezicht op de Leerplichtwet")                             \
	X(BERICHTENVERKEER, 2, "berichtenverkeer", "het berichtenverkeer zelf")                    \
	X(ZORGPLICHT, 3, "zorgplicht", "een passende plek vinden")                                 \
	X(TOELAATBAARHEID, 4, "toelaatbaarheid", "beoordelen of een leerling toelaatbaar is")      \
	X(ADVIES, 5, "advies", "advies over de ondersteuning die een leerling nodig heeft")        \
	X(TOEWIJZING, 6, "toewijzing", "middelen en ondersteuning toewijzen")                      \
	X(DOA, 7, "doa", "overleg over onderwijs en zorg samen")                                   \
	X(OVERDRACHT, 8, "overdracht", "overstap naar een andere school")                          \
	X(ONDERSTEUNING, 9, "ondersteuning", "ondersteuning van de leerling op school")            \
	X(JEUGDHULP, 10, "jeugdhulp", "onderwijs en jeugdhulp op elkaar afstemmen")                \
	X(THUISZITTERS, 11, "thuiszitters", "thuiszitten voorkomen en oplossen")                   \
	X(VRIJSTELLING, 12, "vrijstelling", "vrijstelling van de leerplicht")                      \
	X(VSV, 13, "vsv", "voortijdig schoolverlaten voorkomen")                                   \
	X(MONITOR, 14, "monitor", "verantwoording in aantallen")                                   \
	X(GESCHIL, 15, "geschil", "bezwaar, geschil of klacht")                                    \
	X(TOESTEMMING, 16, "toestemming", "toestemming vastleggen en intrekken")                   \
	X(VEILIGHEID, 17, "veiligheid", "gevaar voor een kind afwenden")                           \
	X(BEKOSTIGING, 18, "bekostiging", "bekostiging")

enum kb_purpose {

#define KB_ROW(name, number, text, label) KB_PURPOSE_##name = (number),
	KB_PURPOSE_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_PURPOSE_COUNT 19
#define KB_PURPOSE_BIT(purpose) (1u << (purpose))

#define KB_GROUND_TABLE(X)                                                                         \
	X(UNSPECIFIED, 0, "", "")                                                                  \
	X(WETTELIJKE_TAAK, 1, "wettelijke-taak", "wettelijke taak")                                \
	X(TOESTEMMING, 2, "toestemming", "toestemming")                                            \
	X(VITAAL_BELANG, 3, "vitaal-belang", "vitaal belang")

enum kb_ground {

#define KB_ROW(name, number, text, label) KB_GROUND_##name = (number),
	KB_GROUND_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_GROUND_COUNT 4
#define KB_GROUND_BIT(ground) (1u << (ground))

/* What kind of bytes Body.content holds. */
enum kb_content_form {
	KB_CONTENT_NONE = 0,
	KB_CONTENT_TRAFFIC, /* a message of receipt.proto, of the runtime itself */
	KB_CONTENT_ABSENCE, /* a message of absence.proto */
	KB_CONTENT_CONSENT, /* a message of consent.proto */
	KB_CONTENT_FIELDS,  /* Inhoud (content.proto): the closed list of fields.h */
	KB_CONTENT_CASE,    /* a message of zaak.proto, of the runtime itself */
	KB_CONTENT_ATTACHMENT, /* Bijlage or BijlageDeel (bijlage.proto), which say their own categories */
};

/* What a message of this kind is, and the bounds within which permit.h says who may send it (tested). */
struct kb_kind_row {
	enum kb_kind kind;
	uint32_t from;	   /* KB_PARTY_BIT of the kinds that can ever send it */
	uint32_t to;	   /* and of those that can ever receive it */
	uint32_t purposes; /* KB_PURPOSE_BIT of the purposes that are possible */
	uint32_t grounds;  /* KB_GROUND_BIT of the grounds that are possible */
	enum kb_content_form form;
	uint32_t content_bytes_max; /* of Body.content */
	bool has_case;		    /* case_id must be there; else it must be absent */
	bool numbered;		    /* false only for receipts */
	bool statutory;		    /* sent again after expiry until it is stored (design rule 4) */
	bool health;		    /* whether health data may be in it */
	uint32_t
		categories; /* kb_data_category bits of a typed content; FIELDS: the fields say it */
	/* Many of them for one thing that people see: not in a timeline or an overview, and not in the order of the case (design 4). */
	bool quiet;
	bool by_person;	    /* never sent by the agent itself: Body.author names a person (R34) */
	const char *source; /* law, requirement row or design section that this row rests on */
};

/* NULL for a number that is not in the table: default is no. */
const struct kb_kind_row *kb_kind_find(uint32_t number);
const struct kb_kind_row *kb_kind_rows(size_t *count);
/* Stable, for log, JSON and configuration; "" for an unknown kind. */
const char *kb_kind_name(uint32_t number);
/* Dutch, for people; "" for an unknown kind. */
const char *kb_kind_label(uint32_t number);
/* UNSPECIFIED when name is not in the table. */
enum kb_kind kb_kind_parse(struct kb_span name);

/*
 * The outside of a message against its row: case, number, named author and size. has_person: Body.author names somebody.
 * KB_OK, KB_ERR_NOT_ALLOWED or KB_ERR_OVERSIZE.
 */
KB_MUST_CHECK enum kb_err kb_kind_shape(const struct kb_kind_row *row, bool has_case, bool numbered,
					bool has_person, size_t content_bytes);

/* "" for UNSPECIFIED and numbers outside the table; _parse: UNSPECIFIED when name is not in the table. */
const char *kb_purpose_name(enum kb_purpose purpose);
const char *kb_purpose_label(enum kb_purpose purpose);
enum kb_purpose kb_purpose_parse(struct kb_span name);
const char *kb_ground_name(enum kb_ground ground);
const char *kb_ground_label(enum kb_ground ground);
enum kb_ground kb_ground_parse(struct kb_span name);

#endif
