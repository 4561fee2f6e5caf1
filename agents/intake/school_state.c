/* SPDX-License-Identifier: EUPL-1.2 */
/* Start and end of the school's side; its clock and its spool folder. */
#include "agents/intake/school_state.h"

#include <stdlib.h>

#include "agents/intake/school_melding.h"
#include "agents/intake/school_role.h"
#include "common/base/log.h"
#include "common/daemon/profile.h"

/* Between two tries of a set that cannot be taken in now. */
#define SPOOL_RETRY_MS 60000
/* Ticks of about a second that a set waits for the register. */
#define SPOOL_REGISTER_TRIES 3

const struct kb_config_key kb_school_config_keys[KB_SCHOOL_KEY_COUNT] = {
	[KB_SCHOOL_SPOOL] = { .section = "verzuim",
			      .key = "spool",
			      .type = KB_CONFIG_PATH,
			      .help = "Folder that data sets are renamed into; they are taken in "
				      "by themselves." },
	[KB_SCHOOL_LESDUUR] = { .section = "verzuim",
				.key = "lesduur",
				.type = KB_CONFIG_U64,
				.least = 1,
				.most = 60,
				.unit = "minutes",
				.help = "Length of a lesson in vo; po counts clock hours and "
					"leaves it out." },
	[KB_SCHOOL_OSO_SCHEMA] = { .section = "oso",
				   .key = "schema",
				   .type = KB_CONFIG_PATH,
				   .help = "OSO_gegevensset.xsd of Edustandaard, for sending "
					   "dossiers." },
};

enum kb_err
kb_school_settings(const struct kb_agent *agent, const struct kb_config *config,
		   struct kb_verzuim_settings *out, struct kb_error_text *where)
{
	const struct kb_profile *profile = kb_agent_profile(agent);
	struct kb_verzuim_settings settings = kb_verzuim_settings_default();

	const struct {
		enum kb_profile_verzuim value;
		uint32_t *setting;
	} map[] = {
		{ KB_PROFILE_VERZUIM_DREMPEL, &settings.threshold_lessons },
		{ KB_PROFILE_VERZUIM_LESDUUR, &settings.lesson_minutes },
		{ KB_PROFILE_VERZUIM_VENSTER, &settings.window_weeks },
		{ KB_PROFILE_VERZUIM_TUSSENTIJD, &settings.gap_days },
		{ KB_PROFILE_VERZUIM_LANGDURIG, &settings.run_days },
		{ KB_PROFILE_VERZUIM_MELDTERMIJN, &settings.report_working_days },
		{ KB_PROFILE_VERZUIM_LEERPLICHT_VAN, &settings.leerplicht_from_years },
		{ KB_PROFILE_VERZUIM_LEERPLICHT_TOT, &settings.leerplicht_until_years },
	};

	size_t lesduur = KB_AGENT_KEY_COUNT + KB_SCHOOL_LESDUUR;

	for (size_t i = 0; profile != NULL && i < sizeof(map) / sizeof(map[0]); i++) {
		if (profile->verzuim[map[i].value].vastgelegd) {
			*map[i].setting = profile->verzuim[map[i].value].value;
		}
	}
	if (config != NULL && kb_config_set(config, lesduur)) {
		if (kb_agent_role(agent)->kind != KB_PARTY_VO) {
			return kb_fail(
				where, KB_ERR_CONFIG,
				"%s:%u: lesduur is for vo only; po counts clock hours (facts D1)",
				kb_config_file(config), kb_config_line(config, lesduur));
		}
		settings.lesson_minutes = (uint32_t)kb_config_u64(config, lesduur);
	}
	*out = settings;
	return kb_verzuim_settings_check(out, where);
}

enum kb_err
kb_school_start(struct kb_agent *agent, const struct kb_config *config, void **state,
		struct kb_error_text *where)
{
	struct kb_school_state *school = calloc(1, sizeof(*school));
	const char *spool =
		config != NULL ? kb_config_text(config, KB_AGENT_KEY_COUNT + KB_SCHOOL_SPOOL) : "";
	enum kb_err err = KB_OK;

	if (school == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	err = kb_school_settings(agent, config, &school->settings, where);
	school->oso_schema =
		config != NULL ? kb_config_text(config, KB_AGENT_KEY_COUNT + KB_SCHOOL_OSO_SCHEMA)
			       : "";
	if (err == KB_OK && spool[0] != 0) {
		err = kb_spool_open(&school->spool, spool, where);
	}
	if (err != KB_OK) {
		free(school);
		return err;
	}
	*state = school;
	return KB_OK;
}

static void
import_free(struct kb_import **import)
{
	if (*import != NULL) {
		kb_import_release(*import);
		free(*import);
		*import = NULL;
	}
}

void
kb_school_stop(struct kb_agent *agent, void *state)
{
	struct kb_school_state *school = state;

	(void)agent;
	if (school != NULL) {
		kb_spool_set_close(&school->spool_set);
		import_free(&school->spool_import);
		kb_spool_close(&school->spool);
		free(school);
	}
}

static enum kb_err
retry_act(struct kb_act *act, void *arg)
{
	(void)arg;
	return kb_school_held_retry(act, NULL);
}

static void
retry_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct kb_school_state *school = arg;

	(void)agent;
	school->retry_queued = false;
	if (err != KB_OK) {
		kb_log(KB_LOG_WARNING, "held-retry-failed", "err=%s", kb_err_name(err));
	}
}

