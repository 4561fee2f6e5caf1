/* SPDX-License-Identifier: EUPL-1.2 */
/* The broker as agents meet it: sessions, publish, delivery, duplicates, intruders. */
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/crypto/hash.h"
#include "common/crypto/merkle_proof.h"
#include "common/trust/checkpoint.h"
#include "tests/unit/broker/broker_fixture.h"

TestSuite(broker, .init = fixture_init, .fini = fixture_release, .timeout = 100);

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

static const struct kb_party_id *
id_of(size_t i)
{
	return &fixture.world.parties[i].id;
}

static struct kb_fake_message
to(size_t i, uint64_t number)
{
	return (struct kb_fake_message){ .recipient = id_of(i), .number = number };
}

/* Opens everything: agent 0 sends, agent 1 receives with room for many. */
static void
open_two(void)
{
	fixture_open_broker();
	fixture.agents[1].credit = 1000;
	(void)fixture_agent(0);
	(void)fixture_agent(1);
}

Test(broker, welcomes_an_agent_with_store_register_and_window)
{
	fixture_open_broker();
	struct kb_fake_agent *agent = fixture_agent(0);
	struct kb_id id = kb_broker_store_id(fixture.broker);
	struct kb_arena arena = { 0 };
	struct kb_register_head head;

	cr_assert_eq(agent->welcome.wire_version, 1);
	cr_assert(kb_id_equal(&agent->welcome.session, &agent->session));
	cr_assert(kb_id_equal(&agent->welcome.broker_store, &id));
	cr_assert_eq(agent->welcome.publish_window, KB_BROKER_PUBLISH_WINDOW);
	cr_assert_eq(kb_register_head_trust(&agent->welcome.register_head, &fixture.world.anchor,
					    &arena, &head),
		     KB_OK);
	cr_assert_eq(head.version, 1);
	cr_assert_not(agent->welcome.has_witnessed);
	cr_assert_not(agent->welcome.has_broker_checkpoint, "an empty log has no checkpoint");
	cr_assert_eq(fixture_counts().sessions, 1);
	kb_arena_release(&arena);
}

Test(broker, carries_messages_byte_for_byte_and_empties_the_mailbox_on_confirm)
{
	struct kb_fake_message messages[20];
	struct kb_buf bytes = { 0 };
	struct kb_span spans[20];

	open_two();
	for (size_t i = 0; i < 20; i++) {
		messages[i] = to(1, i + 1);
		messages[i].content = (uint32_t)i;
		messages[i].sealed_bytes = i % 2 == 0 ? 528 : 2064;
	}
	kb_fake_agent_make(&fixture.agents[0], messages, 20, &bytes, spans);
	cr_assert_eq(kb_fake_agent_publish_raw(&fixture.agents[0], spans, 20), KB_OK);
	UNTIL(fixture.agents[1].mail_count == 20 && fixture.agents[0].results == 1);
	cr_assert_eq(fixture.agents[0].accepted, 20);
	for (size_t i = 0; i < 20; i++) {
		struct kb_hash hash;

		kb_sha256(spans[i], &hash);
		cr_assert_eq(fixture.agents[1].mail[i].header.number, i + 1);
		cr_assert(kb_hash_equal(&hash, &fixture.agents[1].mail[i].envelope_sha256));
	}
	UNTIL(fixture_counts().waiting == 0);
	cr_assert_eq(fixture_counts().confirmed, 20);
	cr_assert_eq(fixture_counts().accepted, 20);
	kb_buf_release(&bytes);
}

Test(broker, every_answer_has_a_checkpoint_that_continues_the_one_before)
{
	struct kb_arena arena = { 0 };
	struct kb_checkpoint held = { 0 };
	struct kb_sign_public public_key;
	struct kb_verify_key *key = NULL;

	memcpy(public_key.bytes, fixture.world.broker.sign_public, sizeof(public_key.bytes));
	cr_assert_eq(kb_verify_key_new(&public_key, &key), KB_OK);
	open_two();
	struct kb_fake_agent *agent = &fixture.agents[0];

	for (uint64_t i = 1; i <= 40; i++) {
		struct kb_checkpoint newer;

		cr_assert_eq(fixture_publish(agent, to(1, i)), 0);
		cr_assert(agent->result.has_broker_checkpoint);
		cr_assert_eq(kb_checkpoint_trust(&agent->result.broker_checkpoint, key,
						 &fixture.world.broker.id, &arena, &newer),
			     KB_OK);
		cr_assert_eq(newer.size, i);
		if (i > 1) {
			cr_assert(agent->result.has_consistency);
			cr_assert_eq(agent->result.consistency.from_size, held.size);
			cr_assert_eq(kb_checkpoint_compare(&held, &newer,
							   agent->result.consistency.path),
				     KB_CHECKPOINT_GROWN);
		}
		held = newer;
	}
	/* A new session goes on where the agent says that it stopped. */
	agent->hello.broker_store = agent->welcome.broker_store;
	agent->hello.broker_log_size = 17;
	agent->hello.broker_log_year = held.log_year;
	kb_link_reset(agent->link, true);
	UNTIL(agent->heard[KB_FRAME_WELCOME] == 2);
	cr_assert(agent->welcome.has_consistency);
	cr_assert_eq(agent->welcome.consistency.from_size, 17);
	cr_assert_eq(agent->welcome.consistency.to_size, 40);
	kb_verify_key_free(key);
	kb_arena_release(&arena);
}

