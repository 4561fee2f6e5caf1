/* SPDX-License-Identifier: EUPL-1.2 */
/* The rows of the overview for parents. */
#include "agents/runtime/letter_rows.h"

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/messages.h"
#include "common/exchange/date.h"
#include "common/exchange/letters.h"
#include "common/store/access.h"
#include "common/store/case_records.h"
#include "common/store/parties.h"
#include "common/store/sent.h"
#include "common/store/users.h"

#define SHARED_COLUMNS 5
#define SEEN_COLUMNS 4

static struct kb_span
date_cell(struct kb_arena *arena, int64_t utc_ms)
{
	char text[KB_LETTER_DATE_TEXT];

	kb_letter_date(kb_date_local_day(utc_ms), text);
	return kb_arena_copy(arena, kb_span_text(text));
}

/* The name that the register gives, else the id: parents must see that there was somebody. */
static enum kb_err
party_cell(struct kb_agent *agent, struct kb_step *step, uint32_t party_no, int64_t now_utc_ms,
	   struct kb_arena *arena, struct kb_span *out)
{
	const struct kb_entry *entry = NULL;
	struct kb_party party;
	enum kb_err err = kb_party_get(step, party_no, &party);

	if (err != KB_OK) {
		return err;
	}
	*out = kb_party_id_span(&party.id);
	if (kb_directory_find(agent->directory, &party.id, now_utc_ms, &entry) == KB_OK &&
	    entry->name.len > 0) {
		*out = entry->name;
	}
	*out = kb_arena_copy(arena, *out);
	return out->at != NULL ? KB_OK : KB_ERR_NO_MEMORY;
}

static enum kb_err
shared_row(struct kb_agent *agent, struct kb_step *step, const struct kb_case_record *line,
	   int64_t now_utc_ms, struct kb_arena *arena, struct kb_span cells[SHARED_COLUMNS])
{
	bool out = line->direction == KB_DIRECTION_OUT;
	struct kb_sent_row sent = { 0 };
	enum kb_err err = party_cell(agent, step, line->party_no, now_utc_ms, arena, &cells[3]);

	if (err == KB_OK && out) {
		err = kb_sent_get(step, &line->number, &sent);
	}
	cells[0] = date_cell(arena, line->at_utc_ms);
	cells[1] = kb_span_text(kb_kind_label(line->kind));
	cells[2] = kb_span_text(out ? "verstuurd aan" : "gekregen van");
	cells[4] = kb_span_text(out ? kb_sent_state_label(sent.state) : "ontvangen");
	return err;
}

enum kb_err
kb_letter_rows_shared(struct kb_agent *agent, struct kb_step *step, uint64_t case_no,
		      int64_t now_utc_ms, struct kb_arena *arena, struct kb_template_value *out)
{
	struct kb_case_record *lines = NULL;
	struct kb_span *cells = NULL;
	size_t count = 0;
	size_t rows = 0;
	enum kb_err err = kb_case_records(step, case_no, 0, arena, &lines, &count);

	if (err == KB_OK && count > 0) {
		cells = kb_arena_alloc(arena, count * SHARED_COLUMNS * sizeof(*cells));
		err = cells != NULL ? KB_OK : KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		if (lines[i].direction != KB_DIRECTION_LOCAL && !kb_message_is_quiet(&lines[i])) {
			err = shared_row(agent, step, &lines[i], now_utc_ms, arena,
					 &cells[rows++ * SHARED_COLUMNS]);
		}
	}
	*out = (struct kb_template_value){ .cells = cells, .row_count = rows };
	return err;
}

/* Reading, printing and the like in words. */
static const struct {
	enum kb_record_type event;
	const char *word;
} events[] = {
	{ KB_RECORD_VIEW, "bekeken" },
	{ KB_RECORD_PRINT, "brief gemaakt" },
	{ KB_RECORD_EXPORT, "in een bestand gezet" },
	{ KB_RECORD_SEARCH, "gevonden bij zoeken" },
	{ KB_RECORD_ACCESS_DENIED, "wilde kijken en mocht niet" },
};

static enum kb_err
seen_row(struct kb_step *step, const struct kb_access *access, struct kb_arena *arena,
	 struct kb_span cells[SEEN_COLUMNS])
{
	struct kb_user user = { 0 };
	enum kb_err err = KB_OK;

	if (access->user_no != 0) {
		err = kb_user_get(step, access->user_no, arena, &user);
	}
	cells[0] = date_cell(arena, access->at_utc_ms);
	cells[1] = access->user_no == 0 ? kb_span_text("het programma")
		   : user.name.len > 0	? user.name
					: kb_span_text("een medewerker"); /* erased */
	cells[2] = user.function;
	cells[3] = KB_SPAN_NONE;
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (events[i].event == access->event) {
			cells[3] = kb_span_text(events[i].word);
		}
	}
	return err;
}

/* How many there are at most. */
static enum kb_err
count_seen(struct kb_step *step, uint64_t case_no, size_t *count)
{
	uint64_t seq = 0;
	enum kb_err err = kb_access_next(step, case_no, 0, &seq);

	*count = 0;
	while (err == KB_OK) {
		(*count)++;
		err = kb_access_next(step, case_no, seq, &seq);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_letter_rows_seen(struct kb_step *step, uint64_t case_no, struct kb_arena *arena,
		    struct kb_template_value *out)
{
	struct kb_span *cells = NULL;
	uint64_t seq = 0;
	size_t count = 0;
	size_t rows = 0;
	enum kb_err err = count_seen(step, case_no, &count);

	if (err == KB_OK && count > 0) {
		cells = kb_arena_alloc(arena, count * SEEN_COLUMNS * sizeof(*cells));
		err = cells != NULL ? KB_OK : KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		struct kb_access access;

		err = kb_access_next(step, case_no, seq, &seq);
		if (err != KB_OK) {
			break;
		}
		err = kb_access_get(step, seq, arena, &access);
		if (err == KB_OK) {
			err = seen_row(step, &access, arena, &cells[rows++ * SEEN_COLUMNS]);
		} else if (err == KB_ERR_NOT_FOUND) {
			err = KB_OK; /* its year was erased */
		}
	}
	*out = (struct kb_template_value){ .cells = cells, .row_count = rows };
	return err;
}
