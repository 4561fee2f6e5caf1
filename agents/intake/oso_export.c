/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk verb `oso export`. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/intake/oso/parts.h"
#include "agents/intake/oso/run.h"
#include "agents/intake/oso_job.h"
#include "agents/intake/oso_verbs.h"
#include "agents/runtime/messages.h"
#include "common/base/file.h"
#include "common/wire/content.h"

#define FILE_MODE 0600

const struct kb_desk_arg kb_oso_export_args[KB_OSO_EXPORT_ARG_COUNT] = {
	{ .name = "zaak", .type = KB_ARG_NUMBER, .required = true, .help = "nummer van de zaak" },
	{ .name = "pad", .type = KB_ARG_PATH, .required = true, .help = "het nieuwe bestand" },
};

struct job {
	struct kb_desk_call *call;
	struct kb_oso_run run;
	struct kb_oso_result result;
	size_t have; /* parts of the newest dossier, when some are missing; 0: none is */
	size_t wanted;
	int frames; /* the fields, in memory; -1: not yet */
	bool started;
};

static void
job_release(void *state)
{
	struct job *job = state;

	kb_oso_run_release(&job->run);
	if (job->frames >= 0) {
		(void)close(job->frames);
	}
	free(job);
}

/* ---- what is in the case ---- */

/* A message with a dossier or a part of one. */
struct piece {
	struct kb_case_record line;
	struct kb_oso_part_words words;
	bool said; /* words are known */
};

/* The messages of a case with kind overdrachtsdossier, the newest that was sent first. */
struct pieces {
	struct piece *at;
	size_t count;
	size_t newest; /* place of the first of them that is (of) a dossier; count: none */
};

