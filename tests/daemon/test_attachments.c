/* SPDX-License-Identifier: EUPL-1.2 */
/* Attachments between running agents: whole and the same at the other side, whatever is killed on the way. */
#include "tests/daemon/exchange.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Some fifty parts. */
#define BIG ((size_t)12 * 1024 * 1024 + 345)
#ifndef __SANITIZE_ADDRESS__
/* Design 10. A sanitizer has a memory of its own. */
#define IDLE_KIB_MAX 30720
#endif

struct pair {
	struct town *town;
	struct town_party *school;
	struct town_party *swv;
	char *bytes;
	size_t len;
	const char *path;
};

static void
write_file(struct pair *pair, size_t len)
{
	uint64_t state = 88172645463325252u;

	pair->len = len;
	pair->bytes = malloc(len);
	cr_assert_not_null(pair->bytes);
	for (size_t i = 0; i < len; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		pair->bytes[i] = (char)state;
	}
	memcpy(pair->bytes, "%PDF-1.7\n", 9);
	memcpy(pair->bytes + len - 6, "%%EOF\n", 6);
	pair->path = town_path(town_folder(pair->town), "onderzoek.pdf");
	town_write(pair->town, pair->path, pair->bytes, len);
}

static void
open_pair(struct pair *pair, size_t len)
{
	const struct town_spec *const specs[] = { &town_school, &town_swv };
	struct town_said said;

	*pair = (struct pair){ .town = town_new() };
	(void)town_add(pair->town, &town_broker);
	pair->school = town_add(pair->town, &town_school);
	pair->swv = town_add(pair->town, &town_swv);
	town_admit(pair->town);
	town_start(town_find(pair->town, "broker"));
	town_start(pair->school);
	town_start(pair->swv);
	exchange_wait_session(pair->school);
	exchange_wait_session(pair->swv);
	for (size_t i = 0; i < 4; i++) {
		said = town_must(i < 2 ? pair->school : pair->swv, "parties", "lookup", "--partij",
				 specs[i % 2]->party);
		town_said_clear(&said);
	}
	said = town_must(pair->school, "case", "open", "--titel", "Zwaluw Kwikstaart");
	town_said_clear(&said);
	write_file(pair, len);
	said = town_must(pair->school, "document", "add", "1", "onderzoek", "--bestand", pair->path,
			 "--gegevens", "onderwijs,ondersteuning");
	town_said_clear(&said);
}

static void
close_pair(struct pair *pair)
{
	free(pair->bytes);
	town_free(pair->town);
}

static void
send_it(struct pair *pair)
{
	struct town_said said = town_must(pair->school, "document", "send", "1", "1", "--aan",
					  town_swv.party, "--doel", "advies");

	town_said_clear(&said);
}

/* How far it is at the swv: parts that are here, and whether it is whole. */
static int
parts_at(struct town_party *party, bool *whole)
{
	struct town_said said = town_desk(party, "document list", "zaak", "1");
	int parts = -1;

	*whole = false;
	if (said.exit_code == 0 && town_rows(&said, "bijlagen") == 1) {
		const char *state = town_cell(&said, "bijlagen", 0, "stand");

		*whole = strcmp(state, "klaar") == 0;
		(void)sscanf(state, "onderweg: %d van", &parts);
	}
	town_said_clear(&said);
	return parts;
}

struct waiting {
	struct pair *pair;
	int more_than;
	int seen;
	bool whole;
};

static bool
is_further(void *state)
{
	struct waiting *waiting = state;

	waiting->seen = parts_at(waiting->pair->swv, &waiting->whole);
	return waiting->whole || waiting->seen > waiting->more_than;
}

static bool
is_whole(void *state)
{
	struct waiting *waiting = state;

	(void)parts_at(waiting->pair->swv, &waiting->whole);
	return waiting->whole;
}

/* Until some more parts are there; it must not be done yet. */
static int
wait_further(struct pair *pair, int more_than)
{
	struct waiting waiting = { .pair = pair, .more_than = more_than };

	town_until(pair->town, "more parts", 30000, is_further, &waiting);
	cr_assert_not(waiting.whole, "it was whole before it could be killed");
	return waiting.seen;
}

static void
expect_same_file(struct pair *pair)
{
	struct waiting waiting = { .pair = pair };
	const char *to = town_path(town_folder(pair->town), "gekregen.pdf");
	struct stat facts;
	struct town_said said;
	size_t len = 0;
	char *got = NULL;

	town_until(pair->town, "the whole file", 60000, is_whole, &waiting);
	said = town_must(pair->swv, "document", "get", "1", "1", "--naar", to);
	town_said_clear(&said);
	got = town_read(pair->town, to, &len);
	cr_assert_eq(len, pair->len);
	cr_assert_eq(memcmp(got, pair->bytes, len), 0);
	cr_assert_eq(stat(to, &facts), 0);
	cr_assert_eq(facts.st_mode & 0777, 0600);
	free(got);
	/* It overwrites nothing. */
	said = town_ask(pair->swv, "document", "get", "1", "1", "--naar", to);
	cr_assert_eq(said.exit_code, 65, "%s", said.out);
	town_said_clear(&said);
}

