/* SPDX-License-Identifier: EUPL-1.2 */
/* `case act` at the leerplicht desk. */
#include "agents/gemeente/leerplicht.h"
#include "agents/gemeente/leerplicht_dossier.h"
#include "agents/intake/case_act.h"
#include "common/base/random.h"
#include "common/store/epochs.h"

static enum kb_err
send_stand(struct kb_case_doing *doing, const struct kb_verzuim_stand *stand)
{
	struct kb_buf content = { 0 };
	enum kb_err err = kb_verzuim_stand_encode(stand, &content);

	if (err == KB_OK) {
		err = kb_case_act_send(doing, KB_KIND_VERZUIM_STAND, &content);
	}
	kb_buf_wipe(&content);
	return err;
}

/* One melding by itself; the dossier goes on. */
static enum kb_err
set_melding(struct kb_case_doing *doing, struct kb_verzuim_stand *message)
{
	if ((doing->melding.flags & KB_MELDING_INGETROKKEN) != 0) {
		return kb_desk_fail(doing->call, KB_ERR_STATE,
				    "De school heeft deze melding ingetrokken.");
	}
	message->melding_id = doing->melding.melding_id;
	doing->melding.stand = message->stand;
	doing->melding.sent_utc_ms = kb_desk_now_utc_ms(doing->call);
	return kb_melding_put(kb_desk_step(doing->call), &doing->melding);
}

/* The dossier, and with it its meldingen: a step of its route. */
static enum kb_err
set_dossier(struct kb_case_doing *doing, enum kb_melding_stand stand)
{
	struct kb_flow_doing step;
	enum kb_err err = kb_dossier_step(kb_desk_act(doing->call), doing->row->case_no,
					  kb_melding_stand_name(stand), &step);

	if (err == KB_ERR_STATE && doing->row->route_state == 0) {
		return kb_desk_fail(
			doing->call, err,
			"Dit dossier volgt nog geen route: het regioprofiel van de school is hier "
			"nog niet, of de school heeft er geen. Probeer het later, of vraag uw "
			"beheerder.");
	}
	return err == KB_OK ? KB_OK : kb_flow_say_refused(doing->call, &step, err);
}

/* DUO's status words (facts D1), for the dossier or for one melding of it. */
static enum kb_err
set_stand(struct kb_case_doing *doing, enum kb_melding_stand stand)
{
	struct kb_dossier_author author = kb_case_act_author(doing);
	struct kb_verzuim_stand message = { .stand = stand };
	enum kb_err err = kb_case_act_text(doing, KB_WIRE_TEXT_BYTES_MAX, &message.toelichting);

	if (err == KB_OK) {
		err = doing->has_melding ? set_melding(doing, &message) : set_dossier(doing, stand);
	}
	if (err == KB_OK) {
		err = kb_dossier_note_put(kb_desk_step(doing->call), doing->row->case_no,
					  message.toelichting, &author);
	}
	/* Of the dossier the step itself goes to the school; this only explains it. */
	return err == KB_OK && (doing->has_melding || message.toelichting.len > 0)
		       ? send_stand(doing, &message)
		       : err;
}

static enum kb_err
do_in_behandeling(struct kb_case_doing *doing)
{
	doing->row->behandelaar_no = kb_desk_user_no(doing->call);
	return set_stand(doing, KB_MELDING_STAND_IN_BEHANDELING);
}

static enum kb_err
do_afgesloten(struct kb_case_doing *doing)
{
	return set_stand(doing, KB_MELDING_STAND_AFGESLOTEN);
}

static enum kb_err
do_ter_kennisgeving(struct kb_case_doing *doing)
{
	return set_stand(doing, KB_MELDING_STAND_TER_KENNISGEVING);
}

static enum kb_err
do_vraag(struct kb_case_doing *doing)
{
	const struct kb_random random = kb_random_system();
	struct kb_dossier_author author = kb_case_act_author(doing);
	struct kb_verzuim_vraag vraag = { .vraag_id = kb_id_random(&random) };
	struct kb_buf content = { 0 };
	enum kb_err err = kb_case_act_text(doing, KB_WIRE_TEXT_BYTES_MAX, &vraag.tekst);

	if (err == KB_OK) {
		err = kb_verzuim_vraag_encode(&vraag, &content);
	}
	if (err == KB_OK) {
		err = kb_dossier_question_put(kb_desk_step(doing->call), doing->row->case_no,
					      &vraag.vraag_id, vraag.tekst, &author);
	}
	if (err == KB_OK) {
		err = kb_case_act_send(doing, KB_KIND_VERZUIM_VRAAG, &content);
	}
	if (err == KB_OK) {
		doing->row->inbox_flags |= KB_INBOX_WAITING;
		doing->row->waiting_since_utc_ms = kb_desk_now_utc_ms(doing->call);
	}
	kb_buf_wipe(&content);
	return err;
}

static enum kb_err
do_kenmerk(struct kb_case_doing *doing)
{
	struct kb_verzuim_stand message = { .melding_id = doing->melding.melding_id,
					    .stand = (enum kb_melding_stand)doing->melding.stand };
	enum kb_err err = kb_case_act_kenmerk(doing, &message.duo_kenmerk);

	if (err == KB_OK) {
		doing->melding.duo_kenmerk = message.duo_kenmerk;
		err = kb_melding_put(kb_desk_step(doing->call), &doing->melding);
	}
	return err == KB_OK ? send_stand(doing, &message) : err;
}

/* Code 20 and on: of leerplicht. */
static const struct kb_case_handeling handelingen[] = {
	{ .name = "gezien",
	  .code = 1,
	  .fn = kb_case_act_gezien,
	  .said = "De zaak is gezien.",
	  .help = "gelezen; uit de lijst van nieuwe zaken" },
	{ .name = "in-behandeling",
	  .code = 20,
	  .fn = do_in_behandeling,
	  .said = "In behandeling; de school ziet het.",
	  .help = "u neemt het dossier in behandeling, of met --melding een melding (--tekst)" },
	{ .name = "afgesloten",
	  .code = 21,
	  .fn = do_afgesloten,
	  .said = "Afgesloten; de school ziet het.",
	  .help = "het dossier, of met --melding een melding, is klaar (--tekst)" },
	{ .name = "ter-kennisgeving",
	  .code = 22,
	  .fn = do_ter_kennisgeving,
	  .said = "Ter kennisgeving aangenomen; de school ziet het.",
	  .help = "gelezen, er volgt niets (--tekst, --melding)" },
	{ .name = "vraag",
	  .code = 23,
	  .needs_text = true,
	  .fn = do_vraag,
	  .said = "De vraag gaat naar de school.",
	  .help = "een vraag aan de school (--tekst)" },
	{ .name = "kenmerk",
	  .code = 24,
	  .needs_text = true,
	  .needs_melding = true,
	  .fn = do_kenmerk,
	  .said = "Het DUO-kenmerk is vastgelegd; de school ziet het.",
	  .help = "het DUO-kenmerk van een melding (--melding, --tekst)" },
};

enum kb_err
kb_leerplicht_act(struct kb_desk_call *call)
{
	static const struct kb_case_acts acts = { .handelingen = handelingen,
						  .count = sizeof(handelingen) /
							   sizeof(handelingen[0]),
						  .pupil_of = kb_leerplicht_case_pupil };

	return kb_case_act(call, &acts);
}
