/* SPDX-License-Identifier: EUPL-1.2 */
/* A dossier as a tree, read with no network, no DTD and no entities beyond the five. Only inside the helper. */
#ifndef KB_INTAKE_OSO_XML_H
#define KB_INTAKE_OSO_XML_H

#include <libxml/tree.h>

#include "agents/intake/oso/result.h"

#define KB_OSO_SCHEMA_BYTES_MAX ((size_t)2 * 1024 * 1024)
/* The set goes 12 deep. */
#define KB_OSO_DEPTH_MAX 24
#define KB_OSO_ELEMENTS_MAX 60000

/* What is being looked at, and what is said about it. */
struct kb_oso_report {
	struct kb_buf *to; /* frames */
	size_t finding_count;
	enum kb_err err; /* the first failure to write; later findings are dropped */
	xmlDict *
		names; /* shared by all that is read with it, so that nodes may move between trees; NULL: each its own */
};

/* Once per process, before anything else here; nothing is loaded from anywhere afterwards. */
void kb_oso_xml_init(void);
/* Whether the library ever lacked memory: it does not always say so, and what it gives back may then be a part of what it should be. */
bool kb_oso_xml_ran_out(void);

/*
 * Reads bytes; the caller frees *out with xmlFreeDoc(). What is no XML, not UTF-8, has a DOCTYPE, is too deep or too large is
 * KB_ERR_DATA with one finding in the report: nothing of it was expanded. KB_ERR_NO_MEMORY.
 */
KB_MUST_CHECK enum kb_err kb_oso_xml_read(struct kb_span bytes, struct kb_oso_report *report,
					  xmlDoc **out);

/* Whether the tree is a dossier of the set: its root, one name space, text only in leaves. KB_ERR_DATA with a finding. */
KB_MUST_CHECK enum kb_err kb_oso_xml_is_dossier(const xmlDoc *doc, struct kb_oso_report *report);

/*
 * Checks against the schema in bytes, that may fetch nothing. KB_ERR_DATA with findings. KB_ERR_CONFIG: it is no schema, or not a whole
 * one, with one finding of the name KB_OSO_RULE_SCHEMA_FILE.
 */
KB_MUST_CHECK enum kb_err kb_oso_xml_validate(xmlDoc *doc, struct kb_span schema,
					      struct kb_oso_report *report);

/* ---- walking; names without name space ---- */

const char *kb_oso_name(const xmlNode *node);
/* The first child element; NULL when there is none. name NULL: any. */
xmlNode *kb_oso_child(const xmlNode *node, const char *name);
/* The next sibling element of the same name (name NULL: any). */
xmlNode *kb_oso_next(const xmlNode *node, const char *name);
/* By path from the root element: "huidigeschool/leerling/bsn". The first of each; NULL when there is none. */
xmlNode *kb_oso_find(const xmlDoc *doc, const char *path);
/* The text of a leaf without white space around it, borrowed from the tree; empty for NULL. */
struct kb_span kb_oso_text(const xmlNode *node);
bool kb_oso_is(const xmlNode *node, const char *text);
/* xs:boolean: "true" or "1". */
bool kb_oso_is_true(const xmlNode *node);

/* ---- saying ---- */

/* node (may be NULL) is where. */
void kb_oso_say(struct kb_oso_report *report, const char *rule, const xmlNode *node,
		const char *text);
/* The same with a line instead of a node. */
void kb_oso_say_line(struct kb_oso_report *report, const char *rule, uint32_t line,
		     const char *text);
/* "/dossier/huidigeschool/leerling/verzorger[2]/iban". */
KB_MUST_CHECK enum kb_err kb_oso_path(const xmlNode *node, struct kb_buf *out);

#endif
