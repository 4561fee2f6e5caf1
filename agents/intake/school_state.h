/* SPDX-License-Identifier: EUPL-1.2 */
/* What a running school agent keeps in memory: its settings and its spool folder. */
#ifndef KB_INTAKE_SCHOOL_STATE_H
#define KB_INTAKE_SCHOOL_STATE_H

#include "agents/intake/school_import.h"
#include "common/daemon/config.h"

struct kb_school_state {
	struct kb_verzuim_settings settings; /* profile, and in vo the school's own lesson */
	struct kb_spool spool;		     /* open: there is a folder */
	struct kb_import *spool_import;	     /* the set that is being taken in; NULL: none */
	struct kb_spool_set spool_set;
	bool spool_queued;	       /* its act waits for the commit */
	unsigned spool_register_tries; /* seconds that it waited for the register */
	char spool_skip
		[KB_SPOOL_NAME_MAX +
		 1]; /* a set that could not be moved away: not tried again before a restart */
	enum kb_err spool_trouble;  /* why the set in front waits; KB_OK: none waits */
	int64_t spool_retry_utc_ms; /* then it is tried again */
	const char *oso_schema;	    /* path, "" without; of the configuration */
	bool retry_queued;	    /* held meldingen are being tried */
};

/* The settings of the rule from the region profile; the national numbers without one. */
KB_MUST_CHECK enum kb_err kb_school_settings(const struct kb_agent *agent,
					     const struct kb_config *config,
					     struct kb_verzuim_settings *out,
					     struct kb_error_text *where);

/* A set was taken in, by hand or from the spool: refused ones leave the inbox. */
void kb_school_imported(struct kb_school_state *school);

#endif
