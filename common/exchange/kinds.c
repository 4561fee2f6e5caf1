/* SPDX-License-Identifier: EUPL-1.2 */
/* The fixed table of message kinds, and the words for purposes and grounds. */
#include "common/exchange/kinds.h"

#include "common/exchange/categories.h"

#define SCHOOL KB_PARTY_BIT(KB_PARTY_SCHOOL)
#define VO KB_PARTY_BIT(KB_PARTY_VO)
#define SCHOOLS (SCHOOL | VO)
#define SWV KB_PARTY_BIT(KB_PARTY_SWV)
#define GEMEENTE KB_PARTY_BIT(KB_PARTY_GEMEENTE)
#define JEUGDHULP KB_PARTY_BIT(KB_PARTY_JEUGDHULP)
#define AGENTS (SCHOOLS | GEMEENTE | SWV | JEUGDHULP)
#define FOR(purpose) KB_PURPOSE_BIT(KB_PURPOSE_##purpose)
#define TASK KB_GROUND_BIT(KB_GROUND_WETTELIJKE_TAAK)
#define CONSENT KB_GROUND_BIT(KB_GROUND_TOESTEMMING)
#define DANGER KB_GROUND_BIT(KB_GROUND_VITAAL_BELANG)
#define TRAFFIC_BYTES_MAX (256u * 1024)
#define MELDING_BYTES_MAX (48u * 1024)
#define SHORT_BYTES_MAX (16u * 1024)
/* A list of fields, and one that holds the reports about a child. */
#define FIELDS_BYTES_MAX (64u * 1024)
#define DOSSIER_BYTES_MAX (256u * 1024)
/* The records of a whole case, and the files of a region profile. */
#define CHAIN_BYTES_MAX (512u * 1024)
#define PROPOSAL_BYTES_MAX (12u * 1024)
#define CASE_SHORT_BYTES_MAX 512u

/* facts.md D1 (duty to report, DUO's status words), D5 (gemeente has the statutory task, the school must answer) */
#define LEERPLICHT_LAW "Leerplichtwet; facts D1, D5"

/* The closed list of absence.proto: who, where, when absent; no sickness, no reason of a permitted absence. */
#define ABSENCE                                                                                    \
	((uint32_t)(KB_DATA_IDENTITEIT | KB_DATA_CONTACT | KB_DATA_VERZUIM | KB_DATA_PROCES))

/* consent.proto names the child and who may do what; never what about the child. */
#define CONSENT_DATA ((uint32_t)(KB_DATA_IDENTITEIT | KB_DATA_PROCES))

/* Most kinds: a step in a case, said by a person, in the fields of its list. */
#define STEP_OF_A_CASE                                                                             \
	.form = KB_CONTENT_FIELDS, .has_case = true, .numbered = true, .by_person = true

/* The steps of a case, made by persons and by the agent itself alike (a clock that ran out); zaak.proto names no child. */
#define RECORD_OF_A_CASE                                                                           \
	.from = AGENTS, .to = AGENTS, .form = KB_CONTENT_CASE, .purposes = PURPOSES_OF_ROUTES,     \
	.grounds = TASK | CONSENT, .categories = (uint32_t)KB_DATA_PROCES, .has_case = true,       \
	.numbered = true
#define PURPOSES_OF_ROUTES                                                                         \
	(FOR(LEERPLICHT) | FOR(ZORGPLICHT) | FOR(TOELAATBAARHEID) | FOR(ADVIES) |                  \
	 FOR(TOEWIJZING) | FOR(DOA) | FOR(OVERDRACHT) | FOR(JEUGDHULP) | FOR(THUISZITTERS) |       \
	 FOR(VRIJSTELLING))

