/* SPDX-License-Identifier: EUPL-1.2 */
/* status, doctor, checkpoint, parties. */
#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/health.h"
#include "agents/runtime/verbs.h"
#include "common/base/text.h"
#include "common/exchange/date.h"

static void
fact(struct kb_desk_call *call, const char *name, const char *value)
{
	kb_desk_row(call);
	kb_desk_cell_text(call, name);
	kb_desk_cell_text(call, value);
}

static void
number_fact(struct kb_desk_call *call, const char *name, uint64_t value)
{
	kb_desk_row(call);
	kb_desk_cell_text(call, name);
	kb_desk_cell_number(call, value);
}

static void
time_fact(struct kb_desk_call *call, const char *name, int64_t utc_ms)
{
	kb_desk_row(call);
	kb_desk_cell_text(call, name);
	kb_desk_cell_time(call, utc_ms);
}

static void
findings(struct kb_desk_call *call, const struct kb_health *health)
{
	kb_desk_section(call, "toestand", "kleur|code|wat|doe");
	if (health->count == 0) {
		kb_desk_row(call);
		kb_desk_cell_text(call, kb_colour_text(KB_COLOUR_GREEN));
		kb_desk_cell_text(call, "ok");
		kb_desk_cell_text(call, "alles werkt");
		kb_desk_cell_text(call, "");
	}
	for (size_t i = 0; i < health->count; i++) {
		kb_desk_row(call);
		kb_desk_cell_text(call, kb_colour_text(health->at[i].colour));
		kb_desk_cell_text(call, health->at[i].code);
		kb_desk_cell_text(call, health->at[i].sentence);
		kb_desk_cell_text(call, health->at[i].advice);
	}
}

enum kb_err
kb_verb_status(struct kb_desk_call *call)
{
	struct kb_agent *agent = kb_desk_agent(call);
	struct kb_ledger_head head;
	struct kb_health health;
	enum kb_err err = kb_health_look(agent, kb_desk_step(call), &health);

	if (err != KB_OK) {
		return err;
	}
	kb_ledger_committed_head(kb_store_ledger(agent->store), &head);
	findings(call, &health);
	kb_desk_section(call, "status", "wat|waarde");
	fact(call, "partij", agent->identity->self.text);
	fact(call, "soort", kb_party_kind_label(agent->role->kind));
	fact(call, "versie", KB_VERSION);
	kb_desk_row(call);
	kb_desk_cell_text(call, "reglement");
	kb_desk_cell(call, kb_agent_reglement(agent));
	fact(call, "sessie", kb_session_state_text(agent->session.state));
	time_fact(call, "sessie sinds",
		  agent->session.state == KB_SESSION_UP ? agent->session.since_utc_ms
							: agent->session.down_since_utc_ms);
	number_fact(call, "register versie", kb_directory_version_number(agent->directory));
	time_fact(call, "register geldig tot", kb_directory_expires_utc_ms(agent->directory));
	number_fact(call, "partijen bekend", kb_directory_count(agent->directory));
	number_fact(call, "uitbak niet verzegeld", health.waiting.unsealed_count);
	number_fact(call, "uitbak klaar", health.waiting.ready_count);
	number_fact(call, "bij broker", health.waiting.at_broker_count);
	number_fact(call, "niet bezorgd", health.waiting.undelivered_count);
	number_fact(call, "wacht op eerder bericht", health.held_count);
	number_fact(call, "verzonden sinds start", agent->counts.messages_out);
	number_fact(call, "ontvangen sinds start", agent->counts.messages_in);
	number_fact(call, "geweigerd sinds start", agent->counts.refused_in);
	number_fact(call, "weggelegd zonder bewijs", agent->counts.dropped_in);
	number_fact(call, "vastleggingen sinds start", agent->commit.commit_count);
	number_fact(call, "logboek jaar", head.year);
	number_fact(call, "logboek regels", head.size);
	number_fact(call, "tijdvak", agent->own_epoch.epoch_no);
	kb_desk_say(call, "%s: %s",
		    kb_colour_text(health.count > 0 ? health.at[0].colour : KB_COLOUR_GREEN),
		    health.count > 0 ? health.at[0].sentence : "alles werkt");
	return KB_OK;
}

enum kb_err
kb_verb_doctor(struct kb_desk_call *call)
{
	struct kb_health health;
	enum kb_err err = kb_health_look(kb_desk_agent(call), kb_desk_step(call), &health);

	if (err != KB_OK) {
		return err;
	}
	findings(call, &health);
	if (health.count == 0) {
		kb_desk_say(call, "groen: alles werkt, u hoeft niets te doen");
	} else {
		kb_desk_say(call, "%s: %s", kb_colour_text(health.at[0].colour),
			    health.at[0].sentence);
		kb_desk_say(call, "Doe dit: %s", health.at[0].advice);
		kb_desk_exit(call, kb_colour_exit_code(health.at[0].colour));
	}
	return KB_OK;
}

