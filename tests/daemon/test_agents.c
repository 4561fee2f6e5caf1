/* SPDX-License-Identifier: EUPL-1.2 */
/* Programs that start, refuse to start, and end. */
#include "tests/daemon/exchange.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const codes[] = { "0114", NULL };

Test(agents, all_five_kinds_and_the_broker_come_up_green_and_end_with_0)
{
	struct town *town = exchange_laid_out(codes);
	const char *const names[] = { "school", "vo", "emmen", "swv", "jeugdhulp" };
	pid_t pids[sizeof(names) / sizeof(names[0])];

	(void)town_add(town, &town_swv);
	(void)town_add(town, &town_jeugdhulp);
	town_admit(town);
	town_start(town_find(town, "broker"));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct town_party *party = town_find(town, names[i]);
		struct town_said said;

		town_start(party);
		exchange_wait_session(party);
		said = town_must(party, "doctor");
		cr_assert_str_eq(town_cell(&said, "toestand", 0, "code"), "ok", "%s: %s", names[i],
				 said.out);
		town_said_clear(&said);
		said = town_must(party, "log", "verify");
		town_said_clear(&said);
		pids[i] = party->pid;
	}
	/* Exit code 0 within 5 s is asserted by town_stop() for each. */
	town_free(town);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		cr_assert_eq(kill(pids[i], 0), -1, "%s still runs", names[i]);
	}
}

Test(agents, start_also_without_a_broker_and_find_it_later)
{
	struct town *town = exchange_laid_out(codes);
	struct town_party *school = town_find(town, "school");

	town_start(school);
	town_start(town_find(town, "broker"));
	exchange_wait_session(school);
	cr_assert(town_running(school));
	town_free(town);
}

static void
assert_log_says(struct town_party *party, const char *word)
{
	size_t bytes = 0;
	char *text = town_read(party->town, party->log, &bytes);

	cr_assert_not_null(strstr(text, word), "'%s' is not in:\n%s", word, text);
	free(text);
}

Test(agents, a_second_daemon_on_the_same_store_is_refused_with_a_sentence)
{
	struct town *town = exchange_laid_out(codes);
	struct town_party *school = town_find(town, "school");
	pid_t first = 0;
	int exit_code = 0;

	town_start(town_find(town, "broker"));
	town_start(school);
	first = school->pid;
	school->pid = 0;
	town_launch(school);
	exit_code = town_wait_exit(school, 20000);
	cr_assert_neq(exit_code, 0);
	cr_assert_gt(exit_code, 0, "no signal: %d", exit_code);
	assert_log_says(school, school->folder);
	school->pid = first;
	exchange_wait_session(school);
	town_free(town);
}

Test(agents, a_truncated_data_file_is_refused_with_a_sentence_and_no_signal)
{
	struct town *town = exchange_laid_out(codes);
	struct town_party *school = town_find(town, "school");
	const char *file = NULL;
	struct stat info;
	int exit_code = 0;

	town_start(school);
	town_stop(school);
	file = town_path(school->data, "agent.mdb");
	cr_assert_eq(stat(file, &info), 0, "%s is there", file);
	cr_assert_eq(truncate(file, info.st_size / 2), 0);
	town_launch(school);
	exit_code = town_wait_exit(school, 20000);
	cr_assert_gt(exit_code, 0, "exit %d", exit_code);
	assert_log_says(school, "agent.mdb");
	town_free(town);
}

Test(agents, keys_that_others_can_read_are_refused)
{
	struct town *town = exchange_laid_out(codes);
	struct town_party *school = town_find(town, "school");
	int exit_code = 0;

	cr_assert_eq(chmod(town_path(school->keys, "sign.key"), 0644), 0);
	town_launch(school);
	exit_code = town_wait_exit(school, 20000);
	cr_assert_gt(exit_code, 0, "exit %d", exit_code);
	assert_log_says(school, "sign.key");
	town_free(town);
}

Test(agents, a_configuration_with_an_unknown_key_is_refused_with_its_line)
{
	struct town *town = exchange_laid_out(codes);
	struct town_party *school = town_find(town, "school");

	school->settings = "[verzuimd]\nspool = /tmp";
	town_launch(school);
	cr_assert_eq(town_wait_exit(school, 20000), 78);
	assert_log_says(school, "conf:");
	town_free(town);
}

Test(agents, the_broker_ends_within_five_seconds_while_agents_hang_on)
{
	struct town *town = exchange_new(codes);
	struct town_party *broker = town_find(town, "broker");

	town_stop(broker);
	cr_assert(!town_running(broker));
	town_start(broker);
	exchange_wait_session(town_find(town, "school"));
	town_free(town);
}
