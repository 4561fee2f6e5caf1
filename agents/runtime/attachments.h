/* SPDX-License-Identifier: EUPL-1.2 */
/* Attachments (bijlagen) of a case: files up to 100 MiB, kept encrypted, announced to a participant and fetched by it in parts. */
#ifndef KB_RUNTIME_ATTACHMENTS_H
#define KB_RUNTIME_ATTACHMENTS_H

#include "agents/runtime/role.h"
#include "common/base/buf.h"
#include "common/exchange/attachment_type.h"
#include "common/store/case_items.h"
#include "common/store/chunks.h"

/*
 * How one travels. Who has it announces it (kind 136: hash, size, type, hash of every part); who it was announced to fetches it, some
 * parts at a time (137), and each answer is one part (138); when all are there it is judged again and the sender hears how it ended (139).
 * The recipient pulls, so the outbox of the sender never holds more than KB_ATTACHMENT_WINDOW parts per attachment and recipient, and
 * nobody's disk is filled unasked. What is asked for is in the row of the recipient in the same commit as the question, a part is on
 * disk before the commit that receipts it, and messages are sent until they are receipted: so it goes on by itself after any kill, at
 * either side, and "half sent" is no state that somebody has to mend. The row says which parts are here; the files say it again.
 *
 * The bytes stand in chunk files (common/store/chunks.h) and nowhere else: the logs of both sides keep salt and body of a part without
 * its content (_log_body), which is put back from the chunk file when the message must be sealed again or proven (_whole_body).
 */

/* Parts that a recipient asks for ahead of what it has: 2 MiB, so that a fast line is not waiting for questions. */
#define KB_ATTACHMENT_WINDOW 8u
/* Sealed bytes on one edge above which a sender answers "later": a recipient that asks and does not fetch. */
#define KB_ATTACHMENT_EDGE_BYTES ((uint64_t)16 * 1024 * 1024)
/* Memory of a group of acts (design 10: an idle daemon stays under 30 MiB) above which no more parts go into it. */
#define KB_ATTACHMENT_GROUP_BYTES ((size_t)16 * 1024 * 1024)
/* Without a new part for so long what is missing is asked for again: it may have expired on the way. */
#define KB_ATTACHMENT_RETRY_MS ((int64_t)15 * 60 * 1000)
/* Per case: attachments, participants that one is announced to, and bytes when nothing is configured. */
#define KB_ATTACHMENTS_OF_CASE_MAX 200u
#define KB_ATTACHMENT_READERS_MAX 32u
#define KB_ATTACHMENT_CASE_BYTES ((uint64_t)2048 * 1024 * 1024)

/* X(NAME, number in the store, Dutch for people) */
#define KB_ATTACHMENT_STATE_TABLE(X)                                                               \
	X(NONE, 0, "")                                                                             \
	X(WHOLE, 1, "klaar")                                                                       \
	X(COMING, 2, "onderweg")                                                                   \
	X(REFUSED, 3, "geweigerd")                                                                 \
	X(STOPPED, 4, "gestopt")                                                                   \
	X(ANNOUNCED, 5, "aangekondigd")

/* Of an attachment here: WHOLE, COMING, REFUSED or STOPPED; of one at a reader: ANNOUNCED, COMING, WHOLE, REFUSED or STOPPED. */
enum kb_attachment_state {

#define KB_ROW(name, number, label) KB_ATTACHMENT_##name = (number),
	KB_ATTACHMENT_STATE_TABLE(KB_ROW)
#undef KB_ROW
};

/* A participant to whom one of ours was announced, and on what ground: every part goes on the same one, judged anew. */
struct kb_attachment_reader {
	struct kb_party_id party;
	struct kb_id message_id; /* of the announcement */
	enum kb_purpose purpose;
	enum kb_ground ground;
	enum kb_desk desk;
	struct kb_id consent_ref;
	enum kb_attachment_state state;
	uint32_t asked;	 /* parts that it asked for so far */
	uint32_t reason; /* wire number of a refusal; 0: none */
	enum kb_attachment_rule rule;
	int64_t at_utc_ms; /* of the announcement */
};

