/* SPDX-License-Identifier: EUPL-1.2 */
/* log show, log verify, outbox: what happened and what waits, without any content. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/verbs.h"
#include "common/store/check.h"
#include "common/store/parties.h"
#include "common/store/record.h"

#define ROWS_DEFAULT 50
#define ROWS_MAX 4000
#define OUTBOX_ROWS_DEFAULT 200

static uint64_t
wanted_rows(const struct kb_desk_call *call, uint64_t otherwise)
{
	uint64_t rows =
		kb_desk_has(call, "aantal") ? kb_desk_number_arg(call, "aantal") : otherwise;

	return rows < ROWS_MAX ? rows : ROWS_MAX;
}

/* Only these records carry a wire reason in their code; in others it is the number of an act or a clock, and their count may
 * be a time. */
static bool
has_reason(enum kb_record_type type)
{
	return type == KB_RECORD_REFUSED_IN || type == KB_RECORD_REFUSED_OUT ||
	       type == KB_RECORD_UNDELIVERED || type == KB_RECORD_CLOSED ||
	       type == KB_RECORD_EQUIVOCATION;
}

static bool
has_count(enum kb_record_type type)
{
	return type == KB_RECORD_RECEIPT_IN || type == KB_RECORD_RECEIPT_OUT ||
	       type == KB_RECORD_IMPORT;
}

static void
log_row(struct kb_desk_call *call, uint64_t seq, const struct kb_record *record)
{
	struct kb_party party;

	kb_desk_row(call);
	kb_desk_cell_number(call, seq);
	kb_desk_cell_time(call, record->at_utc_ms);
	kb_desk_cell_text(call, kb_record_type_name(record->type));
	if (record->user_no == 0) {
		kb_desk_cell_text(call, "agent");
	} else {
		kb_desk_cellf(call, "gebruiker %llu", (unsigned long long)record->user_no);
	}
	if (record->party_no != KB_PARTY_NO_SELF &&
	    kb_party_get(kb_desk_step(call), record->party_no, &party) == KB_OK) {
		kb_desk_cell_text(call, party.id.text);
	} else {
		kb_desk_cell_text(call, "");
	}
	if (record->case_no != 0) {
		kb_desk_cell_number(call, record->case_no);
	} else {
		kb_desk_cell_text(call, "");
	}
	if (has_count(record->type)) {
		kb_desk_cell_number(call, record->count);
	} else {
		kb_desk_cell_text(call, "");
	}
	kb_desk_cell_text(call, has_reason(record->type) && kb_reason_known(record->code)
					? kb_err_name(kb_err_from_reason(record->code))
					: "");
}

enum kb_err
kb_verb_log_show(struct kb_desk_call *call)
{
	struct kb_agent *agent = kb_desk_agent(call);
	uint64_t wanted_case = kb_desk_number_arg(call, "zaak");
	uint64_t rows = wanted_rows(call, ROWS_DEFAULT);
	struct kb_ledger_head head;
	uint64_t seq = 0;
	uint64_t shown = 0;

	kb_ledger_committed_head(kb_store_ledger(agent->store), &head);
	uint64_t end = head.year == 0 ? 1 : kb_ledger_next_number(&head);

	seq = kb_desk_number_arg(call, "van");
	if (seq == 0) {
		seq = !kb_desk_has(call, "zaak") && end > rows ? end - rows : 1;
	}
	kb_desk_section(call, "logboek", "regel|wanneer|wat|wie|partij|zaak|aantal|reden");
	for (; seq < end && shown < rows; seq++) {
		struct kb_record_read record;
		enum kb_err err = kb_record_get(kb_desk_step(call), seq, &record);

		if (err == KB_ERR_NOT_FOUND || err == KB_ERR_MALFORMED) {
			continue; /* the first record of a year is the ledger's own */
		}
		if (err != KB_OK) {
			return kb_desk_fail(call, err, "regel %llu van het logboek is beschadigd",
					    (unsigned long long)seq);
		}
		if (wanted_case == 0 || record.clear.case_no == wanted_case) {
			log_row(call, seq, &record.clear);
			shown++;
		}
	}
	kb_desk_say(call, "Het logboek van %u heeft %llu regels.", head.year,
		    (unsigned long long)head.size);
	return KB_OK;
}

/* Fail closed, keep reading (reliability.md R7): on what does not verify nothing more is built. */
static enum kb_err
found_damage(struct kb_desk_call *call, struct kb_error_text *where)
{
	struct kb_env *env = kb_store_env(kb_desk_agent(call)->store);

	if (where->text[0] == '\0') {
		(void)kb_fail(where, KB_ERR_CORRUPT, "the data files in %s do not fit together",
			      kb_env_path(env));
	}
	kb_env_set_read_only(env, where->text);
	return kb_desk_fail(call, KB_ERR_CORRUPT, "%s", where->text);
}