Test(broker, every_broken_message_is_refused_with_its_reason_and_the_rest_goes_on)
{
	static const struct {
		const char *what;
		struct kb_fake_message broken;
		enum kb_err reason;
	} rows[] = {
		{ "cut", { .cut = true }, KB_ERR_TRUNCATED },
		{ "header altered", { .bad_header = true }, KB_ERR_BAD_SEAL },
		{ "sealed altered", { .bad_sealed = true }, KB_ERR_SEALED_HASH },
		{ "signature altered", { .bad_signature = true }, KB_ERR_BAD_SEAL },
		{ "path altered", { .bad_path = true }, KB_ERR_BAD_SEAL },
		{ "expired", { .sent_in_ms = -2000, .expires_in_ms = -1000 }, KB_ERR_EXPIRED },
		{ "from the future", { .sent_in_ms = 11 * 60000 }, KB_ERR_CLOCK },
		{ "for ever", { .expires_in_ms = 401 * DAY_MS }, KB_ERR_BAD_VALUE },
	};

	open_two();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kb_fake_message batch[3] = { to(1, 10 * i + 1), rows[i].broken,
						    to(1, 10 * i + 3) };
		uint64_t results = fixture.agents[0].results;

		batch[1].recipient = id_of(1);
		batch[1].number = 10 * i + 2;
		(void)kb_fake_agent_publish(&fixture.agents[0], batch, 3);
		UNTIL(fixture.agents[0].results == results + 1);
		const struct kb_publish_result *result = &fixture.agents[0].result;

		cr_assert_eq(result->refused_count, 1, "%s: %zu", rows[i].what,
			     result->refused_count);
		cr_assert_eq(result->refused[0].index, 1);
		cr_assert_eq(result->refused[0].reason, kb_err_reason(rows[i].reason), "%s: %s",
			     rows[i].what,
			     kb_err_name(kb_err_from_reason(result->refused[0].reason)));
	}
	size_t good = 2 * sizeof(rows) / sizeof(rows[0]);

	UNTIL(fixture.agents[1].mail_count == good);
	cr_assert_eq(fixture_counts().refused, sizeof(rows) / sizeof(rows[0]));
	cr_assert_eq(fixture.agents[0].heard[KB_FRAME_GOODBYE], 0);
}

Test(broker, the_name_of_another_sender_and_an_unknown_recipient_are_refused)
{
	struct kb_fake_message message = to(1, 1);
	struct kb_party_id nobody;

	open_two();
	message.sender = id_of(2);
	cr_assert_eq(fixture_publish(&fixture.agents[0], message),
		     kb_err_reason(KB_ERR_SENDER_MISMATCH));
	cr_assert_eq(kb_party_id_parse(kb_span_text("00000099999999999000"), &nobody), KB_OK);
	message = (struct kb_fake_message){ .recipient = &nobody, .number = 1 };
	cr_assert_eq(fixture_publish(&fixture.agents[0], message),
		     kb_err_reason(KB_ERR_UNKNOWN_RECIPIENT));
	message.recipient = &fixture.world.broker.id;
	cr_assert_eq(fixture_publish(&fixture.agents[0], message),
		     kb_err_reason(KB_ERR_UNKNOWN_RECIPIENT));
	message = to(1, 1);
	message.key_version = 2;
	cr_assert_eq(fixture_publish(&fixture.agents[0], message),
		     kb_err_reason(KB_ERR_UNKNOWN_SENDER));
	cr_assert_eq(fixture_counts().accepted, 0);
}

Test(broker, the_same_again_is_accepted_once_and_another_content_is_equivocation)
{
	struct kb_fake_message message = to(1, 5);

	open_two();
	cr_assert_eq(fixture_publish(&fixture.agents[0], message), 0);
	for (int i = 0; i < 5; i++) {
		cr_assert_eq(fixture_publish(&fixture.agents[0], message), 0);
	}
	UNTIL(fixture_counts().confirmed == 1);
	cr_assert_eq(fixture_publish(&fixture.agents[0], message), 0);
	cr_assert_eq(fixture_counts().duplicates, 6);
	message.content = 1;
	/* Not signed: bad bytes are no contradiction. */
	message.bad_signature = true;
	cr_assert_eq(fixture_publish(&fixture.agents[0], message), kb_err_reason(KB_ERR_BAD_SEAL));
	message.bad_signature = false;
	cr_assert_eq(fixture_publish(&fixture.agents[0], message),
		     kb_err_reason(KB_ERR_EQUIVOCATION));
	cr_assert_eq(fixture_counts().equivocations, 1);
	/* Twice in one batch. */
	struct kb_fake_message twins[2] = { to(1, 6), to(1, 6) };
	uint64_t results = fixture.agents[0].results;

	(void)kb_fake_agent_publish(&fixture.agents[0], twins, 2);
	UNTIL(fixture.agents[0].results == results + 1);
	cr_assert_eq(fixture.agents[0].result.refused_count, 0);
	/* A gap of any size, and then back into it. */
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, UINT64_C(1) << 60)), 0);
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 7)), 0);
	UNTIL(fixture.agents[1].mail_count == 4);
	cr_assert_eq(fixture_counts().accepted, 4);
	cr_assert_not_null(kb_fake_agent_find(&fixture.agents[1], id_of(0), UINT64_C(1) << 60));
}

Test(broker, a_higher_attempt_replaces_the_one_that_waits)
{
	struct kb_fake_message message = to(1, 1);

	fixture_open_broker();
	(void)fixture_agent(0);
	cr_assert_eq(fixture_publish(&fixture.agents[0], message), 0);
	message.attempt = 2;
	cr_assert_eq(fixture_publish(&fixture.agents[0], message), 0);
	cr_assert_eq(fixture_counts().waiting, 1);
	message.attempt = 1;
	cr_assert_eq(fixture_publish(&fixture.agents[0], message), 0);
	cr_assert_eq(fixture_counts().waiting, 1);
	fixture.agents[1].credit = 10;
	(void)fixture_agent(1);
	UNTIL(fixture.agents[1].mail_count == 1);
	cr_assert_eq(fixture.agents[1].mail[0].header.attempt, 2);
	UNTIL(fixture_counts().waiting == 0);
	/* After it was confirmed too: the recipient could not open it and asks for a new sealing. */
	message.attempt = 3;
	cr_assert_eq(fixture_publish(&fixture.agents[0], message), 0);
	UNTIL(fixture.agents[1].mail_count == 2);
}

