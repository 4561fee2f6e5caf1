/* SPDX-License-Identifier: EUPL-1.2 */
/* The files of all attachments against their rows: the second half of `log verify`. */
#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/attachments.h"

struct kb_attachment_verify {
	struct kb_agent *agent;
	struct kb_attachment_reading *reading; /* NULL: the next one is to be opened */
	struct kb_attachment now;	       /* numbers only */
	uint64_t done_count;
	uint64_t broken_count;
	struct kb_attachment first_broken; /* numbers only */
};

enum kb_err
kb_attachment_verify_new(struct kb_agent *agent, struct kb_attachment_verify **out)
{
	struct kb_attachment_verify *verify = calloc(1, sizeof(*verify));

	if (verify == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	verify->agent = agent;
	*out = verify;
	return KB_OK;
}

void
kb_attachment_verify_free(struct kb_attachment_verify *verify)
{
	if (verify != NULL) {
		kb_attachment_reading_free(verify->reading);
		free(verify);
	}
}

/* The attachment after verify->now, in this case or the next that has one. KB_ERR_NOT_FOUND: that was all. */
static enum kb_err
find_next(struct kb_attachment_verify *verify, struct kb_step *step, struct kb_arena *arena,
	  struct kb_attachment *out)
{
	struct kb_case row = { .case_no = verify->now.case_no };
	enum kb_err err = KB_OK;

	*out = verify->now;
	err = out->case_no != 0 ? kb_attachment_next(step, out->case_no, arena, out)
				: KB_ERR_NOT_FOUND;
	while (err == KB_ERR_NOT_FOUND) {
		err = kb_case_next(step, row.case_no, &row);
		if (err != KB_OK) {
			return err;
		}
		*out = (struct kb_attachment){ .item_no = 0 };
		err = kb_attachment_next(step, row.case_no, arena, out);
	}
	return err;
}

static void
note_broken(struct kb_attachment_verify *verify, uint32_t index, enum kb_err err)
{
	kb_attachments_broken(verify->agent, &verify->now, index, err);
	if (verify->broken_count == 0) {
		verify->first_broken = verify->now;
	}
	verify->broken_count++;
}

static enum kb_err
open_next(struct kb_attachment_verify *verify, bool *more)
{
	struct kb_arena arena = { 0 };
	struct kb_attachment one = { .item_no = 0 };
	struct kb_step *step = NULL;
	enum kb_err err = kb_step_begin(verify->agent->store, KB_STEP_READ, &step);

	if (err == KB_OK) {
		err = find_next(verify, step, &arena, &one);
	}
	if (err == KB_OK) {
		verify->now =
			(struct kb_attachment){ .case_no = one.case_no, .item_no = one.item_no };
		err = one.state == KB_ATTACHMENT_WHOLE
			      ? kb_attachment_reading_new(verify->agent, step, &one,
							  &verify->reading)
			      : KB_OK;
		*more = true;
	}
	kb_step_abort(&step);
	kb_arena_release(&arena);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_attachment_verify_slice(struct kb_attachment_verify *verify, bool *more, uint64_t *done)
{
	enum kb_attachment_type type = KB_FILE_NONE;
	enum kb_attachment_rule rule = KB_ATTACHMENT_RULE_OK;
	uint32_t index = 0;
	bool unread = false;
	enum kb_err err = KB_OK;

	*done = verify->done_count;
	*more = false;
	if (verify->reading == NULL) {
		return open_next(verify, more);
	}
	*more = true;
	err = kb_attachment_reading_slice(verify->reading, &unread, &index);
	if (err == KB_OK && unread) {
		return KB_OK;
	}
	if (err == KB_OK) {
		err = kb_attachment_reading_end(verify->reading, &type, &rule);
	}
	kb_attachment_reading_free(verify->reading);
	verify->reading = NULL;
	verify->done_count++;
	if (err == KB_ERR_CORRUPT || err == KB_ERR_NOT_FOUND) {
		note_broken(verify, index, err);
		err = KB_OK;
	}
	return err;
}

enum kb_err
kb_attachment_verify_result(struct kb_desk_call *call, const struct kb_attachment_verify *verify)
{
	kb_desk_section(call, "bijlagen", "nagerekend|beschadigd");
	kb_desk_row(call);
	kb_desk_cell_number(call, verify->done_count);
	kb_desk_cell_number(call, verify->broken_count);
	return verify->broken_count == 0
		       ? KB_OK
		       : kb_desk_fail(
				 call, KB_ERR_CORRUPT,
				 "Het logboek klopt, maar %llu van %llu bijlagen zijn niet heel; "
				 "de eerste is bijlage %u van zaak %llu",
				 (unsigned long long)verify->broken_count,
				 (unsigned long long)verify->done_count,
				 verify->first_broken.item_no,
				 (unsigned long long)verify->first_broken.case_no);
}
