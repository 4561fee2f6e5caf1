/* SPDX-License-Identifier: EUPL-1.2 */
/* route list, route start, act, regie, participant add, participant end: a case along its route. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/flow_internal.h"
#include "agents/runtime/message_words.h"
#include "agents/runtime/verbs.h"
#include "common/base/text.h"
#include "common/exchange/date.h"

/* ---- route list, route start ---- */

static void
roles_cell(struct kb_desk_call *call, uint32_t roles)
{
	struct kb_buf text = { 0 };

	for (size_t i = 0; i < KB_ROUTE_ROLE_COUNT; i++) {
		if ((roles >> i & 1u) != 0) {
			kb_ignore(kb_buf_putf(&text, "%s%s", text.len > 0 ? ", " : "",
					      kb_route_role_word(1u << i)),
				  "a list that is cut is still a list");
		}
	}
	kb_desk_cell(call, kb_buf_span(&text));
	kb_buf_release(&text);
}

enum kb_err
kb_verb_route_list(struct kb_desk_call *call)
{
	const struct kb_profile *profile = kb_agent_profile(kb_desk_agent(call));

	kb_desk_section(call, "routes", "route|naam|rijen|doel|grond|openen|bron");
	for (size_t i = 0; profile != NULL && i < profile->route_count; i++) {
		const struct kb_route *route = &profile->routes[i];

		kb_desk_row(call);
		kb_desk_cell_text(call, route->id);
		kb_desk_cell_text(call, route->label);
		kb_desk_cell_text(call, route->rows);
		kb_desk_cell_text(call, kb_purpose_name(route->purpose));
		kb_desk_cell_text(call, kb_ground_name(route->ground));
		roles_cell(call, route->openers);
		kb_desk_cell_text(call, route->source);
	}
	return KB_OK;
}

static enum kb_err
read_role(struct kb_desk_call *call, uint32_t *role)
{
	*role = kb_route_role_parse(kb_desk_text_arg(call, "rol"));
	return (*role & KB_ROUTE_ROLES_HELD) != 0
		       ? KB_OK
		       : kb_desk_fail(call, KB_ERR_USAGE,
				      "'rol' moet een van deze zijn: school, ontvangende-school, "
				      "swv, swv-ontvangend, leerplicht, jeugd, doorstroompunt, "
				      "jeugdhulp, partner");
}

enum kb_err
kb_verb_route_start(struct kb_desk_call *call)
{
	const struct kb_profile *profile = kb_agent_profile(kb_desk_agent(call));
	struct kb_span id = kb_desk_text_arg(call, "route");
	const struct kb_route *route = profile != NULL ? kb_profile_route(profile, id) : NULL;
	struct kb_flow_doing doing = { .event = kb_span_text("openen") };
	struct kb_flow flow;
	uint32_t role = 0;
	enum kb_err err = read_role(call, &role);

	if (err != KB_OK) {
		return err;
	}
	if (route == NULL) {
		return kb_desk_fail(call, KB_ERR_USAGE,
				    "'route': deze route is er niet in het profiel van deze regio; "
				    "zie ketenbode route list");
	}
	err = kb_flow_load(kb_desk_act(call), kb_desk_number_arg(call, "zaak"), &flow);
	if (err == KB_OK && flow.row->kind == KB_CASE_KIND_VERZUIM) {
		return kb_desk_fail(
			call, KB_ERR_STATE,
			"Een verzuimdossier volgt vanzelf de route van verzuim. Open voor "
			"iets anders een zaak met: ketenbode case new");
	}
	if (err == KB_OK && flow.row->kind == KB_CASE_KIND_OVERLEG) {
		return kb_desk_fail(call, KB_ERR_STATE, "Een overleg volgt geen route.");
	}
	if (err == KB_OK && flow.count > 0) {
		return kb_desk_fail(call, KB_ERR_STATE, "Deze zaak volgt al een route.");
	}
	if (err == KB_OK) {
		err = kb_flow_open(&flow, profile, route, role, &doing.refusal);
		err = err != KB_OK ? kb_flow_say_refused(call, &doing, err) : KB_OK;
	}
	if (err == KB_OK) {
		kb_desk_say(call, "De zaak volgt nu de route: %s. U heeft de regie.", route->label);
	}
	return err;
}

/* ---- act ---- */