Test(broker, a_message_asked_for_again_long_after_delivery_is_delivered_again)
{
	open_two();
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 1)), 0);
	UNTIL(fixture_counts().confirmed == 1);
	/* The same bytes: the header must not change, so they are made once. */
	struct kb_fake_message message = to(1, 2);
	struct kb_buf bytes = { 0 };
	struct kb_span span;

	kb_fake_agent_make(&fixture.agents[0], &message, 1, &bytes, &span);
	cr_assert_eq(kb_fake_agent_publish_raw(&fixture.agents[0], &span, 1), KB_OK);
	UNTIL(fixture_counts().confirmed == 2);
	cr_assert_eq(kb_fake_agent_publish_raw(&fixture.agents[0], &span, 1), KB_OK);
	UNTIL(fixture.agents[0].results == 3);
	cr_assert_eq(fixture.agents[1].mail_count, 2);
	fixture.world.offset_ms += 11 * 60000;
	cr_assert_eq(kb_fake_agent_publish_raw(&fixture.agents[0], &span, 1), KB_OK);
	UNTIL(fixture.agents[1].mail_count == 3);
	cr_assert_eq(fixture.agents[0].result.refused_count, 0);
	kb_buf_release(&bytes);
}

Test(broker, a_message_accepted_while_the_clock_was_ahead_is_delivered_again_when_asked_for)
{
	struct kb_fake_message message = to(1, 1);
	struct kb_buf bytes = { 0 };
	struct kb_span span;

	open_two();
	kb_fake_agent_make(&fixture.agents[0], &message, 1, &bytes, &span);
	fixture.world.offset_ms += DAY_MS;
	cr_assert_eq(kb_fake_agent_publish_raw(&fixture.agents[0], &span, 1), KB_OK);
	UNTIL(fixture_counts().confirmed == 1);
	fixture.world.offset_ms -= DAY_MS;
	cr_assert_eq(kb_fake_agent_publish_raw(&fixture.agents[0], &span, 1), KB_OK);
	UNTIL(fixture.agents[1].mail_count == 2);
	cr_assert_eq(fixture.agents[0].result.refused_count, 0);
	kb_buf_release(&bytes);
}

/* Milliseconds from now to the next 1 January, 00:00 UTC. */
static int64_t
until_new_year_ms(void)
{
	int64_t now = kb_clock_utc_ms(&fixture.world.clock);
	time_t seconds = (time_t)(now / 1000);
	struct tm civil = { 0 };

	cr_assert_not_null(gmtime_r(&seconds, &civil));
	civil = (struct tm){ .tm_year = civil.tm_year + 1, .tm_mday = 1 };
	return (int64_t)timegm(&civil) * 1000 - now;
}

Test(broker, the_turn_of_the_year_opens_a_new_log_and_breaks_no_session)
{
	struct kb_arena arena = { 0 };
	struct kb_checkpoint old = { 0 };
	struct kb_checkpoint young = { 0 };

	fixture.world.offset_ms += until_new_year_ms() - 60 * 60 * 1000;
	kb_fake_world_write_register(&fixture.world);
	open_two();
	for (uint64_t i = 1; i <= 5; i++) {
		cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, i)), 0);
	}
	cr_assert_eq(kb_checkpoint_decode(fixture.agents[0].result.broker_checkpoint.checkpoint,
					  &arena, &old),
		     KB_OK);
	cr_assert_eq(old.size, 5);
	fixture.world.offset_ms += 60 * 60 * 1000;
	for (uint64_t i = 6; i <= 9; i++) {
		cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, i)), 0);
	}
	cr_assert_eq(kb_checkpoint_decode(fixture.agents[0].result.broker_checkpoint.checkpoint,
					  &arena, &young),
		     KB_OK);
	cr_assert_eq(young.log_year, old.log_year + 1);
	cr_assert(kb_hash_equal(&young.previous_root, &old.root), "the years are chained");
	cr_assert(fixture.agents[0].result.has_consistency, "within the new year");
	/* A clock that is set back over the turn goes on in the year that is open. */
	fixture.world.offset_ms -= 2 * 60 * 1000;
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 10)), 0);
	cr_assert_eq(kb_checkpoint_decode(fixture.agents[0].result.broker_checkpoint.checkpoint,
					  &arena, &old),
		     KB_OK);
	cr_assert_eq(old.log_year, young.log_year);
	cr_assert_eq(old.size, young.size + 1);
	fixture.world.offset_ms += 2 * 60 * 1000;
	UNTIL(fixture.agents[1].mail_count == 10);
	fixture_close_broker();
	fixture_open_broker();
	UNTIL(fixture.agents[0].heard[KB_FRAME_WELCOME] == 2);
	cr_assert_eq(kb_checkpoint_decode(fixture.agents[0].welcome.broker_checkpoint.checkpoint,
					  &arena, &young),
		     KB_OK);
	cr_assert_eq(young.size, old.size);
	cr_assert(kb_hash_equal(&young.root, &old.root));
	kb_arena_release(&arena);
}

Test(broker, urgent_comes_before_normal_and_credit_is_kept_to)
{
	struct kb_fake_message messages[9];

	fixture_open_broker();
	(void)fixture_agent(0);
	for (size_t i = 0; i < 9; i++) {
		messages[i] = to(1, i + 1);
		messages[i].urgent = i >= 6;
	}
	(void)kb_fake_agent_publish(&fixture.agents[0], messages, 9);
	UNTIL(fixture.agents[0].results == 1);
	fixture.agents[1].no_confirm = true;
	struct kb_fake_agent *agent = fixture_agent(1);

	kb_fake_agent_credit(agent, 4);
	UNTIL(agent->mail_count == 4);
	static const uint64_t first[] = { 7, 8, 9, 1 };

	for (size_t i = 0; i < 4; i++) {
		cr_assert_eq(agent->mail[i].header.number, first[i]);
	}
	/* Nothing more without credit, however often the loop turns. */
	for (int i = 0; i < 20; i++) {
		cr_assert_eq(kb_loop_step(fixture.loop, 5), KB_OK);
	}
	cr_assert_eq(agent->mail_count, 4);
	kb_fake_agent_confirm(agent, agent->last_batch);
	kb_fake_agent_credit(agent, 2);
	UNTIL(agent->mail_count == 6);
	cr_assert_eq(agent->mail[5].header.number, 3);
	UNTIL(fixture_counts().waiting == 5);
	/* A confirmation of a batch that never was does nothing. */
	kb_fake_agent_confirm(agent, 77);
	kb_fake_agent_credit(agent, 100);
	UNTIL(agent->mail_count == 9);
	cr_assert_eq(fixture_counts().waiting, 5);
}