/* Payload of KB_ITEM_BIJLAGE, with what the item itself says. Spans live in the arena of who reads it. */
struct kb_attachment {
	uint64_t case_no;
	uint32_t item_no; /* the number that people see */
	uint64_t author_user_no;
	int64_t at_utc_ms;
	struct kb_id file_id; /* its folder of chunk files */
	struct kb_hash sha256;
	uint64_t bytes;
	uint32_t type;
	struct kb_span sort;
	struct kb_span name;
	int32_t day;
	uint32_t categories;  /* kb_data_category bits; 0: not said, so it goes to nobody */
	int32_t seen_day;     /* on which the parents saw it; KB_DAY_NONE */
	struct kb_span parts; /* SHA-256 of every chunk */
	enum kb_attachment_state state;
	uint32_t reason;	      /* of STOPPED: wire number */
	enum kb_attachment_rule rule; /* of REFUSED */
	/* Of one that came, or comes, from another party. */
	struct kb_party_id from; /* empty: ours */
	struct kb_id consent_ref;
	uint8_t *present; /* one bit per chunk that is here; in arena, none when it is ours */
	size_t present_len;
	uint32_t asked;	      /* chunks before this were asked for */
	int64_t asked_utc_ms; /* the last question or part */
	/* Of one of ours. */
	struct kb_attachment_reader *readers;
	size_t reader_count;
};

/* ---- attachment_row.c ---- */

KB_MUST_CHECK enum kb_err kb_attachment_pack(const struct kb_attachment *attachment,
					     struct kb_buf *out);
/* KB_ERR_CORRUPT. Spans point into payload, readers and present are in arena; the fields of the item are left alone. */
KB_MUST_CHECK enum kb_err kb_attachment_unpack(struct kb_span payload, struct kb_arena *arena,
					       struct kb_attachment *out);
/* KB_ERR_NOT_FOUND. _next: the one after out->item_no (0: the first). _find: by the hash of the whole file. */
KB_MUST_CHECK enum kb_err kb_attachment_get(struct kb_step *step, uint64_t case_no,
					    uint32_t item_no, struct kb_arena *arena,
					    struct kb_attachment *out);
KB_MUST_CHECK enum kb_err kb_attachment_next(struct kb_step *step, uint64_t case_no,
					     struct kb_arena *arena, struct kb_attachment *out);
KB_MUST_CHECK enum kb_err kb_attachment_find(struct kb_step *step, uint64_t case_no,
					     const struct kb_hash *sha256, struct kb_arena *arena,
					     struct kb_attachment *out);
/* One of ours is of the own desk; what came is known to who sent it, and shown like a message. */
enum kb_visibility kb_attachment_visibility(const struct kb_attachment *attachment);
/* Adds (item_no 0, filled in) or replaces. */
KB_MUST_CHECK enum kb_err kb_attachment_put(struct kb_act *act, struct kb_attachment *attachment);

/* Its place on disk, and the data key of its case. Wipe the key. KB_ERR_NOT_FOUND: erased. */
KB_MUST_CHECK enum kb_err kb_attachment_place(struct kb_agent *agent, struct kb_step *step,
					      const struct kb_attachment *attachment,
					      struct kb_chunk_place *place, struct kb_datakey *key);
bool kb_attachment_is_present(const struct kb_attachment *attachment, uint32_t index);
uint32_t kb_attachment_present_count(const struct kb_attachment *attachment);
struct kb_hash kb_attachment_part_hash(const struct kb_attachment *attachment, uint32_t index);
/* Whether bytes more fit in the case. KB_ERR_OVERSIZE. */
KB_MUST_CHECK enum kb_err kb_attachment_room(struct kb_agent *agent, struct kb_step *step,
					     uint64_t case_no, uint64_t bytes,
					     struct kb_arena *arena);

/* ---- attachment_body.c: a part in the log ---- */

/* What a log keeps of the encoded body of a message of that kind: all of it, but of a part no content. In arena, or body itself. */
KB_MUST_CHECK enum kb_err kb_attachment_log_body(uint32_t kind, struct kb_span body,
						 struct kb_arena *arena, struct kb_span *out);
