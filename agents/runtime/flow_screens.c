/* SPDX-License-Identifier: EUPL-1.2 */
/* A route on the screen: where the case stands, who takes part, what was done, what can be done now and what is missing for it. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/case_board.h"
#include "agents/runtime/flow_internal.h"
#include "common/base/text.h"
#include "common/exchange/date.h"
#include "common/exchange/termijn.h"
#include "common/wire/zaak.h"

static const char *
event_label(const struct kb_flow *flow, struct kb_span event)
{
	enum kb_chain_event known = kb_chain_event_of(event);
	const char *label = known == KB_CHAIN_KLOK ? "een termijn is verlopen"
			    : kb_span_equal(event, kb_span_text(KB_CHAIN_OPEN_WORD))
				    ? "de zaak volgt een route"
				    : kb_chain_event_label(known);

	for (size_t i = 0; label[0] == '\0' && i < flow->route->step_count; i++) {
		if (kb_span_equal(event, kb_span_text(flow->route->steps[i].event))) {
			label = flow->route->steps[i].label;
		}
	}
	return label;
}

static void
party_cell(struct kb_desk_call *call, const struct kb_party_id *party)
{
	kb_desk_cell_text(call, party->text);
}

static void
show_state(struct kb_desk_call *call, const struct kb_flow *flow)
{
	const struct kb_route_state *state = &flow->route->states[flow->view->state];
	char last[2 * sizeof(flow->view->last.bytes) + 1];

	kb_desk_section(call, "route",
			"route|naam|toestand|uitleg|regievoerder|aangeboden|epoche|revisie|"
			"laatste-stap|profiel|bron");
	kb_desk_row(call);
	kb_desk_cell_text(call, flow->route->id);
	kb_desk_cell_text(call, flow->route->label);
	kb_desk_cell_text(call, state->name);
	kb_desk_cell_text(call, state->label);
	party_cell(call, &flow->view->regievoerder);
	party_cell(call, &flow->view->offered_to);
	kb_desk_cell_number(call, flow->view->regie_epoch);
	kb_desk_cell_number(call, flow->view->revision);
	/* The hash of the last step, which rests on all before it: who sees the same one holds the same case (design 7). */
	kb_hex_encode(KB_SPAN_OF(flow->view->last.bytes), last);
	kb_desk_cell_text(call, last);
	kb_desk_cell_text(call, flow->profile->id);
	kb_desk_cell_text(call, flow->route->source);
}

static void
show_participants(struct kb_desk_call *call, const struct kb_flow *flow)
{
	kb_desk_section(call, "partijen", "partij|gast|rol|sinds|tot");
	for (size_t i = 0; i < flow->view->participant_count; i++) {
		const struct kb_chain_participant *one = &flow->view->participants[i];

		kb_desk_row(call);
		party_cell(call, &one->party);
		kb_desk_cell(call, one->guest);
		kb_desk_cell_text(call, kb_route_role_label(one->role));
		kb_desk_cell_time(call, one->from_utc_ms);
		kb_desk_cell_time(call, one->until_utc_ms);
	}
}

static const char *const mark_words[] = {
	[KB_CHAIN_MARK_NONE] = "",
	[KB_CHAIN_MARK_STANDS] = "",
	[KB_CHAIN_MARK_VOID] = "vervallen: de regie was overgenomen",
	[KB_CHAIN_MARK_WAITS] = "wacht op een eerdere stap",
	[KB_CHAIN_MARK_WRONG] = "klopt niet",
};

static void
facts_cell(struct kb_desk_call *call, const struct kb_chain_record *record)
{
	struct kb_buf text = { 0 };

	for (size_t i = 0; i < record->fact_count; i++) {
		char day[KB_DATE_TEXT];

		kb_date_format(record->facts[i].day, day);
		kb_ignore(kb_buf_putf(&text, "%s%s %s%s%.*s", i > 0 ? "; " : "",
				      kb_fact_word(record->facts[i].fact), day,
				      record->facts[i].people.len > 0 ? ": " : "",
				      (int)record->facts[i].people.len,
				      (const char *)record->facts[i].people.at),
			  "a list that is cut is still a list");
	}
	kb_desk_cell(call, kb_buf_span(&text));
	kb_buf_wipe(&text);
}

