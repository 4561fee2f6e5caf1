/* SPDX-License-Identifier: EUPL-1.2 */
/* The first half of an import: pupils and days go into the store, and come back as what the rule looks at. */
#ifndef KB_INTAKE_IMPORT_ROLL_H
#define KB_INTAKE_IMPORT_ROLL_H

#include "agents/intake/school_import.h"

/* The pupils that the rule looks at: those of the set, then those that are gone from it but have days. In import->work. */
struct kb_import_roll {
	struct kb_verzuim_leerling *leerlingen;
	uint64_t *pupil_nos; /* the same places */
	size_t count;
	size_t cap;
	struct kb_verzuim_rij *rijen;
	size_t rij_count;
	size_t rij_cap;
};

/*
 * Stores the pupils of the set and their days from van_day to tot_day (KB_DAY_NONE: no days are replaced); only what differs is
 * written. Then gathers all days of the school year of everyone known in it. Counts go to import->counts.
 */
KB_MUST_CHECK enum kb_err kb_import_roll_take(struct kb_act *act, struct kb_import *import,
					      int32_t van_day, int32_t tot_day,
					      struct kb_import_roll *roll);

#endif