static enum kb_err
count_or_list(struct kb_step *step, uint64_t case_no, struct pieces *pieces, size_t room)
{
	struct kb_case_record line;
	uint64_t position = 0;
	enum kb_err err = KB_OK;

	pieces->count = 0;
	while (err == KB_OK) {
		bool counts = false;

		err = kb_case_record_back(step, case_no, &position, &line);
		if (err == KB_OK && line.kind == KB_KIND_OVERDRACHTSDOSSIER &&
		    line.direction != KB_DIRECTION_LOCAL) {
			err = kb_message_counts(step, &line, &counts);
		}
		if (err == KB_OK && counts && pieces->count < room) {
			pieces->at[pieces->count] = (struct piece){ .line = line };
		}
		pieces->count += err == KB_OK && counts ? 1 : 0;
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/*
 * Of one sender and direction the numbers say in what order they were sent, whatever was late: those of the newest dossier are the
 * highest. Between senders it is the day.
 */
static int
newest_first(const void *a, const void *b)
{
	const struct piece *left = a;
	const struct piece *right = b;
	bool same = left->line.party_no == right->line.party_no &&
		    left->line.direction == right->line.direction;

	if (same && left->line.number.epoch_no != right->line.number.epoch_no) {
		return left->line.number.epoch_no < right->line.number.epoch_no ? 1 : -1;
	}
	if (same) {
		return (left->line.number.number < right->line.number.number) -
		       (left->line.number.number > right->line.number.number);
	}
	return left->line.ledger_seq < right->line.ledger_seq ? 1 : -1;
}

static enum kb_err
list_pieces(struct kb_step *step, struct kb_arena *arena, uint64_t case_no, struct pieces *pieces)
{
	size_t count = 0;
	enum kb_err err = count_or_list(step, case_no, pieces, 0);

	count = pieces->count;
	if (err == KB_OK) {
		pieces->at = kb_arena_alloc(arena, (count + 1) * sizeof(*pieces->at));
		err = pieces->at != NULL ? count_or_list(step, case_no, pieces, count)
					 : KB_ERR_NO_MEMORY;
	}
	return err;
}

/* Of one hand, so that nobody can add to, or stand in the way of, what another sent. */
static bool
same_hand(const struct piece *a, const struct piece *b)
{
	return a->line.party_no == b->line.party_no && a->line.direction == b->line.direction;
}

static bool
same_dossier(const struct piece *a, const struct piece *b)
{
	return a->said && b->said && same_hand(a, b) && a->words.wanted == b->words.wanted &&
	       kb_hash_equal(&a->words.hash, &b->words.hash);
}

/* What a message says of itself; its fields are let go again, for there may be many MiB of them. */
static enum kb_err
read_words(struct kb_step *step, struct piece *piece)
{
	struct kb_arena arena = { .block = NULL };
	struct kb_inhoud inhoud;
	enum kb_err err = kb_message_fields(step, &piece->line, &arena, &inhoud);

	if (err == KB_OK) {
		err = kb_oso_part_words(inhoud.fields, inhoud.field_count, &piece->words);
		piece->said = err == KB_OK;
	}
	kb_arena_release(&arena);
	/* Erased, typed in, or with words that make no sense: no dossier. */
	return err == KB_ERR_NOT_FOUND || err == KB_ERR_DATA ? KB_OK : err;
}

/* Different parts of the dossier of that piece among the first count. */
static size_t
parts_here(const struct pieces *pieces, size_t place, size_t count)
{
	bool there[KB_OSO_PARTS_MAX + 1] = { false };
	size_t parts = 0;

	for (size_t i = 0; i < count; i++) {
		const struct piece *piece = &pieces->at[i];

		if (same_dossier(piece, &pieces->at[place]) && !there[piece->words.part]) {
			there[piece->words.part] = true;
			parts++;
		}
	}
	return parts;
}

/* The newest one that is here whole. *place is one of its pieces. KB_ERR_NOT_FOUND: no dossier; KB_ERR_INCOMPLETE: none is whole. */
static enum kb_err
choose(struct kb_step *step, struct pieces *pieces, size_t *place)
{
	enum kb_err err = KB_OK;

	pieces->newest = pieces->count;
	for (size_t i = 0; err == KB_OK && i < pieces->count; i++) {
		err = read_words(step, &pieces->at[i]);
		if (err != KB_OK || !pieces->at[i].said) {
			continue;
		}
		pieces->newest = pieces->newest < i ? pieces->newest : i;
		if (parts_here(pieces, i, i + 1) == pieces->at[i].words.wanted) {
			*place = i;
			return KB_OK;
		}
	}
	if (err != KB_OK) {
		return err;
	}
	return pieces->newest == pieces->count ? KB_ERR_NOT_FOUND : KB_ERR_INCOMPLETE;
}

/* The fields of it, in arena. */
static enum kb_err
gather(struct kb_step *step, struct kb_arena *arena, const struct pieces *pieces, size_t place,
       struct kb_oso_whole *whole)
{
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i <= place; i++) {
		struct kb_inhoud inhoud;
		bool taken = false;

		if (!same_dossier(&pieces->at[i], &pieces->at[place]) ||
		    whole->parts[pieces->at[i].words.part - 1].fields != NULL) {
			continue;
		}
		err = kb_message_fields(step, &pieces->at[i].line, arena, &inhoud);
		if (err == KB_OK) {
			err = kb_oso_whole_add(whole, inhoud.fields, inhoud.field_count, &taken);
		}
	}
	return err;
}

static enum kb_err
put_together(struct job *job, struct kb_step *step, const struct pieces *pieces, size_t place)
{
	struct kb_arena arena = { .block = NULL };
	struct kb_oso_whole *whole = calloc(1, sizeof(*whole));
	struct kb_field *fields = NULL;
	size_t count = 0;
	enum kb_err err = whole != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	if (err == KB_OK) {
		err = gather(step, &arena, pieces, place, whole);
	}
	if (err == KB_OK) {
		err = kb_oso_whole_join(whole, &arena, &fields, &count);
	}
	if (err == KB_OK) {
		job->frames = kb_oso_frames_file(fields, count);
		err = job->frames >= 0 ? KB_OK : KB_ERR_NO_MEMORY;
	}
	kb_arena_release(&arena);
	free(whole);
	return err;
}

/* Finds the newest one. May run again. What leaves the agent is logged before it does. */
static enum kb_err
collect_act(struct kb_act *act, void *arg)
{
	struct job *job = arg;
	uint64_t case_no = kb_desk_number_arg(job->call, "zaak");
	struct pieces pieces = { .count = 0 };
	size_t place = 0;
	enum kb_err err = list_pieces(act->step, act->arena, case_no, &pieces);

	if (job->frames >= 0) {
		(void)close(job->frames);
		job->frames = -1;
	}
	if (err == KB_OK && pieces.count > 1) {
		qsort(pieces.at, pieces.count, sizeof(*pieces.at), newest_first);
	}
	if (err == KB_OK) {
		err = choose(act->step, &pieces, &place);
	}
	/* Of a newer one something is missing. */
	job->have = 0;
	if ((err == KB_OK && !same_dossier(&pieces.at[pieces.newest], &pieces.at[place])) ||
	    err == KB_ERR_INCOMPLETE) {
		job->have = parts_here(&pieces, pieces.newest, pieces.count);
		job->wanted = pieces.at[pieces.newest].words.wanted;
	}
	if (err == KB_OK) {
		err = put_together(job, act->step, &pieces, place);
	}
	return err == KB_OK ? kb_act_accessed(act, KB_RECORD_EXPORT, "oso export", case_no, 1)
			    : err;
}

/* ---- the file ---- */

static enum kb_err
finish(struct kb_desk_call *call, const struct job *job)
{
	enum kb_err err = KB_OK;

	if (job->result.finding_count > 0 || job->result.document.len == 0) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "De velden van dit bericht vormen geen OSO-dossier. Er is geen "
				    "bestand gemaakt.");
	}
	err = kb_file_create(kb_desk_path_arg(call, "pad"), FILE_MODE, job->result.document, NULL);
	if (err == KB_ERR_EXISTS) {
		return kb_desk_fail(call, err, "Dit bestand bestaat al. Kies een andere naam.");
	}
	if (err != KB_OK) {
		return kb_desk_fail(call, err, "De agent kan hier niet schrijven.");
	}
	kb_desk_job_done(call);
	kb_desk_say(call, "Het dossier is weggeschreven. Alleen het account van de agent kan het "
			  "lezen.");
	if (job->have > 0) {
		kb_desk_say(call,
			    "Let op: dit is niet het nieuwste. Daarvan zijn er pas %zu van de %zu "
			    "delen.",
			    job->have, job->wanted);
	}
	return KB_OK;
}

