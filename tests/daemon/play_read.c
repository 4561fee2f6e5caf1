/* SPDX-License-Identifier: EUPL-1.2 */
/* Plays out of their files. */
#include "tests/daemon/play.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

struct reading {
	struct plays *plays;
	struct play *play; /* NULL before the first */
	struct kb_faults *faults;
	const char *file;
	unsigned line;
};

static void
fault(struct reading *in, const char *what, const char *text)
{
	kb_faults_add(in->faults, in->file, in->line, "%s: %s", what, text);
}

static char *
trim(char *text)
{
	size_t len = 0;

	text += strspn(text, " \t\r");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL) {
		text[--len] = 0;
	}
	return text;
}

static void
put(struct reading *in, char *out, size_t size, const char *text)
{
	if (strlen(text) >= size) {
		fault(in, "te lang", text);
		return;
	}
	(void)snprintf(out, size, "%s", text);
}

/* Cuts text at the last (or first) mark; what stands behind it, or NULL. */
static char *
cut(char *text, const char *mark)
{
	char *at = strstr(text, mark);

	if (at == NULL) {
		return NULL;
	}
	*at = 0;
	return trim(at + strlen(mark));
}

/* ---- what stands behind a verb ---- */

typedef void (*rest_fn)(struct reading *in, struct play_line *line, char *rest);

static void
rest_none(struct reading *in, struct play_line *line, char *rest)
{
	(void)line;
	if (rest[0] != 0) {
		fault(in, "hier hoort niets meer", rest);
	}
}

static void
rest_object(struct reading *in, struct play_line *line, char *rest)
{
	put(in, line->object, sizeof(line->object), trim(rest));
	if (line->object[0] == 0) {
		fault(in, "hier ontbreekt iets", "");
	}
}

/* STAP [met A=B, C=D] [zonder E] [: WOORD] */
static void
rest_step(struct reading *in, struct play_line *line, char *rest)
{
	const char *word = cut(rest, ": ");
	const char *without = cut(rest, " zonder ");
	const char *with = cut(rest, " met ");

	put(in, line->word, sizeof(line->word), word != NULL ? word : "");
	put(in, line->without, sizeof(line->without), without != NULL ? without : "");
	put(in, line->with, sizeof(line->with), with != NULL ? with : "");
	rest_object(in, line, rest);
	if ((line->verb == PLAY_MAG_NIET) != (line->word[0] != 0)) {
		fault(in, "alleen bij 'mag niet' hoort ': ' met een woord van de weigering",
		      line->object);
	}
	if ((line->verb == PLAY_DOET) != (line->state[0] != 0)) {
		fault(in, "bij 'doet' hoort '-> TOESTAND', en alleen daar", line->object);
	}
}

/* DOEL: B, C [voor GEGEVENS] */
static void
rest_consent(struct reading *in, struct play_line *line, char *rest)
{
	const char *data = cut(rest, " voor ");
	const char *parties = cut(rest, ": ");

	put(in, line->with, sizeof(line->with), data != NULL ? data : "");
	put(in, line->other, sizeof(line->other), parties != NULL ? parties : "");
	rest_object(in, line, rest);
	if (line->other[0] == 0) {
		fault(in, "schrijf DOEL: PARTIJ, PARTIJ", line->object);
	}
}

/* SOORT [gemaakt] */
static void
rest_letter(struct reading *in, struct play_line *line, char *rest)
{
	put(in, line->other, sizeof(line->other), cut(rest, " gemaakt") != NULL ? "gemaakt" : "");
	rest_object(in, line, rest);
}

/* STAND bij B */
static void
rest_place(struct reading *in, struct play_line *line, char *rest)
{
	const char *other = cut(rest, " bij ");

	put(in, line->other, sizeof(line->other), other != NULL ? other : "");
	rest_object(in, line, rest);
}

/* WOORD [B] */
static void
rest_two(struct reading *in, struct play_line *line, char *rest)
{
	const char *other = cut(rest, " ");

	put(in, line->other, sizeof(line->other), other != NULL ? other : "");
	rest_object(in, line, rest);
}

