/* SPDX-License-Identifier: EUPL-1.2 */
/* An intruder in a running exchange: each attempt is refused with its reason, the daemons live, and others are not slowed. */
#include "tests/daemon/exchange.h"
#include "tests/support/fake_agent.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/crypto/init.h"
#include "common/crypto/keys.h"

#define STEP_MS 20000
#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)
/* The same import without an intruder takes well below a second; a sanitizer makes it slower. */
#define OTHERS_MS 20000

static const char *const codes[] = { "0114", "0957", "1641", NULL };

/* The intruder holds the keys of an enrolled party (swv), read from its own key folder. */
static struct {
	struct town *town;
	struct kb_net_context *context;
	struct kb_loop *loop;
	struct kb_fake_world world;
	struct kb_fake_party self;
	struct kb_fake_agent agent;
	struct kb_party_id gemeente;
	struct kb_party_id school;
} in;

static void
must(enum kb_err err, const char *what)
{
	cr_assert_eq(err, KB_OK, "%s: %s", what, kb_err_name(err));
}

static void
load_key(const char *folder, const char *name, enum kb_key_use use, struct kb_secret *secret,
	 uint8_t *public_key)
{
	struct kb_error_text where = { "" };

	must(kb_key_file_load(town_path(folder, name), use, secret, &where), where.text);
	must(kb_key_public(use, secret, public_key), name);
}

static void
load_party(const char *folder, const char *id, struct kb_fake_party *party)
{
	must(kb_party_id_parse(kb_span_text(id), &party->id), id);
	party->key_version = 1;
	load_key(folder, "curve.key", KB_KEY_USE_TRANSPORT, &party->transport_secret,
		 party->transport_public);
	load_key(folder, "sign.key", KB_KEY_USE_SIGN, &party->sign_seed, party->sign_public);
	must(kb_sign_key_new(&party->sign_seed, &party->sign_key), "signing key");
}

static void
release_party(struct kb_fake_party *party)
{
	kb_sign_key_free(party->sign_key);
	party->sign_key = NULL;
	kb_secret_release(&party->sign_seed);
	kb_secret_release(&party->transport_secret);
}

static bool
step_until(bool (*done)(void))
{
	int64_t until_ms = town_mono_ms() + STEP_MS;

	while (!done() && town_mono_ms() < until_ms) {
		must(kb_loop_step(in.loop, 10), "loop");
	}
	return done();
}

static void
open_town(void)
{
	struct kb_fake_party broker = { 0 };
	struct town_party *own = NULL;

	must(kb_crypto_init(), "crypto");
	in.town = exchange_laid_out(codes);
	own = town_add(in.town, &town_swv);
	town_admit(in.town);
	town_start(town_find(in.town, "broker"));
	town_start(town_find(in.town, "school"));
	for (size_t i = 0; codes[i] != NULL; i++) {
		town_start(exchange_gemeente(in.town, codes[i]));
		exchange_wait_session(exchange_gemeente(in.town, codes[i]));
	}
	exchange_wait_session(town_find(in.town, "school"));
	load_party(own->keys, town_swv.party, &in.self);
	load_party(town_find(in.town, "broker")->keys, town_broker.party, &broker);
	memcpy(in.world.broker.transport_public, broker.transport_public,
	       sizeof(broker.transport_public));
	release_party(&broker);
	(void)snprintf(in.world.endpoint, sizeof(in.world.endpoint), "%s", town_address(in.town));
	in.world.clock = kb_clock_system();
	must(kb_party_id_parse(kb_span_text(town_gemeente_of("0114")->party), &in.gemeente),
	     "gemeente");
	must(kb_party_id_parse(kb_span_text(town_school.party), &in.school), "school");
	must(kb_net_context_new(&in.context), "context");
	must(kb_loop_new(&in.world.clock, &in.loop), "loop");
}

static void
close_town(void)
{
	kb_fake_agent_close(&in.agent);
	kb_loop_free(in.loop);
	kb_net_context_free(in.context);
	release_party(&in.self);
	kb_crypto_release();
	town_free(in.town);
}

static bool
is_welcome(void)
{
	return in.agent.heard[KB_FRAME_WELCOME] > 0;
}

static bool
is_goodbye(void)
{
	return in.agent.heard[KB_FRAME_GOODBYE] > 0;
}

static bool
is_not_enrolled(void)
{
	return in.agent.why == KB_ERR_NOT_ENROLLED;
}

static void
come_in(void)
{
	in.agent.credit = 1000;
	kb_fake_agent_open(&in.agent, &in.world, &in.self, in.context, in.loop);
	cr_assert(step_until(is_welcome), "an enrolled key is welcome as itself");
}

static uint64_t wanted_results;

static bool
has_results(void)
{
	return in.agent.results >= wanted_results;
}

/* The reason of the one message that was published; 0 when it was accepted. */
static uint32_t
publish(struct kb_fake_message message)
{
	wanted_results = in.agent.results + 1;
	(void)kb_fake_agent_publish(&in.agent, &message, 1);
	cr_assert(step_until(has_results), "the broker answers");
	return in.agent.result.refused_count > 0 ? in.agent.result.refused[0].reason : 0;
}

/* The school's work goes on in time and arrives whole. */
static void
assert_others_work(void)
{
	int64_t started_ms = town_mono_ms();

	import_set(town_find(in.town, "school"), town_own_dataset());
	cr_assert_lt(town_mono_ms() - started_ms, OTHERS_MS);
	cr_assert_eq(meldingen_at(exchange_gemeente(in.town, "0114")), 15);
	cr_assert(town_running(town_find(in.town, "broker")));
}

