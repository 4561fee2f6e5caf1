/* SPDX-License-Identifier: EUPL-1.2 */
/* `case act`, the frame that school and gemeente share. */
#include "agents/intake/case_act.h"

#include "common/base/text.h"
#include "common/exchange/date.h"
#include "common/store/parties.h"
#include "common/wire/absence.h"

const struct kb_desk_arg kb_case_act_args[KB_CASE_ACT_ARG_COUNT + 1] = {
	{ .name = "zaak", .type = KB_ARG_NUMBER, .required = true, .help = "nummer van de zaak" },
	{ .name = "handeling",
	  .type = KB_ARG_TEXT,
	  .required = true,
	  .help = "wat u doet; een onbekend woord geeft de lijst" },
	{ .name = "tekst", .type = KB_ARG_LINES, .help = "tekst bij de handeling" },
	{ .name = "datum", .type = KB_ARG_DATE, .help = "de dag waarover het gaat" },
	{ .name = "melding",
	  .type = KB_ARG_NUMBER,
	  .help = "nummer van de melding in het dossier" },
	{ .name = "vraag", .type = KB_ARG_ID, .help = "welke vraag u beantwoordt" },
};

static const struct kb_case_handeling *
find(const struct kb_case_acts *acts, struct kb_span name)
{
	for (size_t i = 0; i < acts->count; i++) {
		if (kb_span_equal(kb_span_text(acts->handelingen[i].name), name)) {
			return &acts->handelingen[i];
		}
	}
	return NULL;
}

static enum kb_err
unknown(struct kb_desk_call *call, const struct kb_case_acts *acts)
{
	kb_desk_section(call, "handelingen", "handeling|uitleg");
	for (size_t i = 0; i < acts->count; i++) {
		kb_desk_row(call);
		kb_desk_cell_text(call, acts->handelingen[i].name);
		kb_desk_cell_text(call, acts->handelingen[i].help);
	}
	return kb_desk_fail(call, KB_ERR_USAGE,
			    "Deze handeling is er niet. Kies er een uit de lijst.");
}

static enum kb_err
check_arguments(struct kb_desk_call *call, const struct kb_case_handeling *handeling)
{
	const struct {
		bool needed;
		const char *name;
	} rows[] = { { handeling->needs_text, "tekst" },
		     { handeling->needs_date, "datum" },
		     { handeling->needs_melding, "melding" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].needed && !kb_desk_has(call, rows[i].name)) {
			return kb_desk_fail(call, KB_ERR_DATA, "De handeling %s heeft --%s nodig.",
					    handeling->name, rows[i].name);
		}
	}
	return KB_OK;
}

/* Whether this user may act in it was decided before (authorise.h). */
static enum kb_err
find_case(struct kb_case_doing *doing, const struct kb_case_acts *acts)
{
	struct kb_desk_call *call = doing->call;
	enum kb_err err =
		kb_case_edit(kb_desk_step(call), kb_desk_number_arg(call, "zaak"), &doing->row);

	if (err == KB_ERR_NOT_FOUND || (err == KB_OK && doing->row->kind != KB_CASE_KIND_VERZUIM)) {
		return kb_desk_fail(call, KB_ERR_NOT_FOUND,
				    "Een dossier van verzuim met dit nummer is er niet.");
	}
	return err == KB_OK ? acts->pupil_of(kb_desk_step(call), doing->row, kb_desk_arena(call),
					     &doing->pupil_no)
			    : err;
}

/* --melding is the number within the dossier, as case show prints it. */
static enum kb_err
find_melding(struct kb_case_doing *doing)
{
	struct kb_desk_call *call = doing->call;
	struct kb_melding_row row = kb_dossier_start(doing->row, doing->pupil_no);
	uint64_t number = kb_desk_number_arg(call, "melding");
	enum kb_err err = KB_OK;

	if (!kb_desk_has(call, "melding")) {
		return KB_OK;
	}
	do {
		err = kb_dossier_melding_next(kb_desk_step(call), doing->row->case_no,
					      kb_desk_arena(call), &row);
	} while (err == KB_OK && row.melding_no != number);
	if (err == KB_OK) {
		doing->melding = row;
		doing->has_melding = true;
	}
	return err == KB_ERR_NOT_FOUND
		       ? kb_desk_fail(call, err, "Deze melding is niet in dit dossier.")
		       : err;
}

