/* SPDX-License-Identifier: EUPL-1.2 */
/* inbox: the cases that ask for attention, the one that is due first on top. */
#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/flow.h"
#include "agents/runtime/verbs.h"
#include "common/exchange/date.h"
#include "common/exchange/termijn.h"

/* ---- words ---- */

/* What asks for attention, in words. */
static const struct {
	uint32_t flag;
	const char *word;
} flags[] = {
	{ KB_INBOX_NEW, "nieuw" },     { KB_INBOX_ANSWER_DUE, "antwoord gevraagd" },
	{ KB_INBOX_WAITING, "wacht" }, { KB_INBOX_LATE, "te laat" },
	{ KB_INBOX_PROBLEM, "fout" },  { KB_INBOX_HISTORISCH, "historisch" },
};

void
kb_cell_flags(struct kb_desk_call *call, uint32_t set)
{
	struct kb_buf text = { 0 };

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if ((set & flags[i].flag) != 0) {
			kb_ignore(
				kb_buf_putf(&text, "%s%s", text.len > 0 ? ", " : "", flags[i].word),
				"a list that is cut is still a list");
		}
	}
	kb_desk_cell(call, kb_buf_span(&text));
	kb_buf_release(&text);
}

static const struct {
	const char *word;
	enum kb_case_kind kind;
} kinds[] = {
	{ "verzuim", KB_CASE_KIND_VERZUIM },
	{ "partners", KB_CASE_KIND_PARTNERS },
	{ "overleg", KB_CASE_KIND_OVERLEG },
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

static const char *
kind_word(uint16_t kind)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (kinds[i].kind == kind) {
			return kinds[i].word;
		}
	}
	return "";
}

/* ---- what is asked for ---- */

struct filter {
	bool any;
	enum kb_termijn termijn; /* NONE: all */
	int64_t until_utc_ms;	 /* due not later; INT64_MAX: all */
	bool mine;
	enum kb_case_kind kind; /* NONE: all */
	struct kb_span route;	/* id; empty: all */
};

static enum kb_err
filter_read(struct kb_desk_call *call, struct filter *out)
{
	struct kb_span termijn = kb_desk_text_arg(call, "stand");
	struct kb_span kind = kb_desk_text_arg(call, "soort");

	*out = (struct filter){ .termijn = kb_termijn_parse(termijn),
				.until_utc_ms = INT64_MAX,
				.mine = kb_desk_flag_arg(call, "van-mij"),
				.route = kb_desk_text_arg(call, "route") };
	out->any = out->route.len > 0 || termijn.len > 0 || kind.len > 0 || out->mine ||
		   kb_desk_has(call, "tot");
	if (termijn.len > 0 && out->termijn == KB_TERMIJN_NONE) {
		return kb_desk_fail(call, KB_ERR_USAGE,
				    "'stand' moet op-tijd, binnenkort, vandaag of te-laat zijn");
	}
	if (kb_desk_has(call, "tot")) {
		out->until_utc_ms = kb_date_local_start_utc_ms(kb_desk_date_arg(call, "tot") + 1);
	}
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (kb_span_equal(kind, kb_span_text(kinds[i].word))) {
			out->kind = kinds[i].kind;
		}
	}
	return kind.len > 0 && out->kind == KB_CASE_KIND_NONE
		       ? kb_desk_fail(call, KB_ERR_USAGE,
				      "'soort' moet verzuim, partners of overleg zijn")
		       : KB_OK;
}

/* ---- which cases ---- */

/* What is kept of a case until all are sorted. */
struct entry {
	uint64_t case_no;
	int64_t due_utc_ms; /* 0: nothing is due */
	enum kb_termijn termijn;
};

struct entries {
	struct entry *at;
	size_t count;
	size_t capacity;
};

static enum kb_err
entry_add(struct kb_desk_call *call, struct entries *list, const struct entry *entry)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity != 0 ? list->capacity * 2 : 128;
		struct entry *at = kb_arena_alloc(kb_desk_arena(call), capacity * sizeof(*at));

		if (at == NULL) {
			return KB_ERR_NO_MEMORY;
		}
		if (list->count > 0) {
			memcpy(at, list->at, list->count * sizeof(*at));
		}
		list->at = at;
		list->capacity = capacity;
	}
	list->at[list->count++] = *entry;
	return KB_OK;
}

/* What is due first; what is not due at all last, in the order of the cases. */
static int
entry_compare(const void *one_at, const void *other_at)
{
	const struct entry *one = one_at;
	const struct entry *other = other_at;
	int64_t first = one->due_utc_ms != 0 ? one->due_utc_ms : INT64_MAX;
	int64_t second = other->due_utc_ms != 0 ? other->due_utc_ms : INT64_MAX;

	return first != second ? (first > second) - (first < second)
			       : (one->case_no > other->case_no) - (one->case_no < other->case_no);
}

