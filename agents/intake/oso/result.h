/* SPDX-License-Identifier: EUPL-1.2 */
/* What the helper says to the program that started it: frames of one byte kind, four bytes length and content. */
#ifndef KB_INTAKE_OSO_RESULT_H
#define KB_INTAKE_OSO_RESULT_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/exchange/fields.h"

#define KB_OSO_FINDINGS_MAX 200
#define KB_OSO_FIELDS_MAX 32
/* A dossier is some hundred kB, and its attachments make it larger; what is beyond this goes as a document of the case. */
#define KB_OSO_FILE_BYTES_MAX ((size_t)4 * 1024 * 1024)
/* All fields of one, with their frames: it may be a little longer than it was in the file. */
#define KB_OSO_FIELDS_BYTES_MAX ((size_t)5 * 1024 * 1024)
/* All a helper may say: a dossier and its findings. The reader takes no more. */
#define KB_OSO_ANSWER_BYTES_MAX ((size_t)8 * 1024 * 1024)

enum kb_oso_frame {
	KB_OSO_FRAME_NONE = 0,
	KB_OSO_FRAME_FINDING = 'F',  /* line, name of the rule, path, sentence */
	KB_OSO_FRAME_KIND = 'K',     /* overdrachtsoort */
	KB_OSO_FRAME_FIELD = 'V',    /* number of the field, value */
	KB_OSO_FRAME_DOCUMENT = 'D', /* a dossier put together again */
	KB_OSO_FRAME_END = 'E',	     /* last: nothing was cut off */
};

/* The name of the finding that is about the schema and not about the dossier: it cannot be used. */
#define KB_OSO_RULE_SCHEMA_FILE "schema-bestand"

/* A rule that is broken, and where. The texts hold no value out of the dossier (design 2.8). */
struct kb_oso_finding {
	struct kb_span rule;
	struct kb_span path; /* "/dossier/huidigeschool/leerling/bsn"; empty: the whole file */
	struct kb_span text;
	uint32_t line; /* 0: unknown */
};

/* What came back. Spans point into the answer. */
struct kb_oso_result {
	struct kb_oso_finding findings[KB_OSO_FINDINGS_MAX];
	size_t finding_count;
	struct kb_field fields[KB_OSO_FIELDS_MAX]; /* ascending by number */
	size_t field_count;
	struct kb_span kind;
	struct kb_span document;
};

KB_MUST_CHECK enum kb_err kb_oso_put_frame(struct kb_buf *to, enum kb_oso_frame frame,
					   struct kb_span content);
/* The same, written in place: what comes between the two is the content. A large value is then in memory once. */
KB_MUST_CHECK enum kb_err kb_oso_open_frame(struct kb_buf *to, enum kb_oso_frame frame,
					    size_t *mark);
void kb_oso_close_frame(struct kb_buf *to, size_t mark);
KB_MUST_CHECK enum kb_err kb_oso_put_finding(struct kb_buf *to,
					     const struct kb_oso_finding *finding);
KB_MUST_CHECK enum kb_err kb_oso_put_field(struct kb_buf *to, uint32_t number,
					   struct kb_span value);

/* KB_ERR_TRUNCATED without the last frame (the helper was stopped), KB_ERR_MALFORMED, KB_ERR_OVERSIZE. */
KB_MUST_CHECK enum kb_err kb_oso_result_read(struct kb_span answer, struct kb_oso_result *result);

/* What is wrong with the schema, of which the dossier can do nothing; NULL when nothing is. */
const struct kb_oso_finding *kb_oso_result_schema_fault(const struct kb_oso_result *result);

#endif
