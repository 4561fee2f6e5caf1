/* SPDX-License-Identifier: EUPL-1.2 */
/* The open overdrachten of a school, school by school. */
#include "agents/intake/overdracht.h"

#include <stdlib.h>

#include "agents/runtime/authorise.h"
#include "common/exchange/date.h"
#include "common/store/cases.h"
#include "common/store/pupils.h"

static const char *const gesprek_labels[KB_GESPREK_COUNT] = {
#define KB_ROW(name, label) [KB_GESPREK_##name] = (label),
	KB_GESPREK_TABLE(KB_ROW)
#undef KB_ROW
};

const char *
kb_gesprek_label(enum kb_gesprek gesprek)
{
	return (size_t)gesprek < KB_GESPREK_COUNT ? gesprek_labels[gesprek] : "";
}

/* ---- who is the other one ---- */

/* We are one of the two schools; of the other roles that we could have the list is not. */
static uint32_t
role_of_other(const struct kb_flow *flow)
{
	const struct kb_chain_participant *self = kb_flow_self(flow);
	uint32_t role = self != NULL ? self->role : 0;

	return role == KB_ROUTE_SCHOOL	     ? (uint32_t)KB_ROUTE_ONTVANGEND
	       : role == KB_ROUTE_ONTVANGEND ? (uint32_t)KB_ROUTE_SCHOOL
					     : 0;
}

static struct kb_span
name_of(const struct kb_chain_participant *one)
{
	if (one == NULL) {
		return KB_SPAN_NONE;
	}
	return kb_party_id_empty(&one->party) ? one->guest : kb_party_id_span(&one->party);
}

/* ---- whether a talk belongs to it ---- */

static bool
has_step(const struct kb_route *route, uint32_t guards, uint64_t records)
{
	bool found = false;

	for (size_t i = 0; i < route->step_count; i++) {
		const struct kb_route_step *step = &route->steps[i];

		found = found ||
			((step->guards & guards) == guards && (step->records & records) == records);
	}
	return found;
}

/* The dossier is what says so; before it was sent "not needed" would only mean that nobody said anything yet. */
static enum kb_err
judge_gesprek(struct kb_flow *flow, enum kb_gesprek *out)
{
	uint32_t met = 0;
	enum kb_err err = KB_OK;

	*out = KB_GESPREK_GEEN;
	if (!has_step(flow->route, 0, KB_FACT_BIT(GESPREK_GEPLAND))) {
		return KB_OK;
	}
	*out = KB_GESPREK_NODIG;
	if (has_step(flow->route, KB_GUARD_KOUD_MAG, 0)) {
		err = kb_flow_guards(flow, 0, &met);
		if ((met & KB_GUARD_WARM_NODIG) == 0) {
			*out = flow->view->facts[KB_FACT_NR_DOSSIER_VERZONDEN].there
				       ? KB_GESPREK_NIET_NODIG
				       : KB_GESPREK_ONBEKEND;
		}
	}
	return err;
}

/* ---- what can be done ---- */

struct looking {
	struct kb_flow *flow;
	struct kb_overdracht *out;
	struct kb_buf possible;
};

static bool
accepts_cold(const struct kb_route_step *step)
{
	return (step->guards & KB_GUARD_KOUD_MAG) != 0 &&
	       (step->records & KB_FACT_BIT(ONTVANGST_AANVAARD)) != 0;
}

/* D01: after the reminder, and to a samenwerkingsverband only for a pupil with extra support. */
static bool
asks_next(const struct kb_flow *flow, const struct kb_flow_option *option)
{
	return (option->step->records & KB_FACT_BIT(VOLGENDE_GEVRAAGD)) != 0 &&
	       (option->refusal.guards & KB_GUARD_EXTRA_ONDERSTEUNING) == 0 &&
	       !flow->view->facts[KB_FACT_NR_VOLGENDE_GEVRAAGD].there;
}

