/* SPDX-License-Identifier: EUPL-1.2 */
/* The guards of a step that only this agent can judge: its toestemmingen, letters, mandates, places and papers. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/documents.h"
#include "agents/runtime/flow_internal.h"
#include "agents/runtime/letters.h"
#include "agents/runtime/messages.h"
#include "agents/runtime/places.h"
#include "common/exchange/date.h"
#include "common/exchange/field_table.h"
#include "common/store/mandates.h"
#include "common/store/users.h"

/* One guard: whether it holds. */
typedef enum kb_err (*guard_fn)(struct kb_flow *flow, uint32_t letter, bool *holds);

/* R01 and its like: names us too, for the purpose of the route, today. Each recipient is asked again when something goes there. */
static enum kb_err
has_consent(struct kb_flow *flow, uint32_t letter, bool *holds)
{
	struct kb_id consent_id;
	enum kb_err err = kb_flow_consent(flow, kb_agent_self(flow->act->agent), &consent_id);

	(void)letter;
	*holds = err == KB_OK;
	return err == KB_ERR_NO_CONSENT ? KB_OK : err;
}

/* R09, facts D2: at the school that receives, if one takes part; that school knows it of itself. */
static enum kb_err
is_aangemeld(struct kb_flow *flow, uint32_t letter, bool *holds)
{
	const struct kb_chain_participant *school =
		kb_chain_participant_with(flow->view, KB_ROUTE_ONTVANGEND);
	enum kb_place place = KB_PLACE_NONE;
	enum kb_err err = KB_OK;

	(void)letter;
	if (school != NULL && !kb_party_id_empty(&school->party)) {
		err = kb_place_on(flow->act, flow->row->case_no, &school->party,
				  kb_date_local_day(flow->act->now_utc_ms), &place);
	}
	*holds = place != KB_PLACE_NONE && place != KB_PLACE_UITGESCHREVEN;
	return err;
}

static enum kb_err
letter_is_done(struct kb_flow *flow, uint32_t letter, bool *holds)
{
	*holds = letter == 0;
	return letter == 0 ? KB_OK
			   : kb_letter_is_handed(flow->act, flow->row->case_no,
						 (enum kb_letter_kind)letter, holds);
}

/* The seat that this route's table asks for (R31). */
static uint32_t
seats_for(enum kb_purpose purpose)
{
	return purpose == KB_PURPOSE_DOA ? KB_MANDATE_BIT(KB_MANDATE_DOA)
					 : KB_MANDATE_BIT(KB_MANDATE_ACTIETAFEL) |
						   KB_MANDATE_BIT(KB_MANDATE_VOORZITTER);
}

static enum kb_err
has_mandate(struct kb_flow *flow, uint32_t letter, bool *holds)
{
	struct kb_act *act = flow->act;
	uint32_t held = 0;
	enum kb_err err = kb_mandates_held(act->step, act->user_no, flow->row->case_no,
					   act->now_utc_ms, &held);

	(void)letter;
	*holds = act->user_no != 0 && (held & seats_for(flow->route->purpose)) != 0;
	return err;
}

bool
kb_flow_has_side(const struct kb_flow *flow, const struct kb_party_id *party)
{
	static const uint32_t no_side = (uint32_t)(KB_ROUTE_SWV | KB_ROUTE_SWV_ONTVANGEND);
	bool side = false;

	for (size_t i = 0; flow->view != NULL && i < flow->view->participant_count; i++) {
		const struct kb_chain_participant *one = &flow->view->participants[i];

		side = side || ((one->role & no_side) == 0 && !kb_party_id_empty(&one->party) &&
				kb_party_id_same_organisation(&one->party, party));
	}
	return side;
}

