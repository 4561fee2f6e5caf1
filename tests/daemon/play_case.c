/* SPDX-License-Identifier: EUPL-1.2 */
/* A case as those who take part in it see it, and waiting until they agree. */
#include "tests/daemon/play_stage.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLL_MS 4

bool
play_fails(struct acting *acting, const struct play_line *line, const char *format, ...)
{
	va_list arguments;
	char what[4096];
	char *failure = NULL;

	if (acting->failure != NULL) {
		return false;
	}
	va_start(arguments, format);
	(void)vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	if (asprintf(&failure, "%s:%u: [%s, %s] %s", acting->play->file, line->line,
		     acting->stage->region, acting->play->name, what) < 0) {
		abort();
	}
	acting->failure = failure;
	return false;
}

struct cast *
play_cast(struct acting *acting, const char *who)
{
	struct stage_agent *agent = stage_find(acting->stage, who);

	for (size_t i = 0; agent != NULL && i < acting->cast_count; i++) {
		if (acting->cast[i].agent == agent) {
			return &acting->cast[i];
		}
	}
	return NULL;
}

bool
play_wait(bool (*done)(void *state), void *state)
{
	int64_t until_ms = town_mono_ms() + STAGE_WAIT_MS;

	while (!done(state)) {
		if (town_mono_ms() > until_ms) {
			return false;
		}
		(void)poll(NULL, 0, POLL_MS);
	}
	return true;
}

bool
play_look(struct cast *cast, struct look *look)
{
	struct town_said said = stage_show(cast->agent, cast->case_no);

	*look = (struct look){ .there = said.exit_code == 0 && town_rows(&said, "route") == 1 };
	if (look->there) {
		(void)snprintf(look->state, sizeof(look->state), "%s",
			       town_cell(&said, "route", 0, "toestand"));
		(void)snprintf(look->regievoerder, sizeof(look->regievoerder), "%s",
			       town_cell(&said, "route", 0, "regievoerder"));
		(void)snprintf(look->last, sizeof(look->last), "%s",
			       town_cell(&said, "route", 0, "laatste-stap"));
		look->epoch = strtoul(town_cell(&said, "route", 0, "epoche"), NULL, 10);
		look->revision = strtoul(town_cell(&said, "route", 0, "revisie"), NULL, 10);
	}
	town_said_clear(&said);
	return look->there;
}

struct agreeing {
	struct acting *acting;
	const char *state;
	char told[2048]; /* how it looked the last time */
};

static void
tell(struct agreeing *agreeing, const struct cast *cast, const struct look *look)
{
	size_t len = strlen(agreeing->told);

	(void)snprintf(agreeing->told + len, sizeof(agreeing->told) - len,
		       "\n  %-12s %s, stap %lu.%lu, %.12s", cast->agent->party->spec->name,
		       look->there ? look->state : "(niets)", look->epoch, look->revision,
		       look->last);
}

static bool
do_agree(void *state)
{
	struct agreeing *agreeing = state;
	struct acting *acting = agreeing->acting;
	struct look first = { .there = false };
	bool agree = true;

	agreeing->told[0] = 0;
	for (size_t i = 0; i < acting->cast_count; i++) {
		struct look look;

		if (acting->cast[i].mark != CAST_IN) {
			continue;
		}
		agree = play_look(&acting->cast[i], &look) && agree;
		tell(agreeing, &acting->cast[i], &look);
		first = first.there ? first : look;
		agree = agree && strcmp(look.state, agreeing->state) == 0 &&
			look.revision == first.revision && look.last[0] != 0 &&
			strcmp(look.last, first.last) == 0 &&
			strcmp(look.regievoerder, first.regievoerder) == 0;
	}
	return agree;
}

/* Whom an agent shows as not told, and why. */
static void
tell_uninformed(struct agreeing *agreeing, const struct cast *cast)
{
	struct town_said said = stage_show(cast->agent, cast->case_no);

	for (size_t i = 0; i < town_rows(&said, "niet_op_de_hoogte"); i++) {
		size_t len = strlen(agreeing->told);

		(void)snprintf(agreeing->told + len, sizeof(agreeing->told) - len,
			       "\n  %s: niet op de hoogte is %s, stap %s, %s",
			       cast->agent->party->spec->name,
			       town_cell(&said, "niet_op_de_hoogte", i, "partij"),
			       town_cell(&said, "niet_op_de_hoogte", i, "stap"),
			       town_cell(&said, "niet_op_de_hoogte", i, "reden"));
	}
	town_said_clear(&said);
}

bool
play_agree(struct acting *acting, const struct play_line *line, const char *state)
{
	struct agreeing agreeing = { .acting = acting, .state = state };

	if (play_wait(do_agree, &agreeing)) {
		return true;
	}
	for (size_t i = 0; i < acting->cast_count; i++) {
		if (acting->cast[i].mark == CAST_IN) {
			tell_uninformed(&agreeing, &acting->cast[i]);
		}
	}
	return play_fails(acting, line, "niet bij iedereen %s:%s", state, agreeing.told);
}

static bool
are_quiet(void *state)
{
	struct acting *acting = state;
	bool quiet = true;

	for (size_t i = 0; quiet && i < acting->stage->agent_count; i++) {
		struct town_party *party = acting->stage->agents[i].party;
		struct town_said said;

		if (party->pid == 0) {
			continue;
		}
		said = town_desk(party, "outbox");
		for (size_t j = 0; j < town_rows(&said, "uitbak"); j++) {
			struct town_party *to = NULL;

			for (size_t k = 0; k < acting->stage->agent_count; k++) {
				if (strcmp(acting->stage->agents[k].party->spec->party,
					   town_cell(&said, "uitbak", j, "partij")) == 0) {
					to = acting->stage->agents[k].party;
				}
			}
			quiet = quiet && to != NULL && to->pid == 0;
		}
		quiet = quiet && said.exit_code == 0;
		town_said_clear(&said);
	}
	return quiet;
}

bool
play_quiet(struct acting *acting, const struct play_line *line)
{
	/* An answer to what came last may itself have made a message. */
	for (size_t i = 0; i < 2; i++) {
		if (!play_wait(are_quiet, acting)) {
			return play_fails(acting, line, "er blijft iets onderweg");
		}
	}
	return true;
}
