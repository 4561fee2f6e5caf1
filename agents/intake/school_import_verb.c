/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk verb `verzuim import`. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "agents/intake/school_import.h"
#include "agents/intake/school_role.h"
#include "agents/intake/school_state.h"
#include "agents/intake/school_verbs.h"

/* How often, and how long at most, an import waits for the register: 2 s, for a person is waiting too. */
#define REGISTER_WAIT_MS 50
#define REGISTER_TRIES 40

struct job {
	struct kb_import import;
	unsigned register_tries;
	bool acted;
	bool logged;	 /* that the user was shown what the set would change */
	enum kb_err err; /* of the act */
};

static void
job_release(void *state)
{
	struct job *job = state;

	kb_import_release(&job->import);
	free(job);
}

static void
say_problems(struct kb_desk_call *call, const struct kb_dataset_problems *problems)
{
	kb_desk_section(call, "fouten", "bestand|regel|wat er mis is");
	for (size_t i = 0; i < problems->count; i++) {
		kb_desk_row(call);
		kb_desk_cell_text(call, kb_dataset_file_name(problems->at[i].file));
		kb_desk_cell_number(call, problems->at[i].line);
		kb_desk_cell_text(call, problems->at[i].text);
	}
}

static void
say_changes(struct kb_desk_call *call, const struct kb_import *import)
{
	kb_desk_section(call, "wijzigingen", "wat|leerling|soort|begin|eind|minuten");
	for (size_t i = 0; i < import->change_count; i++) {
		const struct kb_import_change *change = &import->changes[i];

		kb_desk_row(call);
		kb_desk_cell_text(call,
				  change->action == KB_PAIR_WITHDRAW ? "intrekken" : "wijzigen");
		kb_desk_cell(call, change->leerling);
		kb_desk_cell_text(call, kb_melding_soort_name(change->melding.soort));
		kb_desk_cell_day(call, change->melding.begin_day);
		kb_desk_cell_day(call, change->melding.eind_day);
		kb_desk_cell_number(call, change->melding.minuten);
	}
}

static void
say_result(struct kb_desk_call *call, const struct kb_import *import)
{
	size_t held = import->counts.zonder_identificatie + import->counts.zonder_gemeente;

	const struct {
		const char *what;
		size_t count;
	} rows[] = {
		{ "leerlingen", import->counts.leerlingen },
		{ "dagen met verzuim", import->counts.rijen },
		{ "nieuwe meldingen", import->counts.verstuurd },
		{ "gewijzigde meldingen", import->counts.gecorrigeerd },
		{ "ingetrokken meldingen", import->counts.ingetrokken },
		{ "ongewijzigde meldingen", import->counts.ongewijzigd },
		{ "wachten op het register (gaan vanzelf)", import->counts.wacht_op_register },
		{ "vastgehouden meldingen", held },
		{ "niet gemeld: leerling is uitgeschreven", import->ended_count },
		{ "leerlingen in het buitenland", import->counts.buitenland },
		{ "dagen die niet tellen: deeltijd of schorsing", import->excused_count },
	};

	kb_desk_say(call, "De set is ingelezen. " KB_SCHOOL_DUO_SENTENCE);
	if (held > 0) {
		kb_desk_say(call,
			    "Niet alles kon weg: ketenbode inbox zegt wat er wacht en waarom.");
	}
	kb_desk_section(call, "ingelezen", "veld|waarde");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		kb_desk_row(call);
		kb_desk_cell_text(call, rows[i].what);
		kb_desk_cell_number(call, rows[i].count);
	}
}

static enum kb_err
import_open(struct kb_desk_call *call, struct kb_import *import)
{
	const struct kb_school_state *school = kb_agent_role_state(kb_desk_agent(call));
	struct kb_error_text where = { "" };
	int fd = open(kb_desk_path_arg(call, "map"),
		      O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	enum kb_err err = KB_OK;

	if (fd < 0) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "De agent kan deze map niet openen. Bestaat zij, en mag zijn "
				    "account erin?");
	}
	err = kb_import_open(import, fd, &school->settings, &where);
	(void)close(fd);
	if (err == KB_ERR_DATA) {
		say_problems(call, &import->problems);
		return kb_desk_fail(call, err,
				    "%zu regels kloppen niet. Er is niets ingelezen. Verbeter ze "
				    "en lees de set opnieuw in.",
				    import->problems.total);
	}
	return err == KB_OK ? KB_OK
			    : kb_desk_fail(call, err, "De set kan niet worden gelezen (%s).",
					   where.text);
}

static enum kb_err
import_begin(struct kb_desk_call *call)
{
	struct job *job = NULL;
	int32_t van_day = kb_desk_date_arg(call, "van");
	int32_t tot_day = kb_desk_date_arg(call, "tot");

	if (van_day != KB_DAY_NONE && tot_day != KB_DAY_NONE && van_day > tot_day) {
		return kb_desk_fail(call, KB_ERR_DATA, "--van ligt na --tot.");
	}
	job = calloc(1, sizeof(*job));
	if (job == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	kb_desk_job_state(call, job, job_release);
	job->import.van_day = van_day;
	job->import.tot_day = tot_day;
	job->import.bevestig = kb_desk_flag_arg(call, "bevestig");
	return import_open(call, &job->import);
}

static enum kb_err
import_end(struct kb_desk_call *call, const struct kb_import *import, enum kb_err err)
{
	if (err == KB_ERR_NEEDS_CONFIRMATION) {
		say_changes(call, import);
		return kb_desk_fail(
			call, err,
			"Deze set wijzigt %zu en trekt %zu van de %zu verzonden meldingen in. Dat "
			"is meer dan gewoon. Er is niets veranderd. Klopt het? Lees hem in met "
			"--bevestig.",
			import->correct_count, import->withdraw_count, import->sent_before_count);
	}
	if (err != KB_OK) {
		return kb_desk_fail(call, err,
				    "De set is niet ingelezen en er is niets veranderd (%s).",
				    kb_err_text(err));
	}
	kb_school_imported(kb_agent_role_state(kb_desk_agent(call)));
	say_result(call, import);
	return KB_OK;
}

/* The list of changes names leerlingen: seeing it is a view, though the import itself was undone. */
static enum kb_err
changes_viewed(struct kb_act *act, void *arg)
{
	const struct job *job = arg;

	return kb_act_viewed(act, "verzuim import", 0, (uint32_t)job->import.change_count);
}

/* After the act. */
static enum kb_err
import_acted(struct kb_desk_call *call, struct job *job)
{
	enum kb_err err = kb_desk_job_act_err(call);

	if (job->logged && err != KB_OK) {
		return err; /* what is not logged is not shown */
	}
	if (!job->logged) {
		job->err = err;
		if (err == KB_ERR_NEEDS_CONFIRMATION) {
			job->logged = true;
			return kb_desk_job_act(call, changes_viewed, job);
		}
	}
	kb_desk_job_done(call);
	return import_end(call, &job->import, job->err);
}

/* Called in slices: reads the set, waits a moment for the register, has the act run, and says what came of it. */
enum kb_err
kb_school_import(struct kb_desk_call *call)
{
	struct job *job = kb_desk_job_state_get(call);

	if (job == NULL) {
		return import_begin(call);
	}
	if (job->acted) {
		return import_acted(call, job);
	}
	if (job->register_tries < REGISTER_TRIES &&
	    !kb_import_register_known(kb_desk_agent(call), &job->import)) {
		job->register_tries++;
		kb_desk_job_wait(call, REGISTER_WAIT_MS);
		return KB_OK;
	}
	job->acted = true;
	return kb_desk_job_act(call, kb_import_act, &job->import);
}