/* The other way: the body that the header commits to. KB_ERR_NOT_FOUND: the bytes are not here (any more). */
KB_MUST_CHECK enum kb_err kb_attachment_whole_body(struct kb_act *act, uint32_t kind,
						   uint64_t case_no, struct kb_span logged,
						   struct kb_span *out);
/* What the content of an announcement or a part says of itself. */
KB_MUST_CHECK enum kb_err kb_attachment_nature(uint32_t kind, struct kb_span content,
					       struct kb_arena *arena, uint32_t *categories,
					       bool *seen);

/* ---- attachment_messages.c: kinds 136 to 139 ---- */

KB_MUST_CHECK enum kb_err kb_attachment_handle_announcement(struct kb_act *act,
							    const struct kb_received *received);
KB_MUST_CHECK enum kb_err kb_attachment_handle_request(struct kb_act *act,
						       const struct kb_received *received);
KB_MUST_CHECK enum kb_err kb_attachment_handle_part(struct kb_act *act,
						    const struct kb_received *received);
KB_MUST_CHECK enum kb_err kb_attachment_handle_outcome(struct kb_act *act,
						       const struct kb_received *received);
KB_MUST_CHECK enum kb_err kb_attachment_fate(struct kb_act *act, const struct kb_sent_fate *fate);
/* A toestemming was withdrawn: nothing more of what comes or goes under it. */
KB_MUST_CHECK enum kb_err kb_attachment_consent_ended(struct kb_act *act, uint64_t case_no,
						      const struct kb_id *consent_id);

/* ---- attachment_fetch.c ---- */

/* Asks for the next parts when there is room in the window; the row is changed, not written. */
KB_MUST_CHECK enum kb_err kb_attachment_ask(struct kb_act *act, struct kb_attachment *attachment);
/* Says to from how it ended here: whole, or refused by the rule of the row. */
KB_MUST_CHECK enum kb_err kb_attachment_tell_outcome(struct kb_act *act,
						     const struct kb_attachment *attachment);
/* The end of one that came whole: judged, told to the sender, a paper of the case (documents.h). */
KB_MUST_CHECK enum kb_err kb_attachment_finish(struct kb_act *act, struct kb_attachment *attachment,
					       enum kb_attachment_type type,
					       enum kb_attachment_rule rule);

/* ---- attachment_watch.c: what goes on by itself ---- */

#define KB_TRANSFERS_MAX 16

struct kb_transfer;
struct kb_attachment_check;

/* Part of the agent. */
struct kb_attachments {
	struct kb_chunks *chunks;
	uint64_t case_bytes_max;
	/* Cases that have to be looked at: one of theirs comes, or files of theirs may have to go. A hint only. */
	uint64_t *cases;
	size_t case_count;
	size_t case_capacity;
	bool look;  /* now */
	bool fresh; /* just started: every row is compared with the disk */
	int64_t next_look_mono_ms;
	bool acting; /* an act about one of them is queued or runs */
	struct kb_attachment_check *check;
	struct kb_transfer *transfers[KB_TRANSFERS_MAX];
	int64_t trim_mono_ms; /* when what the parts took goes back to the system; 0: nothing to give back */
	uint64_t broken; /* chunks that were found missing or damaged since the start */
};

/* Opens the folder, compares rows with files and removes files without a row: half an upload, or a case whose key was destroyed. Reads
 * in step; what has to change follows in acts. */
KB_MUST_CHECK enum kb_err kb_attachments_open(struct kb_agent *agent, struct kb_step *step,
					      struct kb_error_text *where);
void kb_attachments_release(struct kb_agent *agent);
/* Once a round. true: there is more to do at once. */
bool kb_attachments_round(struct kb_agent *agent, int64_t now_mono_ms);
/* Somebody should look at that case soon. Allowed in an act that may be rolled back. */
void kb_attachments_wake(struct kb_agent *agent, uint64_t case_no);
/* Parts are passing: afterwards their memory is given back. */
void kb_attachments_busy(struct kb_agent *agent);
/* A chunk that should be here is missing or damaged. */
void kb_attachments_broken(struct kb_agent *agent, const struct kb_attachment *attachment,
			   uint32_t index, enum kb_err err);

/* ---- attachment_check.c ---- */

