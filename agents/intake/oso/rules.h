/* SPDX-License-Identifier: EUPL-1.2 */
/* The business rules of OSO that concern us, as one table. */
#ifndef KB_INTAKE_OSO_RULES_H
#define KB_INTAKE_OSO_RULES_H

#include "agents/intake/oso/xml.h"
#include "common/exchange/date.h"

/* For which dossiers a rule holds; 0: all. */
enum kb_oso_soort {
	KB_OSO_OVERSTAP = 1 << 0, /* overstapdossier */
	KB_OSO_BINNEN = 1 << 1,	  /* overdrachtbinnenbrin */
	KB_OSO_SWV = 1 << 2,	  /* swv-dossier */
};

/* What a rule looks at. */
struct kb_oso_view {
	const xmlDoc *doc;
	const xmlNode *leerling;
	int32_t day; /* of the dossier: metadata/datum */
	struct kb_oso_report *report;
};

struct kb_oso_rule {
	const char *name;     /* of Edustandaard where it has one */
	const char *source;   /* line of facts, or the set of rules it comes from */
	uint32_t soorten;     /* enum kb_oso_soort; 0: all */
	const char *overstap; /* only for this overstap; NULL: all */
	int32_t from_day;     /* KB_DAY_NONE: always; of the day in the dossier */
	int32_t until_day;    /* the last day */
	void (*check)(const struct kb_oso_view *view, const struct kb_oso_rule *rule);
	const char *
		path; /* for check: relative to leerling, or from the root when it begins with "/" */
	const char *text; /* Dutch, for people */
};

const struct kb_oso_rule *kb_oso_rules(size_t *count);

/* All rules that hold for this dossier. KB_ERR_DATA when one is broken. */
KB_MUST_CHECK enum kb_err kb_oso_rules_check(const xmlDoc *doc, struct kb_oso_report *report);

/* The checks, in checks.c and attachments.c. */
typedef void kb_oso_check(const struct kb_oso_view *view, const struct kb_oso_rule *rule);
kb_oso_check kb_oso_needs, kb_oso_forbids, kb_oso_needs_true, kb_oso_needs_if_seen,
	kb_oso_akkoord_words, kb_oso_needs_number, kb_oso_elfproef, kb_oso_secret_forbids,
	kb_oso_needs_address, kb_oso_needs_liable, kb_oso_needs_institution, kb_oso_secret_reach,
	kb_oso_secret_person, kb_oso_secret_verzorger, kb_oso_verzorger_reach,
	kb_oso_verzorger_forbids, kb_oso_needs_in_advies, kb_oso_needs_contact, kb_oso_advies,
	kb_oso_tests, kb_oso_attachments, kb_oso_attachment_zip, kb_oso_las, kb_oso_soort_known,
	kb_oso_overstap_known, kb_oso_category_words, kb_oso_category_needs,
	kb_oso_category_forbids, kb_oso_category_opt_out, kb_oso_all_known;

#endif
