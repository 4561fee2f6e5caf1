/* SPDX-License-Identifier: EUPL-1.2 */
/* What each kind of line of a play does, but for the steps. */
#include "tests/daemon/play_stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/exchange/date.h"

typedef bool (*line_fn)(struct acting *acting, const struct play_line *line);

/* ---- beginning, joining, leaving ---- */

static bool
opent(struct acting *acting, const struct play_line *line)
{
	struct stage_agent *agent = stage_find(acting->stage, line->who);
	struct cast *cast = &acting->cast[acting->cast_count];
	struct town_said said;

	if (agent == NULL || acting->cast_count > 0 ||
	    !stage_person(agent, line->person, NULL, NULL)) {
		return play_fails(acting, line, "%s kan de zaak niet openen", line->who);
	}
	said = town_desk_pairs(agent->party, play_person(line), "case open",
			       (const char *const[]){ "titel", "Zwaluw Kwikstaart", NULL });
	if (said.exit_code != 0) {
		(void)play_fails(acting, line, "case open: %s", play_sentence(&said));
	}
	*cast = (struct cast){ .agent = agent,
			       .role = kb_route_role_parse(kb_span_text(line->object)) };
	cast->case_no = strtoul(town_cell(&said, "zaak", 0, "zaak"), NULL, 10);
	town_said_clear(&said);
	acting->cast_count++;
	if (!PLAY_MUST(acting, line, "route start", "zaak", play_zaak(cast), "route",
		       acting->play->route, "rol", line->object)) {
		return false;
	}
	/* Learns all cases up to this one. */
	(void)stage_case(agent, "");
	(void)snprintf(acting->kenmerk, sizeof(acting->kenmerk), "%s",
		       agent->kenmerk[cast->case_no]);
	return play_agree(acting, line, acting->state);
}

struct joining {
	struct cast *cast;
	const char *kenmerk;
};

static bool
has_case(void *state)
{
	struct joining *joining = state;

	joining->cast->case_no = stage_case(joining->cast->agent, joining->kenmerk);
	return joining->cast->case_no != 0;
}

static bool
erbij(struct acting *acting, const struct play_line *line)
{
	struct cast *cast = &acting->cast[acting->cast_count];
	struct joining joining = { .cast = cast, .kenmerk = acting->kenmerk };
	struct town_said said = play_ask_join(acting, line->object, line->who);
	int exit_code = said.exit_code;

	if (exit_code != 0) {
		(void)play_fails(acting, line, "participant add: %s (%d)", play_sentence(&said),
				 exit_code);
	}
	town_said_clear(&said);
	if (exit_code != 0) {
		return false;
	}
	*cast = (struct cast){ .agent = stage_find(acting->stage, line->who),
			       .role = kb_route_role_parse(kb_span_text(line->object)) };
	if (!play_wait(has_case, &joining)) {
		return play_fails(acting, line, "%s hoort niets van de zaak", line->who);
	}
	acting->cast_count++;
	return play_agree(acting, line, acting->state);
}

static bool
gast(struct acting *acting, const struct play_line *line)
{
	struct cast *lead = play_lead(acting);
	struct town_said said = play_ask_lead(
		acting, "participant add",
		(const char *const[]){ "zaak", lead != NULL ? play_zaak(lead) : "0", "rol",
				       line->other, "gast", line->object, NULL });
	int exit_code = said.exit_code;

	if (exit_code != 0) {
		(void)play_fails(acting, line, "participant add: %s", play_sentence(&said));
	}
	town_said_clear(&said);
	return exit_code == 0 && play_agree(acting, line, acting->state);
}

static bool
eruit(struct acting *acting, const struct play_line *line)
{
	struct cast *leaver = play_cast(acting, line->who);
	struct cast *lead = play_lead(acting);
	struct town_said said = play_ask_lead(
		acting, "participant end",
		(const char *const[]){ "zaak", lead != NULL ? play_zaak(lead) : "0", "partij",
				       play_party(acting, line->who), NULL });
	int exit_code = said.exit_code;

	if (exit_code != 0 || leaver == NULL) {
		(void)play_fails(acting, line, "participant end: %s", play_sentence(&said));
	}
	town_said_clear(&said);
	if (exit_code != 0 || leaver == NULL || !play_agree(acting, line, acting->state)) {
		return false;
	}
	leaver->mark = CAST_OUT;
	return true;
}