/* A file that is read from begin to end in slices, each chunk against its hash: SHA-256 and type of the whole. */
struct kb_attachment_reading;
KB_MUST_CHECK enum kb_err kb_attachment_reading_new(struct kb_agent *agent, struct kb_step *step,
						    const struct kb_attachment *attachment,
						    struct kb_attachment_reading **out);
void kb_attachment_reading_free(struct kb_attachment_reading *reading);
/* Some chunks more. *more: not at the end yet. KB_ERR_NOT_FOUND, KB_ERR_CORRUPT: *index is the chunk. */
KB_MUST_CHECK enum kb_err kb_attachment_reading_slice(struct kb_attachment_reading *reading,
						      bool *more, uint32_t *index);
/* At the end. KB_ERR_CORRUPT: the hash is not that of the row. */
KB_MUST_CHECK enum kb_err kb_attachment_reading_end(struct kb_attachment_reading *reading,
						    enum kb_attachment_type *type,
						    enum kb_attachment_rule *rule);

/* Random access over chunk files that are here, for kb_attachment_judge(). */
struct kb_attachment_window {
	struct kb_agent *agent;
	struct kb_chunk_place place;
	struct kb_datakey key;
	struct kb_span parts;
	uint32_t index; /* of the chunk in buf; UINT32_MAX: none */
	struct kb_buf buf;
};
KB_MUST_CHECK enum kb_err kb_attachment_window_read(void *state, uint64_t offset, uint8_t *out,
						    size_t len);
void kb_attachment_window_release(struct kb_attachment_window *window);

/* All chunks of all attachments that are here, in slices; what is broken is counted (kb_attachments_broken) and named in the result. */
struct kb_attachment_verify;
KB_MUST_CHECK enum kb_err kb_attachment_verify_new(struct kb_agent *agent,
						   struct kb_attachment_verify **out);
void kb_attachment_verify_free(struct kb_attachment_verify *verify);
/* *done: attachments so far. Only trouble of the store. */
KB_MUST_CHECK enum kb_err kb_attachment_verify_slice(struct kb_attachment_verify *verify,
						     bool *more, uint64_t *done);
/* A section and a sentence; KB_ERR_CORRUPT with the first that is broken. */
enum kb_err kb_attachment_verify_result(struct kb_desk_call *call,
					const struct kb_attachment_verify *verify);

/* Starts the check of one that is complete; a job of the agent. */
KB_MUST_CHECK enum kb_err kb_attachment_check_start(struct kb_agent *agent, struct kb_step *step,
						    const struct kb_attachment *attachment);
void kb_attachment_check_free(struct kb_attachment_check *check);

/* ---- attachment_transfer.c: to and from the people of this party, in pieces over the local socket ---- */

void kb_transfers_release(struct kb_agent *agent);
/* Forgets what nobody goes on with. */
void kb_transfers_tick(struct kb_agent *agent, int64_t now_mono_ms);
/* Whether that folder is being filled. */
bool kb_transfer_is_open(const struct kb_agent *agent, const struct kb_id *file_id);
/* Takes the upload of the argument 'upload' as an attachment of the case: sort, name, day and what it holds are in attachment. The
 * sentence of a refusal names the rule. */
KB_MUST_CHECK enum kb_err kb_transfer_take(struct kb_desk_call *call,
					   struct kb_attachment *attachment);

enum kb_err kb_verb_document_begin(struct kb_desk_call *call);
enum kb_err kb_verb_document_part(struct kb_desk_call *call);
enum kb_err kb_verb_document_get(struct kb_desk_call *call);
enum kb_err kb_verb_document_read(struct kb_desk_call *call);

/* ---- attachment_screens.c ---- */

/* Whether who asks may see that attachment of the case (case_board.h); in an act. */
KB_MUST_CHECK enum kb_err kb_attachment_sees(struct kb_desk_call *call,
					     const struct kb_attachment *attachment, bool *sees);

enum kb_err kb_verb_document_list(struct kb_desk_call *call);
enum kb_err kb_verb_document_send(struct kb_desk_call *call);
/* Sections of 'case show'; nothing when there are none. */
KB_MUST_CHECK enum kb_err kb_attachment_sections(struct kb_desk_call *call, uint64_t case_no);

#endif