static enum kb_err
look_at_option(void *to, const struct kb_flow_option *option)
{
	struct looking *looking = to;
	struct kb_overdracht *out = looking->out;
	enum kb_err err = KB_OK;

	if (option->err == KB_OK) {
		err = kb_buf_putf(&looking->possible, "%s%s", looking->possible.len > 0 ? "; " : "",
				  option->step->event);
	}
	if (err == KB_OK && option->err == KB_OK && accepts_cold(option->step)) {
		out->cold = option->step;
	}
	if (asks_next(looking->flow, option)) {
		out->next =
			kb_span_text(looking->flow->profile->rules[KB_PROFILE_POVO_VOLGENDE].text);
	}
	if (err == KB_OK && out->plan == NULL &&
	    (option->step->records & KB_FACT_BIT(GESPREK_GEPLAND)) != 0) {
		struct kb_buf lacks = { 0 };

		out->plan = option->step;
		kb_flow_put_missing(&lacks, &option->refusal);
		out->plan_lacks = kb_arena_copy(looking->flow->act->arena, kb_buf_span(&lacks));
		err = lacks.len > 0 && out->plan_lacks.at == NULL ? KB_ERR_NO_MEMORY : KB_OK;
		kb_buf_release(&lacks);
	}
	return err;
}

static enum kb_err
look_at_options(struct kb_flow *flow, struct kb_overdracht *out)
{
	struct looking looking = { .flow = flow, .out = out };
	enum kb_err err = kb_flow_each_option(flow, look_at_option, &looking);

	if (err == KB_OK && looking.possible.len > 0) {
		out->possible = kb_arena_copy(flow->act->arena, kb_buf_span(&looking.possible));
		err = out->possible.at != NULL ? KB_OK : KB_ERR_NO_MEMORY;
	}
	kb_buf_release(&looking.possible);
	return err;
}

/* ---- whether it is early ---- */

/* A pupil of our own list by the subject of its cases. */
struct pupil_groep {
	uint64_t subject_no;
	uint8_t leerjaar;
};

struct own_list {
	struct pupil_groep *at;
	size_t count;
	int32_t school_year;
};

/* Once for the whole list. Who has no PGN yet has no subject there, and is then not known to be early. */
static enum kb_err
read_own_list(struct kb_desk_call *call, struct own_list *out)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_arena work = { .block = NULL };
	struct kb_pupil pupil = { .pupil_no = 0 };
	size_t room = 0;
	enum kb_err err = KB_OK;

	out->school_year = kb_date_school_year(kb_date_local_day(act->now_utc_ms));
	while (err == KB_OK) {
		err = kb_pupil_next(kb_desk_step(call), (uint16_t)out->school_year, pupil.pupil_no,
				    &work, &pupil);
		if (err == KB_OK && out->count == room) {
			struct pupil_groep *at = NULL;

			room = room != 0 ? room * 2 : 256;
			at = kb_arena_alloc(kb_desk_arena(call), room * sizeof(*at));
			err = at != NULL ? KB_OK : KB_ERR_NO_MEMORY;
			if (err == KB_OK && out->count > 0) {
				memcpy(at, out->at, out->count * sizeof(*at));
			}
			out->at = err == KB_OK ? at : out->at;
		}
		if (err == KB_OK && pupil.subject_no != 0 && !pupil.ended) {
			out->at[out->count++] =
				(struct pupil_groep){ pupil.subject_no, pupil.leerjaar };
		}
	}
	kb_arena_release(&work);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* D01: the region says in which groep it begins; of a pupil who is younger the list says so. Only a basisschool has groepen. */
static void
judge_groep(const struct own_list *own, const struct kb_flow *flow, struct kb_overdracht *out)
{
	uint32_t begin = kb_profile_groep_in(&flow->profile->rules[KB_PROFILE_POVO_BEGIN_GROEP],
					     own->school_year);

	if (flow->act->own_kind != KB_PARTY_SCHOOL ||
	    role_of_other(flow) != (uint32_t)KB_ROUTE_ONTVANGEND) {
		return;
	}
	for (size_t i = 0; i < own->count; i++) {
		const struct pupil_groep *one = &own->at[i];

		if (one->subject_no == flow->row->subject_no && one->leerjaar > 0 &&
		    one->leerjaar < begin) {
			out->groep = one->leerjaar;
			out->begin_groep = (uint8_t)begin;
		}
	}
}

/* ---- the list ---- */

struct collecting {
	struct kb_desk_call *call;
	struct kb_span school; /* party id; empty: all */
	struct own_list own;
	struct kb_overdracht_list list;
	size_t room;
};

