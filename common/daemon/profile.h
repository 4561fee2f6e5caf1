/* SPDX-License-Identifier: EUPL-1.2 */
/* The region profile: what partners of one region agreed, read from a folder and checked as a whole. */
#ifndef KB_DAEMON_PROFILE_H
#define KB_DAEMON_PROFILE_H

#include "common/base/arena.h"
#include "common/base/ids.h"
#include "common/daemon/faults.h"
#include "common/daemon/profile_seal.h"
#include "common/exchange/permit.h"
#include "common/exchange/route.h"

#define KB_PROFILE_ID_MAX 16
#define KB_PROFILE_NAME_MAX 96
#define KB_PROFILE_SOURCE_MAX 192

/* How binding an agreed value is (design 7). */
#define KB_PROFILE_KINDS(X)                                                                        \
	X(NONE, "")                                                                                \
	X(WETTELIJK, "wettelijk")                                                                  \
	X(REGEL, "regel")                                                                          \
	X(NORM, "norm")                                                                            \
	X(STREVEN, "streven")

enum kb_profile_kind {

#define KB_PROFILE_KIND_ENUM(name, text) KB_PROFILE_KIND_##name,
	KB_PROFILE_KINDS(KB_PROFILE_KIND_ENUM)
#undef KB_PROFILE_KIND_ENUM
		KB_PROFILE_KIND_COUNT,
};

const char *kb_profile_kind_name(enum kb_profile_kind kind);

/*
 * The values of [verzuim]: X(NAME, key, unit, least, most, may be "niet vastgelegd"). Code holds the bounds that no region
 * may exceed (design rule 7): a region may be stricter than the national duty to report (facts.md D1), never laxer.
 */
#define KB_PROFILE_VERZUIM(X)                                                                      \
	X(DREMPEL, "drempel_lessen", "lessen", 1, 16, false)                                       \
	X(LESDUUR, "lesduur", "minuten", 1, 60, false)                                             \
	X(VENSTER, "venster", "schoolweken", 4, 52, false)                                         \
	X(TUSSENTIJD, "tussentijd", "kalenderdagen", 1, 7, false)                                  \
	X(LANGDURIG, "langdurig", "kalenderdagen", 1, 28, false)                                   \
	X(MELDTERMIJN, "meldtermijn", "werkdagen", 0, 5, false)                                    \
	X(LEERPLICHT_VAN, "leerplicht_van", "jaren", 4, 5, false)                                  \
	X(LEERPLICHT_TOT, "leerplicht_tot", "jaren", 18, 18, false)                                \
	X(GEMEENTE_TERMIJN, "gemeente_termijn", "werkdagen", 0, 260, true)

enum kb_profile_verzuim {

#define KB_PROFILE_VERZUIM_ENUM(name, key, unit, least, most, open) KB_PROFILE_VERZUIM_##name,
	KB_PROFILE_VERZUIM(KB_PROFILE_VERZUIM_ENUM)
#undef KB_PROFILE_VERZUIM_ENUM
		KB_PROFILE_VERZUIM_COUNT,
};

/* One agreed value. */
struct kb_profile_value {
	bool vastgelegd; /* false: the region has agreed nothing; value is 0 and kind NONE */
	uint32_t value;
	enum kb_profile_kind kind;
	char source[KB_PROFILE_SOURCE_MAX + 1]; /* document and line, never empty */
};

/* A yes or no of [afspraken]: the keys of KB_REGION_TABLE (common/exchange/permit.h). */
struct kb_profile_agreement {
	bool vastgelegd;
	bool yes; /* false when nothing was agreed */
	char source[KB_PROFILE_SOURCE_MAX + 1];
};

/*
 * Functions that a step may ask of the person who takes it: X(word, seed and line). The account of the person must say the same
 * word, so the list is closed: a slip of the pen would make a step that nobody can ever take.
 */
#define KB_PROFILE_FUNCTIONS(X)                                                                    \
	X("bestuur", "004:986")                                                                    \
	X("bto", "003:1844")                                                                       \
	X("coordinator", "004:986, 001:903, 003:1826")                                             \
	X("cva", "001:901, 004:520")                                                               \
	X("intern-begeleider", "002:119")                                                          \
	X("leerplichtambtenaar", "001:284")                                                        \
	X("orthopedagoog", "003:878")                                                              \
	X("procesondersteuner", "001:903")                                                         \
	X("schoolcoach", "000:436")                                                                \
	X("trajectbegeleider", "000:575")

/* The form of a value of a theme: see struct kb_profile_rule. */
enum kb_profile_form {
	KB_PROFILE_FORM_TEXT = 0,
	KB_PROFILE_FORM_TERM,  /* "4 weken" */
	KB_PROFILE_FORM_LIST,  /* comma list */
	KB_PROFILE_FORM_COUNT, /* "5 per jaar", "7" */
	KB_PROFILE_FORM_EINDE, /* doorzettingsmacht, bindend-oordeel or geen */
	KB_PROFILE_FORM_WARM,  /* comma list of extra-ondersteuning and contactnodig */
	KB_PROFILE_FORM_GROEP, /* "7", or "8 vanaf 2019, 7 vanaf 2020" */
};