Test(broker, what_was_not_confirmed_comes_again_in_the_next_session)
{
	fixture_open_broker();
	(void)fixture_agent(0);
	for (uint64_t i = 1; i <= 5; i++) {
		cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, i)), 0);
	}
	struct kb_fake_agent *agent = &fixture.agents[1];

	agent->no_confirm = true;
	agent->credit = 100;
	(void)fixture_agent(1);
	UNTIL(agent->mail_count == 5);
	kb_link_reset(agent->link, true);
	UNTIL(agent->mail_count == 10);
	cr_assert_eq(fixture_counts().waiting, 5);
	agent->no_confirm = false;
	kb_link_reset(agent->link, true);
	UNTIL(fixture_counts().waiting == 0);
}

Test(broker, a_slow_agent_holds_only_a_few_batches_and_others_go_on)
{
	struct kb_fake_message messages[64];
	struct kb_fake_agent *slow = &fixture.agents[2];

	fixture_open_broker();
	fixture.agents[1].credit = 1000;
	slow->credit = 100000;
	slow->no_confirm = true;
	(void)fixture_agent(0);
	(void)fixture_agent(1);
	(void)fixture_agent(2);
	for (uint64_t round = 0; round < 30; round++) {
		for (size_t i = 0; i < 64; i++) {
			messages[i] = to(i % 2 == 0 ? 1 : 2, round * 64 + i + 1);
			messages[i].sealed_bytes = 6144 + 16;
		}
		(void)kb_fake_agent_publish(&fixture.agents[0], messages, 64);
		UNTIL(fixture.agents[0].results == round + 1);
	}
	UNTIL(fixture.agents[1].mail_count == 30 * 32);
	cr_assert_leq(slow->last_batch, 4, "no more than four batches unconfirmed");
	cr_assert_lt(slow->mail_count, 30 * 32);
	UNTIL(fixture_counts().waiting == 30 * 32);
	slow->no_confirm = false;
	for (uint64_t batch = 1; batch <= 4; batch++) {
		kb_fake_agent_confirm(slow, batch);
	}
	UNTIL(slow->mail_count == 30 * 32);
	UNTIL(fixture_counts().waiting == 0);
}

Test(broker, the_newest_hello_wins_and_the_old_connection_hears_goodbye)
{
	struct kb_fake_agent second = { 0 };

	open_two();
	second.credit = 10;
	kb_fake_agent_open(&second, &fixture.world, &fixture.world.parties[1], fixture.context,
			   fixture.loop);
	UNTIL(second.heard[KB_FRAME_WELCOME] == 1);
	UNTIL(fixture.agents[1].heard[KB_FRAME_GOODBYE] == 1);
	cr_assert_eq(fixture.agents[1].goodbye_reason, kb_err_reason(KB_ERR_REPLACED));
	cr_assert_eq(fixture_counts().sessions, 2);
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 1)), 0);
	UNTIL(second.mail_count == 1);
	cr_assert_eq(fixture.agents[1].mail_count, 0);
	/* The old one still talks: it has to say hello first. */
	kb_fake_agent_credit(&fixture.agents[1], 5);
	UNTIL(fixture.agents[1].heard[KB_FRAME_GOODBYE] == 2);
	cr_assert_eq(fixture.agents[1].goodbye_reason, kb_err_reason(KB_ERR_STATE));
	kb_fake_agent_close(&second);
}

Test(broker, a_hello_in_another_name_or_version_gets_a_goodbye_and_no_session)
{
	fixture_open_broker();
	fixture.agents[0].no_hello = true;
	struct kb_fake_agent *agent = fixture_agent(0);

	agent->hello.party = *id_of(1);
	kb_fake_agent_hello(agent);
	UNTIL(agent->heard[KB_FRAME_GOODBYE] == 1);
	cr_assert_eq(agent->goodbye_reason, kb_err_reason(KB_ERR_SENDER_MISMATCH));
	agent->hello.party = *id_of(0);
	agent->hello.oldest_version = 2;
	agent->hello.newest_version = 9;
	kb_fake_agent_hello(agent);
	UNTIL(agent->heard[KB_FRAME_GOODBYE] == 2);
	cr_assert_eq(agent->goodbye_reason, kb_err_reason(KB_ERR_BAD_VERSION));
	cr_assert_eq(fixture_counts().sessions, 0);
	agent->hello.oldest_version = 1;
	kb_fake_agent_hello(agent);
	UNTIL(agent->heard[KB_FRAME_WELCOME] == 1);
	cr_assert_eq(agent->welcome.wire_version, 1);
}

Test(broker, frames_before_a_hello_and_frames_of_a_broker_are_refused)
{
	struct kb_frame frame = { .kind = KB_FRAME_UNDELIVERABLE };
	struct kb_undeliverable_item item = { .number = 1, .attempt = 1, .reason = 1 };

	fixture_open_broker();
	fixture.agents[0].no_hello = true;
	struct kb_fake_agent *agent = fixture_agent(0);

	kb_fake_agent_credit(agent, 5);
	UNTIL(agent->heard[KB_FRAME_GOODBYE] == 1);
	cr_assert_eq(agent->goodbye_reason, kb_err_reason(KB_ERR_STATE));
	kb_fake_agent_hello(agent);
	UNTIL(agent->heard[KB_FRAME_WELCOME] == 1);
	item.recipient = *id_of(1);
	item.epoch = agent->epoch;
	frame.content.undeliverable = (struct kb_undeliverable){ &item, 1 };
	cr_assert_eq(kb_fake_agent_send(agent, &frame), KB_OK);
	UNTIL(agent->heard[KB_FRAME_GOODBYE] == 2);
	cr_assert_eq(agent->goodbye_reason, kb_err_reason(KB_ERR_NOT_ALLOWED));
	cr_assert_eq(fixture_counts().sessions, 0);
}

