/* SPDX-License-Identifier: EUPL-1.2 */
/* A pupil of the school as a child for a case: what the last import brought (leerlingen.csv, personen.csv). */
#include "agents/intake/school_melding.h"
#include "agents/intake/school_role.h"
#include "common/base/text.h"
#include "common/exchange/date.h"
#include "common/exchange/effects.h"
#include "common/store/pupils.h"

/* The parts that are there, a space between them, in the arena of the act. */
static enum kb_err
join(struct kb_act *act, const struct kb_span *parts, size_t count, char between,
     struct kb_span *out)
{
	struct kb_buf text = { 0 };
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < count; i++) {
		if (parts[i].len > 0 && text.len > 0) {
			err = kb_buf_put_u8(&text, (uint8_t)between);
		}
		if (err == KB_OK) {
			err = kb_buf_put(&text, parts[i]);
		}
	}
	if (err == KB_OK) {
		*out = kb_arena_copy(act->arena, kb_buf_span(&text));
		err = out->len == text.len ? KB_OK : KB_ERR_NO_MEMORY;
	}
	kb_buf_wipe(&text);
	return err;
}

/* The newest school year in which the pupil has a row that can be read: this one, or the one before in the weeks before the first
 * import. */
static enum kb_err
newest_row(struct kb_act *act, uint64_t pupil_no, struct kb_pupil *out)
{
	int32_t year = kb_date_school_year(kb_date_local_day(act->now_utc_ms));
	enum kb_err err = kb_pupil_get(act->step, (uint16_t)year, pupil_no, act->arena, out);

	return err == KB_ERR_NOT_FOUND
		       ? kb_pupil_get(act->step, (uint16_t)(year - 1), pupil_no, act->arena, out)
		       : err;
}

enum kb_err
kb_school_child(struct kb_act *act, struct kb_span number, struct kb_role_child *out)
{
	struct kb_pupil pupil;
	struct kb_span name[3];
	struct kb_span place[2];
	struct kb_span address[2];
	uint64_t pupil_no = 0;
	enum kb_err err = kb_pupil_find(act->step, number, &pupil_no);

	if (err == KB_OK) {
		err = newest_row(act, pupil_no, &pupil);
	}
	if (err != KB_OK) {
		return err;
	}
	name[0] = pupil.person.voornaam;
	name[1] = pupil.person.tussenvoegsel;
	name[2] = pupil.person.achternaam;
	place[0] = pupil.person.postcode;
	place[1] = pupil.person.woonplaats;
	address[0] = pupil.person.adres;
	*out = (struct kb_role_child){ .subject_no = pupil.subject_no,
				       .birth_day = pupil.geboorte_day,
				       .contact = pupil.person.contactpersoon,
				       .phone = pupil.person.telefoon };
	err = join(act, name, 3, ' ', &out->name);
	/* A secret address is not even read in: then both are empty. */
	if (err == KB_OK) {
		err = join(act, place, 2, ' ', &address[1]);
	}
	return err == KB_OK ? join(act, address, 2, '\n', &out->address) : err;
}

const struct kb_clock_text *
kb_school_clock_text(uint32_t rule)
{
	static const struct kb_clock_text melden = { KB_SCHOOL_CLOCK_MELDEN,
						     "melden bij leerplicht",
						     "DUO, verzuim melden: binnen 5 werkdagen" };

	return rule == melden.rule ? &melden : NULL;
}