/*
 * What differs per region: X(NAME, row of requirements section 6 (0: a rule of section 3), section, key, form). Row 9 has its
 * other part in [afspraken]. A test holds that every one of the 28 rows has a place here.
 */
#define KB_PROFILE_RULES(X)                                                                        \
	X(TLV_BESLUIT, 1, "tlv", "besluit", TEXT)                                                  \
	X(WOORDEN_CVA, 2, "woorden", "cva", TEXT)                                                  \
	X(TLV_TERMIJN, 3, "tlv", "termijn", TERM)                                                  \
	X(TLV_TERMIJN_COMPLEX, 3, "tlv", "termijn_complex", TERM)                                  \
	X(TLV_TERMIJN_START, 4, "tlv", "termijn_start", TEXT)                                      \
	X(DESKUNDIGEN_EERSTE, 5, "deskundigen", "eerste", LIST)                                    \
	X(DESKUNDIGEN_TWEEDE, 5, "deskundigen", "tweede", LIST)                                    \
	X(TLV_DUUR, 6, "tlv", "duur", TEXT)                                                        \
	X(TLV_CATEGORIE, 7, "tlv", "categorie", TEXT)                                              \
	X(TLV_BEDRAGEN, 8, "tlv", "bedragen", TEXT)                                                \
	X(DOCUMENTEN_TLV, 9, "documenten", "tlv", LIST)                                            \
	X(ARRANGEMENTEN, 10, "arrangementen", "individueel", TEXT)                                 \
	X(TAFELS_COMPLEX, 11, "tafels", "complex", LIST)                                           \
	X(TAFELS_ONDERSTEUNING, 11, "tafels", "ondersteuning", LIST)                               \
	X(TAFELS_ACTIETAFEL, 11, "tafels", "actietafel", LIST)                                     \
	X(THUISZITTER_DEFINITIE, 12, "thuiszitter", "definitie", TEXT)                             \
	X(THUISZITTER_STREVEN, 12, "thuiszitter", "streven", TERM)                                 \
	X(THUISZITTER_GRENS, 12, "thuiszitter", "grens", TERM)                                     \
	X(KALENDER_INVENTARISATIE, 13, "kalender", "inventarisatie", TERM)                         \
	X(KALENDER_ACTIETAFEL, 13, "kalender", "actietafel", COUNT)                                \
	X(KALENDER_POVO_OVERLEG, 13, "kalender", "povo_overleg", TERM)                             \
	X(ESCALATIE_EINDE, 14, "escalatie", "einde", EINDE)                                        \
	X(TERUGKEER_REGEL, 15, "terugkeer", "regel", TEXT)                                         \
	X(TERUGKEER_START, 15, "terugkeer", "start_voor_einde", TERM)                              \
	X(ZORGPLICHT_TERMIJN, 16, "zorgplicht", "termijn", TERM)                                   \
	X(ZORGPLICHT_VERLENGING, 16, "zorgplicht", "verlenging", TERM)                             \
	X(POVO_BEGIN_GROEP, 17, "povo", "begin_groep", GROEP)                                      \
	X(POVO_WARM_VOOR, 17, "povo", "warm_voor", WARM)                                           \
	X(POVO_PROTOCOL, 17, "povo", "protocol", TEXT)                                             \
	X(POVO_VOLGENDE, 17, "povo", "volgende", LIST)                                             \
	X(OPP_EVALUATIE, 18, "opp", "evaluatie", TERM)                                             \
	X(TELLING_DATUM, 19, "telling", "datum", TEXT)                                             \
	X(BEKOSTIGING_MODEL, 20, "bekostiging", "model", TEXT)                                     \
	X(DEELREGIO_SOORT, 21, "deelregio", "soort", TEXT)                                         \
	X(DEELREGIO_NAMEN, 21, "deelregio", "namen", LIST)                                         \
	X(ICT_TLV, 22, "ict", "tlv", TEXT)                                                         \
	X(RAPPORTAGES_RITME, 23, "rapportages", "ritme", LIST)                                     \
	X(PARTNERS_NAMEN, 24, "partners", "namen", LIST)                                           \
	X(AANMELDING_LEEFTIJD, 25, "aanmelding", "leeftijd", TEXT)                                 \
	X(BESTUUR_VORM, 26, "bestuur", "vorm", TEXT)                                               \
	X(BESTUUR_TOEZICHT, 26, "bestuur", "toezicht", TEXT)                                       \
	X(TEVREDENHEID_NORM, 27, "tevredenheid", "norm", LIST)                                     \
	X(VRIJSTELLING_WERKWIJZE, 28, "vrijstelling", "werkwijze", TEXT)                           \
	X(BEWAREN_SWV, 0, "bewaren", "swv", TERM)                                                  \
	X(REGIE_GRATIE, 0, "regie", "gratie", TERM)

#define KB_PROFILE_SECTION6_ROWS 28