/* "gesprek-gehouden=2026-03-04; Anna, Bert"; without a day it is today. */
static enum kb_err
read_fact(struct kb_desk_call *call, struct kb_span line, struct kb_chain_fact *out)
{
	const uint8_t *semicolon = memchr(line.at, ';', line.len);
	size_t head_len = semicolon != NULL ? (size_t)(semicolon - line.at) : line.len;
	struct kb_span head = kb_span_part(line, 0, head_len);
	const uint8_t *equals = memchr(head.at, '=', head.len);
	size_t name_len = equals != NULL ? (size_t)(equals - head.at) : head.len;
	bool known = kb_fact_parse(kb_text_trim(kb_span_part(head, 0, name_len)), &out->fact);
	struct kb_span day = kb_text_trim(kb_span_part(head, name_len + 1, head.len));

	out->people = kb_text_trim(kb_span_part(line, head_len + 1, line.len));
	out->day = kb_date_local_day(kb_desk_now_utc_ms(call));
	if (!known || (equals != NULL && kb_date_parse(day, &out->day) != KB_OK)) {
		return kb_desk_fail(
			call, KB_ERR_DATA,
			"'feiten': schrijf per regel wat er is gebeurd, zoals "
			"gesprek-gehouden=2026-03-04; Anna de Wit, Bert Smit. Welke het "
			"zijn staat bij ketenbode case show onder mogelijk");
	}
	return KB_OK;
}

static enum kb_err
read_facts(struct kb_desk_call *call, struct kb_flow_doing *doing)
{
	struct kb_span text = kb_desk_text_arg(call, "feiten");
	struct kb_chain_fact *facts =
		kb_arena_alloc(kb_desk_arena(call), KB_CHAIN_FACTS_MAX * sizeof(*facts));
	size_t begin = 0;
	enum kb_err err = facts != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	doing->facts = facts;
	while (err == KB_OK && begin < text.len) {
		const uint8_t *newline = memchr(text.at + begin, '\n', text.len - begin);
		size_t end = newline != NULL ? (size_t)(newline - text.at) : text.len;
		struct kb_span line = kb_text_trim(kb_span_part(text, begin, end - begin));

		if (line.len > 0 && doing->fact_count == KB_CHAIN_FACTS_MAX) {
			return kb_desk_fail(call, KB_ERR_DATA, "'feiten': ten hoogste %d regels",
					    KB_CHAIN_FACTS_MAX);
		}
		if (line.len > 0) {
			err = read_fact(call, line, &facts[doing->fact_count++]);
		}
		begin = end + 1;
	}
	return err;
}

/* Takes it and says what became of it. */
static enum kb_err
do_it(struct kb_desk_call *call, struct kb_flow_doing *doing)
{
	struct kb_flow flow;
	enum kb_err err = kb_flow_load(kb_desk_act(call), kb_desk_number_arg(call, "zaak"), &flow);

	if (err != KB_OK) {
		return err;
	}
	if (flow.view == NULL) {
		return kb_desk_fail(call, KB_ERR_STATE,
				    flow.count == 0
					    ? "Deze zaak volgt geen route; begin met: ketenbode "
					      "route start"
					    : "Het regioprofiel van deze zaak is hier nog niet; "
					      "het is opgevraagd.");
	}
	err = kb_flow_do(&flow, doing);
	if (err != KB_OK) {
		return kb_flow_say_refused(call, doing, err);
	}
	flow.row->inbox_flags &= ~KB_INBOX_NEW;
	flow.row->new_since_utc_ms = 0;
	if (doing->proposed) {
		kb_desk_say(call, "Doorgegeven aan de regievoerder (%s), die de stap opneemt.",
			    flow.view->regievoerder.text);
	} else {
		kb_desk_say(call, "Gedaan. De zaak staat nu op: %s.",
			    flow.route->states[flow.view->state].label);
	}
	return KB_OK;
}

enum kb_err
kb_verb_act(struct kb_desk_call *call)
{
	struct kb_field_list *list = kb_arena_alloc(kb_desk_arena(call), sizeof(*list));
	struct kb_id consent = kb_desk_id_arg(call, "toestemming");
	struct kb_flow_doing doing = { .event = kb_desk_text_arg(call, "stap") };
	enum kb_err err = list != NULL ? kb_words_fields(call, list) : KB_ERR_NO_MEMORY;

	if (err == KB_OK) {
		err = read_facts(call, &doing);
	}
	if (err != KB_OK) {
		return err;
	}
	if (kb_chain_event_of(doing.event) != KB_CHAIN_EVENT_NONE) {
		return kb_desk_fail(call, KB_ERR_USAGE,
				    "'stap': hiervoor zijn ketenbode regie en ketenbode "
				    "participant");
	}
	doing.fields = list->at;
	doing.field_count = list->count;
	if (kb_desk_has(call, "toestemming")) {
		doing.consent_ref = KB_SPAN_OF(consent.bytes);
	}
	return do_it(call, &doing);
}