/* Threat 25: a bomb of nested fields, noise, and an empty frame; each a strike, five of them a ban, others not slowed. */
Test(broker, broken_frames_lead_to_a_ban_of_that_agent_alone)
{
	static uint8_t bomb[60000];

	for (size_t i = 0; i + 1 < sizeof(bomb); i += 2) {
		bomb[i] = 0x12;
		bomb[i + 1] = 0x7f;
	}
	open_two();
	(void)fixture_agent(2);
	cr_assert_eq(kb_link_send(fixture.agents[2].link, KB_SPAN_OF(bomb)), KB_OK);
	UNTIL(fixture.agents[2].heard[KB_FRAME_GOODBYE] == 1);
	for (unsigned i = 0; i < 4; i++) {
		cr_assert_eq(kb_link_send(fixture.agents[2].link, kb_span(bomb, i)), KB_OK);
	}
	struct kb_server_counts net;

	do {
		cr_assert_eq(kb_loop_step(fixture.loop, 10), KB_OK);
		kb_server_counts(kb_broker_server(fixture.broker), &net);
	} while (net.strikes < 5);
	kb_fake_agent_hello(&fixture.agents[2]);
	do {
		cr_assert_eq(kb_loop_step(fixture.loop, 10), KB_OK);
		kb_server_counts(kb_broker_server(fixture.broker), &net);
	} while (net.banned == 0);
	cr_assert_eq(fixture.agents[2].heard[KB_FRAME_WELCOME], 1);
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 1)), 0);
	UNTIL(fixture.agents[1].mail_count == 1);
}

Test(broker, a_key_outside_the_register_is_refused_and_one_revoked_later_is_cut_off)
{
	struct kb_fake_agent stranger = { 0 };

	open_two();
	struct kb_fake_party *late = kb_fake_world_add(&fixture.world, KB_PARTY_SWV);

	kb_fake_agent_open(&stranger, &fixture.world, late, fixture.context, fixture.loop);
	UNTIL(stranger.why == KB_ERR_NOT_ENROLLED);
	/* Admitted: the broker sees the new file by itself. */
	fixture.world.parties[0].revoked = true;
	kb_fake_world_write_register(&fixture.world);
	UNTIL(stranger.heard[KB_FRAME_WELCOME] == 1);
	cr_assert_eq(fixture_counts().register_version, 2);
	UNTIL(fixture.agents[0].heard[KB_FRAME_GOODBYE] == 1);
	cr_assert_eq(fixture.agents[0].goodbye_reason, kb_err_reason(KB_ERR_REVOKED));
	/* Its connection stands still, but nothing it says is heard. */
	if (fixture.agents[0].state == KB_LINK_STATE_UP) {
		kb_fake_agent_hello(&fixture.agents[0]);
	}
	cr_assert_eq(fixture_publish(&stranger, to(1, 1)), 0);
	UNTIL(fixture.agents[1].mail_count == 1);
	cr_assert_eq(fixture.agents[0].heard[KB_FRAME_WELCOME], 1);
	/* All others are told of the new register by heartbeat. */
	UNTIL(fixture.agents[1].heartbeat.has_register_head);
	kb_fake_agent_close(&stranger);
}

Test(broker, an_older_and_a_forged_register_are_refused_and_the_old_one_stays)
{
	struct kb_error_text where = { "" };

	kb_fake_world_write_register(&fixture.world);
	fixture_open_broker();
	cr_assert_eq(fixture_counts().register_version, 2);
	fixture.world.register_version = 0;
	kb_fake_world_write_register(&fixture.world);
	cr_assert_eq(kb_broker_reload(fixture.broker, &where), KB_ERR_CONFIG);
	cr_assert_not_null(strstr(where.text, "older"), "%s", where.text);
	/* The same number, another register. */
	fixture.world.register_version = 1;
	fixture.world.parties[3].left = true;
	kb_fake_world_write_register(&fixture.world);
	cr_assert_eq(kb_broker_reload(fixture.broker, &where), KB_ERR_CONFIG);
	/* Signed by somebody else. */
	struct kb_sign_key *right = fixture.world.registrar.sign_key;

	fixture.world.registrar.sign_key = fixture.world.parties[0].sign_key;
	kb_fake_world_write_register(&fixture.world);
	cr_assert_eq(kb_broker_reload(fixture.broker, &where), KB_ERR_BAD_SEAL);
	fixture.world.registrar.sign_key = right;
	cr_assert_eq(fixture_counts().register_version, 2);
	(void)fixture_agent(0);
	fixture_close_broker();
	/* A restart remembers the version as well. */
	fixture.world.register_version = 0;
	kb_fake_world_write_register(&fixture.world);
	cr_assert_eq(kb_broker_open(fixture.context, fixture.loop, &fixture.options,
				    &fixture.broker, &where),
		     KB_ERR_CONFIG);
	cr_assert_null(fixture.broker);
}