/* The words of [povo] warm_voor: for whom a talk belongs to an overdracht. */
#define KB_PROFILE_WARM_EXTRA "extra-ondersteuning"
#define KB_PROFILE_WARM_CONTACT                                                                    \
	"contactnodig" /* holds in every region: the dossier says it (facts D2) */

enum kb_profile_rule_nr {

#define KB_ROW(name, row, section, key, form) KB_PROFILE_##name,
	KB_PROFILE_RULES(KB_ROW)
#undef KB_ROW
		KB_PROFILE_RULE_COUNT,
};

struct kb_profile_rule_row {
	unsigned row; /* of requirements section 6 */
	const char *section;
	const char *key;
	enum kb_profile_form form;
};

const struct kb_profile_rule_row *kb_profile_rule_row(enum kb_profile_rule_nr rule);

/* The groep of the basisschool in which something begins, from a school year on. */
struct kb_profile_groep {
	uint32_t groep;
	uint32_t vanaf; /* named by the year in which it starts; 0: in every year */
};

/* What a region agreed for one of them. Borrowed from the profile. */
struct kb_profile_rule {
	bool vastgelegd;	  /* false: "niet vastgelegd" */
	const char *text;	  /* as it stands in the file */
	struct kb_term term;	  /* TERM */
	uint32_t count;		  /* COUNT */
	const char *per;	  /* COUNT: "jaar"; "" without */
	const char *const *items; /* LIST, WARM */
	size_t item_count;
	const struct kb_profile_groep *groepen; /* GROEP, item_count of them, by vanaf */
	const char *source;
	uint32_t line; /* of its key in profile.ini */
};

/* The groep that holds in that school year; 0: none (yet), or nothing was agreed. */
uint32_t kb_profile_groep_in(const struct kb_profile_rule *rule, int32_t school_year);

/* One file of a profile, in memory. */
struct kb_profile_file {
	const char *name; /* without folder: "profile.ini" */
	struct kb_span bytes;
};

/* Owns all it points to; a copy of the struct is the same profile. A zeroed struct is an empty one. */
struct kb_profile {
	char id[KB_PROFILE_ID_MAX + 1]; /* "po2301" */
	char name[KB_PROFILE_NAME_MAX + 1];
	char swv[KB_PROFILE_ID_MAX + 1]; /* number of the samenwerkingsverband, "PO2301" */
	struct kb_profile_value verzuim[KB_PROFILE_VERZUIM_COUNT];
	struct kb_profile_agreement
		afspraken[KB_REGION_COUNT]; /* by bit number of enum kb_region_flag */
	uint32_t region;		    /* those that are on, as enum kb_region_flag */
	struct kb_hash hash; /* names the exact bytes of the profile; travels in every body */
	struct kb_profile_rule rules[KB_PROFILE_RULE_COUNT];
	const struct kb_route *routes; /* by id */
	size_t route_count;
	const struct kb_profile_file *files; /* the exact bytes that the hash names, by name */
	size_t file_count;
	struct kb_profile_seal seal; /* as its file says it, unchecked: kb_profile_seal_check() */
	struct kb_arena arena;
};

/* Nothing that was borrowed from the profile may be used after it. */
void kb_profile_release(struct kb_profile *profile);

/* NULL when the region has no such route. */
const struct kb_route *kb_profile_route(const struct kb_profile *profile, struct kb_span id);

/*
 * Reads and checks the folder path: profile.ini, the routes and the seal, all faults of all files with file:line. What a route says as a
 * whole is checked once the file itself can be read, and what the files say together once all can. A file that this version does not know is a fault (an agreement
 * that is silently left out would be worse); names that start with '.' are skipped.
 * KB_ERR_CONFIG, KB_ERR_IO or KB_ERR_NO_MEMORY; out is then untouched. Otherwise kb_profile_release() it.
 */
KB_MUST_CHECK enum kb_err kb_profile_open(const char *path, struct kb_faults *faults,
					  struct kb_profile *out);

/* The same from memory, with its own copy of the bytes. folder is only its name in faults. files in any order, and they may be a part of
 * a profile: what the files say together is not checked (kb_profile_check_whole()). */
KB_MUST_CHECK enum kb_err kb_profile_parse(const struct kb_profile_file *files, size_t count,
					   const char *folder, struct kb_faults *faults,
					   struct kb_profile *out);

/* What no file can see alone: there is a route, and the end of the escalation is that of the routes. */
void kb_profile_check_whole(const struct kb_profile *profile, const char *folder,
			    struct kb_faults *faults);

/*
 * SHA-256 of "ketenbode/v1/profile" NUL, then for each file in the byte order of the names: name NUL, length (u64 BE),
 * bytes. So a profile that gains a file keeps this definition; KB_PROFILE_SEAL_FILE is left out. At most
 * KB_PROFILE_FILES_MAX files.
 */
#define KB_PROFILE_FILES_MAX 64
KB_MUST_CHECK enum kb_err kb_profile_hash(const struct kb_profile_file *files, size_t count,
					  struct kb_hash *out);

#endif