/* ---- regie ---- */

static const struct {
	const char *word;
	enum kb_chain_event event;
} regie_words[] = {
	{ "aanbieden", KB_CHAIN_REGIE_AANBIEDEN },   { "terugnemen", KB_CHAIN_REGIE_TERUGNEMEN },
	{ "aanvaarden", KB_CHAIN_REGIE_AANVAARDEN }, { "weigeren", KB_CHAIN_REGIE_WEIGEREN },
	{ "overnemen", KB_CHAIN_REGIE_OVERNEMEN },
};

enum kb_err
kb_verb_regie(struct kb_desk_call *call)
{
	struct kb_span word = kb_desk_text_arg(call, "stap");
	struct kb_flow_doing doing = { .event = KB_SPAN_NONE };

	for (size_t i = 0; i < sizeof(regie_words) / sizeof(regie_words[0]); i++) {
		if (kb_span_equal(word, kb_span_text(regie_words[i].word))) {
			doing.event = kb_span_text(kb_chain_event_word(regie_words[i].event));
		}
	}
	if (doing.event.len == 0) {
		return kb_desk_fail(call, KB_ERR_USAGE,
				    "'stap' moet aanbieden, terugnemen, aanvaarden, weigeren of "
				    "overnemen zijn");
	}
	if (kb_chain_event_of(doing.event) == KB_CHAIN_REGIE_AANBIEDEN) {
		if (!kb_desk_has(call, "aan")) {
			return kb_desk_fail(call, KB_ERR_USAGE,
					    "'aan' ontbreekt: aan welke partij");
		}
		doing.participant.party = kb_desk_party_arg(call, "aan");
	}
	return do_it(call, &doing);
}

/* ---- participants ---- */

/* A party must be one that can have that role: its kind stands in the register. */
static enum kb_err
check_party(struct kb_desk_call *call, const struct kb_chain_participant *one,
	    enum kb_party_kind *kind)
{
	const struct kb_entry *entry = NULL;
	enum kb_err err = kb_directory_find(kb_desk_act(call)->directory, &one->party,
					    kb_desk_now_utc_ms(call), &entry);

	if (err == KB_ERR_OFFLINE) {
		return kb_desk_fail(call, KB_ERR_UNKNOWN_RECIPIENT,
				    "Deze partij is hier nog niet bekend en wordt nu opgezocht. "
				    "Probeer het zo weer");
	}
	if (err != KB_OK) {
		return kb_desk_fail(call, KB_ERR_UNKNOWN_RECIPIENT,
				    "'partij' staat niet (meer) in het register");
	}
	*kind = entry->kind;
	return kb_route_role_fits(one->role, entry->kind, kb_route_role_desk(one->role))
		       ? KB_OK
		       : kb_desk_fail(call, KB_ERR_NOT_ALLOWED,
				      "'rol': deze partij kan dat niet zijn");
}

enum kb_err
kb_verb_participant_add(struct kb_desk_call *call)
{
	struct kb_flow_doing doing = {
		.event = kb_span_text(kb_chain_event_word(KB_CHAIN_DEELNEMER_ERBIJ)),
	};
	struct kb_chain_participant *one = &doing.participant;
	enum kb_err err = read_role(call, &one->role);

	if (err != KB_OK) {
		return err;
	}
	if (kb_desk_has(call, "partij") == kb_desk_has(call, "gast")) {
		return kb_desk_fail(call, KB_ERR_USAGE,
				    "noem 'partij' (met een eigen agent) of 'gast' (zonder)");
	}
	one->guest = kb_desk_text_arg(call, "gast");
	if (kb_desk_has(call, "partij")) {
		one->party = kb_desk_party_arg(call, "partij");
		err = check_party(call, one, &doing.participant_kind);
	}
	return err == KB_OK ? do_it(call, &doing) : err;
}

enum kb_err
kb_verb_participant_end(struct kb_desk_call *call)
{
	struct kb_flow_doing doing = {
		.event = kb_span_text(kb_chain_event_word(KB_CHAIN_DEELNEMER_ERUIT)),
		.participant = { .party = kb_desk_party_arg(call, "partij"),
				 .guest = kb_desk_text_arg(call, "gast") },
	};

	if (kb_desk_has(call, "partij") == kb_desk_has(call, "gast")) {
		return kb_desk_fail(call, KB_ERR_USAGE,
				    "noem 'partij' (met een eigen agent) of 'gast' (zonder)");
	}
	return do_it(call, &doing);
}
