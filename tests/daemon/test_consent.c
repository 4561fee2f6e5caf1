/* SPDX-License-Identifier: EUPL-1.2 */
/* A toestemming between running agents: what goes under it, and its withdrawal at every point of a message's life, across kill -9. */
#include "tests/daemon/exchange.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUIET_MS 60000
#define CANARY "Zwaluw Kwikstaart"

struct table {
	struct town *town;
	struct town_party *broker;
	struct town_party *school;
	struct town_party *swv;
	char zaak[24];	  /* at the school */
	char number[24];  /* of the toestemming at the school */
	char kenmerk[40]; /* and everywhere */
};

static void
start_all(struct table *table)
{
	struct town_party *const parties[] = { table->broker, table->school, table->swv };

	for (size_t i = 0; i < sizeof(parties) / sizeof(parties[0]); i++) {
		if (!town_running(parties[i])) {
			town_start(parties[i]);
		}
	}
	exchange_wait_session(table->school);
	exchange_wait_session(table->swv);
}

/* An answer to what came last may itself have made a message. */
static void
wait_quiet(struct table *table)
{
	for (unsigned i = 0; i < 3; i++) {
		town_wait_quiet(table->school, QUIET_MS);
		town_wait_quiet(table->swv, QUIET_MS);
	}
}

static void
keep_cell(const struct town_said *said, const char *section, const char *column, char *out,
	  size_t size)
{
	(void)snprintf(out, size, "%s", town_cell(said, section, 0, column));
	cr_assert_str_not_empty(out, "%s of %s", column, section);
}

static void
give(struct table *table)
{
	const char *evidence = town_path(town_folder(table->town), "bewijs.pdf");
	struct town_said said;

	town_write(table->town, evidence, "getekend", 8);
	said = town_must(table->school, "consent", "give", table->zaak, "--doel", "doa",
			 "--partijen", table->swv->spec->party, "--gegevens",
			 "identiteit,ondersteuning,proces", "--leeftijd", "onder-12", "--gezag",
			 "2", "--ouders", "2", "--bewijs", evidence);
	town_said_clear(&said);
	said = town_must(table->school, "consent", "show", table->zaak);
	keep_cell(&said, "toestemming", "toestemming", table->number, sizeof(table->number));
	keep_cell(&said, "toestemming", "kenmerk", table->kenmerk, sizeof(table->kenmerk));
	town_said_clear(&said);
}

static void
table_open(struct table *table)
{
	struct town_said said;

	*table = (struct table){ .town = town_new() };
	table->broker = town_add(table->town, &town_broker);
	table->school = town_add(table->town, &town_school);
	table->swv = town_add(table->town, &town_swv);
	town_admit(table->town);
	start_all(table);
	said = town_must(table->school, "case", "open", "--titel", CANARY);
	keep_cell(&said, "zaak", "zaak", table->zaak, sizeof(table->zaak));
	town_said_clear(&said);
	give(table);
	/* Who the partner is, is asked of the register at first sight. */
	said = town_must(table->school, "parties", "lookup", "--partij", table->swv->spec->party);
	town_said_clear(&said);
}

static struct town_said
send(struct table *table)
{
	return town_ask(table->school, "message", "send", "doa-hulpvraag", "--aan",
			table->swv->spec->party, "--zaak", table->zaak, "--toestemming",
			table->kenmerk, "--velden",
			"leerling_naam=" CANARY "\ngeboortedatum=2017-05-04\n"
			"ondersteuningsbehoefte=rust in de klas");
}

static void
must_send(struct table *table)
{
	struct town_said said = send(table);

	cr_assert_eq(said.exit_code, 0, "%s", said.out);
	town_said_clear(&said);
}

static void
withdraw(struct table *table)
{
	struct town_said said = town_must(table->school, "consent", "withdraw", table->number,
					  "--naam", "een ouder");

	town_said_clear(&said);
}

/* How many messages of that kind the swv can read, in all of its cases. */
static unsigned
read_at_swv(struct table *table)
{
	struct town_said inbox = town_must(table->swv, "inbox");
	unsigned count = 0;
	long cases = 0;

	/* A case that was opened has left the inbox: all numbers up to the highest are tried. */
	for (size_t i = 0; i < town_rows(&inbox, "inbox"); i++) {
		long number = strtol(town_cell(&inbox, "inbox", i, "zaak"), NULL, 10);

		cases = number > cases ? number : cases;
	}
	town_said_clear(&inbox);
	for (long number = 1; number <= (cases > 0 ? cases : 1); number++) {
		char zaak[24];
		struct town_said said;

		(void)snprintf(zaak, sizeof(zaak), "%ld", number);
		said = town_ask(table->swv, "case", "show", zaak);
		for (size_t i = 0; i < town_rows(&said, "berichten"); i++) {
			count += strcmp(town_cell(&said, "berichten", i, "waarde"), CANARY) == 0 &&
				 strcmp(town_cell(&said, "berichten", i, "soort"),
					"doa-hulpvraag") == 0;
		}
		town_said_clear(&said);
	}
	return count;
}

/* A count in the line of the swv in what the school shows of its toestemming; -1: there is no such line. */
static long
shown(struct table *table, const char *column)
{
	struct town_said said = town_must(table->school, "consent", "show", table->zaak);
	int row = town_row_of(&said, "partijen", "partij", table->swv->spec->party);
	long count =
		row < 0 ? -1 : strtol(town_cell(&said, "partijen", (size_t)row, column), NULL, 10);

	town_said_clear(&said);
	return count;
}