static const struct kb_kind_row rows[] = {
	{ .kind = KB_KIND_RECEIPT,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_BERICHTENVERKEER),
	  .form = KB_CONTENT_TRAFFIC,
	  .grounds = TASK,
	  .content_bytes_max = TRAFFIC_BYTES_MAX,
	  .source = "design 4" },
	{ .kind = KB_KIND_VERVALLEN,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_BERICHTENVERKEER),
	  .form = KB_CONTENT_TRAFFIC,
	  .grounds = TASK,
	  .content_bytes_max = TRAFFIC_BYTES_MAX,
	  .numbered = true,
	  .statutory = true,
	  .source = "design 4" },
	{ .kind = KB_KIND_HERSTELD,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_BERICHTENVERKEER),
	  .form = KB_CONTENT_TRAFFIC,
	  .grounds = TASK,
	  .content_bytes_max = TRAFFIC_BYTES_MAX,
	  .numbered = true,
	  .statutory = true,
	  .source = "design 6" },
	{ .kind = KB_KIND_VERZUIM_MELDING,
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_LEERPLICHT),
	  .form = KB_CONTENT_ABSENCE,
	  .categories = ABSENCE,
	  .grounds = TASK,
	  .content_bytes_max = MELDING_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = LEERPLICHT_LAW },
	{ .kind = KB_KIND_VERZUIM_CORRECTIE,
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_LEERPLICHT),
	  .form = KB_CONTENT_ABSENCE,
	  .categories = ABSENCE,
	  .grounds = TASK,
	  .content_bytes_max = MELDING_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = LEERPLICHT_LAW },
	{ .kind = KB_KIND_VERZUIM_INTREKKING,
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_LEERPLICHT),
	  .form = KB_CONTENT_ABSENCE,
	  .categories = ABSENCE,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = LEERPLICHT_LAW },
	{ .kind = KB_KIND_VERZUIM_STAND,
	  .from = GEMEENTE,
	  .to = SCHOOLS,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_LEERPLICHT),
	  .form = KB_CONTENT_ABSENCE,
	  .categories = ABSENCE,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = "facts D1, status words" },
	{ .kind = KB_KIND_VERZUIM_VRAAG,
	  .from = GEMEENTE,
	  .to = SCHOOLS,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_LEERPLICHT),
	  .form = KB_CONTENT_ABSENCE,
	  .categories = ABSENCE,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = LEERPLICHT_LAW },
	{ .kind = KB_KIND_VERZUIM_ANTWOORD,
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_LEERPLICHT),
	  .form = KB_CONTENT_ABSENCE,
	  .categories = ABSENCE,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = "facts D5: the school must answer the leerplichtambtenaar" },
	{ .kind = KB_KIND_VERZUIM_EINDE,
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_LEERPLICHT),
	  .form = KB_CONTENT_ABSENCE,
	  .categories = ABSENCE,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = "facts D1: end date" },
	{ .kind = KB_KIND_VERZUIM_AANVULLING,
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_LEERPLICHT),
	  .form = KB_CONTENT_ABSENCE,
	  .categories = ABSENCE,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = LEERPLICHT_LAW },
	{ .kind = KB_KIND_AANMELDING_ONTVANGEN,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = SCHOOLS,
	  .purposes = FOR(ZORGPLICHT),
	  .grounds = CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "A01, A05" },
	{ .kind = KB_KIND_INFO_VERZOEK,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS | SWV | JEUGDHULP,
	  .to = SCHOOLS | JEUGDHULP,
	  .purposes = FOR(ZORGPLICHT) | FOR(TOELAATBAARHEID) | FOR(JEUGDHULP),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "A02, B06, C17" },
	{ .kind = KB_KIND_INFO_ANTWOORD,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS | JEUGDHULP,
	  .to = SCHOOLS | SWV | JEUGDHULP,
	  .purposes = FOR(ZORGPLICHT) | FOR(TOELAATBAARHEID) | FOR(JEUGDHULP),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = DOSSIER_BYTES_MAX,
	  .health = true,
	  .source = "A02, B06, C17" },
	{ .kind = KB_KIND_INFO_GEWEIGERD,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS | JEUGDHULP,
	  .to = SCHOOLS | SWV | JEUGDHULP,
	  .purposes = FOR(ZORGPLICHT) | FOR(TOELAATBAARHEID) | FOR(JEUGDHULP),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "A02, R18" },
	{ .kind = KB_KIND_ZORGPLICHT_VERLENGING,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = SCHOOLS,
	  .purposes = FOR(ZORGPLICHT),
	  .grounds = CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "A03" },
	{ .kind = KB_KIND_AANBOD_GEDAAN,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = SCHOOLS,
	  .purposes = FOR(ZORGPLICHT),
	  .grounds = CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "A05" },
	{ .kind = KB_KIND_PLAATSING_BEVESTIGD,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = SCHOOLS,
	  .purposes = FOR(ZORGPLICHT),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "A01, A05" },
	{ .kind = KB_KIND_TIJDELIJKE_PLAATSING,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = SCHOOLS,
	  .purposes = FOR(ZORGPLICHT),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "A04" },
	{ .kind = KB_KIND_OPP_VERSIE,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = SCHOOLS | SWV,
	  .purposes = FOR(TOELAATBAARHEID) | FOR(OVERDRACHT),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = DOSSIER_BYTES_MAX,
	  .health = true,
	  .source = "A06, A07, B02" },
	{ .kind = KB_KIND_OPP_STATUS,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = SCHOOLS | SWV,
	  .purposes = FOR(TOEWIJZING) | FOR(OVERDRACHT),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "A06, A07, R21" },
	{ .kind = KB_KIND_TLV_AANVRAAG,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = SWV,
	  .purposes = FOR(TOELAATBAARHEID),
	  .grounds = TASK,
	  .content_bytes_max = DOSSIER_BYTES_MAX,
	  .health = true,
	  .source = "B01-B07, R04, R07, R14, R15, R23" },
	{ .kind = KB_KIND_TLV_ONVOLLEDIG,
	  STEP_OF_A_CASE,
	  .from = SWV,
	  .to = SCHOOLS,
	  .purposes = FOR(TOELAATBAARHEID),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "B01, B06" },
	{ .kind = KB_KIND_TLV_VOLLEDIG,
	  STEP_OF_A_CASE,
	  .from = SWV,
	  .to = SCHOOLS,
	  .purposes = FOR(TOELAATBAARHEID),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "B01, B06" },
	{ .kind = KB_KIND_DESKUNDIGENADVIES,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = SWV,
	  .purposes = FOR(TOELAATBAARHEID),
	  .grounds = TASK,
	  .content_bytes_max = DOSSIER_BYTES_MAX,
	  .health = true,
	  .source = "B01, B02, B06" },
	{ .kind = KB_KIND_CVA_ADVIES,
	  STEP_OF_A_CASE,
	  .from = SWV,
	  .to = SCHOOLS,
	  .purposes = FOR(TOELAATBAARHEID) | FOR(ADVIES),
	  .grounds = TASK,
	  .content_bytes_max = DOSSIER_BYTES_MAX,
	  .health = true,
	  .source = "B02, B16" },
	{ .kind = KB_KIND_ZIENSWIJZE,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS | SWV,
	  .to = SCHOOLS | SWV,
	  .purposes = FOR(TOELAATBAARHEID),
	  .grounds = TASK,
	  .content_bytes_max = DOSSIER_BYTES_MAX,
	  .health = true,
	  .source = "B01, B06" },
	{ .kind = KB_KIND_TLV_BESLUIT,
	  STEP_OF_A_CASE,
	  .from = SWV,
	  .to = SCHOOLS,
	  .purposes = FOR(TOELAATBAARHEID),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .statutory = true,
	  .source = "B01-B07, R12; WPO 18a lid 14" },
	{ .kind = KB_KIND_ADVIES_AFSCHRIFT,
	  STEP_OF_A_CASE,
	  .from = SWV,
	  .to = SCHOOLS,
	  .purposes = FOR(ADVIES),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "B16, R13" },
	{ .kind = KB_KIND_HERINDICATIE_SIGNAAL,
	  .from = SCHOOLS,
	  .to = SWV,
	  .purposes = FOR(TOELAATBAARHEID),
	  .grounds = TASK,
	  .form = KB_CONTENT_FIELDS,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .source = "B11; 004:2136" },
	{ .kind = KB_KIND_TERUGPLAATSING_VOORSTEL,
	  STEP_OF_A_CASE,
	  .from = SCHOOL,
	  .to = SCHOOL,
	  .purposes = FOR(OVERDRACHT),
	  .grounds = CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "B12, R22" },
	{ .kind = KB_KIND_PROEFPLAATSING_JA_NEE,
	  STEP_OF_A_CASE,
	  .from = SCHOOL,
	  .to = SCHOOL,
	  .purposes = FOR(ZORGPLICHT),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "B18, R39" },
	{ .kind = KB_KIND_CRISISPLAATSING,
	  STEP_OF_A_CASE,
	  .from = SCHOOL,
	  .to = SCHOOL | SWV,
	  .purposes = FOR(ZORGPLICHT) | FOR(TOELAATBAARHEID),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "B13, E12" },
	{ .kind = KB_KIND_CLUSTER1_MELDING,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = SWV,
	  .purposes = FOR(TOEWIJZING),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "C09, R03" },
	{ .kind = KB_KIND_DOA_HULPVRAAG,
	  STEP_OF_A_CASE,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = FOR(DOA),
	  .grounds = CONSENT,
	  .content_bytes_max = DOSSIER_BYTES_MAX,
	  .source = "C01, C02, R01" },
	{ .kind = KB_KIND_DOA_UITNODIGING,
	  STEP_OF_A_CASE,
	  .from = SWV,
	  .to = SCHOOLS | GEMEENTE | JEUGDHULP,
	  .purposes = FOR(DOA),
	  .grounds = CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "C01, R02" },
	{ .kind = KB_KIND_DOA_ADVIES,
	  STEP_OF_A_CASE,
	  .from = SWV,
	  .to = SCHOOLS | GEMEENTE | JEUGDHULP,
	  .purposes = FOR(DOA),
	  .grounds = CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "C01" },
	{ .kind = KB_KIND_DOA_TERUGKOPPELING,
	  STEP_OF_A_CASE,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = FOR(DOA),
	  .grounds = CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "C01; 001:610" },
	{ .kind = KB_KIND_REGIE_OVERDRACHT,
	  STEP_OF_A_CASE,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = FOR(DOA) | FOR(OVERDRACHT) | FOR(THUISZITTERS),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "C01; 001:332, design 7" },
	{ .kind = KB_KIND_KNELPUNT_PLAATSING,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS | SWV,
	  .to = SCHOOLS | SWV,
	  .purposes = FOR(ZORGPLICHT),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "C03" },
	{ .kind = KB_KIND_OST_AANVRAAG,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS | SWV,
	  .to = SCHOOLS | SWV,
	  .purposes = FOR(TOEWIJZING),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "C04" },
	{ .kind = KB_KIND_ARRANGEMENT_AANVRAAG,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = SWV,
	  .purposes = FOR(TOEWIJZING),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .health = true,
	  .source = "C06, C11" },
	{ .kind = KB_KIND_ARRANGEMENT_BESLUIT,
	  STEP_OF_A_CASE,
	  .from = SWV | GEMEENTE,
	  .to = SCHOOLS,
	  .purposes = FOR(TOEWIJZING) | FOR(JEUGDHULP),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "C06, C07, C11" },
	{ .kind = KB_KIND_OZA_AANVRAAG,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = SWV | GEMEENTE,
	  .purposes = FOR(TOEWIJZING) | FOR(JEUGDHULP),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .health = true,
	  .source = "C07" },
	{ .kind = KB_KIND_OVERDRACHT_AANKONDIGING,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS | SWV | JEUGDHULP,
	  .to = SCHOOLS | SWV,
	  .purposes = FOR(ADVIES) | FOR(OVERDRACHT),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "D01-D04, D08" },
	{ .kind = KB_KIND_OVERDRACHTSDOSSIER,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS | JEUGDHULP,
	  .to = SCHOOLS | SWV,
	  .purposes = FOR(TOELAATBAARHEID) | FOR(OVERDRACHT),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = DOSSIER_BYTES_MAX,
	  .health = true,
	  .source = "D01-D05, D08, D09; facts D2, D5" },
	{ .kind = KB_KIND_OVERDRACHTSGESPREK_GEPLAND,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS | JEUGDHULP,
	  .to = SCHOOLS | JEUGDHULP,
	  .purposes = FOR(OVERDRACHT),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "D01, D11, R40" },
	{ .kind = KB_KIND_OVERDRACHTSGESPREK_GEHOUDEN,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS | JEUGDHULP,
	  .to = SCHOOLS | JEUGDHULP,
	  .purposes = FOR(OVERDRACHT),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "D01, D11, R40" },
	{ .kind = KB_KIND_OVERDRACHT_GEACCEPTEERD,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = SCHOOLS | JEUGDHULP,
	  .purposes = FOR(OVERDRACHT),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "D01; 004:751-773" },
	{ .kind = KB_KIND_OVERSTAP_EVALUATIE,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = SCHOOLS,
	  .purposes = FOR(OVERDRACHT),
	  .grounds = CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "D01, D11" },
	{ .kind = KB_KIND_VSO_VO_ORIENTATIE,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS | SWV,
	  .to = SWV | VO,
	  .purposes = FOR(ADVIES) | FOR(OVERDRACHT),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "D07" },
	{ .kind = KB_KIND_VERZUIM_SIGNAAL,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = SWV | GEMEENTE,
	  .purposes = FOR(THUISZITTERS),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "E02, E03" },
	{ .kind = KB_KIND_THUISZITTER_MELDING,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS | GEMEENTE,
	  .to = SWV | GEMEENTE,
	  .purposes = FOR(THUISZITTERS),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "E01, E11, E13" },
	{ .kind = KB_KIND_THUISZITTER_OPGELOST,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS | GEMEENTE,
	  .to = SWV | GEMEENTE,
	  .purposes = FOR(THUISZITTERS),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "E01" },
	{ .kind = KB_KIND_ACTIETAFEL_CASUS,
	  STEP_OF_A_CASE,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = FOR(THUISZITTERS),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "E06, E07, R31" },
	{ .kind = KB_KIND_ACTIETAFEL_BESLUIT,
	  STEP_OF_A_CASE,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = FOR(THUISZITTERS),
	  .grounds = TASK | CONSENT,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "E06, E07" },
	{ .kind = KB_KIND_VRIJSTELLING_CONSULT,
	  STEP_OF_A_CASE,
	  .from = GEMEENTE,
	  .to = SWV,
	  .purposes = FOR(VRIJSTELLING),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "E09, R27" },
	{ .kind = KB_KIND_VRIJSTELLING_ANTWOORD,
	  STEP_OF_A_CASE,
	  .from = SWV,
	  .to = GEMEENTE,
	  .purposes = FOR(VRIJSTELLING),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "E09, R27" },
	{ .kind = KB_KIND_VSV_SIGNAAL,
	  STEP_OF_A_CASE,
	  .from = VO,
	  .to = GEMEENTE,
	  .purposes = FOR(VSV),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "E10" },
	{ .kind = KB_KIND_LEERPLICHT_INSCHAKELING,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .purposes = FOR(LEERPLICHT),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .statutory = true,
	  .source = "E08, R30" },
	{ .kind = KB_KIND_INVENTARISATIE_VERZOEK,
	  .from = SWV,
	  .to = SCHOOLS | GEMEENTE,
	  .purposes = FOR(MONITOR),
	  .grounds = TASK,
	  .form = KB_CONTENT_FIELDS,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .numbered = true,
	  .by_person = true,
	  .source = "E04, E05, R28" },
	{ .kind = KB_KIND_INVENTARISATIE_ANTWOORD,
	  .from = SCHOOLS | GEMEENTE,
	  .to = SWV,
	  .purposes = FOR(MONITOR),
	  .grounds = TASK,
	  .form = KB_CONTENT_FIELDS,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .numbered = true,
	  .by_person = true,
	  .source = "E04, E05, R28" },
	{ .kind = KB_KIND_ESCALATIE_STAP,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS | SWV,
	  .to = SCHOOLS | SWV,
	  .purposes = FOR(ZORGPLICHT),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "H01" },
	{ .kind = KB_KIND_DOORZETTING_BESLUIT,
	  STEP_OF_A_CASE,
	  .from = SWV,
	  .to = SCHOOLS,
	  .purposes = FOR(ZORGPLICHT),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "H01, R32" },
	{ .kind = KB_KIND_BTO_IMPASSE,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = SWV,
	  .purposes = FOR(ZORGPLICHT),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "H03" },
	{ .kind = KB_KIND_BTO_BINDEND,
	  STEP_OF_A_CASE,
	  .from = SWV,
	  .to = SCHOOLS,
	  .purposes = FOR(ZORGPLICHT),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "H03" },
	{ .kind = KB_KIND_BEZWAAR,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS | SWV,
	  .to = SCHOOLS | SWV,
	  .purposes = FOR(GESCHIL),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "H05" },
	{ .kind = KB_KIND_GESCHIL,
	  STEP_OF_A_CASE,
	  .from = SCHOOLS,
	  .to = SWV,
	  .purposes = FOR(GESCHIL),
	  .grounds = TASK,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .source = "H06" },
	{ .kind = KB_KIND_KLACHT,
	  .from = SCHOOLS,
	  .to = SCHOOLS | SWV,
	  .purposes = FOR(GESCHIL),
	  .grounds = TASK,
	  .form = KB_CONTENT_FIELDS,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .numbered = true,
	  .by_person = true,
	  .source = "H08" },
	{ .kind = KB_KIND_BETALING_STOP,
	  .from = SWV,
	  .to = SCHOOLS,
	  .purposes = FOR(BEKOSTIGING),
	  .grounds = TASK,
	  .form = KB_CONTENT_FIELDS,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .numbered = true,
	  .by_person = true,
	  .source = "H01, H02, R33" },
	{ .kind = KB_KIND_MONITOR_RAPPORT,
	  .from = SCHOOLS | SWV,
	  .to = SCHOOLS | SWV | GEMEENTE,
	  .purposes = FOR(MONITOR),
	  .grounds = TASK,
	  .form = KB_CONTENT_FIELDS,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .numbered = true,
	  .by_person = true,
	  .source = "K-D1, K-E4, R37" },
	{ .kind = KB_KIND_MONITOR_LIJST,
	  .from = SCHOOLS,
	  .to = SWV,
	  .purposes = FOR(MONITOR),
	  .grounds = TASK,
	  .form = KB_CONTENT_FIELDS,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .numbered = true,
	  .by_person = true,
	  .source = "K-A4, R29" },
	{ .kind = KB_KIND_TOESTEMMING_VERLEEND,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = FOR(TOESTEMMING),
	  .grounds = TASK,
	  .form = KB_CONTENT_CONSENT,
	  .categories = CONSENT_DATA,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = "design 8; AVG art. 7" },
	{ .kind = KB_KIND_TOESTEMMING_INGETROKKEN,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = FOR(TOESTEMMING),
	  .grounds = TASK,
	  .form = KB_CONTENT_CONSENT,
	  .categories = CONSENT_DATA,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = "design 8; AVG art. 7" },
	{ .kind = KB_KIND_TOESTEMMING_BEVESTIGING,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = FOR(TOESTEMMING),
	  .grounds = TASK,
	  .form = KB_CONTENT_CONSENT,
	  .categories = CONSENT_DATA,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = "design 8; AVG art. 7" },
	{ .kind = KB_KIND_VRAAG,
	  STEP_OF_A_CASE,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = FOR(LEERPLICHT) | FOR(ZORGPLICHT) | FOR(TOELAATBAARHEID) | FOR(ADVIES) |
		      FOR(DOA) | FOR(OVERDRACHT) | FOR(JEUGDHULP) | FOR(THUISZITTERS) | FOR(VSV) |
		      FOR(VEILIGHEID),
	  .grounds = TASK | CONSENT | DANGER,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .health = true,
	  .source = "design 7" },
	{ .kind = KB_KIND_ANTWOORD,
	  STEP_OF_A_CASE,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = FOR(LEERPLICHT) | FOR(ZORGPLICHT) | FOR(TOELAATBAARHEID) | FOR(ADVIES) |
		      FOR(DOA) | FOR(OVERDRACHT) | FOR(JEUGDHULP) | FOR(THUISZITTERS) | FOR(VSV) |
		      FOR(VEILIGHEID),
	  .grounds = TASK | CONSENT | DANGER,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .health = true,
	  .source = "design 7" },
	{ .kind = KB_KIND_BERICHT,
	  STEP_OF_A_CASE,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = FOR(LEERPLICHT) | FOR(ZORGPLICHT) | FOR(TOELAATBAARHEID) | FOR(ADVIES) |
		      FOR(DOA) | FOR(OVERDRACHT) | FOR(JEUGDHULP) | FOR(THUISZITTERS) | FOR(VSV) |
		      FOR(VEILIGHEID),
	  .grounds = TASK | CONSENT | DANGER,
	  .content_bytes_max = FIELDS_BYTES_MAX,
	  .health = true,
	  .source = "design 7" },
	{ .kind = KB_KIND_ZAAK_REGEL,
	  RECORD_OF_A_CASE,
	  .content_bytes_max = CHAIN_BYTES_MAX,
	  .source = "design 7" },
	{ .kind = KB_KIND_ZAAK_VOORSTEL,
	  RECORD_OF_A_CASE,
	  .content_bytes_max = PROPOSAL_BYTES_MAX,
	  .source = "design 7" },
	{ .kind = KB_KIND_ZAAK_WEIGERING,
	  RECORD_OF_A_CASE,
	  .content_bytes_max = CASE_SHORT_BYTES_MAX,
	  .source = "design 7" },
	{ .kind = KB_KIND_ZAAK_OPVRAAG,
	  RECORD_OF_A_CASE,
	  .content_bytes_max = CASE_SHORT_BYTES_MAX,
	  .source = "design 7" },
	{ .kind = KB_KIND_PROFIEL,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = FOR(BERICHTENVERKEER),
	  .grounds = TASK,
	  .form = KB_CONTENT_CASE,
	  .content_bytes_max = CHAIN_BYTES_MAX,
	  .numbered = true,
	  .source = "design 7" },
};
#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