static enum kb_err
list_put(struct collecting *collecting, const struct kb_overdracht *one)
{
	struct kb_overdracht_list *list = &collecting->list;

	if (list->count == collecting->room) {
		size_t room = collecting->room != 0 ? collecting->room * 2 : 64;
		struct kb_overdracht *at =
			kb_arena_alloc(kb_desk_arena(collecting->call), room * sizeof(*at));

		if (at == NULL) {
			return KB_ERR_NO_MEMORY;
		}
		if (list->count > 0) {
			memcpy(at, list->at, list->count * sizeof(*at));
		}
		list->at = at;
		collecting->room = room;
	}
	list->at[list->count++] = *one;
	return KB_OK;
}

/* The rest of one whose other school is known to be asked for. */
static enum kb_err
fill(struct collecting *collecting, struct kb_flow *flow, struct kb_overdracht *one)
{
	const struct kb_chain_view_fact *planned = &flow->view->facts[KB_FACT_NR_GESPREK_GEPLAND];
	struct kb_case_text text = { .title = KB_SPAN_NONE };
	enum kb_err err = kb_case_text_get(kb_desk_step(collecting->call), one->case_no,
					   kb_desk_arena(collecting->call), &text);

	if (err != KB_OK && err != KB_ERR_NOT_FOUND) {
		return err;
	}
	one->leerling = text.title;
	one->state = flow->route->states[flow->view->state].label;
	one->gesprek_day = planned->there ? planned->day : KB_DAY_NONE;
	judge_groep(&collecting->own, flow, one);
	err = judge_gesprek(flow, &one->gesprek);
	return err == KB_OK ? look_at_options(flow, one) : err;
}

static enum kb_err
take_case(struct collecting *collecting, uint64_t case_no)
{
	struct kb_overdracht one = { .case_no = case_no };
	struct kb_flow flow;
	bool sees = false;
	enum kb_err err = kb_authorise_row(collecting->call, case_no, &sees);

	if (err != KB_OK || !sees) {
		return err;
	}
	err = kb_flow_load(kb_desk_act(collecting->call), case_no, &flow);
	if (err != KB_OK || flow.view == NULL || role_of_other(&flow) == 0) {
		return err;
	}
	one.other = name_of(kb_chain_participant_with(flow.view, role_of_other(&flow)));
	if (collecting->school.len > 0 && !kb_span_equal(one.other, collecting->school)) {
		return KB_OK;
	}
	err = fill(collecting, &flow, &one);
	return err == KB_OK ? list_put(collecting, &one) : err;
}

static int
span_order(struct kb_span a, struct kb_span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len > 0 ? memcmp(a.at, b.at, len) : 0;

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
overdracht_compare(const void *a, const void *b)
{
	const struct kb_overdracht *x = a;
	const struct kb_overdracht *y = b;
	int order = (x->other.len == 0) - (y->other.len == 0);

	if (order == 0) {
		order = span_order(x->other, y->other);
	}
	if (order == 0) {
		order = span_order(x->leerling, y->leerling);
	}
	return order != 0 ? order : (x->case_no > y->case_no) - (x->case_no < y->case_no);
}

enum kb_err
kb_overdrachten(struct kb_desk_call *call, struct kb_overdracht_list *out)
{
	struct kb_party_id school = kb_desk_party_arg(call, "school");
	struct collecting collecting = { .call = call, .school = kb_party_id_span(&school) };
	struct kb_case row = { .case_no = 0 };
	enum kb_err err = read_own_list(call, &collecting.own);

	while (err == KB_OK) {
		const struct kb_route *route = NULL;

		err = kb_case_next(kb_desk_step(call), row.case_no, &row);
		if (err == KB_OK && row.status == KB_CASE_OPEN) {
			route = kb_flow_route_of(kb_desk_act(call), &row);
		}
		if (route != NULL && route->purpose == KB_PURPOSE_OVERDRACHT) {
			err = take_case(&collecting, row.case_no);
		}
	}
	if (err == KB_ERR_NOT_FOUND && collecting.list.count > 1) {
		qsort(collecting.list.at, collecting.list.count, sizeof(*collecting.list.at),
		      overdracht_compare);
	}
	*out = collecting.list;
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}