void
kb_school_register_change(struct kb_agent *agent, void *state)
{
	struct kb_school_state *school = state;

	if (!school->retry_queued &&
	    kb_agent_run(agent, 0, retry_act, retry_done, school) == KB_OK) {
		school->retry_queued = true;
	}
}

/* The report says what happened and names nobody. */
static enum kb_err
spool_report(const struct kb_import *import, enum kb_err result, struct kb_buf *report)
{
	if (result == KB_OK) {
		return kb_spool_report_klaar(report, &import->counts);
	}
	return kb_spool_report_geweigerd(
		report, &import->problems,
		result == KB_ERR_NEEDS_CONFIRMATION
			? "Deze set trekt meer meldingen in of wijzigt er meer dan gewoon. Kijk of "
			  "hij klopt en lees hem in met: ketenbode verzuim import MAP --bevestig"
			: NULL);
}

void
kb_school_imported(struct kb_school_state *school)
{
	enum kb_err err = school->spool.open ? kb_spool_note_success(&school->spool) : KB_OK;

	if (err != KB_OK) {
		kb_log(KB_LOG_WARNING, "spool-mark-failed", "err=%s", kb_err_name(err));
	}
}

/* A set is refused for what is in it. Disk full, clock, shutdown: it stays where it is and is tried again. */
static bool
is_refusal(const struct kb_school_state *school, enum kb_err result)
{
	return school->spool_import->problems.count > 0 || result == KB_ERR_NEEDS_CONFIRMATION ||
	       kb_err_category(result) == KB_CATEGORY_DATA;
}

static void
spool_move(struct kb_school_state *school, enum kb_err result)
{
	struct kb_buf report = { 0 };
	enum kb_err err = spool_report(school->spool_import, result, &report);

	if (err == KB_OK) {
		err = kb_spool_finish(&school->spool, &school->spool_set,
				      result == KB_OK ? KB_SPOOL_KLAAR : KB_SPOOL_GEWEIGERD,
				      kb_buf_span(&report));
	}
	if (err != KB_OK) {
		kb_log(KB_LOG_ERROR, "spool-not-moved", "err=%s", kb_err_name(err));
		memcpy(school->spool_skip, school->spool_set.name, sizeof(school->spool_skip));
	}
	kb_buf_release(&report);
}

static void
spool_done(struct kb_agent *agent, enum kb_err result, void *arg)
{
	struct kb_school_state *school = arg;
	const struct kb_spool_counts *counts = &school->spool_import->counts;

	school->spool_trouble = KB_OK;
	if (result == KB_OK) {
		spool_move(school, result);
		kb_school_imported(school);
	} else if (is_refusal(school, result)) {
		spool_move(school, result);
	} else {
		school->spool_trouble = result;
		school->spool_retry_utc_ms = kb_agent_now_utc_ms(agent) + SPOOL_RETRY_MS;
	}
	kb_log(result == KB_OK ? KB_LOG_INFO : KB_LOG_WARNING, "spool-set",
	       "result=%s sent=%zu corrected=%zu withdrawn=%zu held=%zu waiting=%zu",
	       kb_err_name(result), counts->verstuurd, counts->gecorrigeerd, counts->ingetrokken,
	       counts->zonder_identificatie + counts->zonder_gemeente, counts->wacht_op_register);
	kb_spool_set_close(&school->spool_set);
	import_free(&school->spool_import);
}

static enum kb_err
spool_act(struct kb_act *act, void *arg)
{
	const struct kb_school_state *school = arg;

	return kb_import_act(act, school->spool_import);
}

/* Opens the next set of the folder; false: there is none, or it ended here. */
static bool
spool_take(struct kb_agent *agent, struct kb_school_state *school, int64_t now_utc_ms)
{
	struct kb_error_text where = { "" };
	enum kb_err err = KB_OK;

	if ((school->spool_trouble != KB_OK && now_utc_ms < school->spool_retry_utc_ms) ||
	    kb_spool_next(&school->spool, school->spool_skip, &school->spool_set, NULL) != KB_OK) {
		return false;
	}
	school->spool_import = calloc(1, sizeof(*school->spool_import));
	if (school->spool_import == NULL) {
		kb_spool_set_close(&school->spool_set);
		return false;
	}
	school->spool_import->van_day = KB_DAY_NONE;
	school->spool_import->tot_day = KB_DAY_NONE;
	school->spool_register_tries = 0;
	school->spool_queued = false;
	err = kb_import_open(school->spool_import, school->spool_set.set_fd, &school->settings,
			     &where);
	if (err != KB_OK) {
		spool_done(agent, err, school);
	}
	return err == KB_OK;
}

void
kb_school_tick(struct kb_agent *agent, void *state, int64_t now_utc_ms)
{
	struct kb_school_state *school = state;
	enum kb_err err = KB_OK;

	if (!school->spool.open ||
	    (school->spool_import == NULL && !spool_take(agent, school, now_utc_ms)) ||
	    school->spool_queued) {
		return;
	}
	if (school->spool_register_tries < SPOOL_REGISTER_TRIES &&
	    !kb_import_register_known(agent, school->spool_import)) {
		school->spool_register_tries++;
		return;
	}
	school->spool_queued = true;
	err = kb_agent_run(agent, 0, spool_act, spool_done, school);
	if (err != KB_OK) {
		spool_done(agent, err, school);
	}
}