static enum kb_err
start_join(struct kb_desk_call *call, struct job *job)
{
	enum kb_err err = kb_desk_job_act_err(call);

	if (err == KB_ERR_NOT_FOUND) {
		return kb_desk_fail(call, err, "In deze zaak zit geen OSO-dossier.");
	}
	if (err == KB_ERR_INCOMPLETE) {
		return kb_desk_fail(call, err,
				    "Van dit dossier zijn er pas %zu van de %zu delen. Er is geen "
				    "bestand gemaakt. Probeer het later opnieuw; blijft het zo, "
				    "vraag dan de afzender waarom de rest niet komt.",
				    job->have, job->wanted);
	}
	if (err == KB_ERR_DATA || err == KB_ERR_OVERSIZE) {
		return kb_desk_fail(call, err,
				    "De delen van dit dossier passen niet bij elkaar. Er is geen "
				    "bestand gemaakt. Vraag de afzender om het opnieuw te sturen.");
	}
	if (err == KB_OK) {
		err = kb_oso_run_start(&job->run, KB_OSO_TASK_JOIN, job->frames, -1);
		job->started = err == KB_OK;
	}
	return err == KB_OK ? KB_OK : kb_oso_say_failed(call, err);
}

enum kb_err
kb_oso_export(struct kb_desk_call *call)
{
	struct job *job = kb_desk_job_state_get(call);
	enum kb_err err = KB_OK;

	if (job == NULL) {
		job = calloc(1, sizeof(*job));
		if (job == NULL) {
			return KB_ERR_NO_MEMORY;
		}
		*job = (struct job){ .call = call, .frames = -1, .run = { .answer_fd = -1 } };
		kb_desk_job_state(call, job, job_release);
		return kb_desk_job_act(call, collect_act, job);
	}
	if (!job->started) {
		return start_join(call, job);
	}
	err = kb_oso_job_answer(call, &job->run, &job->result);
	if (err == KB_ERR_BUSY) {
		return KB_OK;
	}
	return err == KB_OK ? finish(call, job) : kb_oso_say_failed(call, err);
}