/* R25, R31: who judges is employed by no party that has a side in the case; the samenwerkingsverband itself has none. */
static enum kb_err
is_independent(struct kb_flow *flow, uint32_t letter, bool *holds)
{
	struct kb_user user;
	enum kb_err err = flow->act->user_no != 0 ? kb_user_get(flow->act->step, flow->act->user_no,
								flow->act->arena, &user)
						  : KB_ERR_NOT_FOUND;

	(void)letter;
	*holds = err == KB_OK && !kb_flow_has_side(flow, kb_party_id_empty(&user.organisatie)
								 ? kb_agent_self(flow->act->agent)
								 : &user.organisatie);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* ---- what was sent, received or noted in the case ---- */

struct papers {
	struct kb_step *step;
	uint32_t signs; /* what the overdracht says of the pupil */
};

static const uint32_t signs_of_need[] = {
	KB_VELD_ONDERSTEUNINGSBEHOEFTE,
	KB_VELD_GEZONDHEID,
	KB_VELD_TLV_NUMMER,
	KB_VELD_OPP_VERSIE,
	KB_VELD_OSO_ONDERWIJSONDERSTEUNING,
	KB_VELD_OSO_HANDELINGSPLANNEN,
};

/* In canonical XML an element without attributes is written in one way only. */
static bool
holds(struct kb_span text, const char *part)
{
	size_t len = strlen(part);

	for (size_t i = 0; i + len <= text.len; i++) {
		if (memcmp(text.at + i, part, len) == 0) {
			return true;
		}
	}
	return false;
}

uint32_t
kb_flow_signs(const struct kb_inhoud *inhoud)
{
	struct kb_span advice =
		kb_fields_get(inhoud->fields, inhoud->field_count, KB_VELD_OSO_OVERSTAPADVIES);
	uint32_t signs = 0;

	if (holds(advice, "<contactnodig>true</contactnodig>") ||
	    holds(advice, "<contactnodig>1</contactnodig>")) {
		signs |= KB_FLOW_CONTACT_NODIG;
	}
	for (size_t i = 0; i < sizeof(signs_of_need) / sizeof(signs_of_need[0]); i++) {
		if (kb_fields_get(inhoud->fields, inhoud->field_count, signs_of_need[i]).len > 0) {
			signs |= KB_FLOW_EXTRA_NEED;
		}
	}
	return signs;
}

bool
kb_flow_wants_talk(const struct kb_profile *profile, uint32_t signs)
{
	const struct kb_profile_rule *rule = &profile->rules[KB_PROFILE_POVO_WARM_VOOR];
	uint32_t asks = KB_FLOW_CONTACT_NODIG; /* facts D2: of the dossier, not of the region */

	for (size_t i = 0; i < rule->item_count; i++) {
		if (strcmp(rule->items[i], KB_PROFILE_WARM_EXTRA) == 0) {
			asks |= KB_FLOW_EXTRA_NEED;
		}
	}
	return (signs & asks) != 0;
}

static enum kb_err
look_for_need(void *to, const struct kb_case_record *line)
{
	struct papers *papers = to;
	/* A case may hold many large dossiers: each is let go when it has been looked at. */
	struct kb_arena arena = { .block = NULL };
	struct kb_inhoud inhoud;
	enum kb_err err = KB_OK;

	if ((line->kind != KB_KIND_OVERDRACHT_AANKONDIGING &&
	     line->kind != KB_KIND_OVERDRACHTSDOSSIER) ||
	    papers->signs == (KB_FLOW_CONTACT_NODIG | KB_FLOW_EXTRA_NEED)) {
		return KB_OK;
	}
	err = kb_message_fields(papers->step, line, &arena, &inhoud);
	if (err == KB_OK) {
		papers->signs |= kb_flow_signs(&inhoud);
	}
	kb_arena_release(&arena);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
read_signs(struct kb_flow *flow, uint32_t *signs)
{
	struct papers papers = { .step = flow->act->step };
	enum kb_err err = KB_OK;

	/* Three guards ask. */
	if (!flow->signs_read) {
		err = kb_message_each(papers.step, flow->row->case_no, flow->act->arena,
				      look_for_need, &papers);
		flow->signs_read = err == KB_OK;
		flow->signs = papers.signs;
	}
	*signs = flow->signs;
	return err;
}

static enum kb_err
is_warm(struct kb_flow *flow, uint32_t letter, bool *holds)
{
	uint32_t signs = 0;
	enum kb_err err = read_signs(flow, &signs);

	(void)letter;
	*holds = kb_flow_wants_talk(flow->profile, signs);
	return err;
}

static enum kb_err
may_be_cold(struct kb_flow *flow, uint32_t letter, bool *holds)
{
	enum kb_err err = is_warm(flow, letter, holds);

	*holds = !*holds;
	return err;
}

/* D01: whom the samenwerkingsverband is there for. That a school wants to be called says nothing of it. */
static enum kb_err
has_extra_need(struct kb_flow *flow, uint32_t letter, bool *holds)
{
	uint32_t signs = 0;
	enum kb_err err = read_signs(flow, &signs);

	(void)letter;
	*holds = (signs & KB_FLOW_EXTRA_NEED) != 0;
	return err;
}

/* R05: every paper that the region asks for is in the case (documents.h). A region that asks for none is served. */
static enum kb_err
file_is_complete(struct kb_flow *flow, uint32_t letter, bool *holds)
{
	const struct kb_profile_rule *rule = &flow->profile->rules[KB_PROFILE_DOCUMENTEN_TLV];
	enum kb_err err = KB_OK;

	(void)letter;
	*holds = true;
	for (size_t i = 0; err == KB_OK && *holds && i < rule->item_count; i++) {
		err = kb_document_has(flow->act->step, flow->row->case_no, flow->act->arena,
				      kb_span_text(rule->items[i]), holds);
	}
	return err;
}

static const struct {
	uint32_t guard;
	guard_fn fn;
} guards[] = {
	{ KB_GUARD_TOESTEMMING, has_consent },
	{ KB_GUARD_AANGEMELD, is_aangemeld },
	{ KB_GUARD_BRIEF_GEDAAN, letter_is_done },
	{ KB_GUARD_MANDAAT, has_mandate },
	{ KB_GUARD_ONAFHANKELIJK, is_independent },
	{ KB_GUARD_WARM_NODIG, is_warm },
	{ KB_GUARD_KOUD_MAG, may_be_cold },
	{ KB_GUARD_DOSSIER_VOLLEDIG, file_is_complete },
	{ KB_GUARD_EXTRA_ONDERSTEUNING, has_extra_need },
};

enum kb_err
kb_flow_guards(struct kb_flow *flow, uint32_t letter, uint32_t *met)
{
	enum kb_err err = KB_OK;

	*met = 0;
	flow->signs_read = false;
	for (size_t i = 0; err == KB_OK && i < sizeof(guards) / sizeof(guards[0]); i++) {
		bool holds = false;

		err = guards[i].fn(flow, letter, &holds);
		*met |= err == KB_OK && holds ? guards[i].guard : 0;
	}
	return err;
}