const struct kb_kind_row *
kb_kind_rows(size_t *count)
{
	*count = ROW_COUNT;
	return rows;
}

const struct kb_kind_row *
kb_kind_find(uint32_t number)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if ((uint32_t)rows[i].kind == number) {
			return &rows[i];
		}
	}
	return NULL;
}

enum kb_err
kb_kind_shape(const struct kb_kind_row *row, bool has_case, bool numbered, bool has_person,
	      size_t content_bytes)
{
	if (row->has_case != has_case || row->numbered != numbered ||
	    (row->by_person && !has_person)) {
		return KB_ERR_NOT_ALLOWED;
	}
	return content_bytes <= row->content_bytes_max ? KB_OK : KB_ERR_OVERSIZE;
}

/* ---- words ---- */

struct word {
	uint32_t number;
	const char *name;
	const char *label;
};

#define KB_ROW(name, number, text, label) { (number), text, label },
static const struct word kinds[] = { KB_KIND_TABLE(KB_ROW) };
static const struct word purposes[] = { KB_PURPOSE_TABLE(KB_ROW) };
static const struct word grounds[] = { KB_GROUND_TABLE(KB_ROW) };
#undef KB_ROW
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
_Static_assert(COUNT(purposes) == KB_PURPOSE_COUNT, "one word per purpose");
_Static_assert(COUNT(grounds) == KB_GROUND_COUNT, "one word per ground");