/* The files of attachments, once the tables that name them have been found sound. A broken one stops no writing. */
static enum kb_err
verify_files(struct kb_desk_call *call, struct kb_attachment_verify *verify)
{
	bool more = false;
	uint64_t done = 0;
	enum kb_err err = kb_attachment_verify_slice(verify, &more, &done);

	if (err != KB_OK) {
		return err;
	}
	if (more) {
		kb_desk_progress(call, (uint32_t)done, 0);
		return KB_OK;
	}
	kb_desk_job_done(call);
	return kb_attachment_verify_result(call, verify);
}

static void
release_verify(void *state)
{
	kb_attachment_verify_free(state);
}

enum kb_err
kb_verb_log_verify(struct kb_desk_call *call)
{
	struct kb_agent *agent = kb_desk_agent(call);
	struct kb_attachment_verify *verify = kb_desk_job_state_get(call);
	struct kb_error_text where = { "" };
	uint64_t done = 0;
	uint64_t total = 0;
	enum kb_err err = KB_OK;

	if (verify != NULL) {
		return verify_files(call, verify);
	}
	if (agent->desk.check == NULL) {
		err = kb_store_check_start(agent->store, &agent->desk.check);
		if (err != KB_OK) {
			return err;
		}
		kb_desk_job_wait(call, 5);
		return KB_OK;
	}
	err = kb_check_poll(agent->desk.check, &done, &total, &where);
	if (err == KB_ERR_BUSY) {
		kb_desk_progress(call, (uint32_t)done, (uint32_t)total);
		kb_desk_job_wait(call, 20);
		return KB_OK;
	}
	kb_check_free(agent->desk.check);
	agent->desk.check = NULL;
	if (err == KB_ERR_CORRUPT) {
		return found_damage(call, &where);
	}
	if (err != KB_OK) {
		return kb_desk_fail(call, err, "%s",
				    where.text[0] != '\0' ? where.text : kb_desk_err_sentence(err));
	}
	struct kb_ledger_head head;

	kb_ledger_committed_head(kb_store_ledger(agent->store), &head);
	kb_desk_section(call, "logboek", "jaar|regels|uitkomst");
	kb_desk_row(call);
	kb_desk_cell_number(call, head.year);
	kb_desk_cell_number(call, head.size);
	kb_desk_cell_text(call, "klopt");
	kb_desk_say(call,
		    "Het logboek klopt: elke regel, elke wortel en elke tabel is nagerekend.");
	err = kb_attachment_verify_new(agent, &verify);
	if (err == KB_OK) {
		kb_desk_job_state(call, verify, release_verify);
	}
	return err;
}

enum kb_err
kb_verb_outbox(struct kb_desk_call *call)
{
	struct kb_step *step = kb_desk_step(call);
	struct kb_outbox_filter filter = { .which = KB_OUTBOX_ALL };
	struct kb_number_key cursor = { 0 };
	struct kb_outbox_row row;
	uint64_t rows = wanted_rows(call, OUTBOX_ROWS_DEFAULT);
	uint64_t shown = 0;
	enum kb_err err = kb_outbox_next(step, &filter, &cursor, &row);

	kb_desk_section(call, "uitbak",
			"partij|nummer|zaak|stand|pogingen|herhaald|gemaakt|verzonden|"
			"bij_broker|verloopt|reden");
	while (err == KB_OK && shown < rows) {
		struct kb_party party;

		err = kb_party_get(step, row.key.party_no, &party);
		if (err != KB_OK) {
			return err;
		}
		kb_desk_row(call);
		kb_desk_cell_text(call, party.id.text);
		kb_desk_cell_number(call, row.key.number);
		kb_desk_cell_number(call, row.sent.case_no);
		kb_desk_cell_text(call, kb_sent_state_label(row.sent.state));
		kb_desk_cell_number(call, row.sent.attempt);
		kb_desk_cell_number(call, row.sent.resend_count);
		kb_desk_cell_time(call, row.sent.created_utc_ms);
		kb_desk_cell_time(call, row.sent.sent_at_utc_ms);
		kb_desk_cell_time(call, row.sent.accepted_at_utc_ms);
		kb_desk_cell_time(call, row.sent.expires_at_utc_ms);
		kb_desk_cell_text(
			call, row.sent.reason != 0
				      ? kb_desk_err_sentence(kb_err_from_reason(row.sent.reason))
				      : "");
		shown++;
		err = kb_outbox_next(step, &filter, &cursor, &row);
	}
	kb_desk_say(call,
		    shown == 0 ? "Alles wat verzonden is, is door de ontvanger bevestigd."
			       : "%llu berichten wachten op een ontvangstbewijs.",
		    (unsigned long long)shown);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}
