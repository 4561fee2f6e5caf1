/* SPDX-License-Identifier: EUPL-1.2 */
/* Lists of cases at a real agent: every line is done whole or not at all, also when the agent is killed on the way. */
#include "tests/daemon/exchange.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const codes[] = { "0114", NULL };

#define CASES 40

/* A gemeente with so many cases, and a list of them. */
struct desk {
	struct town *town;
	struct town_party *gemeente;
	const char *list;
};

static void
desk_open(struct desk *desk)
{
	char text[CASES * 8] = "";
	size_t len = 0;

	desk->town = exchange_new(codes);
	desk->gemeente = exchange_gemeente(desk->town, "0114");
	for (unsigned i = 1; i <= CASES; i++) {
		struct town_said said =
			town_must(desk->gemeente, "case", "new", "--titel", "een kind");

		cr_assert_eq(strtoul(town_cell(&said, "zaak", 0, "zaak"), NULL, 10), i);
		town_said_clear(&said);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%u\n", i);
	}
	desk->list = town_path(town_folder(desk->town), "lijst.csv");
	town_write(desk->town, desk->list, text, len);
}

/* Tasks of a case, with the clock of each: both or neither. */
static size_t
tasks_of(struct desk *desk, unsigned case_no)
{
	char number[16];
	struct town_said said;
	size_t count = 0;

	(void)snprintf(number, sizeof(number), "%u", case_no);
	said = town_must(desk->gemeente, "case", "show", number);
	count = town_rows(&said, "taken");
	cr_assert_eq(town_rows(&said, "klokken"), count, "case %u: %s", case_no, said.out);
	town_said_clear(&said);
	return count;
}

static struct town_said
add_tasks(struct desk *desk)
{
	return town_ask(desk->gemeente, "task", "add", "ouders bellen", "--tot", "2099-01-01",
			"--lijst", desk->list);
}

Test(lists, a_list_is_done_line_by_line_and_says_what_was_not)
{
	static const char half[] = "zaak;taak\n1;1\n99;1\n2;1\n";
	struct desk desk;
	struct town_said said;

	desk_open(&desk);
	said = add_tasks(&desk);
	cr_assert_eq(said.exit_code, 0, "%s", said.out);
	cr_assert_eq(town_rows(&said, "lijst"), CASES);
	town_said_clear(&said);
	for (unsigned i = 1; i <= CASES; i++) {
		cr_assert_eq(tasks_of(&desk, i), 1);
	}
	/* One that is not there, between two that are. */
	town_write(desk.town, desk.list, half, sizeof(half) - 1);
	said = town_ask(desk.gemeente, "task", "done", "--lijst", desk.list);
	cr_assert_eq(said.exit_code, 77, "%s", said.out);
	cr_assert_str_eq(town_cell(&said, "lijst", 0, "uitslag"), "gedaan");
	cr_assert_str_eq(town_cell(&said, "lijst", 1, "uitslag"), "niet gedaan");
	cr_assert_str_eq(town_cell(&said, "lijst", 2, "uitslag"), "gedaan");
	town_said_clear(&said);
	said = town_must(desk.gemeente, "task", "list");
	cr_assert_eq(town_rows(&said, "taken"), CASES - 2, "open ones");
	town_said_clear(&said);
	said = town_must(desk.gemeente, "inbox", "--stand", "op-tijd");
	cr_assert_eq(town_rows(&said, "inbox"), CASES - 2);
	town_said_clear(&said);
	town_free(desk.town);
}

/* The agent dies at that place, somewhere in the middle of the list. */
static void
killed_at(const char *place)
{
	struct desk desk;
	struct town_said said;
	size_t counts[4] = { 0 };
	static const char *const words[] = { "gedaan", "onbekend", "niet gevraagd", "niet gedaan" };

	desk_open(&desk);
	town_stop(desk.gemeente);
	desk.gemeente->environment[0] = place;
	town_start(desk.gemeente);
	said = add_tasks(&desk);
	cr_assert_eq(said.exit_code, 69, "%s", said.out);
	cr_assert_eq(town_wait_exit(desk.gemeente, 10000), -9);
	desk.gemeente->environment[0] = NULL;
	town_start(desk.gemeente);
	for (unsigned i = 0; i < CASES; i++) {
		const char *word = town_cell(&said, "lijst", i, "uitslag");
		size_t tasks = tasks_of(&desk, i + 1);

		for (size_t j = 0; j < 4; j++) {
			counts[j] += strcmp(word, words[j]) == 0;
		}
		cr_assert(strcmp(word, "gedaan") != 0 || tasks == 1, "line %u is lost", i + 1);
		cr_assert(strcmp(word, "niet gevraagd") != 0 || tasks == 0);
		cr_assert_leq(tasks, 1);
	}
	cr_assert(counts[0] > 0 && counts[1] == 1 && counts[2] > 0 && counts[3] == 0, "%s",
		  said.out);
	town_said_clear(&said);
	said = town_must(desk.gemeente, "log", "verify");
	town_said_clear(&said);
	town_free(desk.town);
}

Test(lists, a_kill_within_a_line_leaves_all_of_it_or_nothing)
{
	killed_at("KB_FAILPOINT=env-put:kill:200");
}

Test(lists, a_kill_after_a_commit_keeps_what_was_said)
{
	killed_at("KB_FAILPOINT=env-after-commit:kill:20");
}
