/* SPDX-License-Identifier: EUPL-1.2 */
/* The spool folder: data sets that were renamed into it are found, and moved away with a report. */
#ifndef KB_INTAKE_SPOOL_H
#define KB_INTAKE_SPOOL_H

#include "agents/intake/dataset.h"
#include "common/base/buf.h"

/*
 * Folder layout: <spool>/<any name>/{kalender,leerlingen,verzuim[,personen]}.csv, <spool>/klaar/, <spool>/geweigerd/.
 * A set is complete when it has the three required files; names that start with '.' are skipped, so that a set can be filled
 * under such a name and then renamed. Symbolic links are followed nowhere. Names are never logged: a school chooses them.
 */
#define KB_SPOOL_NAME_MAX 200

enum kb_spool_result {
	KB_SPOOL_RESULT_NONE = 0,
	KB_SPOOL_KLAAR,	    /* taken in */
	KB_SPOOL_GEWEIGERD, /* refused as a whole */
	KB_SPOOL_RESULT_COUNT,
};

/* "klaar", "geweigerd"; "" otherwise. */
const char *kb_spool_result_name(enum kb_spool_result result);

/* A zeroed struct is not open; fds are owned. */
struct kb_spool {
	int dir_fd;
	int result_fd[KB_SPOOL_RESULT_COUNT];
	bool open;
};

/* One complete set. set_fd is owned by the caller: close it with kb_spool_set_close. */
struct kb_spool_set {
	char name[KB_SPOOL_NAME_MAX + 1];
	int set_fd;
};

/* Opens the folder at path and makes klaar/ and geweigerd/ in it when they are not there. KB_ERR_IO, KB_ERR_PERMISSION; where
 * (may be NULL) says which folder. */
KB_MUST_CHECK enum kb_err kb_spool_open(struct kb_spool *spool, const char *path,
					struct kb_error_text *where);
void kb_spool_close(struct kb_spool *spool);

/*
 * The complete set whose name comes first in byte order and after the name after ("" for the first): a set that could not be
 * moved away does so not block the others. KB_ERR_NOT_FOUND when there is none. incomplete_count (may be NULL) gets the
 * number of folders that lack a file: shown by status. Reads the folder; commits nothing.
 */
KB_MUST_CHECK enum kb_err kb_spool_next(const struct kb_spool *spool, const char *after,
					struct kb_spool_set *set, size_t *incomplete_count);
void kb_spool_set_close(struct kb_spool_set *set);

/*
 * Writes report as rapport.txt into the set and moves it to klaar/ or geweigerd/; when the name is taken there, as name-2,
 * name-3 and so on. Synced to disk. Call it after the import is committed: a crash between the two imports the same set again,
 * which sends nothing twice. The set stays where it was on an error.
 */
KB_MUST_CHECK enum kb_err kb_spool_finish(const struct kb_spool *spool,
					  const struct kb_spool_set *set,
					  enum kb_spool_result result, struct kb_span report);

/*
 * Notes that a set was taken in, from here or by hand: a file .ingelezen in the spool folder. kb_spool_refused_count counts the
 * sets in geweigerd/ whose report is younger: a refused set stays in the inbox until one succeeds, also over a restart.
 */
KB_MUST_CHECK enum kb_err kb_spool_note_success(const struct kb_spool *spool);
KB_MUST_CHECK enum kb_err kb_spool_refused_count(const struct kb_spool *spool, size_t *count);

/* What an import did, for the report. No personal data. */
struct kb_spool_counts {
	size_t leerlingen;
	size_t rijen;
	size_t buitenland;
	size_t verstuurd;
	size_t gecorrigeerd;
	size_t ingetrokken;
	size_t ongewijzigd;
	size_t zonder_identificatie; /* held until personen.csv names the pupil */
	size_t zonder_gemeente;	     /* held: no gemeente with a leerplicht desk serves the code */
	size_t wacht_op_register;    /* the register is being asked; these go by themselves */
};

/* The text of rapport.txt, in plain Dutch. */
KB_MUST_CHECK enum kb_err kb_spool_report_klaar(struct kb_buf *out,
						const struct kb_spool_counts *counts);
/* reason: a sentence when the set was refused for something else than bad lines; NULL otherwise. */
KB_MUST_CHECK enum kb_err kb_spool_report_geweigerd(struct kb_buf *out,
						    const struct kb_dataset_problems *problems,
						    const char *reason);

#endif
