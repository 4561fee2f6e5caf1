/* SPDX-License-Identifier: EUPL-1.2 */
/* The region profile: what partners of one region agreed, read from a folder and checked as a whole. */
#ifndef KB_DAEMON_PROFILE_H
#define KB_DAEMON_PROFILE_H

#include "common/base/ids.h"
#include "common/daemon/faults.h"
#include "common/exchange/permit.h"

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

struct kb_profile {
	char id[KB_PROFILE_ID_MAX + 1]; /* "po2301" */
	char name[KB_PROFILE_NAME_MAX + 1];
	char swv[KB_PROFILE_ID_MAX + 1]; /* number of the samenwerkingsverband, "PO2301" */
	struct kb_profile_value verzuim[KB_PROFILE_VERZUIM_COUNT];
	struct kb_profile_agreement
		afspraken[KB_REGION_COUNT]; /* by bit number of enum kb_region_flag */
	uint32_t region;		    /* those that are on, as enum kb_region_flag */
	struct kb_hash hash; /* names the exact bytes of the profile; travels in every body */
};

/* One file of a profile, in memory. */
struct kb_profile_file {
	const char *name; /* without folder: "profile.ini" */
	struct kb_span bytes;
};

/*
 * Reads and checks the folder path: profile.ini, all faults of all files with file:line. A file that this version does not
 * know is a fault (an agreement that is silently left out would be worse); names that start with '.' are skipped.
 * KB_ERR_CONFIG, KB_ERR_IO or KB_ERR_NO_MEMORY; out is then untouched.
 */
KB_MUST_CHECK enum kb_err kb_profile_open(const char *path, struct kb_faults *faults,
					  struct kb_profile *out);

/* The same from memory. folder is only its name in faults. files in any order. */
KB_MUST_CHECK enum kb_err kb_profile_parse(const struct kb_profile_file *files, size_t count,
					   const char *folder, struct kb_faults *faults,
					   struct kb_profile *out);

/*
 * SHA-256 of "ketenbode/v1/profile" NUL, then for each file in the byte order of the names: name NUL, length (u64 BE),
 * bytes. So a profile that gains a file keeps this definition. At most KB_PROFILE_FILES_MAX files.
 */
#define KB_PROFILE_FILES_MAX 64
KB_MUST_CHECK enum kb_err kb_profile_hash(const struct kb_profile_file *files, size_t count,
					  struct kb_hash *out);

#endif