enum kb_err
kb_verb_checkpoint(struct kb_desk_call *call)
{
	struct kb_agent *agent = kb_desk_agent(call);
	struct kb_signed_checkpoint signed_checkpoint;
	struct kb_ledger_head head;
	char root[KB_HASH_BYTES * 2 + 1];
	char *hex = NULL;
	struct kb_buf encoded = { 0 };
	enum kb_err err = KB_OK;

	kb_ledger_committed_head(kb_store_ledger(agent->store), &head);
	if (head.year == 0) {
		return kb_desk_fail(call, KB_ERR_NOT_FOUND, "het logboek is nog leeg");
	}
	/* Inside a read step of this call: the chain of years is then already known or read with it. */
	err = kb_agent_checkpoint(agent, kb_desk_step(call), &signed_checkpoint);
	if (err == KB_OK) {
		err = kb_signed_checkpoint_encode(&signed_checkpoint, &encoded);
	}
	if (err == KB_OK) {
		hex = kb_arena_alloc(kb_desk_arena(call), encoded.len * 2 + 1);
		err = hex != NULL ? KB_OK : KB_ERR_NO_MEMORY;
	}
	if (err == KB_OK) {
		kb_hex_encode(kb_buf_span(&encoded), hex);
		kb_hex_encode(KB_SPAN_OF(head.root.bytes), root);
		kb_desk_section(call, "checkpoint", "partij|jaar|regels|wortel|ondertekend");
		kb_desk_row(call);
		kb_desk_cell_text(call, agent->identity->self.text);
		kb_desk_cell_number(call, head.year);
		kb_desk_cell_number(call, head.size);
		kb_desk_cell_text(call, root);
		kb_desk_cell_text(call, hex);
	}
	kb_buf_release(&encoded);
	return err;
}

/* ---- parties ---- */

static void
entry_row(void *state, const struct kb_entry *entry)
{
	struct kb_desk_call *call = state;
	struct kb_agent *agent = kb_desk_agent(call);
	enum kb_err usable = kb_directory_usable(agent->directory, entry, kb_desk_now_utc_ms(call));
	struct kb_buf served = { 0 };

	for (size_t i = 0; i < entry->descriptor.gemeente_count; i++) {
		kb_ignore(kb_buf_putf(&served, "%s%s", i > 0 ? " " : "",
				      entry->descriptor.gemeenten[i].code),
			  "a list that is cut is still a list");
	}
	kb_desk_row(call);
	kb_desk_cell_text(call, entry->party.text);
	kb_desk_cell_text(call, kb_party_kind_name(entry->kind));
	kb_desk_cell(call, entry->name);
	kb_desk_cell_number(call, entry->version);
	kb_desk_cell_time(call, entry->descriptor.valid_until_utc_ms);
	kb_desk_cell_text(call, usable == KB_OK		   ? "geldig"
				: usable == KB_ERR_OFFLINE ? "wordt bevestigd"
							   : kb_err_name(usable));
	kb_desk_cell(call, kb_buf_span(&served));
	kb_buf_release(&served);
}

#define PARTY_COLUMNS "partij|soort|naam|sleutelversie|geldig_tot|stand|gemeenten"

enum kb_err
kb_verb_parties(struct kb_desk_call *call)
{
	struct kb_agent *agent = kb_desk_agent(call);

	kb_desk_section(call, "partijen", PARTY_COLUMNS);
	kb_directory_each(agent->directory, entry_row, call);
	kb_desk_say(call, "Register versie %llu; hier staan alleen partijen die al nodig waren.",
		    (unsigned long long)kb_directory_version_number(agent->directory));
	return KB_OK;
}

/* Waits for the answer of the broker at most this long. */
#define LOOKUP_MS 5000

enum kb_err
kb_verb_parties_lookup(struct kb_desk_call *call)
{
	struct kb_agent *agent = kb_desk_agent(call);
	const struct kb_entry *entry = NULL;
	int64_t *started = kb_desk_job_state_get(call);
	int64_t now = kb_clock_mono_ms(&agent->clock);
	enum kb_err err;

	if (kb_desk_has(call, "partij") == kb_desk_has(call, "gemeente")) {
		return kb_desk_fail(call, KB_ERR_USAGE, "geef een partij of een gemeente");
	}
	if (started == NULL) {
		started = malloc(sizeof(*started));
		if (started == NULL) {
			return KB_ERR_NO_MEMORY;
		}
		*started = now;
		kb_desk_job_state(call, started, free);
	}
	if (kb_desk_has(call, "partij")) {
		struct kb_party_id party = kb_desk_party_arg(call, "partij");

		err = kb_directory_find(agent->directory, &party, kb_desk_now_utc_ms(call), &entry);
	} else {
		char code[KB_WIRE_GEMEENTECODE_CHARS + 1];
		int32_t day = kb_desk_date_arg(call, "datum");

		if (kb_text_copy(code, sizeof(code), kb_desk_text_arg(call, "gemeente")) != KB_OK) {
			return kb_desk_fail(call, KB_ERR_USAGE,
					    "een gemeentecode heeft vier cijfers");
		}
		err = kb_directory_gemeente(
			agent->directory, code,
			day != KB_DAY_NONE ? day : kb_date_local_day(kb_desk_now_utc_ms(call)),
			&entry);
	}
	if (err == KB_ERR_OFFLINE && now - *started < LOOKUP_MS) {
		kb_desk_job_wait(call, 20);
		return KB_OK;
	}
	if (err == KB_ERR_OFFLINE) {
		return kb_desk_fail(call, err, "het register antwoordt niet; probeer het later");
	}
	if (err == KB_ERR_NOT_FOUND) {
		return kb_desk_fail(call, err, "het register kent deze partij of gemeente niet");
	}
	if (err == KB_OK) {
		kb_desk_section(call, "partijen", PARTY_COLUMNS);
		entry_row(call, entry);
		kb_desk_job_done(call);
	}
	return err;
}
