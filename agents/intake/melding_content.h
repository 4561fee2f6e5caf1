/* SPDX-License-Identifier: EUPL-1.2 */
/* What a melding says: the closed list of fields that leerplicht gets, from the rows of the school (issue of the alert, R16). */
#ifndef KB_INTAKE_MELDING_CONTENT_H
#define KB_INTAKE_MELDING_CONTENT_H

#include "agents/runtime/act.h"
#include "common/base/buf.h"
#include "common/store/meldingen.h"
#include "common/store/pupils.h"

/* BRIN and vestiging of this school and its name, from its own register entry. KB_ERR_CONFIG when the entry has none. */
struct kb_school_self {
	char vestiging[7];
	struct kb_span name;
};
KB_MUST_CHECK enum kb_err kb_school_self(struct kb_act *act, struct kb_school_self *out);

/*
 * Appends the encoded VerzuimMelding: school, leerling (no address when it is secret, facts D2), soort, period, minutes, the
 * unauthorised days, steps taken, when the parents were told, contact person, DUO-kenmerk. Nothing else exists to be sent: no
 * illness, no reason of a permitted absence. KB_ERR_DATA when the rows hold a value that the wire does not carry.
 */
KB_MUST_CHECK enum kb_err kb_melding_content(struct kb_act *act, const struct kb_melding_row *row,
					     const struct kb_pupil *pupil, struct kb_buf *out);

#endif
