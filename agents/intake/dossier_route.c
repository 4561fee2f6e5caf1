/* SPDX-License-Identifier: EUPL-1.2 */
/* A dossier of verzuim along its route. */
#include "agents/intake/dossier_route.h"

#include "common/wire/absence.h"

#define ROUTE "verzuim"
#define EVENT_MELDEN "melden"
#define EVENT_INTREKKEN "intrekken"

enum kb_err
kb_dossier_begin(struct kb_act *act, uint64_t case_no, const struct kb_entry *gemeente)
{
	struct kb_flow_beginning beginning = {
		.profile = kb_agent_profile(act->agent),
		.role = KB_ROUTE_SCHOOL,
		.partner = { .party = gemeente->party, .role = KB_ROUTE_LEERPLICHT },
		.partner_kind = gemeente->kind,
		.event = kb_span_text(EVENT_MELDEN),
	};
	struct kb_case row;
	enum kb_err err = kb_case_get(act->step, case_no, &row);

	if (err != KB_OK || row.route_state != 0 || beginning.profile == NULL) {
		return err;
	}
	beginning.route = kb_profile_route(beginning.profile, kb_span_text(ROUTE));
	return beginning.route != NULL && beginning.route->automatic
		       ? kb_flow_begin(act, case_no, &beginning)
		       : KB_OK;
}

/* ---- the meldingen follow ---- */

static bool
is_end(uint32_t stand)
{
	return stand == KB_MELDING_STAND_AFGESLOTEN || stand == KB_MELDING_STAND_TER_KENNISGEVING;
}

enum kb_err
kb_dossier_follow(struct kb_act *act, const struct kb_case *row, uint64_t pupil_no,
		  const char *state, bool leerplicht)
{
	enum kb_melding_stand stand = kb_melding_stand_parse(kb_span_text(state));
	struct kb_melding_row melding = kb_dossier_start(row, pupil_no);
	/* One that was not withdrawn is overlooked, or came when the case was just closed. */
	bool keeps = stand == KB_MELDING_STAND_INGETROKKEN || (!leerplicht && is_end(stand));
	bool overlooked = false;
	enum kb_err err = KB_OK;

	if (row->kind != KB_CASE_KIND_VERZUIM || stand == KB_MELDING_STAND_NONE ||
	    stand == KB_MELDING_STAND_GEREGISTREERD) {
		return KB_OK;
	}
	while (err == KB_OK) {
		err = kb_dossier_melding_next(act->step, row->case_no, act->arena, &melding);
		if (err != KB_OK || (melding.flags & KB_MELDING_INGETROKKEN) != 0 ||
		    is_end(melding.stand)) {
			continue;
		}
		overlooked = overlooked || keeps;
		if (!keeps) {
			melding.stand = stand;
			err = kb_melding_put(act->step, &melding);
		}
	}
	if (err == KB_ERR_NOT_FOUND) {
		err = KB_OK;
	}
	return err == KB_OK && overlooked
		       ? kb_dossier_raise(act->step, row->case_no, 0, act->now_utc_ms)
		       : err;
}

/* ---- steps ---- */

enum kb_err
kb_dossier_step(struct kb_act *act, uint64_t case_no, const char *event,
		struct kb_flow_doing *doing)
{
	*doing = (struct kb_flow_doing){ .event = kb_span_text(event) };
	return kb_flow_do_today(act, case_no, doing);
}

enum kb_err
kb_dossier_step_alone(struct kb_act *act, uint64_t case_no, const char *event)
{
	struct kb_flow_doing doing;
	uint32_t user_no = act->user_no;
	enum kb_err err = KB_OK;

	act->user_no = 0;
	err = kb_dossier_step(act, case_no, event, &doing);
	act->user_no = user_no;
	return kb_err_reason(err) != 0 ? KB_OK : err;
}

enum kb_err
kb_dossier_end_if_empty(struct kb_act *act, uint64_t case_no, uint64_t pupil_no)
{
	struct kb_melding_row row;
	struct kb_case dossier;
	enum kb_err err = kb_case_get(act->step, case_no, &dossier);

	if (err != KB_OK) {
		return err;
	}
	if (dossier.route_state == 0 || dossier.closed_utc_ms != 0 ||
	    dossier.regievoerder_no != KB_PARTY_NO_SELF) {
		return KB_OK;
	}
	row = kb_dossier_start(&dossier, pupil_no);
	do {
		err = kb_dossier_melding_next(act->step, case_no, act->arena, &row);
	} while (err == KB_OK && (row.flags & KB_MELDING_INGETROKKEN) != 0);
	if (err != KB_ERR_NOT_FOUND) {
		return err;
	}
	/* A region that lets it end another way leaves it open: it is shown. */
	return kb_dossier_step_alone(act, case_no, EVENT_INTREKKEN);
}