/* FUNCTIE [voor B] */
static void
rest_person(struct reading *in, struct play_line *line, char *rest)
{
	const char *other = cut(rest, " voor ");

	put(in, line->other, sizeof(line->other), other != NULL ? other : "");
	rest_object(in, line, rest);
}

/* NAAM STAND[, aan zet ROL] */
static void
rest_clock(struct reading *in, struct play_line *line, char *rest)
{
	const char *turn = cut(rest, ", aan zet ");
	const char *stand = cut(rest, " ");

	put(in, line->word, sizeof(line->word), turn != NULL ? turn : "");
	put(in, line->other, sizeof(line->other), stand != NULL ? stand : "");
	rest_object(in, line, rest);
	if (line->other[0] == 0) {
		fault(in, "schrijf klok NAAM STAND", line->object);
	}
}

static void
rest_day(struct reading *in, struct play_line *line, char *rest)
{
	char *end = NULL;
	unsigned long days = strtoul(rest, &end, 10);

	if (end == rest || *end != 0 || days == 0 || days > PLAY_DAYS_MAX) {
		fault(in, "schrijf dag en een getal", rest);
		days = 0;
	}
	line->days = (unsigned)days;
}

/* As they are written: what comes behind the name of the party. The longest first where one begins another. */
static const struct {
	const char *words;
	enum play_verb verb;
	rest_fn rest;
} verbs[] = {
	{ "opent als ", PLAY_OPENT, rest_object },
	{ "erbij als ", PLAY_ERBIJ, rest_object },
	{ "eruit", PLAY_ERUIT, rest_none },
	{ "doet ", PLAY_DOET, rest_step },
	{ "mag niet ", PLAY_MAG_NIET, rest_step },
	{ "toestemming ", PLAY_TOESTEMMING, rest_consent },
	{ "deelt toestemming ", PLAY_DEELT, rest_consent },
	{ "trekt toestemming in", PLAY_TREKT, rest_none },
	{ "brief ", PLAY_BRIEF, rest_letter },
	{ "geeft brief", PLAY_GEEFT, rest_none },
	{ "plaatst ", PLAY_PLAATST, rest_place },
	{ "heeft de regie", PLAY_REGIE_HEEFT, rest_none },
	{ "regie ", PLAY_REGIE, rest_two },
	{ "document ", PLAY_DOCUMENT, rest_object },
	{ "mandaat ", PLAY_MANDAAT, rest_object },
	{ "werkt als ", PLAY_PERSOON, rest_person },
	{ "hoort niets meer", PLAY_HOORT_VERDER, rest_none },
	{ "hoort niets", PLAY_HOORT_NIETS, rest_none },
	{ "weet het niet", PLAY_WEET_NIET, rest_none },
	{ "valt uit", PLAY_VALT_UIT, rest_none },
	{ "komt terug", PLAY_KOMT_TERUG, rest_none },
};

static void
read_actor(struct reading *in, struct play_line *line, char *who, char *rest)
{
	const char *person = cut(who, ":");

	put(in, line->who, sizeof(line->who), who);
	put(in, line->person, sizeof(line->person), person != NULL ? person : "");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strncmp(rest, verbs[i].words, strlen(verbs[i].words)) == 0) {
			line->verb = verbs[i].verb;
			verbs[i].rest(in, line, trim(rest + strlen(verbs[i].words)));
			return;
		}
	}
	fault(in, "dit staat niet in tests/daemon/plays/README.md", rest);
}