/* A clock that ran out is no longer in the summary of the case: the oldest that nobody stopped is what it is late for. */
static enum kb_err
late_since(struct kb_desk_call *call, const struct kb_case *row, int64_t *due_utc_ms)
{
	struct kb_deadline clock = { 0 };
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_deadline_of_case(kb_desk_step(call), row->case_no, clock.clock_id, &clock);
		if (err == KB_OK && clock.state == KB_CLOCK_STATE_EXPIRED && !clock.historisch &&
		    (*due_utc_ms == 0 || clock.due_utc_ms < *due_utc_ms)) {
			*due_utc_ms = clock.due_utc_ms;
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
entry_of(struct kb_desk_call *call, const struct kb_case *row, struct entry *out)
{
	bool late = (row->inbox_flags & KB_INBOX_LATE) != 0;
	enum kb_err err = KB_OK;

	*out = (struct entry){ .case_no = row->case_no, .due_utc_ms = row->next_due_utc_ms };
	if (late) {
		err = late_since(call, row, &out->due_utc_ms);
	}
	if ((row->inbox_flags & KB_INBOX_HISTORISCH) == 0) {
		out->termijn = late ? KB_TERMIJN_TE_LAAT
				    : kb_termijn_of(out->due_utc_ms, kb_desk_now_utc_ms(call));
	}
	return err;
}

static bool
is_on_route(struct kb_desk_call *call, const struct filter *filter, const struct kb_case *row)
{
	const struct kb_route *route = NULL;

	if (filter->route.len == 0) {
		return true;
	}
	route = kb_flow_route_of(kb_desk_act(call), row);
	return route != NULL && kb_span_equal(filter->route, kb_span_text(route->id));
}

/* Of a role with an inbox of its own what that does not show: the cases that are no dossier of the role, and whatever is due. Who asks
 * with a filter gets one list of all. */
static bool
may_show(struct kb_desk_call *call, const struct filter *filter, const struct kb_case *row)
{
	const struct kb_role *role = kb_agent_role(kb_desk_agent(call));
	uint32_t user_no = kb_desk_user_no(call);
	bool due = (row->next_due_utc_ms != 0 || (row->inbox_flags & KB_INBOX_LATE) != 0) &&
		   (row->inbox_flags & KB_INBOX_HISTORISCH) == 0;
	bool asks = row->inbox_flags != 0 &&
		    (filter->any || role->on_inbox == NULL || row->kind != KB_CASE_KIND_VERZUIM);

	return (due || asks) && (filter->kind == KB_CASE_KIND_NONE || row->kind == filter->kind) &&
	       (!filter->mine || row->behandelaar_no == user_no || row->waarnemer_no == user_no) &&
	       is_on_route(call, filter, row);
}

/* The rules of access last: they read the timeline of the case. */
static enum kb_err
take_case(struct kb_desk_call *call, const struct filter *filter, const struct kb_case *row,
	  struct entries *list)
{
	struct entry entry;
	bool sees = false;
	enum kb_err err = entry_of(call, row, &entry);

	if (err == KB_OK &&
	    (filter->termijn == KB_TERMIJN_NONE || entry.termijn == filter->termijn) &&
	    (filter->until_utc_ms == INT64_MAX ||
	     (entry.due_utc_ms != 0 && entry.due_utc_ms <= filter->until_utc_ms))) {
		err = kb_authorise_row(call, row->case_no, &sees);
	}
	return err == KB_OK && sees ? entry_add(call, list, &entry) : err;
}

static enum kb_err
collect(struct kb_desk_call *call, const struct filter *filter, struct entries *list)
{
	struct kb_case row = { 0 };
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_case_next(kb_desk_step(call), row.case_no, &row);
		if (err == KB_OK && may_show(call, filter, &row)) {
			err = take_case(call, filter, &row, list);
		}
	}
	if (err == KB_ERR_NOT_FOUND && list->count > 1) {
		qsort(list->at, list->count, sizeof(*list->at), entry_compare);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* ---- shown ---- */

static enum kb_err
inbox_row(struct kb_desk_call *call, const struct entry *entry)
{
	struct kb_case_text text = { 0 };
	struct kb_case row;
	enum kb_err err = kb_case_get(kb_desk_step(call), entry->case_no, &row);

	if (err == KB_OK) {
		err = kb_case_text_get(kb_desk_step(call), row.case_no, kb_desk_arena(call), &text);
	}
	if (err != KB_OK && err != KB_ERR_NOT_FOUND) {
		return err;
	}
	kb_desk_row(call);
	kb_desk_cell_number(call, row.case_no);
	kb_desk_cell(call, text.title);
	kb_desk_cell_text(call, kb_flow_state_label(kb_desk_act(call), &row));
	kb_cell_flags(call, row.inbox_flags);
	kb_cell_party(call, row.counterparty_no);
	kb_desk_cell_time(call, row.new_since_utc_ms);
	kb_desk_cell_time(call, entry->due_utc_ms);
	kb_desk_cell_text(call, kb_termijn_word(entry->termijn));
	kb_desk_cell_text(call, kind_word(row.kind));
	if (row.behandelaar_no != 0) {
		kb_cell_user(call, row.behandelaar_no);
	}
	return KB_OK;
}

enum kb_err
kb_verb_inbox(struct kb_desk_call *call)
{
	const struct kb_role *role = kb_agent_role(kb_desk_agent(call));
	struct entries list = { 0 };
	struct filter filter;
	bool own = false;
	enum kb_err err = filter_read(call, &filter);

	if (err == KB_OK && role->on_inbox != NULL && !filter.any) {
		own = true;
		err = role->on_inbox(call);
	}
	if (err == KB_OK) {
		err = collect(call, &filter, &list);
	}
	kb_desk_section(
		call, "inbox",
		"zaak|titel|stand|aandacht|partij|sinds|termijn|termijn-stand|soort|behandelaar");
	for (size_t i = 0; err == KB_OK && i < list.count; i++) {
		err = inbox_row(call, &list.at[i]);
	}
	/* The inbox of the role has logged what it showed. */
	if (err == KB_OK && (!own || list.count > 0)) {
		err = kb_act_viewed(kb_desk_act(call), "inbox", 0, (uint32_t)list.count);
	}
	return err;
}