static void
show_records(struct kb_desk_call *call, const struct kb_flow *flow)
{
	kb_desk_section(call, "stappen",
			"epoche|revisie|wanneer|stap|uitleg|partij|persoon|functie|vastgelegd|"
			"toestand|stand");
	for (size_t i = 0; i < flow->count; i++) {
		const struct kb_chain_record *record = &flow->records[i];

		kb_desk_row(call);
		kb_desk_cell_number(call, record->regie_epoch);
		kb_desk_cell_number(call, record->revision);
		kb_desk_cell_time(call, record->at_utc_ms);
		kb_desk_cell(call, record->event);
		kb_desk_cell_text(call, event_label(flow, record->event));
		party_cell(call, &record->actor);
		kb_desk_cell(call, record->person);
		kb_desk_cell(call, record->function);
		facts_cell(call, record);
		kb_desk_cell(call, record->state);
		kb_desk_cell_text(call, mark_words[flow->marks[i]]);
	}
}

static const char *const clock_words[] = {
	[KB_CHAIN_CLOCK_NONE] = "",
	[KB_CHAIN_CLOCK_RUNS] = "loopt",
	[KB_CHAIN_CLOCK_EXPIRED] = "verlopen",
	[KB_CHAIN_CLOCK_STOPPED] = "gestopt",
	[KB_CHAIN_CLOCK_STOPPED_LATE] = "te laat gestopt",
};

static bool
still_counts(const struct kb_chain_view_clock *clock)
{
	return clock->state == KB_CHAIN_CLOCK_RUNS || clock->state == KB_CHAIN_CLOCK_EXPIRED;
}

static void
show_clocks(struct kb_desk_call *call, const struct kb_flow *flow)
{
	kb_desk_section(call, "termijnen",
			"termijn|uitleg|stand|uiterlijk|termijn-stand|soort|aan zet|vangnet|bron");
	for (size_t i = 0; i < flow->view->clock_count; i++) {
		const struct kb_chain_view_clock *clock = &flow->view->clocks[i];
		const struct kb_route_clock *row = &flow->route->clocks[clock->clock];

		kb_desk_row(call);
		kb_desk_cell_text(call, row->name);
		kb_desk_cell_text(call, row->label);
		kb_desk_cell_text(call, clock_words[clock->state]);
		kb_desk_cell_time(call, clock->due_utc_ms);
		kb_desk_cell_text(call,
				  still_counts(clock)
					  ? kb_termijn_word(kb_termijn_of(clock->due_utc_ms,
									  kb_desk_now_utc_ms(call)))
					  : "");
		kb_desk_cell_text(call, kb_clock_kind_name((enum kb_clock_kind)row->term.kind));
		kb_desk_cell_text(call, kb_route_role_label(row->task));
		kb_desk_cell_text(call, kb_route_role_label(row->vangnet));
		kb_desk_cell_text(call, row->term.source);
	}
}

/* ---- what we can do now ---- */

/* What the step itself writes down is given with it: a day, and people where the fact asks for them. */
static void
records_cell(struct kb_desk_call *call, const struct kb_route_step *step)
{
	struct kb_buf text = { 0 };

	for (size_t i = 0; i < KB_FACT_COUNT; i++) {
		if ((step->records >> i & 1u) != 0) {
			kb_flow_put_label(&text, kb_fact_word((enum kb_fact_nr)i));
		}
	}
	kb_desk_cell(call, kb_buf_span(&text));
	kb_buf_release(&text);
}