Test(broker, answers_register_queries_with_proofs_that_hold)
{
	struct kb_frame query = { .kind = KB_FRAME_REGISTER_QUERY };
	struct kb_arena arena = { 0 };
	struct kb_register_head head;
	struct kb_register_entry entry;
	struct kb_descriptor descriptor;
	uint64_t next = 0;
	size_t seen = 0;

	for (int i = 0; i < 300; i++) {
		(void)kb_fake_world_add(&fixture.world, KB_PARTY_VO);
	}
	fixture.world.parties[2].gemeente =
		(struct kb_served_gemeente){ "0363", 20250101, 20261231 };
	kb_fake_world_write_register(&fixture.world);
	fixture_open_broker();
	struct kb_fake_agent *agent = fixture_agent(0);

	query.content.register_query = (struct kb_register_query){ .query = 1, .party = *id_of(3) };
	cr_assert_eq(kb_fake_agent_send(agent, &query), KB_OK);
	UNTIL(agent->heard[KB_FRAME_REGISTER_ANSWER] == 1);
	cr_assert_eq(agent->register_answer.entry_count, 1);
	cr_assert_eq(kb_register_head_trust(&agent->register_answer.head, &fixture.world.anchor,
					    &arena, &head),
		     KB_OK);
	cr_assert_eq(kb_register_proof_trust(&head, &agent->register_answer.entries[0]), KB_OK);
	/* The party of a gemeente on a day inside and one outside its term. */
	query.content.register_query =
		(struct kb_register_query){ .query = 2, .gemeente = "0363", .on_date = 20261122 };
	cr_assert_eq(kb_fake_agent_send(agent, &query), KB_OK);
	UNTIL(agent->heard[KB_FRAME_REGISTER_ANSWER] == 2);
	cr_assert_eq(agent->register_answer.entry_count, 1);
	cr_assert_eq(
		kb_register_entry_decode(agent->register_answer.entries[0].entry, &arena, &entry),
		KB_OK);
	cr_assert_eq(kb_descriptor_decode(entry.descriptor, &arena, &descriptor), KB_OK);
	cr_assert(kb_party_id_equal(&descriptor.party, id_of(2)));
	query.content.register_query.query = 3;
	query.content.register_query.on_date = 20270101;
	cr_assert_eq(kb_fake_agent_send(agent, &query), KB_OK);
	UNTIL(agent->heard[KB_FRAME_REGISTER_ANSWER] == 3);
	cr_assert_eq(agent->register_answer.entry_count, 0);
	/* All, in pages. */
	for (unsigned page = 0; page == 0 || next != 0; page++) {
		query.content.register_query =
			(struct kb_register_query){ .query = 4 + page, .all = true, .first = next };
		cr_assert_eq(kb_fake_agent_send(agent, &query), KB_OK);
		UNTIL(agent->heard[KB_FRAME_REGISTER_ANSWER] == 4 + page);
		for (size_t i = 0; i < agent->register_answer.entry_count; i++) {
			cr_assert_eq(agent->register_answer.entries[i].leaf_index, seen);
			cr_assert_eq(
				kb_register_proof_trust(&head, &agent->register_answer.entries[i]),
				KB_OK);
			seen++;
		}
		next = agent->register_answer.next;
	}
	cr_assert_eq(seen, 305);
	kb_arena_release(&arena);
}

Test(broker, keeps_the_newest_checkpoint_of_an_agent_and_shows_it_at_hello)
{
	struct kb_buf bytes = { 0 };
	struct kb_signed_checkpoint small;
	struct kb_signed_checkpoint large;
	struct kb_signed_checkpoint forged;

	fixture_open_broker();
	struct kb_fake_agent *agent = &fixture.agents[0];

	agent->world = &fixture.world;
	agent->party = &fixture.world.parties[0];
	kb_fake_agent_open(agent, &fixture.world, &fixture.world.parties[0], fixture.context,
			   fixture.loop);
	bytes.ceiling = 0;
	KB_FAKE_OK(kb_buf_reserve(&bytes, 4096));
	kb_fake_agent_checkpoint(agent, 10, 1, &bytes, &small);
	kb_fake_agent_checkpoint(agent, 20, 2, &bytes, &large);
	forged = large;
	forged.signature[3] ^= 1;
	agent->hello.has_checkpoint = true;
	agent->hello.checkpoint = large;
	UNTIL(agent->heard[KB_FRAME_WELCOME] == 1);
	cr_assert(agent->welcome.has_witnessed);
	cr_assert(kb_span_equal(agent->welcome.witnessed.checkpoint, large.checkpoint));
	/* Restored: it shows less, and is told what was seen. */
	agent->hello.checkpoint = small;
	kb_link_reset(agent->link, true);
	UNTIL(agent->heard[KB_FRAME_WELCOME] == 2);
	cr_assert(kb_span_equal(agent->welcome.witnessed.checkpoint, large.checkpoint));
	/* The same size with another root is kept out too, and so is a forged one. */
	kb_fake_agent_checkpoint(agent, 20, 3, &bytes, &agent->hello.checkpoint);
	kb_link_reset(agent->link, true);
	UNTIL(agent->heard[KB_FRAME_WELCOME] == 3);
	cr_assert(kb_span_equal(agent->welcome.witnessed.checkpoint, large.checkpoint));
	/* A new epoch starts anew; the broker remembers it over a restart of its own. */
	agent->epoch.bytes[0] ^= 0xff;
	struct kb_signed_checkpoint fresh;

	kb_fake_agent_checkpoint(agent, 1, 4, &bytes, &fresh);
	agent->hello.checkpoint = fresh;
	kb_link_reset(agent->link, true);
	UNTIL(agent->heard[KB_FRAME_WELCOME] == 4);
	fixture_close_broker();
	agent->hello.has_checkpoint = false;
	fixture_open_broker();
	UNTIL(agent->heard[KB_FRAME_WELCOME] == 5);
	cr_assert(kb_span_equal(agent->welcome.witnessed.checkpoint, fresh.checkpoint));
	kb_buf_release(&bytes);
}

Test(broker, tells_a_restored_agent_who_sent_it_what)
{
	struct kb_frame query = { .kind = KB_FRAME_EDGE_QUERY, .content.edge_query.query = 9 };

	open_two();
	(void)fixture_agent(2);
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 4)), 0);
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 9)), 0);
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(3, 50)), 0);
	cr_assert_eq(fixture_publish(&fixture.agents[2], to(1, 2)), 0);
	/* A receipt has no number and is no edge. */
	cr_assert_eq(fixture_publish(&fixture.agents[2], to(1, 0)), 0);
	fixture.agents[0].epoch.bytes[7] ^= 1;
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 1)), 0);
	cr_assert_eq(kb_fake_agent_send(&fixture.agents[1], &query), KB_OK);
	UNTIL(fixture.agents[1].heard[KB_FRAME_EDGE_ANSWER] == 1);
	const struct kb_edge_answer *answer = &fixture.agents[1].edge_answer;
	uint64_t sum = 0;

	cr_assert_eq(answer->query, 9);
	cr_assert_eq(answer->item_count, 3);
	for (size_t i = 0; i < 3; i++) {
		sum += answer->items[i].highest;
	}
	cr_assert_eq(sum, 9 + 2 + 1);
}