static bool
is_told(struct table *table, const char *column)
{
	struct town_said said = town_must(table->school, "consent", "show", table->zaak);
	int row = town_row_of(&said, "partijen", "partij", table->swv->spec->party);
	bool told = row >= 0 && town_cell(&said, "partijen", (size_t)row, column)[0] != '\0';

	town_said_clear(&said);
	return told;
}

static void
assert_stopped(struct table *table)
{
	struct town_said said = send(table);

	cr_assert_eq(said.exit_code, 77, "%s", said.out);
	cr_assert_not_null(strstr(said.out, "CONSENT_WITHDRAWN"), "%s", said.out);
	town_said_clear(&said);
}

static void
assert_logs(struct table *table)
{
	struct town_party *const parties[] = { table->school, table->swv };

	for (size_t i = 0; i < sizeof(parties) / sizeof(parties[0]); i++) {
		struct town_said said = town_must(parties[i], "log", "verify");

		town_said_clear(&said);
	}
}

static void
kill_and_start(struct table *table)
{
	town_kill(table->school);
	town_kill(table->broker);
	town_kill(table->swv);
	start_all(table);
}

Test(consent, a_message_goes_under_it_and_not_without)
{
	struct table table;
	struct town_said said;

	table_open(&table);
	must_send(&table);
	wait_quiet(&table);
	cr_assert_eq(read_at_swv(&table), 1u);
	cr_assert_eq(shown(&table, "opgeslagen"), 1);
	/* Without it, and for what it does not name, nothing goes. */
	said = town_ask(
		table.school, "message", "send", "doa-hulpvraag", "--aan", table.swv->spec->party,
		"--zaak", table.zaak, "--grond", "toestemming", "--velden",
		"leerling_naam=" CANARY "\ngeboortedatum=2017-05-04\nondersteuningsbehoefte=rust");
	cr_assert_eq(said.exit_code, 77, "%s", said.out);
	town_said_clear(&said);
	assert_logs(&table);
	town_free(table.town);
}

Test(consent, withdrawn_before_sealing_nothing_leaves)
{
	struct table table;

	table_open(&table);
	town_kill(table.broker);
	/* The school does not know yet that the broker is away, or does: sealed or not, it cannot go out. */
	must_send(&table);
	withdraw(&table);
	kill_and_start(&table);
	wait_quiet(&table);
	cr_assert_eq(read_at_swv(&table), 0u);
	cr_assert_eq(shown(&table, "teruggehaald"), 1);
	assert_stopped(&table);
	assert_logs(&table);
	town_free(table.town);
}

static bool
at_the_broker(void *state)
{
	return shown(state, "verzonden") == 1;
}

Test(consent, withdrawn_at_the_broker_it_is_recalled_and_the_recipient_is_told)
{
	struct table table;

	table_open(&table);
	town_stop(table.swv);
	must_send(&table);
	town_until(table.town, "the message is at the broker", QUIET_MS, at_the_broker, &table);
	withdraw(&table);
	kill_and_start(&table);
	wait_quiet(&table);
	cr_assert_eq(read_at_swv(&table), 0u, "what was recalled is not read");
	cr_assert_eq(shown(&table, "teruggehaald"), 1);
	cr_assert(is_told(&table, "intrekking bevestigd"));
	assert_stopped(&table);
	assert_logs(&table);
	town_free(table.town);
}

Test(consent, withdrawn_after_the_receipt_the_recipient_knows_and_confirms)
{
	struct table table;
	struct town_said said;

	table_open(&table);
	must_send(&table);
	wait_quiet(&table);
	withdraw(&table);
	town_kill(table.swv);
	kill_and_start(&table);
	wait_quiet(&table);
	cr_assert_eq(read_at_swv(&table), 1u, "what was received is not unread by it");
	cr_assert(is_told(&table, "intrekking opgeslagen"));
	cr_assert(is_told(&table, "intrekking bevestigd"));
	said = town_must(table.swv, "consent", "show", "1");
	cr_assert_str_eq(town_cell(&said, "toestemming", 0, "kenmerk"), table.kenmerk);
	cr_assert_str_eq(town_cell(&said, "toestemming", 0, "stand"), "ingetrokken", "%s",
			 said.out);
	town_said_clear(&said);
	assert_stopped(&table);
	assert_logs(&table);
	town_free(table.town);
}

/* Kills one of the three after a while of its own: in the middle of sending, delivering, storing or receipting. */
static void
kill_one(struct table *table, unsigned round)
{
	struct town_party *const victims[] = { table->swv, table->broker, table->school };

	(void)poll(NULL, 0, (int)(round * 7 % 40));
	town_kill(victims[round % 3]);
}

/*
 * Sent, and withdrawn while it is somewhere between the two: whatever the moment was, both ends tell the same story. Received: the
 * swv reads it, knows that it is withdrawn and confirmed. Recalled: nobody ever reads it.
 */
Test(consent, withdrawn_while_it_is_under_way_both_ends_tell_the_same)
{
	for (unsigned round = 0; round < 6; round++) {
		struct table table;
		long received = 0;
		long recalled = 0;

		table_open(&table);
		must_send(&table);
		kill_one(&table, round);
		if (!town_running(table.school)) {
			town_start(table.school);
		}
		withdraw(&table);
		kill_and_start(&table);
		wait_quiet(&table);
		received = shown(&table, "opgeslagen");
		recalled = shown(&table, "teruggehaald");
		cr_assert_eq(received + recalled, 1, "round %u: %ld received, %ld recalled", round,
			     received, recalled);
		cr_assert_eq(read_at_swv(&table), received > 0 ? 1u : 0u, "round %u", round);
		cr_assert(received == 0 || is_told(&table, "intrekking bevestigd"), "round %u",
			  round);
		assert_stopped(&table);
		assert_logs(&table);
		town_free(table.town);
	}
}