static enum kb_err
show_option(void *to, const struct kb_flow_option *option)
{
	struct kb_desk_call *call = to;
	const struct kb_route_step *step = option->step;
	struct kb_buf missing = { 0 };

	kb_flow_put_missing(&missing, &option->refusal);
	kb_desk_row(call);
	kb_desk_cell_text(call, step->event);
	kb_desk_cell_text(call, step->label);
	records_cell(call, step);
	kb_desk_cell_text(call, step->kind != 0 ? kb_kind_name(step->kind) : "");
	kb_desk_cell(call, kb_buf_span(&missing));
	kb_desk_cell_text(call, option->err != KB_OK ? option->refusal.rule : step->rule);
	kb_desk_cell_text(call, step->source);
	kb_buf_release(&missing);
	return KB_OK;
}

static enum kb_err
show_all_possible(struct kb_desk_call *call, struct kb_flow *flow)
{
	kb_desk_section(call, "mogelijk", "stap|uitleg|vastleggen|bericht|ontbreekt|regel|bron");
	return kb_flow_each_option(flow, show_option, call);
}

/* ---- what waits ---- */

static enum kb_err
show_proposals(struct kb_desk_call *call, struct kb_flow *flow)
{
	struct kb_flow_waiting one = { .item = { .item_no = 0 } };
	enum kb_err err = KB_OK;

	kb_desk_section(call, "voorstellen", "sinds|stap|uitleg|bij|reden|regel|woord");
	while (err == KB_OK) {
		err = kb_flow_proposal_next(flow, &one);
		if (err != KB_OK || one.item.done_utc_ms != 0 ||
		    !kb_board_sees(call, flow->row, &one.item)) {
			continue;
		}
		kb_desk_row(call);
		kb_desk_cell_time(call, one.item.at_utc_ms);
		kb_desk_cell(call, one.voorstel.event);
		kb_desk_cell_text(call, event_label(flow, one.voorstel.event));
		party_cell(call, &one.proposal.sent_to);
		kb_desk_cell_text(call, one.proposal.refused != 0
						? kb_desk_err_sentence(
							  kb_err_from_reason(one.proposal.refused))
						: "");
		kb_desk_cell(call, one.proposal.rule);
		kb_desk_cell(call, one.proposal.word);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
show_uninformed(struct kb_desk_call *call, struct kb_flow *flow)
{
	struct kb_case_item item = { .item_no = 0 };
	struct kb_flow_uninformed what;
	enum kb_err err = KB_OK;

	kb_desk_section(call, "niet_op_de_hoogte", "partij|sinds|stap|reden");
	while (err == KB_OK) {
		err = kb_board_next(call, flow->row, KB_ITEM_UNINFORMED, &item);
		if (err == KB_OK) {
			err = kb_flow_uninformed_read(item.payload, &what);
		}
		if (err == KB_OK && item.done_utc_ms == 0) {
			kb_desk_row(call);
			party_cell(call, &what.party);
			kb_desk_cell_time(call, item.at_utc_ms);
			kb_desk_cell_number(call, what.revision);
			kb_desk_cell_text(call, what.reason != 0
							? kb_desk_err_sentence(
								  kb_err_from_reason(what.reason))
							: "niet bezorgd");
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_flow_show(struct kb_desk_call *call, uint64_t case_no)
{
	struct kb_flow flow;
	enum kb_err err = kb_flow_load(kb_desk_act(call), case_no, &flow);

	if (err != KB_OK || flow.count == 0) {
		return err;
	}
	if (flow.view == NULL) {
		kb_desk_say(call, "Het regioprofiel van deze zaak is hier nog niet; het is "
				  "opgevraagd.");
		return KB_OK;
	}
	show_state(call, &flow);
	show_participants(call, &flow);
	show_records(call, &flow);
	show_clocks(call, &flow);
	err = show_all_possible(call, &flow);
	if (err == KB_OK) {
		err = show_proposals(call, &flow);
	}
	return err == KB_OK ? show_uninformed(call, &flow) : err;
}

/* ---- a refusal in words ---- */

/* Of a step, where the table speaks of a message. */
static const char *
step_sentence(enum kb_err err)
{
	return err == KB_ERR_NOT_ALLOWED
		       ? "deze stap is niet voor uw organisatie of uw functie in deze zaak"
		       : kb_desk_err_sentence(err);
}

static void
list_needs(struct kb_buf *text, uint32_t needs)
{
	for (uint32_t need = 1; need != 0 && need <= needs; need <<= 1) {
		if ((needs & need) != 0) {
			kb_flow_put_label(text, kb_need_label(need));
		}
	}
}

/* To whom it may not go, by which rule, and what is needed first: what the permission table said, or that there is no toestemming. */
static enum kb_err
say_recipient(struct kb_desk_call *call, const struct kb_flow_doing *doing, enum kb_err err)
{
	const struct kb_permit_answer *answer = &kb_desk_act(call)->refused;
	const char *rule =
		answer->row != NULL	   ? answer->row->rule
		: err == KB_ERR_NO_CONSENT ? kb_guard_rule((uint32_t)KB_GUARD_TOESTEMMING)
		: err == KB_ERR_NOT_ALLOWED || err == KB_ERR_NO_GROUND ? "geen regel staat dit toe"
								       : "";
	struct kb_buf needs = { 0 };

	list_needs(&needs, answer->row != NULL ? answer->missing : 0);
	err = kb_desk_fail(call, err, "Niet gedaan%s%s%s. Naar %s kan dit niet: %s%s%.*s",
			   rule[0] != '\0' ? " (" : "", rule, rule[0] != '\0' ? ")" : "",
			   doing->refused_by.text, kb_desk_err_sentence(err),
			   needs.len > 0 ? ". Eerst nodig: " : "", (int)needs.len,
			   needs.len > 0 ? (const char *)kb_buf_span(&needs).at : "");
	kb_buf_release(&needs);
	return err;
}

enum kb_err
kb_flow_say_refused(struct kb_desk_call *call, const struct kb_flow_doing *doing, enum kb_err err)
{
	const struct kb_field_row *field = kb_field_find(doing->field);
	const struct kb_chain_refusal *refusal = &doing->refusal;
	struct kb_buf missing = { 0 };

	if (kb_err_reason(err) == 0) {
		return err;
	}
	if (doing->wait == KB_FLOW_WAIT_WITNESS) {
		return kb_desk_fail(
			call, err,
			"Niet gedaan. Deze administratie staat hier voor het eerst: of zij "
			"is teruggezet, blijkt bij de eerste verbinding. Probeer het "
			"daarna opnieuw.");
	}
	if (doing->wait == KB_FLOW_WAIT_PARTNERS) {
		return kb_desk_fail(call, err,
				    "Niet gedaan. Deze administratie is teruggezet. De partners is "
				    "gevraagd welke stappen hier ontbreken; probeer het over een "
				    "paar minuten opnieuw.");
	}
	kb_flow_put_missing(&missing, refusal);
	if (field != NULL) {
		err = kb_desk_fail(call, err, "Niet gedaan. Het veld %s past niet: %s", field->name,
				   kb_desk_err_sentence(err));
	} else if (!kb_party_id_empty(&doing->refused_by)) {
		err = say_recipient(call, doing, err);
	} else if (missing.len > 0) {
		err = kb_desk_fail(call, err, "Niet gedaan (%s). Eerst nodig: %.*s", refusal->rule,
				   (int)missing.len, (const char *)kb_buf_span(&missing).at);
	} else if (refusal->word[0] != '\0') {
		err = kb_desk_fail(call, err, "Niet gedaan (%s): '%s' kan hier nu niet. %s",
				   refusal->rule, refusal->word, step_sentence(err));
	}
	kb_buf_release(&missing);
	return err;
}
