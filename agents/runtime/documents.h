/* SPDX-License-Identifier: EUPL-1.2 */
/* Papers of a case as this party has them: which, of what day, and the hash that proves which one was meant (design 7). */
#ifndef KB_RUNTIME_DOCUMENTS_H
#define KB_RUNTIME_DOCUMENTS_H

#include "agents/runtime/desk.h"
#include "common/base/buf.h"
#include "common/store/case_items.h"

#define KB_DOCUMENT_LINE_MAX 200
/* A paper that is read to hash it; the paper itself stays where it is. */
#define KB_DOCUMENT_BYTES_MAX ((size_t)32 * 1024 * 1024)

/* Payload of KB_ITEM_DOCUMENT. */
struct kb_document {
	struct kb_span sort; /* "zienswijze ouders": the word of the region's list, or any other */
	struct kb_span name; /* what people call it; may be empty */
	struct kb_hash hash; /* SHA-256 of its bytes */
	uint64_t bytes;
	int32_t day;	  /* of the paper itself */
	uint32_t version; /* of this sort in the case, from 1 */
};

/* Encoding appends. KB_ERR_CORRUPT. Spans point into payload. */
KB_MUST_CHECK enum kb_err kb_document_pack(const struct kb_document *document, struct kb_buf *out);
KB_MUST_CHECK enum kb_err kb_document_unpack(struct kb_span payload, struct kb_document *out);

/* The document after item->item_no (0: the first). KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_document_next(struct kb_step *step, uint64_t case_no,
					   struct kb_arena *arena, struct kb_case_item *item,
					   struct kb_document *out);
/* Whether the case has a paper of that sort, whatever capitals its name has. */
KB_MUST_CHECK enum kb_err kb_document_has(struct kb_step *step, uint64_t case_no,
					  struct kb_arena *arena, struct kb_span sort, bool *has);

/* Whether the case has a paper with that hash. */
KB_MUST_CHECK enum kb_err kb_document_known(struct kb_step *step, uint64_t case_no,
					    struct kb_arena *arena, const struct kb_hash *hash,
					    bool *known);

/* A paper of the case, made here (from NULL) or by that party: its version is counted and filled in; a record of it, and a line in the
 * timeline. */
KB_MUST_CHECK enum kb_err kb_document_add(struct kb_act *act, uint64_t case_no,
					  struct kb_document *document,
					  const struct kb_party_id *from);

/* 'document add', and the section of 'case show': what may be seen by who asks (case_board.h). */
enum kb_err kb_verb_document_add(struct kb_desk_call *call);
KB_MUST_CHECK enum kb_err kb_document_section(struct kb_desk_call *call, const struct kb_case *row);

#endif