Test(attachments, a_file_comes_whole_though_both_sides_are_killed_on_the_way)
{
	struct pair pair;
	struct town_said said;
	int parts = 0;

	open_pair(&pair, BIG);
	send_it(&pair);
	parts = wait_further(&pair, 0);
	town_kill(pair.swv);
	town_start(pair.swv);
	parts = wait_further(&pair, parts);
	town_kill(pair.school);
	town_start(pair.school);
	parts = wait_further(&pair, parts);
	town_kill(pair.swv);
	town_kill(pair.school);
	town_start(pair.school);
	town_start(pair.swv);
	expect_same_file(&pair);
	town_wait_quiet(pair.school, 20000);
	town_wait_quiet(pair.swv, 20000);
	said = town_must(pair.school, "document", "list", "1");
	cr_assert_str_eq(town_cell(&said, "bijlagen bij anderen", 0, "stand"), "klaar", "%s",
			 said.out);
	town_said_clear(&said);
	/* The log holds, and so does every chunk, at both. */
	said = town_must(pair.school, "log", "verify");
	cr_assert_str_eq(town_cell(&said, "bijlagen", 0, "nagerekend"), "1", "%s", said.out);
	town_said_clear(&said);
	said = town_must(pair.swv, "log", "verify");
	cr_assert_str_eq(town_cell(&said, "bijlagen", 0, "beschadigd"), "0", "%s", said.out);
	town_said_clear(&said);
#ifdef IDLE_KIB_MAX
	/* Neither holds the file in memory. */
	cr_expect_lt(town_rss_anon_kib(pair.school), IDLE_KIB_MAX);
	cr_expect_lt(town_rss_anon_kib(pair.swv), IDLE_KIB_MAX);
#endif
	close_pair(&pair);
}

/* Words that stand in the file, its name and its kind in the case. */
static const char *const canaries[] = { "Kanariepiet Zangvogel", "onderzoek.pdf" };

Test(attachments, nothing_of_a_file_stands_readable_on_any_disk_or_in_any_log)
{
	struct pair pair;
	struct waiting waiting;
	struct town_party *broker = NULL;

	open_pair(&pair, 5000);
	memcpy(pair.bytes + 100, canaries[0], strlen(canaries[0]));
	town_write(pair.town, town_path(town_folder(pair.town), "b.pdf"), pair.bytes, pair.len);
	{
		struct town_said said =
			town_must(pair.school, "document", "add", "1", "verslag", "--bestand",
				  town_path(town_folder(pair.town), "b.pdf"), "--gegevens",
				  "onderwijs", "--naam", canaries[1]);

		town_said_clear(&said);
		said = town_must(pair.school, "document", "send", "1", "2", "--aan", town_swv.party,
				 "--doel", "advies");
		town_said_clear(&said);
	}
	waiting = (struct waiting){ .pair = &pair };
	town_until(pair.town, "the whole file", 30000, is_whole, &waiting);
	town_wait_quiet(pair.school, 20000);
	town_wait_quiet(pair.swv, 20000);
	broker = town_find(pair.town, "broker");
	cr_expect_eq(town_search_folder(pair.town, pair.school->data, canaries, 2), 0);
	cr_expect_eq(town_search_folder(pair.town, pair.swv->data, canaries, 2), 0);
	cr_expect_eq(town_search_folder(pair.town, broker->data, canaries, 2), 0);
	for (size_t i = 0; i < 3; i++) {
		struct town_party *const parties[] = { pair.school, pair.swv, broker };
		size_t len = 0;
		char *log = town_read(pair.town, parties[i]->log, &len);

		cr_expect_null(strstr(log, canaries[0]));
		cr_expect_null(strstr(log, canaries[1]));
		free(log);
	}
	close_pair(&pair);
}

Test(attachments, what_may_not_come_in_is_refused_with_its_rule_and_nothing_stays)
{
	struct pair pair;
	struct town_said said;
	const char *path = NULL;

	open_pair(&pair, 5000);
	path = town_path(town_folder(pair.town), "virus.pdf");
	town_write(pair.town, path, "MZ\x90 is geen pdf", 15);
	said = town_ask(pair.school, "document", "add", "1", "verslag", "--bestand", path);
	cr_assert_eq(said.exit_code, 65, "%s", said.out);
	cr_assert_not_null(strstr(said.out, "programma"), "%s", said.out);
	town_said_clear(&said);
	said = town_ask(pair.school, "document", "add", "1", "verslag", "--bestand",
			town_path(town_folder(pair.town), "is-er-niet"));
	cr_assert_neq(said.exit_code, 0);
	town_said_clear(&said);
	said = town_ask(pair.school, "document", "add", "1", "verslag", "--bestand",
			town_folder(pair.town));
	cr_assert_eq(said.exit_code, 65, "a folder is no file: %s", said.out);
	town_said_clear(&said);
	said = town_must(pair.school, "document", "list", "1");
	cr_assert_eq(town_rows(&said, "bijlagen"), 1);
	town_said_clear(&said);
	close_pair(&pair);
}
