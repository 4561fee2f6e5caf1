/* SPDX-License-Identifier: EUPL-1.2 */
/* What a melding says. */
#include "agents/intake/melding_content.h"

#include "agents/intake/dataset.h"
#include "agents/intake/school_days.h"
#include "agents/intake/steps_taken.h"
#include "agents/runtime/directory.h"
#include "agents/runtime/role.h"
#include "common/base/text.h"
#include "common/wire/absence.h"

/* A set whose person passes the intake can be sent. */
_Static_assert(KB_DATASET_NAME_BYTES_MAX == KB_WIRE_NAME_BYTES_MAX, "one length of a name");
_Static_assert(KB_DATASET_POSTCODE_BYTES_MAX == KB_WIRE_POSTCODE_BYTES_MAX,
	       "one length of a postcode");
_Static_assert(KB_DATASET_PHONE_BYTES_MAX == KB_WIRE_PHONE_BYTES_MAX,
	       "one length of a phone number");
/* The straat is one of the texts of the intake that have the length of a name. */
_Static_assert(KB_WIRE_STREET_BYTES_MAX >= KB_WIRE_NAME_BYTES_MAX,
	       "a street that passes the intake fits");

enum kb_err
kb_school_self(struct kb_act *act, struct kb_school_self *out)
{
	const struct kb_entry *entry = NULL;
	const struct kb_party_id *self = kb_agent_self(act->agent);
	const char *unit = kb_party_id_unit(self);
	enum kb_err err = kb_directory_find(act->directory, self, act->now_utc_ms, &entry);

	if (err != KB_OK) {
		return err;
	}
	for (size_t i = 0; i < entry->descriptor.vestiging_count; i++) {
		const struct kb_vestiging *vestiging = &entry->descriptor.vestigingen[i];

		if (unit[0] == 0 || strcmp(unit, vestiging->code) == 0) {
			memcpy(out->vestiging, vestiging->code, sizeof(out->vestiging));
			out->name = vestiging->name.len > 0 ? vestiging->name : entry->name;
			return KB_OK;
		}
	}
	return KB_ERR_CONFIG;
}

/* The unauthorised days of the period: what the leerplichtambtenaar needs, and no reason or illness (requirements R16). */
static enum kb_err
days_of(struct kb_act *act, const struct kb_melding_row *row, uint64_t subject_no,
	struct kb_verzuim_melding *message)
{
	struct kb_attendance_day *days = NULL;
	size_t count = 0;
	enum kb_err err = kb_school_days(act, row->schooljaar, row->pupil_no, subject_no,
					 act->arena, &days, &count, NULL);

	if (err != KB_OK) {
		return err;
	}
	message->dagen = kb_arena_alloc(act->arena, (count + 1) * sizeof(*message->dagen));
	if (message->dagen == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < count && message->dag_count < KB_WIRE_DAGEN_MAX; i++) {
		if (days[i].day >= row->begin_day && days[i].day <= row->eind_day &&
		    days[i].minuten_ongeoorloofd > 0) {
			message->dagen[message->dag_count++] =
				(struct kb_melding_dag){ .datum = kb_date_number(days[i].day),
							 .minuten = days[i].minuten_ongeoorloofd };
		}
	}
	return KB_OK;
}

static enum kb_err
leerling_of(const struct kb_pupil *pupil, struct kb_melding_leerling *out)
{
	const struct kb_pupil_person *person = &pupil->person;

	out->voornaam = person->voornaam;
	out->tussenvoegsel = person->tussenvoegsel;
	out->achternaam = person->achternaam;
	out->geboortedatum = kb_date_number(pupil->geboorte_day);
	out->adres_geheim = person->adres_geheim;
	/* A secret address is sent to nobody (facts D2). */
	out->has_adres =
		!person->adres_geheim &&
		(person->adres.len > 0 || person->postcode.len > 0 || person->woonplaats.len > 0);
	if (out->has_adres) {
		out->adres = (struct kb_melding_adres){ .straat = person->adres,
							.postcode = person->postcode,
							.woonplaats = person->woonplaats };
	}
	return kb_text_copy(out->pgn, sizeof(out->pgn), person->pgn);
}

static enum kb_err
message_of(struct kb_act *act, const struct kb_melding_row *row, const struct kb_pupil *pupil,
	   struct kb_verzuim_melding *out)
{
	struct kb_school_self self;
	enum kb_err err = kb_school_self(act, &self);

	*out = (struct kb_verzuim_melding){
		.melding_id = row->melding_id,
		.revision = row->revision,
		.soort = (enum kb_melding_soort)row->soort,
		.begindatum = kb_date_number(row->begin_day),
		.einddatum = kb_date_number(row->eind_day),
		.minuten = row->minuten,
		.ouders_ingelicht_op = kb_date_number(row->ouders_ingelicht_day),
		.has_contact = pupil->person.contactpersoon.len > 0,
		.contact = { .naam = pupil->person.contactpersoon,
			     .telefoon = pupil->person.telefoon },
		.duo_kenmerk = row->duo_kenmerk,
		.schooljaar = row->schooljaar,
		.uiterste_melddatum = kb_date_number(row->uiterste_melddag),
		.vastgesteld_op = kb_date_number(row->vastgesteld_day)
	};
	memcpy(out->gemeentecode, row->gemeentecode, sizeof(out->gemeentecode));
	if (err == KB_OK) {
		memcpy(out->school.vestiging, self.vestiging, sizeof(out->school.vestiging));
		out->school.name = self.name;
		err = leerling_of(pupil, &out->leerling);
	}
	if (err == KB_OK) {
		err = days_of(act, row, pupil->subject_no, out);
	}
	return err == KB_OK && row->case_no != 0
		       ? kb_steps_taken_list(act->step, row->case_no, act->arena, &out->stappen,
					     &out->stap_count)
		       : err;
}

enum kb_err
kb_melding_content(struct kb_act *act, const struct kb_melding_row *row,
		   const struct kb_pupil *pupil, struct kb_buf *out)
{
	struct kb_verzuim_melding message;
	enum kb_err err = message_of(act, row, pupil, &message);

	if (err == KB_OK) {
		err = kb_verzuim_melding_encode(&message, out);
	}
	return kb_err_category(err) == KB_CATEGORY_PROTOCOL ? KB_ERR_DATA : err;
}
