/* SPDX-License-Identifier: EUPL-1.2 */
/* The spool folder at a running school: taken in by itself, refused and shown, left alone when the agent cannot write. */
#include <criterion/criterion.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/intake/school_role.h"
#include "common/daemon/config.h"
#include "tests/unit/attendance/attendance_fixture.h"

static struct fixture f;
static struct kb_config_key places[KB_AGENT_KEYS_MAX];
static struct kb_config_table table;
static struct kb_config *config;
static char spool[LB_PATH];

static void
with_config(const char *more)
{
	char text[1024];
	struct kb_faults faults = { 0 };

	(void)snprintf(
		text, sizeof(text),
		"[party]\njoin = /nowhere/join\nkeys = /nowhere\n[store]\ndata = /nowhere/d\n"
		"data_keys = /nowhere/k\nwitness = /nowhere/w\n[desk]\nsocket = /nowhere/s\n"
		"[verzuim]\nspool = %s\n%s",
		spool, more);
	LB_OK(kb_agent_config_table("ketenbode-school", kb_school_config_keys, KB_SCHOOL_KEY_COUNT,
				    places, &table));
	LB_OK(kb_config_parse(&table, kb_span_text(text), "school.conf", &faults, &config));
}

static void
restart(void)
{
	lb_stop(f.school);
	lb_start(f.school);
	lb_wait(&f.world, 2000);
}

static void
open_all(void)
{
	fixture_open(&f);
	(void)snprintf(spool, sizeof(spool), "%.90s/spool", f.world.folder);
	cr_assert_eq(mkdir(spool, 0700), 0);
	with_config("");
	f.school->config = config;
	restart();
	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-23");
}

static void
close_all(void)
{
	fixture_close(&f);
	kb_config_free(config);
}

TestSuite(spooled, .init = open_all, .fini = close_all);

static void
drop(const char *name)
{
	char hidden[2 * LB_PATH];
	char ready[2 * LB_PATH];

	(void)snprintf(hidden, sizeof(hidden), "%s/.bezig", spool);
	(void)snprintf(ready, sizeof(ready), "%s/%s", spool, name);
	cr_assert_eq(mkdir(hidden, 0700), 0);
	fixture_write(&f, hidden);
	cr_assert_eq(rename(hidden, ready), 0);
	for (unsigned i = 0; i < 6; i++) {
		lb_wait(&f.world, 1000);
	}
}

static bool
is_there(const char *path)
{
	char whole[2 * LB_PATH];

	(void)snprintf(whole, sizeof(whole), "%s/%s", spool, path);
	return access(whole, F_OK) == 0;
}

static bool
inbox_says(const char *text)
{
	cr_assert_eq(fixture_ask(&f, f.school, "inbox", NULL), 0);
	return fixture_said(&f, text);
}

Test(spooled, a_complete_set_is_taken_in_by_itself)
{
	drop("maandag");
	cr_assert(is_there("klaar/maandag/rapport.txt"));
	cr_assert_eq(fixture_standing(&f, f.gemeente), 1);
}

Test(spooled, a_refused_set_stays_in_the_inbox_over_a_restart_until_one_succeeds)
{
	fixture_day(&f, "Z", "2026-02-26", 1, 0);
	drop("fout");
	cr_assert(is_there("geweigerd/fout/rapport.txt"));
	cr_assert_eq(fixture_standing(&f, f.school), 0);
	cr_assert(inbox_says("|1|geweigerd|"));
	restart();
	cr_assert(inbox_says("|1|geweigerd|"), "%s", (const char *)f.answer.at);
	fixture_no_days(&f);
	fixture_week(&f, "A", "2026-02-23");
	drop("goed");
	cr_assert(is_there("klaar/goed"));
	cr_assert_not(inbox_says("|1|geweigerd|"));
}

Test(spooled, an_import_by_hand_that_succeeds_clears_the_inbox_too)
{
	fixture_day(&f, "Z", "2026-02-26", 1, 0);
	drop("fout");
	fixture_no_days(&f);
	fixture_week(&f, "A", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	cr_assert_not(inbox_says("|1|geweigerd|"));
}

Test(spooled, many_withdrawals_refuse_the_set_with_what_to_do)
{
	char leerling[8];

	for (unsigned i = 0; i < 6; i++) {
		(void)snprintf(leerling, sizeof(leerling), "L%u", i);
		fixture_pupil(&f, leerling, "0114", false);
		fixture_week(&f, leerling, "2026-02-23");
	}
	drop("een");
	cr_assert_eq(fixture_standing(&f, f.gemeente), 7);
	fixture_no_days(&f);
	fixture_day(&f, "A", "2026-02-27", 300, 0);
	drop("twee");
	cr_assert(is_there("geweigerd/twee"));
	cr_assert_eq(fixture_standing(&f, f.gemeente), 7);
}

Test(spooled, a_set_that_cannot_be_stored_now_waits_and_is_not_refused)
{
	cr_assert_eq(fixture_import(&f, NULL), 0);
	fixture_week(&f, "A", "2026-02-09");
	/* A clock that stands back stops all writing (reliability.md 1.6). */
	f.world.fake.utc_ms -= (int64_t)3600000;
	drop("later");
	cr_assert(is_there("later/verzuim.csv"), "it stays where it is");
	f.world.fake.utc_ms += (int64_t)3600000;
	for (unsigned i = 0; i < 20 && fixture_standing(&f, f.gemeente) < 2; i++) {
		lb_wait(&f.world, 30000);
	}
	cr_assert(is_there("klaar/later"));
	cr_assert_eq(fixture_standing(&f, f.gemeente), 2);
}