enum kb_err
kb_case_act(struct kb_desk_call *call, const struct kb_case_acts *acts)
{
	const struct kb_case_handeling *handeling = find(acts, kb_desk_text_arg(call, "handeling"));
	struct kb_case_doing doing = { .call = call };
	enum kb_err err = KB_OK;

	if (handeling == NULL) {
		return unknown(call, acts);
	}
	err = check_arguments(call, handeling);
	if (err == KB_OK) {
		err = find_case(&doing, acts);
	}
	if (err == KB_OK) {
		err = find_melding(&doing);
	}
	if (err == KB_OK) {
		err = handeling->fn(&doing);
	}
	if (err == KB_OK && !doing.sent) {
		err = kb_act_note(kb_desk_act(call), doing.row->case_no, handeling->code,
				  KB_SPAN_NONE, NULL);
	}
	if (err == KB_OK) {
		doing.row->inbox_flags &= ~KB_INBOX_NEW;
		doing.row->new_since_utc_ms = 0;
		kb_desk_say(call, "%s", handeling->said);
	}
	return err;
}

enum kb_err
kb_case_act_send(struct kb_case_doing *doing, enum kb_kind kind, const struct kb_buf *content)
{
	struct kb_outgoing outgoing = { .kind = kind,
					.case_no = doing->row->case_no,
					.content = kb_buf_span(content) };
	struct kb_party party;
	enum kb_err err =
		kb_party_get(kb_desk_step(doing->call), doing->row->counterparty_no, &party);

	if (err == KB_OK) {
		outgoing.recipient = party.id;
		err = kb_act_send(kb_desk_act(doing->call), &outgoing, NULL);
	}
	doing->sent = doing->sent || err == KB_OK;
	if (kb_err_category(err) == KB_CATEGORY_REFUSED) {
		return kb_desk_fail(
			doing->call, err,
			"De partij %s is nu niet te bereiken volgens het register (%s). "
			"Er is niets veranderd. Probeer het later, of vraag uw beheerder: "
			"ketenbode parties",
			party.id.text, kb_err_text(err));
	}
	return err;
}

int32_t
kb_case_act_day(const struct kb_case_doing *doing)
{
	return kb_desk_has(doing->call, "datum")
		       ? kb_desk_date_arg(doing->call, "datum")
		       : kb_date_local_day(kb_desk_now_utc_ms(doing->call));
}

struct kb_dossier_author
kb_case_act_author(const struct kb_case_doing *doing)
{
	return (struct kb_dossier_author){ .party_no = KB_PARTY_NO_SELF,
					   .user_no = kb_desk_user_no(doing->call),
					   .at_utc_ms = kb_desk_now_utc_ms(doing->call) };
}

enum kb_err
kb_case_act_text(struct kb_case_doing *doing, size_t max, struct kb_span *text)
{
	*text = kb_desk_text_arg(doing->call, "tekst");
	return text->len <= max ? KB_OK
				: kb_desk_fail(doing->call, KB_ERR_DATA,
					       "De tekst is te lang: hoogstens %zu tekens.", max);
}

enum kb_err
kb_case_act_kenmerk(struct kb_case_doing *doing, struct kb_span *kenmerk)
{
	*kenmerk = kb_text_trim(kb_desk_text_arg(doing->call, "tekst"));
	return kenmerk->len > 0 && kenmerk->len <= KB_WIRE_DUO_KENMERK_BYTES_MAX &&
			       kb_text_ok(*kenmerk, false)
		       ? KB_OK
		       : kb_desk_fail(doing->call, KB_ERR_DATA,
				      "Een DUO-kenmerk is een regel van hoogstens %u tekens.",
				      KB_WIRE_DUO_KENMERK_BYTES_MAX);
}

enum kb_err
kb_case_act_gezien(struct kb_case_doing *doing)
{
	doing->row->inbox_flags &= ~KB_INBOX_PROBLEM;
	return KB_OK;
}
