/* SPDX-License-Identifier: EUPL-1.2 */
/* The messages of a route against the permission table: no route grants what the table does not. */
#include "common/daemon/profile_internal.h"
#include "common/exchange/letters.h"

struct check {
	const struct kb_route *route;
	const struct kb_route_step *step;
	uint32_t region;
	struct kb_faults *faults;
};

/* Whether a party that has role (one bit that can be held) can be on that side of a row. */
static bool
can_be(const struct kb_permit_side *side, uint32_t role)
{
	for (unsigned kind = 1; kind < KB_PARTY_KIND_COUNT; kind++) {
		for (unsigned desk = 1; desk < KB_DESK_COUNT; desk++) {
			if ((side->kinds & KB_PARTY_BIT(kind)) != 0 &&
			    (side->desk == 0 || side->desk == desk) &&
			    kb_route_role_fits(role, (enum kb_party_kind)kind,
					       (enum kb_desk)desk)) {
				return true;
			}
		}
	}
	return false;
}

/* The same for any role. The inbrenger holds one of the roles that may open. */
static bool
side_fits(const struct check *check, const struct kb_permit_side *side, uint32_t role)
{
	uint32_t roles = role == KB_ROUTE_INBRENGER ? check->route->openers : role;

	for (uint32_t bit = 1; bit <= KB_ROUTE_ALLEN; bit <<= 1) {
		if ((roles & bit) != 0 && can_be(side, bit)) {
			return true;
		}
	}
	return false;
}

static bool
may_send(const struct check *check, uint32_t from, uint32_t to)
{
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);

	for (size_t i = 0; i < count; i++) {
		if ((uint32_t)rows[i].kind == check->step->kind &&
		    rows[i].purpose == check->route->purpose &&
		    rows[i].ground == check->route->ground &&
		    (rows[i].region_on & ~check->region) == 0 &&
		    (rows[i].region_off & check->region) == 0 &&
		    side_fits(check, &rows[i].from, from) && side_fits(check, &rows[i].to, to)) {
			return true;
		}
	}
	return false;
}

/* Whether one of the roles may send it to role, or (to) get it from role. */
static bool
any_may(const struct check *check, uint32_t role, bool to)
{
	uint32_t others = to ? check->step->by : check->step->to_roles;

	for (uint32_t other = 1; other <= KB_ROUTE_ALLEN; other <<= 1) {
		if ((others & other) != 0 &&
		    may_send(check, to ? other : role, to ? role : other)) {
			return true;
		}
	}
	return false;
}

/* Everybody in to must be able to get it from somebody in by; and everybody in by to send it to somebody in to. */
static bool
check_sides(const struct check *check, uint32_t roles, bool to)
{
	bool fine = true;

	for (uint32_t role = 1; role <= KB_ROUTE_ALLEN; role <<= 1) {
		if ((roles & role) == 0 || any_may(check, role, to)) {
			continue;
		}
		fine = false;
		kb_faults_add(
			check->faults, check->route->file, check->step->line,
			"beyond the permission table: %s may not %s %s for doel %s on grond %s; "
			"ketenbode explain shows who may",
			kb_route_role_word(role),
			to ? "get from any of by the message" : "send to any of to the message",
			kb_kind_name(check->step->kind), kb_purpose_name(check->route->purpose),
			kb_ground_name(check->route->ground));
	}
	return fine;
}

/* R13: of every advice on what support a pupil needs the parents get an afschrift (WPO 18a lid 14), whatever a region agrees. */
static void
check_afschrift(const struct check *check)
{
	if (check->step->kind == (uint32_t)KB_KIND_CVA_ADVIES &&
	    check->route->purpose == KB_PURPOSE_ADVIES &&
	    check->step->letter != (uint32_t)KB_LETTER_AFSCHRIFT) {
		kb_faults_add(check->faults, check->route->file, check->step->line,
			      "bericht = %s without brief = %s: the parents get a copy of every "
			      "advice (R13)",
			      kb_kind_name(check->step->kind),
			      kb_letter_kind_name(KB_LETTER_AFSCHRIFT));
	}
}

void
kb_profile_check_message(const struct kb_route *route, const struct kb_route_step *step,
			 uint32_t region, struct kb_faults *faults)
{
	const struct check check = { route, step, region, faults };

	check_afschrift(&check);
	if (step->kind == 0 && step->to_roles != 0) {
		kb_faults_add(faults, route->file, step->line,
			      "to without bericht: nobody would get anything; name the kind of "
			      "message or take to out");
	}
	if (step->kind != 0 && step->to_roles == 0) {
		kb_faults_add(faults, route->file, step->line,
			      "bericht = %s without to: name the roles that get it",
			      kb_kind_name(step->kind));
	}
	if (step->kind != 0 && step->to_roles != 0 && check_sides(&check, step->to_roles, true)) {
		(void)check_sides(&check, step->by, false);
	}
}
