/* SPDX-License-Identifier: EUPL-1.2 */
/* What status and doctor say of a school beside what every agent has: meldingen that wait, sets that were refused. */
#include "agents/intake/school_role.h"
#include "agents/intake/school_state.h"
#include "common/store/meldingen.h"

#define SENTENCE_MAX 160

/* Only the clear part of the rows is looked at, but all of them are read: some thousands at most. */
static enum kb_err
count_held(struct kb_step *step, size_t *held)
{
	struct kb_arena arena = { 0 };
	struct kb_melding_row row = { 0 };
	enum kb_err err = KB_OK;

	*held = 0;
	while (err == KB_OK) {
		err = kb_melding_next(step, false, false, &arena, &row);
		if (err == KB_OK && (row.flags & KB_MELDING_VASTGEHOUDEN) != 0) {
			(*held)++;
		}
		kb_arena_clear(&arena);
	}
	kb_arena_release(&arena);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_school_health(struct kb_agent *agent, struct kb_step *step, kb_trouble_fn say, void *to)
{
	const struct kb_school_state *school = kb_agent_role_state(agent);
	char sentence[SENTENCE_MAX];
	size_t held = 0;
	size_t refused = 0;
	enum kb_err err = count_held(step, &held);

	if (err == KB_OK && held > 0) {
		(void)snprintf(sentence, sizeof(sentence), "%zu meldingen konden nog niet weg",
			       held);
		say(to, "held-meldingen", sentence,
		    "kijk met ketenbode inbox waarom; vul personen.csv aan of vraag welke gemeente "
		    "aansluit");
	}
	if (err == KB_OK && school != NULL && school->spool.open) {
		err = kb_spool_refused_count(&school->spool, &refused);
	}
	if (err == KB_OK && refused > 0) {
		(void)snprintf(sentence, sizeof(sentence), "%zu gegevenssets zijn geweigerd",
			       refused);
		say(to, "refused-sets", sentence,
		    "lees rapport.txt in de map geweigerd, verbeter de set en zet hem opnieuw "
		    "klaar");
	}
	if (err == KB_OK && school != NULL && school->spool_trouble != KB_OK) {
		say(to, "waiting-set", "een gegevensset kon nog niet worden ingelezen",
		    "de agent probeert het zelf opnieuw; kijk of de schijf vol is");
	}
	return err;
}
