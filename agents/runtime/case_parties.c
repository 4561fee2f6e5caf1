/* SPDX-License-Identifier: EUPL-1.2 */
/* The parties of a case: who sent or got something in it, and who has the regie. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/case_board.h"
#include "agents/runtime/messages.h"
#include "agents/runtime/verbs.h"
#include "common/store/case_records.h"
#include "common/store/parties.h"

/* Parties of one case; a table has some ten. What is more is left out. */
#define PARTIES_MAX 64

/* First and last time that something went between us and a party. */
struct seen {
	uint32_t party_no;
	int64_t first_utc_ms;
	int64_t last_utc_ms;
};

struct parties {
	struct seen at[PARTIES_MAX];
	size_t count;
};

/* A moment of 0: it is a party, but nothing went to or fro. */
static void
take(struct parties *parties, uint32_t party_no, int64_t at_utc_ms)
{
	struct seen *seen = NULL;

	for (size_t i = 0; i < parties->count && seen == NULL; i++) {
		seen = parties->at[i].party_no == party_no ? &parties->at[i] : NULL;
	}
	if (seen == NULL && parties->count < PARTIES_MAX) {
		seen = &parties->at[parties->count++];
		*seen = (struct seen){ .party_no = party_no };
	}
	if (seen != NULL && at_utc_ms != 0) {
		seen->first_utc_ms = seen->first_utc_ms == 0 || at_utc_ms < seen->first_utc_ms
					     ? at_utc_ms
					     : seen->first_utc_ms;
		seen->last_utc_ms = at_utc_ms > seen->last_utc_ms ? at_utc_ms : seen->last_utc_ms;
	}
}

static enum kb_err
collect(struct kb_desk_call *call, const struct kb_case *row, struct parties *out)
{
	struct kb_case_record line;
	uint64_t position = 0;
	bool counts = false;
	enum kb_err err = KB_OK;

	take(out, KB_PARTY_NO_SELF, row->opened_utc_ms);
	if (row->counterparty_no != KB_PARTY_NO_SELF) {
		take(out, row->counterparty_no, 0);
	}
	while (err == KB_OK) {
		err = kb_case_record_back(kb_desk_step(call), row->case_no, &position, &line);
		if (err == KB_OK && line.direction != KB_DIRECTION_LOCAL) {
			/* What was refused after it came in makes nobody a participant. */
			err = kb_message_counts(kb_desk_step(call), &line, &counts);
			if (err == KB_OK && counts) {
				take(out, line.party_no, line.at_utc_ms);
			}
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
party_row(struct kb_desk_call *call, const struct kb_case *row, const struct seen *seen)
{
	bool self = seen->party_no == KB_PARTY_NO_SELF;
	struct kb_party party = { .kind = 0 };
	enum kb_err err = self ? KB_OK : kb_party_get(kb_desk_step(call), seen->party_no, &party);

	if (err != KB_OK) {
		return err;
	}
	kb_desk_row(call);
	kb_desk_cell_text(call, self ? kb_agent_self(kb_desk_agent(call))->text : party.id.text);
	kb_desk_cell_text(call, kb_party_kind_label(self ? kb_desk_act(call)->own_kind
							 : (enum kb_party_kind)party.kind));
	kb_desk_cell_text(call, self ? "ja" : "");
	kb_desk_cell_text(call, row->regievoerder_no == seen->party_no ? "regie" : "");
	kb_desk_cell_time(call, seen->first_utc_ms);
	kb_desk_cell_time(call, seen->last_utc_ms);
	return KB_OK;
}

enum kb_err
kb_show_parties(struct kb_desk_call *call, const struct kb_case *row)
{
	struct parties *parties = kb_arena_alloc(kb_desk_arena(call), sizeof(*parties));
	enum kb_err err = parties != NULL ? collect(call, row, parties) : KB_ERR_NO_MEMORY;

	kb_desk_section(call, "deelnemers", "partij|soort|wij|regie|eerste|laatste");
	for (size_t i = 0; err == KB_OK && i < parties->count; i++) {
		err = party_row(call, row, &parties->at[i]);
	}
	return err;
}