Test(broker, a_restart_keeps_mailboxes_numbers_and_store_id)
{
	fixture_open_broker();
	(void)fixture_agent(0);
	for (uint64_t i = 1; i <= 30; i++) {
		cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, i)), 0);
	}
	struct kb_id before = kb_broker_store_id(fixture.broker);

	fixture_close_broker();
	fixture_open_broker();
	struct kb_id after = kb_broker_store_id(fixture.broker);

	cr_assert(kb_id_equal(&before, &after));
	cr_assert_eq(fixture_counts().waiting, 30);
	UNTIL(fixture.agents[0].heard[KB_FRAME_WELCOME] == 2);
	cr_assert(fixture.agents[0].welcome.has_broker_checkpoint);
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 7)), 0);
	cr_assert_eq(fixture_counts().duplicates, 1);
	fixture.agents[1].credit = 100;
	(void)fixture_agent(1);
	UNTIL(fixture.agents[1].mail_count == 30);
	UNTIL(fixture_counts().waiting == 0);
}

Test(broker, a_lost_disk_shows_as_a_new_store_id)
{
	open_two();
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 1)), 0);
	UNTIL(fixture.agents[1].mail_count == 1);
	struct kb_id before = kb_broker_store_id(fixture.broker);

	fixture_close_broker();
	kb_fake_world_lose_store(&fixture.world);
	fixture_open_broker();
	UNTIL(fixture.agents[0].heard[KB_FRAME_WELCOME] == 2);
	cr_assert_not(kb_id_equal(&before, &fixture.agents[0].welcome.broker_store));
	/* Republished, and delivered once more: the recipient knows it already. */
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 1)), 0);
	UNTIL(fixture.agents[1].mail_count == 2);
}

Test(broker, an_agent_that_has_seen_more_of_the_log_makes_a_restored_store_renew_its_id)
{
	open_two();
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 1)), 0);
	struct kb_id before = kb_broker_store_id(fixture.broker);

	fixture.agents[0].hello.broker_store = before;
	fixture.agents[0].hello.broker_log_year = 9999;
	fixture.agents[0].hello.broker_log_size = 1000;
	kb_link_reset(fixture.agents[0].link, true);
	UNTIL(fixture.agents[0].heard[KB_FRAME_WELCOME] == 2);
	cr_assert_not(kb_id_equal(&before, &fixture.agents[0].welcome.broker_store));
	UNTIL(fixture.agents[1].heard[KB_FRAME_GOODBYE] == 1);
	/* Once in a while only: the word of one agent proves nothing. */
	struct kb_id second = kb_broker_store_id(fixture.broker);

	fixture.agents[0].hello.broker_store = second;
	kb_link_reset(fixture.agents[0].link, true);
	UNTIL(fixture.agents[0].heard[KB_FRAME_WELCOME] == 3);
	cr_assert(kb_id_equal(&second, &fixture.agents[0].welcome.broker_store));
}

Test(broker, expired_messages_go_back_to_their_sender_and_receipts_just_go)
{
	struct kb_fake_message message = to(1, 1);

	fixture_open_broker();
	(void)fixture_agent(0);
	message.expires_in_ms = 60000;
	cr_assert_eq(fixture_publish(&fixture.agents[0], message), 0);
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 2)), 0);
	message.number = 0;
	cr_assert_eq(fixture_publish(&fixture.agents[0], message), 0);
	cr_assert_eq(fixture_counts().waiting, 3);
	fixture.world.offset_ms += 120000;
	/* The recipient comes: what has expired is not delivered any more. */
	fixture.agents[1].credit = 100;
	(void)fixture_agent(1);
	UNTIL(fixture.agents[1].mail_count == 1 && fixture_counts().waiting == 0);
	cr_assert_eq(fixture.agents[1].mail[0].header.number, 2);
	UNTIL(fixture.agents[0].heard[KB_FRAME_UNDELIVERABLE] == 1);
	cr_assert_eq(fixture.agents[0].undeliverable.item_count, 1);
	const struct kb_undeliverable_item *item = &fixture.agents[0].undeliverable.items[0];

	cr_assert_eq(item->number, 1);
	cr_assert_eq(item->reason, kb_err_reason(KB_ERR_EXPIRED));
	cr_assert(kb_party_id_equal(&item->recipient, id_of(1)));
	cr_assert_arr_eq(item->epoch.bytes, fixture.agents[0].epoch.bytes, KB_EPOCH_BYTES);
	cr_assert_eq(fixture_counts().expired, 2);
	/* Told once. */
	kb_link_reset(fixture.agents[0].link, true);
	UNTIL(fixture.agents[0].heard[KB_FRAME_WELCOME] == 2);
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 3)), 0);
	cr_assert_eq(fixture.agents[0].heard[KB_FRAME_UNDELIVERABLE], 1);
}

Test(broker, what_expired_while_the_sender_was_away_is_told_in_its_next_session)
{
	struct kb_fake_message message = to(1, 1);

	fixture_open_broker();
	(void)fixture_agent(0);
	message.expires_in_ms = 60000;
	cr_assert_eq(fixture_publish(&fixture.agents[0], message), 0);
	kb_fake_agent_close(&fixture.agents[0]);
	fixture.world.offset_ms += 120000;
	(void)fixture_agent(2);
	(void)fixture_agent(1);
	kb_fake_agent_credit(&fixture.agents[1], 10);
	UNTIL(fixture_counts().expired == 1);
	fixture_close_broker();
	fixture_open_broker();
	memset(&fixture.agents[0], 0, sizeof(fixture.agents[0]));
	(void)fixture_agent(0);
	UNTIL(fixture.agents[0].heard[KB_FRAME_UNDELIVERABLE] == 1);
}