static void
read_line(struct reading *in, char *text)
{
	struct play *play = in->play;
	struct play_line *line = NULL;
	const char *state = cut(text, "-> ");
	char *rest = NULL;

	if (play->line_count == PLAY_LINES_MAX) {
		fault(in, "te veel regels", play->name);
		return;
	}
	line = &play->lines[play->line_count++];
	*line = (struct play_line){ .line = in->line };
	put(in, line->state, sizeof(line->state), state != NULL ? state : "");
	text = trim(text);
	rest = cut(text, " ");
	if (rest == NULL) {
		fault(in, "schrijf wie en wat", text);
	} else if (strcmp(text, "dag") == 0) {
		line->verb = PLAY_DAG;
		rest_day(in, line, rest);
	} else if (strcmp(text, "klok") == 0) {
		line->verb = PLAY_KLOK;
		rest_clock(in, line, rest);
	} else if (strcmp(text, "gast") == 0) {
		const char *role = cut(rest, " als ");

		line->verb = PLAY_GAST;
		put(in, line->other, sizeof(line->other), role != NULL ? role : "");
		rest_object(in, line, rest);
	} else {
		read_actor(in, line, text, rest);
	}
}

static void
read_regions(struct reading *in, char *text)
{
	char *rest = text;
	char *name = NULL;

	while ((name = strsep(&rest, ",")) != NULL) {
		if (in->play->region_count == PLAY_REGIONS_MAX) {
			fault(in, "te veel regio's", name);
			return;
		}
		put(in, in->play->regions[in->play->region_count++], PLAY_NAME_MAX, trim(name));
	}
}

static void
begin_play(struct reading *in, char *title)
{
	char *end = strrchr(title, ']');

	if (in->plays->count == PLAY_MAX) {
		fault(in, "te veel spelen", title);
		return;
	}
	in->play = &in->plays->at[in->plays->count++];
	*in->play = (struct play){ .line = in->line };
	in->play->lines = calloc(PLAY_LINES_MAX, sizeof(*in->play->lines));
	if (in->play->lines == NULL) {
		abort();
	}
	if (end != NULL) {
		*end = 0;
	}
	put(in, in->play->name, sizeof(in->play->name), trim(title + 1));
	put(in, in->play->file, sizeof(in->play->file), in->file);
	(void)snprintf(in->play->route, sizeof(in->play->route), "%.*s",
		       (int)strcspn(in->file, "."), in->file);
}

void
plays_read_text(const char *file, const char *text, struct plays *out, struct kb_faults *faults)
{
	struct reading in = { .plays = out, .faults = faults, .file = file };
	char *copy = strdup(text);
	char *rest = copy;
	char *line = NULL;

	if (copy == NULL) {
		abort();
	}
	while ((line = strsep(&rest, "\n")) != NULL) {
		in.line++;
		line = trim(line);
		if (line[0] == 0 || line[0] == '#') {
			continue;
		}
		if (line[0] == '[') {
			begin_play(&in, line);
		} else if (in.play == NULL) {
			fault(&in, "eerst [naam van het spel]", line);
		} else if (strncmp(line, "regio = ", 8) == 0) {
			read_regions(&in, line + 8);
		} else {
			read_line(&in, line);
		}
	}
	free(copy);
}

static int
is_play(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot != NULL && strcmp(dot, ".spel") == 0;
}

void
plays_read_folder(const char *folder, struct plays *out, struct kb_faults *faults)
{
	struct dirent **names = NULL;
	int count = scandir(folder, &names, is_play, alphasort);

	if (count <= 0) {
		kb_faults_add(faults, folder, 0, "hier staan geen spelen");
	}
	for (int i = 0; i < count; i++) {
		char path[PATH_MAX];
		char *text = NULL;
		size_t size = 0;
		FILE *file = NULL;

		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
		file = fopen(path, "r");
		if (file == NULL || getdelim(&text, &size, 0, file) < 0) {
			kb_faults_add(faults, path, 0, "is niet te lezen");
		} else {
			plays_read_text(names[i]->d_name, text, out, faults);
		}
		if (file != NULL) {
			(void)fclose(file);
		}
		free(text);
		free(names[i]);
	}
	free(names);
}

void
plays_release(struct plays *plays)
{
	for (size_t i = 0; i < plays->count; i++) {
		free(plays->at[i].lines);
	}
	*plays = (struct plays){ .count = 0 };
}

bool
play_is_of(const struct play *play, const char *region)
{
	for (size_t i = 0; i < play->region_count; i++) {
		if (strcmp(play->regions[i], region) == 0) {
			return true;
		}
	}
	return false;
}