/* ---- toestemming, letters, places, people ---- */

static bool
toestemming(struct acting *acting, const struct play_line *line)
{
	struct cast *cast = play_actor(acting, line);
	const char *evidence = town_path(town_folder(acting->stage->town), "bewijs.pdf");
	char names[PLAY_TEXT_MAX];
	char parties[PLAY_TEXT_MAX] = "";
	char *rest = names;
	char *name = NULL;

	(void)snprintf(names, sizeof(names), "%s", line->other);
	while ((name = strsep(&rest, ", ")) != NULL) {
		size_t len = strlen(parties);

		if (name[0] != 0) {
			(void)snprintf(parties + len, sizeof(parties) - len, "%s%s",
				       len > 0 ? "," : "", play_party(acting, name));
		}
	}
	town_write(acting->stage->town, evidence, "getekend", 8);
	return cast != NULL &&
	       PLAY_MUST(acting, line, "consent give", "zaak", play_zaak(cast), "doel",
			 line->object, "partijen", parties, "gegevens",
			 line->with[0] != 0
				 ? line->with
				 : "identiteit,contact,onderwijs,ondersteuning,verzuim,proces",
			 "leeftijd", "onder-12", "gezag", "2", "ouders", "2", "bewijs", evidence,
			 line->verb == PLAY_DEELT ? "deel" : NULL, "ja") &&
	       (line->verb != PLAY_DEELT || play_quiet(acting, line));
}

/* The one that was given last. What is told of it goes out, and everybody who cannot be told of the case any more hears only its end. */
static bool
trekt(struct acting *acting, const struct play_line *line)
{
	struct cast *cast = play_actor(acting, line);
	struct town_said said;
	char number[24] = "";

	if (cast == NULL) {
		return false;
	}
	said = town_desk_pairs(cast->agent->party, play_person(line), "consent show",
			       (const char *const[]){ "zaak", play_zaak(cast), NULL });
	for (size_t i = 0; i < town_rows(&said, "toestemming"); i++) {
		(void)snprintf(number, sizeof(number), "%s",
			       town_cell(&said, "toestemming", i, "toestemming"));
	}
	town_said_clear(&said);
	return PLAY_MUST(acting, line, "consent withdraw", "toestemming", number) &&
	       play_quiet(acting, line);
}

/* The newest letter of the case, "" when there is none. */
static void
newest_letter(const struct cast *cast, const char *person, char out[24])
{
	struct town_said said =
		town_desk_pairs(cast->agent->party, person, "brief list",
				(const char *const[]){ "zaak", play_zaak(cast), NULL });

	out[0] = 0;
	for (size_t i = 0; i < town_rows(&said, "brieven"); i++) {
		(void)snprintf(out, 24, "%s", town_cell(&said, "brieven", i, "brief"));
	}
	town_said_clear(&said);
}

static bool
geeft(struct acting *acting, const struct play_line *line)
{
	struct cast *cast = play_actor(acting, line);
	char number[24];
	char today[KB_DATE_TEXT];

	if (cast == NULL) {
		return false;
	}
	newest_letter(cast, play_person(line), number);
	kb_date_format(stage_today(acting->stage), today);
	return PLAY_MUST(acting, line, "brief gegeven", "zaak", play_zaak(cast), "brief", number,
			 "datum", today, "wijze", "aan tafel", "ontvanger", "moeder");
}

static bool
brief(struct acting *acting, const struct play_line *line)
{
	struct cast *cast = play_actor(acting, line);
	char fields[2048];
	char name[32];

	if (cast == NULL) {
		return false;
	}
	play_letter_fields(acting, line->object, fields, sizeof(fields));
	(void)snprintf(name, sizeof(name), "brief-%u.html", ++acting->stage->letters);
	return PLAY_MUST(acting, line, "brief make", "zaak", play_zaak(cast), "soort", line->object,
			 "aan", "Mw. Test", "adres", "Dorpsstraat 1\n1234 AB Voorbeeld", "veld",
			 fields, "uit", town_path(town_folder(acting->stage->town), name)) &&
	       (line->other[0] != 0 || geeft(acting, line));
}

