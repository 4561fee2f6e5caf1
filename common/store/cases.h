/* SPDX-License-Identifier: EUPL-1.2 */
/* Cases: one row each, found by the random case id or by the local case number. */
#ifndef KB_STORE_CASES_H
#define KB_STORE_CASES_H

#include "common/store/step.h"

/*
 * X(name, number in the store, stable name, Dutch for people). How far a case is says its route (route_no, route_state). 2, 4 and 5
 * were stands of a dossier of verzuim before that followed a route; they are not used again.
 */
#define KB_CASE_STATUS_TABLE(X)                                                                    \
	X(NONE, 0, "", "")                                                                         \
	X(OPEN, 1, "open", "open")                                                                 \
	X(AFGESLOTEN, 3, "afgesloten", "afgesloten")

enum kb_case_status {

#define KB_ROW(name, number, text, label) KB_CASE_##name = (number),
	KB_CASE_STATUS_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_CASE_STATUS_COUNT 4

const char *kb_case_status_name(enum kb_case_status status);
const char *kb_case_status_label(enum kb_case_status status);

/* Kind of case: what dossier it is. */
enum kb_case_kind {
	KB_CASE_KIND_NONE = 0,
	KB_CASE_KIND_VERZUIM = 1,
	KB_CASE_KIND_PARTNERS = 2, /* messages with a closed list of fields between partners */
	KB_CASE_KIND_OVERLEG =
		3, /* a meeting of a table: members and an agenda of cases; about no child, never exchanged */
};

/* What the inbox says of a case, as bits. */
#define KB_INBOX_NEW (1u << 0)	      /* something came that nobody looked at */
#define KB_INBOX_ANSWER_DUE (1u << 1) /* a question waits for our answer */
#define KB_INBOX_WAITING (1u << 2)    /* we wait for the counterparty */
#define KB_INBOX_LATE (1u << 3)	      /* a clock ran out */
#define KB_INBOX_PROBLEM (1u << 4)    /* refused, niet bezorgd or held: somebody must act */
#define KB_INBOX_HISTORISCH (1u << 5) /* past school year: shown, no alarm */

/*
 * The regie fields (design 7) stand here from the first version, so that a later desk needs no migration. Nothing in this row
 * names a person: who it is about stands in the case text and the subject.
 */
struct kb_case {
	uint64_t case_no; /* local; 0: not stored yet */
	struct kb_id case_id;
	uint16_t kind;	   /* enum kb_case_kind */
	uint16_t route_no; /* place of its route in the profile of profile_hash + 1; 0: no route */
	enum kb_case_status status;
	uint16_t route_state; /* place of the state in that route + 1; 0: no route */
	uint32_t desk;	      /* ours */
	uint64_t subject_no;
	uint32_t counterparty_no;
	struct kb_hash profile_hash; /* of the profile that it is bound to; zero: none */
	uint16_t schooljaar;	     /* 2025 for 2025/2026; 0: none */
	uint64_t data_key_no;	     /* kb_step_key_assign() */
	int64_t opened_utc_ms;
	int64_t last_activity_utc_ms;
	int64_t closed_utc_ms; /* 0: open */
	/* inbox */
	uint32_t inbox_flags;
	int64_t new_since_utc_ms; /* 0: nothing new */
	uint32_t raised_count;	  /* times something new put it (back) in the inbox */
	int64_t waiting_since_utc_ms;
	/* summary of the running clocks, kept by deadlines.h */
	int64_t next_due_utc_ms; /* 0: none runs */
	uint16_t next_due_clock;
	uint16_t last_clock_id;
	/* case_records.h */
	uint32_t record_count;
	uint64_t last_record;
	/* last message of this case from and to the counterparty: only these wait for each other (design 4) */
	uint32_t last_out_epoch_no;
	uint64_t last_out_number;
	uint32_t last_in_epoch_no;
	uint64_t last_in_number;
	/* regie */
	uint32_t regievoerder_no;     /* party; KB_PARTY_NO_SELF: us */
	uint32_t regie_aangeboden_no; /* offered to; 0xffffffff: not */
	uint32_t regie_epoch;
	uint32_t revision;
	struct kb_hash last_record_hash; /* of the previous case record */
	uint64_t behandelaar_no;	 /* user; 0: none */
	uint64_t waarnemer_no;
	uint64_t created_seq; /* log record that opened it */
};

/*
 * Stores a new case: assigns case_no and, when data_key_no is 0, a fresh data key. KB_ERR_EXISTS when the case id is known.
 */
KB_MUST_CHECK enum kb_err kb_case_create(struct kb_step *step, struct kb_case *row);
KB_MUST_CHECK enum kb_err kb_case_find(struct kb_step *step, const struct kb_id *case_id,
				       uint64_t *case_no);
KB_MUST_CHECK enum kb_err kb_case_get(struct kb_step *step, uint64_t case_no, struct kb_case *out);
/*
 * The row for change within this step: changes are written once, at the commit. Borrowed until the step ends; stays where it
 * is while other cases are opened. KB_ERR_NOT_FOUND. case_no, case_id and data_key_no must not be changed.
 */
KB_MUST_CHECK enum kb_err kb_case_edit(struct kb_step *step, uint64_t case_no,
				       struct kb_case **out);
/* There is something in the case that people must see: new in the inbox, with those KB_INBOX_ flags too. row: from kb_case_edit(). */
void kb_case_raise(struct kb_case *row, uint32_t flags, int64_t now_utc_ms);
/* The first case after case_no (0: the first); KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_case_next(struct kb_step *step, uint64_t after_no,
				       struct kb_case *out);

/* Title and short text with personal data, encrypted under the data key of the case. Never on the message path. */
struct kb_case_text {
	struct kb_span title;
	struct kb_span summary;
};

KB_MUST_CHECK enum kb_err kb_case_text_put(struct kb_step *step, uint64_t case_no,
					   const struct kb_case_text *text);
/* Spans are in arena. KB_ERR_NOT_FOUND: none, or its key was destroyed. */
KB_MUST_CHECK enum kb_err kb_case_text_get(struct kb_step *step, uint64_t case_no,
					   struct kb_arena *arena, struct kb_case_text *out);

/* The dossier of one pupil with one counterparty in one school year (issue 2 item 7: all meldingen form one). */
KB_MUST_CHECK enum kb_err kb_dossier_put(struct kb_step *step, uint16_t schooljaar,
					 uint64_t pupil_no, uint32_t counterparty_no,
					 uint64_t case_no);
KB_MUST_CHECK enum kb_err kb_dossier_find(struct kb_step *step, uint16_t schooljaar,
					  uint64_t pupil_no, uint32_t counterparty_no,
					  uint64_t *case_no);

#endif
