/* SPDX-License-Identifier: EUPL-1.2 */
/* The plays of every region, by real daemons: one town for each region. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/daemon/play_stage.h"

#define REGIONS KB_SOURCE_DIR "/deploy/profiles"

/* Under a sanitizer, which looks for what a region does not change, each play goes in one of its regions; they share them. */
#ifdef __SANITIZE_ADDRESS__
#define IN_ONE_REGION true
#else
#define IN_ONE_REGION false
#endif

static void
keep_one_region(struct play *play, size_t which)
{
	if (play->region_count > 1) {
		memmove(play->regions[0], play->regions[which % play->region_count],
			sizeof(play->regions[0]));
		play->region_count = 1;
	}
}

/* KB_PLAY: only plays whose name or file holds this text. For whoever writes one. */
static void
keep_some(struct plays *plays)
{
	const char *wanted = getenv("KB_PLAY");

	for (size_t i = 0; IN_ONE_REGION && i < plays->count; i++) {
		keep_one_region(&plays->at[i], i);
	}
	for (size_t i = 0; wanted != NULL && i < plays->count; i++) {
		if (strstr(plays->at[i].name, wanted) == NULL &&
		    strstr(plays->at[i].file, wanted) == NULL) {
			plays->at[i].region_count = 0;
		}
	}
}

/*
 * In memory where the machine has such a folder: the plays ask what the agents do, a kill -9 loses nothing of what was written there
 * either, and a disk that is slow to sync makes the same minute into three. What a disk owes is tests/kill.
 */
static void
choose_folder(void)
{
	if (access("/dev/shm", W_OK) == 0) {
		(void)setenv("TMPDIR", "/dev/shm", 0);
	}
}

/* Plays them in a town with the profile of that folder. */
static void
play_in(const char *region, const char *folder, struct plays *plays)
{
	struct kb_profile profile = { .id = "" };
	struct kb_faults faults = { .count = 0 };
	struct stage *stage = NULL;
	size_t played = 0;
	int64_t begin_ms = town_mono_ms();
	bool good = false;

	cr_assert_eq(kb_profile_open(folder, &faults, &profile), KB_OK, "%s",
		     kb_faults_text(&faults));
	stage = stage_open(plays, region, folder, &profile);
	good = play_all(stage, plays, &played);
	stage_close(stage);
	(void)fprintf(stderr, "%s: %zu plays in %.1f s\n", region, played,
		      (double)(town_mono_ms() - begin_ms) / 1000.0);
	kb_faults_release(&faults);
	kb_profile_release(&profile);
	cr_assert(good, "what went wrong in %s stands above", region);
	cr_assert(played > 0 || getenv("KB_PLAY") != NULL);
}

static void
play_region(const char *region)
{
	struct plays *plays = calloc(1, sizeof(*plays));
	struct kb_faults faults = { .count = 0 };

	cr_assert_not_null(plays);
	choose_folder();
	plays_read_folder(KB_SOURCE_DIR "/tests/daemon/plays", plays, &faults);
	cr_assert_eq(faults.count, 0, "%s", kb_faults_text(&faults));
	keep_some(plays);
	play_in(region, town_path(REGIONS, region), plays);
	plays_release(plays);
	free(plays);
	kb_faults_release(&faults);
}

/* One test for each region, so that they run side by side. */
#define REGION(name)                                                                               \
	Test(plays, of_##name)                                                                     \
	{                                                                                          \
		play_region(#name);                                                                \
	}
REGION(demo)
REGION(po2301)
REGION(po2202)
REGION(vo3102)
REGION(po2302)

Test(plays, every_region_is_above)
{
	static const char *const known[] = { "demo", "po2202", "po2301", "po2302", "vo3102" };
	struct dirent **names = NULL;
	int count = scandir(REGIONS, &names, NULL, alphasort);
	size_t seen = 0;

	for (int i = 0; i < count; i++) {
		if (names[i]->d_type == DT_DIR && names[i]->d_name[0] != '.') {
			cr_assert(seen < sizeof(known) / sizeof(known[0]) &&
					  strcmp(known[seen], names[i]->d_name) == 0,
				  "%s is played by nobody", names[i]->d_name);
			seen++;
		}
		free(names[i]);
	}
	free(names);
	cr_assert_eq(seen, sizeof(known) / sizeof(known[0]));
}

/* ---- what a region changes tomorrow ---- */

static const char more_route[] =
	"\n[toestand: nagesprek]\nnaam = Nagesprek met de ouders\n\n"
	"[klok: nagesprek]\nnaam = Het nagesprek is gehouden\ntermijn = 2 weken\n"
	"termijn.soort = norm\ntermijn.bron = proef, regel 1\ntaak = leerplicht\n\n"
	"[schorsing: terug -> nagesprek]\non = nagesprek\nnaam = Een nagesprek afspreken\n"
	"by = school\nstarts = nagesprek\nbron = proef, regel 1\n\n"
	"[schorsing: nagesprek -> afgesloten]\non = afsluiten\nnaam = De zaak sluiten\n"
	"by = regievoerder\nneeds = weer-naar-school\nstops = nagesprek\nbron = proef, regel 1\n";

static const char more_play[] = "[een toestand en een klok erbij]\nregio = demo\n"
				"school opent als school\n"
				"gemeente erbij als leerplicht\n"
				"school doet melden -> gemeld\n"
				"school mag niet nagesprek: STATE\n"
				"school doet weer-naar-school -> terug\n"
				"school doet nagesprek -> nagesprek\n"
				"klok nagesprek loopt, aan zet leerplicht\n"
				"dag 16\n"
				"klok nagesprek verlopen, aan zet leerplicht\n"
				"school doet afsluiten -> afgesloten\n"
				"klok nagesprek te laat gestopt\n";

/* The files of a region, one of them longer. */
static void
copy_region(const char *from, const char *to, const char *longer, const char *more)
{
	struct dirent **names = NULL;
	int count = scandir(from, &names, NULL, alphasort);

	cr_assert_gt(count, 2);
	for (int i = 0; i < count; i++) {
		FILE *in = names[i]->d_name[0] != '.'
				   ? fopen(town_path(from, names[i]->d_name), "r")
				   : NULL;
		char *text = NULL;
		size_t size = 0;

		if (in != NULL) {
			FILE *out = fopen(town_path(to, names[i]->d_name), "w");

			cr_assert(getdelim(&text, &size, 0, in) > 0 && out != NULL);
			(void)fprintf(out, "%s%s", text,
				      strcmp(names[i]->d_name, longer) == 0 ? more : "");
			(void)fclose(in);
			(void)fclose(out);
		}
		free(text);
		free(names[i]);
	}
	free(names);
}

/* The same programs as everywhere; only the text of a route is another. */
Test(plays, a_state_and_a_clock_more_is_a_text_file)
{
	char folder[] = "/tmp/kb-region-XXXXXX";
	struct plays *plays = calloc(1, sizeof(*plays));
	struct kb_faults faults = { .count = 0 };

	cr_assert(plays != NULL && mkdtemp(folder) != NULL);
	choose_folder();
	copy_region(REGIONS "/demo", folder, "schorsing.route", more_route);
	plays_read_text("schorsing.spel", more_play, plays, &faults);
	cr_assert_eq(faults.count, 0, "%s", kb_faults_text(&faults));
	play_in("demo", folder, plays);
	plays_release(plays);
	free(plays);
	town_remove(NULL, folder);
	kb_faults_release(&faults);
}