static bool
plaatst(struct acting *acting, const struct play_line *line)
{
	struct cast *cast = play_actor(acting, line);

	return cast != NULL &&
	       PLAY_MUST(acting, line, "case place", "zaak", play_zaak(cast), "stand", line->object,
			 line->other[0] != 0 ? "partij" : NULL, play_party(acting, line->other));
}

static bool
document(struct acting *acting, const struct play_line *line)
{
	struct cast *cast = play_actor(acting, line);
	const char *path = town_path(town_folder(acting->stage->town), "stuk.pdf");

	town_write(acting->stage->town, path, "stuk", 4);
	return cast != NULL && PLAY_MUST(acting, line, "document add", "zaak", play_zaak(cast),
					 "soort", line->object, "pad", path);
}

static bool
mandaat(struct acting *acting, const struct play_line *line)
{
	struct cast *cast = play_actor(acting, line);
	struct town_said said;
	bool done = false;

	if (cast == NULL) {
		return false;
	}
	said = town_desk(cast->agent->party, "access mandate add", "naam", play_person(line),
			 "mandaat", line->object, "tot", "2099-12-31", "door",
			 "de directeur van de proef");
	done = said.exit_code == 0 || play_fails(acting, line, "mandaat: %s", play_sentence(&said));
	town_said_clear(&said);
	return done;
}

static bool
persoon(struct acting *acting, const struct play_line *line)
{
	struct stage_agent *agent = stage_find(acting->stage, line->who);

	return (agent != NULL &&
		stage_person(agent, line->person, line->object,
			     line->other[0] != 0 ? play_party(acting, line->other) : NULL)) ||
	       play_fails(acting, line, "gebruiker %s", line->person);
}

/* ---- the clock ---- */

struct clock_asked {
	struct acting *acting;
	const struct play_line *line;
	char told[1024];
};

static bool
clock_is(struct clock_asked *asked, const struct cast *cast)
{
	struct town_said said = stage_show(cast->agent, cast->case_no);
	uint32_t role = kb_route_role_parse(kb_span_text(asked->line->word));
	bool right = false;

	/* The one that was started last. */
	for (size_t i = 0; i < town_rows(&said, "termijnen"); i++) {
		if (strcmp(town_cell(&said, "termijnen", i, "termijn"), asked->line->object) == 0) {
			const char *stand = town_cell(&said, "termijnen", i, "stand");
			const char *turn = town_cell(&said, "termijnen", i, "aan zet");

			right = strcmp(stand, asked->line->other) == 0 &&
				(asked->line->word[0] == 0 ||
				 strcmp(turn, kb_route_role_label(role)) == 0);
			(void)snprintf(asked->told, sizeof(asked->told), "%s, aan zet %s, bij %s",
				       stand, turn, cast->agent->party->spec->name);
		}
	}
	/* Everybody sees that something is late. */
	if (strcmp(asked->line->other, "verlopen") == 0) {
		right = right && strstr(town_cell(&said, "zaak", 0, "aandacht"), "te laat") != NULL;
	}
	town_said_clear(&said);
	return right;
}

static bool
clocks_are(void *state)
{
	struct clock_asked *asked = state;
	bool right = true;

	for (size_t i = 0; right && i < asked->acting->cast_count; i++) {
		right = asked->acting->cast[i].mark != CAST_IN ||
			clock_is(asked, &asked->acting->cast[i]);
	}
	return right;
}

static bool
klok(struct acting *acting, const struct play_line *line)
{
	struct clock_asked asked = { .acting = acting, .line = line };

	if (line->state[0] != 0) {
		(void)snprintf(acting->state, sizeof(acting->state), "%s", line->state);
	}
	if (!play_wait(clocks_are, &asked)) {
		return play_fails(acting, line, "klok %s moet %s zijn, maar is %s", line->object,
				  line->other, asked.told);
	}
	return play_agree(acting, line, acting->state);
}