Test(intruder, a_key_that_nobody_enrolled_is_refused)
{
	struct kb_secret fresh = { 0 };

	open_town();
	must(kb_key_fresh(&fresh), "key");
	kb_secret_release(&in.self.transport_secret);
	in.self.transport_secret = fresh;
	kb_fake_agent_open(&in.agent, &in.world, &in.self, in.context, in.loop);
	cr_assert(step_until(is_not_enrolled), "and it is told why");
	cr_assert_eq(in.agent.heard[KB_FRAME_WELCOME], 0);
	assert_others_work();
	close_town();
}

Test(intruder, an_enrolled_key_in_the_name_of_another_gets_no_session)
{
	open_town();
	in.agent.hello.party = in.school;
	kb_fake_agent_open(&in.agent, &in.world, &in.self, in.context, in.loop);
	cr_assert(step_until(is_goodbye));
	cr_assert_eq(in.agent.goodbye_reason, kb_err_reason(KB_ERR_SENDER_MISMATCH));
	cr_assert_eq(in.agent.heard[KB_FRAME_WELCOME], 0);
	exchange_wait_session(town_find(in.town, "school"));
	assert_others_work();
	close_town();
}

Test(intruder, every_broken_message_is_refused_with_its_reason)
{
	static const struct {
		const char *what;
		struct kb_fake_message broken;
		enum kb_err reason;
	} rows[] = {
		{ "truncated", { .cut = true }, KB_ERR_TRUNCATED },
		{ "header altered", { .bad_header = true }, KB_ERR_BAD_SEAL },
		{ "body altered", { .bad_sealed = true }, KB_ERR_SEALED_HASH },
		{ "signature altered", { .bad_signature = true }, KB_ERR_BAD_SEAL },
		{ "expired", { .sent_in_ms = -2000, .expires_in_ms = -1000 }, KB_ERR_EXPIRED },
		{ "for ever", { .expires_in_ms = 401 * DAY_MS }, KB_ERR_BAD_VALUE },
	};
	struct kb_fake_message message = { .recipient = &in.gemeente, .number = 100 };

	open_town();
	come_in();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kb_fake_message broken = rows[i].broken;
		uint32_t reason = 0;

		broken.recipient = &in.gemeente;
		broken.number = i + 1;
		reason = publish(broken);
		cr_assert_eq(reason, kb_err_reason(rows[i].reason), "%s: %s", rows[i].what,
			     kb_err_name(kb_err_from_reason(reason)));
	}
	message.sender = &in.school;
	cr_assert_eq(publish(message), kb_err_reason(KB_ERR_SENDER_MISMATCH));
	assert_others_work();
	close_town();
}

static bool
has_mail(void)
{
	return in.agent.mail_count >= 1;
}

Test(intruder, what_only_the_recipient_can_judge_is_refused_by_it_and_a_replay_changes_nothing)
{
	struct kb_fake_message message = { .recipient = &in.gemeente, .number = 1 };
	struct kb_buf bytes = { 0 };
	struct kb_span span;
	struct town_said said;
	int row = 0;

	open_town();
	come_in();
	/* Well sealed for the broker, noise for the gemeente: it sends a signed refusal back. */
	kb_fake_agent_make(&in.agent, &message, 1, &bytes, &span);
	for (unsigned i = 0; i < 5; i++) {
		wanted_results = in.agent.results + 1;
		must(kb_fake_agent_publish_raw(&in.agent, &span, 1), "publish");
		cr_assert(step_until(has_results));
		cr_assert_eq(in.agent.result.refused_count, 0, "the broker cannot know");
	}
	cr_assert(step_until(has_mail), "the refusal comes as a receipt");
	cr_assert_not_null(kb_fake_agent_find(&in.agent, &in.gemeente, 0));
	kb_buf_release(&bytes);
	said = town_desk(exchange_gemeente(in.town, "0114"), "status");
	row = town_row_of(&said, "status", "wat", "geweigerd sinds start");
	cr_assert_geq(row, 0);
	cr_assert_str_eq(town_cell(&said, "status", (size_t)row, "waarde"), "1",
			 "five times the same is one refusal");
	town_said_clear(&said);
	assert_others_work();
	close_town();
}

/* Nested fields, noise and frames that are too long: strikes, then a ban of this party alone. */
Test(intruder, nested_and_oversized_frames_hurt_nobody_else)
{
	static uint8_t bomb[60000];
	uint8_t *giant = calloc(1, (size_t)8 << 20);

	cr_assert_not_null(giant);
	for (size_t i = 0; i + 1 < sizeof(bomb); i += 2) {
		bomb[i] = 0x12;
		bomb[i + 1] = 0x7f;
	}
	open_town();
	come_in();
	must(kb_link_send(in.agent.link, KB_SPAN_OF(bomb)), "bomb");
	cr_assert(step_until(is_goodbye));
	for (size_t i = 0; i < 20; i++) {
		kb_ignore(kb_link_send(in.agent.link, kb_span(bomb, i)), "it may be banned by now");
		kb_ignore(kb_link_send(in.agent.link, kb_span(giant, (size_t)8 << 20)),
			  "or cut off");
		must(kb_loop_step(in.loop, 10), "loop");
	}
	free(giant);
	assert_others_work();
	close_town();
}