static const struct word *
find_number(const struct word *words, size_t count, uint32_t number)
{
	static const struct word none = { 0, "", "" };

	for (size_t i = 0; i < count; i++) {
		if (words[i].number == number) {
			return &words[i];
		}
	}
	return &none;
}

static uint32_t
find_name(const struct word *words, size_t count, struct kb_span name)
{
	for (size_t i = 0; name.len > 0 && i < count; i++) {
		if (kb_span_equal(name, kb_span_text(words[i].name))) {
			return words[i].number;
		}
	}
	return 0;
}

const char *
kb_kind_name(uint32_t number)
{
	return find_number(kinds, COUNT(kinds), number)->name;
}

const char *
kb_kind_label(uint32_t number)
{
	return find_number(kinds, COUNT(kinds), number)->label;
}

enum kb_kind
kb_kind_parse(struct kb_span name)
{
	return (enum kb_kind)find_name(kinds, COUNT(kinds), name);
}

const char *
kb_purpose_name(enum kb_purpose purpose)
{
	return find_number(purposes, COUNT(purposes), (uint32_t)purpose)->name;
}

const char *
kb_purpose_label(enum kb_purpose purpose)
{
	return find_number(purposes, COUNT(purposes), (uint32_t)purpose)->label;
}

enum kb_purpose
kb_purpose_parse(struct kb_span name)
{
	return (enum kb_purpose)find_name(purposes, COUNT(purposes), name);
}

const char *
kb_ground_name(enum kb_ground ground)
{
	return find_number(grounds, COUNT(grounds), (uint32_t)ground)->name;
}

const char *
kb_ground_label(enum kb_ground ground)
{
	return find_number(grounds, COUNT(grounds), (uint32_t)ground)->label;
}

enum kb_ground
kb_ground_parse(struct kb_span name)
{
	return (enum kb_ground)find_name(grounds, COUNT(grounds), name);
}