/* ---- who knows nothing, who is away ---- */

static bool
hoort_niets(struct acting *acting, const struct play_line *line)
{
	struct stage_agent *agent = stage_find(acting->stage, line->who);

	return agent != NULL && play_quiet(acting, line) &&
	       (stage_case(agent, acting->kenmerk) == 0 ||
		play_fails(acting, line, "%s heeft de zaak toch", line->who));
}

static bool
hoort_niets_meer(struct acting *acting, const struct play_line *line)
{
	struct cast *cast = play_cast(acting, line->who);

	if (cast == NULL) {
		return play_fails(acting, line, "%s doet niet mee", line->who);
	}
	cast->mark = CAST_DEAF;
	return true;
}

static bool
weet_niet(struct acting *acting, const struct play_line *line)
{
	struct cast *lead = play_lead(acting);
	struct cast *deaf = play_cast(acting, line->who);
	struct look leads;
	struct look deafs;
	struct town_said said;
	bool shown = false;

	if (lead == NULL || deaf == NULL || !play_look(lead, &leads) || !play_look(deaf, &deafs)) {
		return play_fails(acting, line, "%s doet niet mee", line->who);
	}
	if (deafs.revision >= leads.revision) {
		return play_fails(acting, line, "%s weet het wel", line->who);
	}
	said = stage_show(lead->agent, lead->case_no);
	for (size_t i = 0; i < town_rows(&said, "niet_op_de_hoogte"); i++) {
		shown = shown || strcmp(town_cell(&said, "niet_op_de_hoogte", i, "partij"),
					play_party(acting, line->who)) == 0;
	}
	if (!shown) {
		(void)play_fails(acting, line, "%s staat niet als niet op de hoogte", line->who);
	}
	town_said_clear(&said);
	return shown;
}

static bool
valt_uit(struct acting *acting, const struct play_line *line)
{
	struct cast *cast = play_actor(acting, line);

	if (cast == NULL) {
		return false;
	}
	town_kill(cast->agent->party);
	cast->agent->down = true;
	cast->mark = CAST_DOWN;
	return true;
}

static bool
komt_terug(struct acting *acting, const struct play_line *line)
{
	struct cast *cast = play_cast(acting, line->who);

	if (cast == NULL) {
		return play_fails(acting, line, "%s doet niet mee", line->who);
	}
	stage_wake(cast->agent);
	cast->mark = CAST_IN;
	if (line->state[0] != 0) {
		(void)snprintf(acting->state, sizeof(acting->state), "%s", line->state);
	}
	return play_quiet(acting, line) && play_agree(acting, line, acting->state);
}

/* ---- all of it ---- */

static const line_fn lines[PLAY_VERB_COUNT] = {
	[PLAY_OPENT] = opent,
	[PLAY_ERBIJ] = erbij,
	[PLAY_GAST] = gast,
	[PLAY_ERUIT] = eruit,
	[PLAY_DOET] = play_doet,
	[PLAY_MAG_NIET] = play_mag_niet,
	[PLAY_TOESTEMMING] = toestemming,
	[PLAY_DEELT] = toestemming,
	[PLAY_TREKT] = trekt,
	[PLAY_BRIEF] = brief,
	[PLAY_GEEFT] = geeft,
	[PLAY_PLAATST] = plaatst,
	[PLAY_REGIE] = play_regie,
	[PLAY_DOCUMENT] = document,
	[PLAY_MANDAAT] = mandaat,
	[PLAY_PERSOON] = persoon,
	[PLAY_KLOK] = klok,
	[PLAY_HOORT_NIETS] = hoort_niets,
	[PLAY_HOORT_VERDER] = hoort_niets_meer,
	[PLAY_WEET_NIET] = weet_niet,
	[PLAY_VALT_UIT] = valt_uit,
	[PLAY_KOMT_TERUG] = komt_terug,
	[PLAY_REGIE_HEEFT] = play_heeft_regie,
};

bool
play_do(struct acting *acting, const struct play_line *line)
{
	return lines[line->verb](acting, line);
}