Test(broker, nothing_expires_while_the_clock_is_against_most_agents)
{
	struct kb_fake_message message = to(1, 1);

	fixture_open_broker();
	(void)fixture_agent(0);
	message.expires_in_ms = 60000;
	cr_assert_eq(fixture_publish(&fixture.agents[0], message), 0);
	/* The broker's clock jumps ahead by a day; the agents know better. */
	int64_t right = kb_clock_utc_ms(&fixture.world.clock);

	fixture.world.offset_ms += DAY_MS;
	fixture.agents[1].hello.time_utc_ms = right;
	fixture.agents[2].hello.time_utc_ms = right;
	fixture.agents[1].no_confirm = true;
	(void)fixture_agent(1);
	(void)fixture_agent(2);
	kb_fake_agent_credit(&fixture.agents[1], 10);
	UNTIL(fixture.agents[1].mail_count == 1);
	cr_assert_eq(fixture_counts().expired, 0);
	cr_assert_eq(fixture_counts().waiting, 1);
}

Test(broker, mail_for_a_party_that_left_the_register_goes_back)
{
	fixture_open_broker();
	(void)fixture_agent(0);
	for (uint64_t i = 1; i <= 20; i++) {
		cr_assert_eq(fixture_publish(&fixture.agents[0], to(3, i)), 0);
	}
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 1)), 0);
	fixture.world.parties[3].left = true;
	kb_fake_world_write_register(&fixture.world);
	cr_assert_eq(kb_broker_reload(fixture.broker, &fixture.where), KB_OK);
	UNTIL(fixture.agents[0].heard[KB_FRAME_UNDELIVERABLE] == 1);
	cr_assert_eq(fixture.agents[0].undeliverable.item_count, 20);
	cr_assert_eq(fixture.agents[0].undeliverable.items[19].reason,
		     kb_err_reason(KB_ERR_UNKNOWN_RECIPIENT));
	cr_assert_eq(fixture_counts().waiting, 1);
}

Test(broker, a_full_mailbox_refuses_and_takes_again_when_there_is_room)
{
	fixture.options.limits.messages_max = 10;
	fixture.options.limits.sender_messages_max = 8;
	fixture_open_broker();
	(void)fixture_agent(0);
	(void)fixture_agent(2);
	for (uint64_t i = 1; i <= 8; i++) {
		cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, i)), 0);
	}
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 9)),
		     kb_err_reason(KB_ERR_MAILBOX_FULL));
	cr_assert_eq(fixture_publish(&fixture.agents[2], to(1, 1)), 0);
	cr_assert_eq(fixture_publish(&fixture.agents[2], to(1, 2)), 0);
	cr_assert_eq(fixture_publish(&fixture.agents[2], to(1, 3)),
		     kb_err_reason(KB_ERR_MAILBOX_FULL));
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(3, 1)), 0);
	fixture.agents[1].credit = 100;
	(void)fixture_agent(1);
	UNTIL(fixture_counts().confirmed == 10);
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 9)), 0);
}

Test(broker, a_register_beyond_its_grace_takes_nothing_in_but_delivers)
{
	fixture.world.register_life_ms = 1000;
	kb_fake_world_write_register(&fixture.world);
	fixture_open_broker();
	(void)fixture_agent(0);
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 1)), 0);
	fixture.world.offset_ms += 6 * DAY_MS;
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 2)), 0);
	fixture.world.offset_ms += 2 * DAY_MS;
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 3)),
		     kb_err_reason(KB_ERR_REGISTER_EXPIRED));
	fixture.agents[1].credit = 100;
	(void)fixture_agent(1);
	UNTIL(fixture.agents[1].mail_count == 2);
}

Test(broker, a_silent_session_ends_and_heartbeats_are_sent)
{
	fixture.options.silence_ms = 2500;
	fixture.options.heartbeat_ms = 500;
	fixture_open_broker();
	(void)fixture_agent(0);
	UNTIL(fixture.agents[0].heard[KB_FRAME_HEARTBEAT] >= 1);
	UNTIL(fixture_counts().sessions == 0);
	cr_assert_eq(fixture.agents[0].goodbye_reason, kb_err_reason(KB_ERR_TIMEOUT));
}

Test(broker, a_drain_answers_what_came_and_says_goodbye)
{
	open_two();
	cr_assert_eq(fixture_publish(&fixture.agents[0], to(1, 1)), 0);
	kb_broker_drain(fixture.broker);
	UNTIL(fixture.agents[0].heard[KB_FRAME_GOODBYE] == 1 &&
	      fixture.agents[1].heard[KB_FRAME_GOODBYE] == 1);
	cr_assert_eq(fixture.agents[0].goodbye_reason, 0);
	cr_assert_eq(fixture_counts().sessions, 0);
}

Test(broker, a_broker_that_the_register_does_not_know_does_not_start)
{
	struct kb_error_text where = { "" };

	fixture.options.sign_key = fixture.world.parties[0].sign_key;
	cr_assert_eq(kb_broker_open(fixture.context, fixture.loop, &fixture.options,
				    &fixture.broker, &where),
		     KB_ERR_CONFIG);
	cr_assert_not_null(strstr(where.text, "admitted"), "%s", where.text);
	cr_assert_eq(kb_broker_check(&fixture.options, &where), KB_ERR_CONFIG);
	fixture.options.sign_key = fixture.world.broker.sign_key;
	cr_assert_eq(kb_broker_check(&fixture.options, &where), KB_OK);
	cr_assert_neq(access(fixture.world.store_path, F_OK), 0, "the check writes nothing");
}

Test(broker, a_store_in_use_is_refused)
{
	struct kb_broker *second = NULL;
	struct kb_broker_options options = fixture.options;
	struct kb_error_text where = { "" };

	fixture_open_broker();
	options.net.endpoint = "tcp://127.0.0.1:*";
	cr_assert_eq(kb_broker_open(fixture.context, fixture.loop, &options, &second, &where),
		     KB_ERR_LOCKED);
}
