/* SPDX-License-Identifier: EUPL-1.2 */
/* What the recipient refuses, with which reason, and what the sender makes of it. */
#include <criterion/criterion.h>

#include "agents/runtime/agent_internal.h"
#include "common/base/log.h"
#include "common/store/failpoint.h"
#include "common/store/record.h"
#include "tests/unit/runtime/exchange_fixture.h"

static struct fixture at;

static void
open_both(void)
{
	fixture_open(&at);
	LB_OK(fixture_send(&at, 1));
	lb_settle(&at.world);
}

static void
close_both(void)
{
	fixture_close(&at);
}

TestSuite(refusals, .init = open_both, .fini = close_both);

/* A change to one delivered envelope, the first numbered one only. */
struct change {
	size_t place; /* from the end of the envelope */
	bool truncate;
	bool done;
	enum kb_err refused_as;
};

static void
change_once(struct lb_world *world, const struct kb_header *header, struct kb_buf *envelope,
	    void *state)
{
	struct change *change = state;

	(void)world;
	if (header->number == 0 || change->done) {
		return;
	}
	change->done = true;
	if (change->truncate) {
		envelope->len -= change->place;
	} else {
		envelope->at[envelope->len - change->place] ^= 1;
	}
}

static void
expect_drop(struct change *change, enum kb_err why)
{
	uint64_t before = at.gemeente->agent->counts.dropped_in;

	at.world.on_deliver = change_once;
	at.world.fault_state = change;
	LB_OK(fixture_send(&at, 1));
	lb_settle(&at.world);
	cr_assert_eq(at.gemeente->agent->counts.dropped_in, before + 1);
	cr_assert_eq(at.gemeente->agent->counts.last_drop, why, "%s",
		     kb_err_name(at.gemeente->agent->counts.last_drop));
	cr_assert_eq(fixture_counts[2].handled, 1, "only the message before");
	for (unsigned i = 0; i < 6 && fixture_waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(fixture_counts[2].handled, 2, "the good copy arrives by itself");
	cr_assert_eq(fixture_waiting(at.school), 0);
}

Test(refusals, altered_sealed_bytes_are_refused_by_their_hash_and_sent_again)
{
	struct change change = { .place = 20 };

	at.world.on_deliver = change_once;
	at.world.fault_state = &change;
	LB_OK(fixture_send(&at, 1));
	lb_settle(&at.world);
	cr_assert_eq(fixture_counts[2].handled, 1);
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_REFUSED_IN), 1);
	cr_assert_eq(at.gemeente->agent->counts.refused_in, 1);
	for (unsigned i = 0; i < 6 && fixture_waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(fixture_counts[2].handled, 2);
	cr_assert_eq(fixture_sent(&at, 2).attempt, 1);
}

Test(refusals, a_truncated_envelope_is_dropped_and_its_copy_comes)
{
	struct change change = { .place = 40, .truncate = true };

	expect_drop(&change, KB_ERR_TRUNCATED);
}

/* Bytes of the header: found by its place behind the first tag and length. */
static void
change_header(struct lb_world *world, const struct kb_header *header, struct kb_buf *envelope,
	      void *state)
{
	struct kb_envelope parts;
	struct change *change = state;

	(void)world;
	if (header->number == 0 || change->done) {
		return;
	}
	change->done = true;
	LB_OK(kb_envelope_split(kb_buf_span(envelope), &parts));
	/* The commitment stands last in the header. */
	((uint8_t *)parts.header.at)[parts.header.len - 1] ^= 1;
}

Test(refusals, an_altered_header_does_not_fit_its_seal)
{
	struct change change = { 0 };
	uint64_t before = at.gemeente->agent->counts.dropped_in;

	at.world.on_deliver = change_header;
	at.world.fault_state = &change;
	LB_OK(fixture_send(&at, 1));
	lb_settle(&at.world);
	cr_assert_eq(at.gemeente->agent->counts.dropped_in, before + 1);
	cr_assert_eq(at.gemeente->agent->counts.last_drop, KB_ERR_BAD_SEAL);
	cr_assert_eq(fixture_counts[2].handled, 1);
}

/* What a test puts in front of the gemeente: sealed with real keys, but wrong. */
struct forged {
	struct kb_body body;
	struct kb_letter letter;
	const struct kb_identity *by;
};

static void
start_forging(struct forged *forged, uint64_t number)
{
	struct kb_random random = kb_random_system();

	*forged = (struct forged){ .by = &at.school->identity };
	forged->body = (struct kb_body){ .kind = KB_KIND_VERZUIM_AANVULLING,
					 .purpose = KB_PURPOSE_LEERPLICHT,
					 .ground = KB_GROUND_WETTELIJKE_TAAK,
					 .desk = KB_DESK_LEERPLICHT,
					 .case_id = kb_id_random(&random),
					 .content = kb_span_text("inhoud") };
	forged->letter = (struct kb_letter){ .message_id = kb_id_random(&random),
					     .recipient = at.gemeente->identity.self,
					     .recipient_key = *kb_x25519_key_public(
						     at.gemeente->identity.seal),
					     .epoch = at.school->agent->own_epoch.epoch,
					     .number = number,
					     .attempt = 1,
					     .expires_at_utc_ms = at.world.fake.utc_ms + 3600000 };
}

static void
inject(struct forged *forged, int64_t sent_at_utc_ms)
{
	struct kb_sealer sealer = { 0 };
	struct kb_arena arena = { 0 };
	struct kb_letter *batch[1] = { &forged->letter };

	LB_OK(kb_letter_write(&forged->letter, &forged->body, &sealer, &arena));
	LB_OK(kb_letters_seal(forged->by, &sealer, batch, 1, sent_at_utc_ms, &arena));
	lb_inject(&at.world, at.gemeente->index, forged->letter.envelope);
	lb_settle(&at.world);
	kb_sealer_release(&sealer);
	kb_arena_release(&arena);
}

/* The reason in the newest refusal of the gemeente. */
static enum kb_err
last_refusal(void)
{
	struct kb_step *step = NULL;
	struct kb_record_read record;
	enum kb_err found = KB_OK;

	LB_OK(kb_step_begin(kb_agent_store(at.gemeente->agent), KB_STEP_READ, &step));
	for (uint64_t seq = 1; kb_record_get(step, seq, &record) == KB_OK; seq++) {
		if (record.clear.type == KB_RECORD_REFUSED_IN) {
			found = kb_err_from_reason(record.clear.code);
			cr_assert_eq(record.sealed_hidden.len, 0, "nothing of the body is kept");
		}
	}
	kb_step_abort(&step);
	return found;
}

Test(refusals, a_kind_between_the_wrong_parties_is_refused)
{
	struct forged forged;

	start_forging(&forged, 100);
	forged.body.kind = KB_KIND_VERZUIM_STAND; /* only a gemeente sends it */
	inject(&forged, at.world.fake.utc_ms);
	cr_assert_eq(last_refusal(), KB_ERR_NOT_ALLOWED);
	cr_assert_eq(fixture_counts[2].handled, 1);
}

Test(refusals, what_only_a_person_says_is_refused_without_one_R34)
{
	struct forged forged;

	start_forging(&forged, 100);
	forged.body.kind = KB_KIND_BERICHT;
	inject(&forged, at.world.fake.utc_ms);
	cr_assert_eq(last_refusal(), KB_ERR_NOT_ALLOWED);
	/* With a name it comes as far as its content, which is none. */
	start_forging(&forged, 101);
	forged.body.kind = KB_KIND_BERICHT;
	forged.body.author.person = kb_span_text("anna");
	forged.body.author.function = kb_span_text("ib'er");
	inject(&forged, at.world.fake.utc_ms);
	cr_assert_neq(last_refusal(), KB_ERR_NOT_ALLOWED);
}

Test(refusals, an_unknown_kind_is_refused)
{
	struct forged forged;

	start_forging(&forged, 100);
	forged.body.kind = 4711;
	inject(&forged, at.world.fake.utc_ms);
	cr_assert_eq(last_refusal(), KB_ERR_UNKNOWN_KIND);
}

Test(refusals, a_ground_that_the_kind_does_not_have_is_refused)
{
	struct forged forged;

	start_forging(&forged, 100);
	forged.body.ground = KB_GROUND_VITAAL_BELANG;
	inject(&forged, at.world.fake.utc_ms);
	cr_assert_eq(last_refusal(), KB_ERR_NO_GROUND);
}

Test(refusals, another_desk_is_refused)
{
	struct forged forged;

	start_forging(&forged, 100);
	forged.body.desk = KB_DESK_JEUGD;
	inject(&forged, at.world.fake.utc_ms);
	cr_assert_eq(last_refusal(), KB_ERR_NOT_ALLOWED);
}

Test(refusals, an_expired_message_is_refused)
{
	struct forged forged;

	start_forging(&forged, 100);
	forged.letter.expires_at_utc_ms = at.world.fake.utc_ms - 3600000;
	inject(&forged, at.world.fake.utc_ms - 7200000);
	cr_assert_eq(last_refusal(), KB_ERR_EXPIRED);
}

Test(refusals, a_commitment_to_another_body_is_refused)
{
	struct forged forged;
	struct kb_sealer sealer = { 0 };
	struct kb_arena arena = { 0 };
	struct kb_letter *batch[1] = { &forged.letter };

	start_forging(&forged, 100);
	LB_OK(kb_letter_write(&forged.letter, &forged.body, &sealer, &arena));
	forged.letter.commitment.bytes[0] ^= 1;
	LB_OK(kb_letters_seal(forged.by, &sealer, batch, 1, at.world.fake.utc_ms, &arena));
	lb_inject(&at.world, at.gemeente->index, forged.letter.envelope);
	lb_settle(&at.world);
	cr_assert_eq(last_refusal(), KB_ERR_COMMITMENT_MISMATCH);
	kb_sealer_release(&sealer);
	kb_arena_release(&arena);
}

Test(refusals, another_content_under_a_used_number_is_an_alarm_and_the_first_stands)
{
	struct forged forged;
	struct kb_buf text = { 0 };

	start_forging(&forged, 1);
	inject(&forged, at.world.fake.utc_ms);
	cr_assert_eq(at.gemeente->agent->counts.equivocations, 1);
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_EQUIVOCATION), 1);
	cr_assert_eq(fixture_counts[2].handled, 1);
	cr_assert_eq(fixture_sent(&at, 1).state, KB_SENT_OPGESLAGEN);
	cr_assert_eq(lb_ask(at.gemeente, "", "doctor", NULL, &text), 69);
	cr_assert_not_null(strstr((const char *)text.at, "rood"));
	kb_buf_release(&text);
}

Test(refusals, a_message_for_somebody_else_is_dropped)
{
	struct forged forged;

	start_forging(&forged, 100);
	forged.letter.recipient = at.world.parties[0].identity.self;
	inject(&forged, at.world.fake.utc_ms);
	cr_assert_eq(at.gemeente->agent->counts.last_drop, KB_ERR_WRONG_RECIPIENT);
}

Test(refusals, a_sender_id_that_the_key_does_not_belong_to_is_dropped)
{
	struct forged forged;
	struct kb_identity liar = at.school->identity;

	/* The gemeente's own name over the school's key. */
	start_forging(&forged, 100);
	liar.self = at.world.parties[0].identity.self;
	forged.by = &liar;
	inject(&forged, at.world.fake.utc_ms);
	cr_assert_eq(at.gemeente->agent->counts.last_drop, KB_ERR_BAD_SEAL);
	cr_assert_eq(fixture_counts[2].handled, 1);
}

Test(refusals, a_revoked_key_is_refused_whatever_time_its_holder_claims)
{
	struct forged forged;

	at.school->untrusted_since_utc_ms = at.world.fake.utc_ms - 1000;
	lb_publish_register(&at.world);
	at.gemeente->connected = false;
	lb_settle(&at.world);
	at.gemeente->connected = true;
	lb_settle(&at.world);
	start_forging(&forged, 100);
	inject(&forged, at.world.fake.utc_ms);
	cr_assert_eq(last_refusal(), KB_ERR_REVOKED);
	start_forging(&forged, 101);
	inject(&forged, at.world.fake.utc_ms - 2000);
	cr_assert_eq(last_refusal(), KB_ERR_REVOKED);
	cr_assert_eq(fixture_counts[2].handled, 1, "the claim of a stolen key proves no time");
}

Test(refusals, a_key_that_is_revoked_from_later_on_still_counts_until_then)
{
	struct forged forged;

	at.school->untrusted_since_utc_ms = at.world.fake.utc_ms + 3600000;
	lb_publish_register(&at.world);
	at.gemeente->connected = false;
	lb_settle(&at.world);
	at.gemeente->connected = true;
	lb_settle(&at.world);
	start_forging(&forged, 100);
	inject(&forged, at.world.fake.utc_ms);
	cr_assert_eq(fixture_counts[2].handled, 2);
}

Test(refusals, a_revoked_sender_seals_nothing_any_more)
{
	at.school->untrusted_since_utc_ms = at.world.fake.utc_ms - 1000;
	lb_publish_register(&at.world);
	at.school->connected = false;
	lb_settle(&at.world);
	at.school->connected = true;
	lb_settle(&at.world);
	LB_OK(fixture_send(&at, 2));
	lb_settle(&at.world);
	cr_assert_eq(fixture_sent(&at, 2).attempt, 0);
	cr_assert_eq(fixture_counts[2].handled, 1);
}

Test(refusals, after_the_register_expired_nothing_is_sent_and_reading_goes_on)
{
	struct kb_buf text = { 0 };

	at.world.register_life_ms = 3600000;
	lb_publish_register(&at.world);
	at.school->connected = false;
	lb_settle(&at.world);
	at.school->connected = true;
	lb_settle(&at.world);
	lb_wait(&at.world, (int64_t)74 * 3600000);
	LB_OK(fixture_send(&at, 1));
	lb_settle(&at.world);
	cr_assert_eq(fixture_sent(&at, 2).attempt, 0);
	cr_assert_eq(lb_ask(at.school, "", "doctor", NULL, &text), 69);
	cr_assert_not_null(strstr((const char *)text.at, "register-expired"));
	at.world.register_life_ms = (int64_t)400 * 24 * 3600000;
	lb_publish_register(&at.world);
	for (size_t i = 1; i < 3; i++) {
		at.world.parties[i].connected = false;
	}
	lb_settle(&at.world);
	for (size_t i = 1; i < 3; i++) {
		at.world.parties[i].connected = true;
	}
	lb_settle(&at.world);
	cr_assert_eq(fixture_counts[2].handled, 2, "a new register lets it go");
	kb_buf_release(&text);
}

/* A long session hears of every new register by heartbeat only: revocations and renewals must not wait for a reconnect. */
Test(refusals, every_new_register_of_a_long_session_is_taken_in)
{
	struct kb_directory *directory = at.school->agent->directory;
	uint64_t first = kb_directory_version_number(directory);

	for (uint64_t i = 1; i <= 3; i++) {
		struct kb_signed_register_head head;
		struct kb_arena arena = { 0 };

		lb_publish_register(&at.world);
		LB_OK(kb_signed_register_head_decode(kb_buf_span(&at.world.signed_head), &arena,
						     &head));
		kb_directory_hear_head(directory, &head);
		lb_settle(&at.world);
		cr_assert_eq(kb_directory_version_number(directory), first + i);
		kb_arena_release(&arena);
	}
}

Test(refusals, a_refusal_of_the_handler_reaches_the_sender_and_ends_the_message)
{
	fixture_answer = KB_ERR_FIELD_NOT_ALLOWED;
	LB_OK(fixture_send(&at, 1));
	lb_settle(&at.world);
	cr_assert_eq(fixture_sent(&at, 2).state, KB_SENT_GEWEIGERD);
	cr_assert_eq(fixture_counts[1].fates[KB_FATE_REFUSED], 1);
	cr_assert_eq(fixture_counts[1].last_reason, KB_ERR_FIELD_NOT_ALLOWED);
	cr_assert_eq(fixture_waiting(at.school), 0);
}

struct heard {
	unsigned lines;
	bool with_kind; /* which stands in the sealed body */
};

static void
hear(enum kb_log_level level, const char *event, const char *line, void *state)
{
	struct heard *heard = state;

	(void)level;
	heard->lines += strcmp(event, "handler-failed") == 0 ? 1 : 0;
	heard->with_kind = heard->with_kind || strstr(line, "kind=") != NULL;
}

Test(refusals, a_message_whose_handler_fails_is_parked_and_the_others_flow)
{
	struct heard heard = { 0 };

	kb_log_init(KB_LOG_DEBUG, hear, &heard);
	fixture_answer = KB_ERR_INTERNAL;
	fixture_answer_number = 3;
	LB_OK(fixture_send(&at, 1));
	fixture_open_case(&at); /* the poisonous one in a case of its own */
	LB_OK(fixture_send(&at, 1));
	fixture_open_case(&at);
	LB_OK(fixture_send(&at, 5));
	lb_settle(&at.world);
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_MESSAGE_IN), 7);
	cr_assert_eq(at.gemeente->agent->counts.parked, 1);
	cr_assert_eq(fixture_waiting(at.school), 1, "it stays with the sender");
	cr_assert_gt(heard.lines, 0);
	cr_assert_not(heard.with_kind);
	kb_log_init(KB_LOG_INFO, NULL, NULL);
	fixture_answer = KB_OK;
	for (unsigned i = 0; i < 8 && fixture_waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_MESSAGE_IN), 8,
		     "once it can be handled, it is");
	cr_assert_eq(fixture_waiting(at.school), 0);
}

Test(refusals, a_recipient_that_lost_its_key_gets_a_second_sealing)
{
	at.gemeente->connected = false;
	lb_settle(&at.world);
	LB_OK(fixture_send(&at, 3));
	lb_settle(&at.world);
	lb_stop(at.gemeente);
	lb_rotate(at.gemeente, true);
	lb_publish_register(&at.world);
	lb_start(at.gemeente);
	lb_settle(&at.world);
	for (unsigned i = 0; i < 8 && fixture_waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(fixture_counts[2].handled, 4);
	cr_assert_eq(fixture_sent(&at, 2).attempt, 2);
	cr_assert_eq(fixture_waiting(at.school), 0);
	fixture_verify(at.school);
	fixture_verify(at.gemeente);
}

Test(refusals, a_recipient_that_kept_its_old_key_opens_what_was_under_way)
{
	at.gemeente->connected = false;
	lb_settle(&at.world);
	LB_OK(fixture_send(&at, 3));
	lb_settle(&at.world);
	lb_stop(at.gemeente);
	lb_rotate(at.gemeente, false);
	lb_publish_register(&at.world);
	lb_start(at.gemeente);
	lb_settle(&at.world);
	cr_assert_eq(fixture_counts[2].handled, 4);
	cr_assert_eq(fixture_sent(&at, 2).attempt, 1);
}

Test(refusals, a_full_disk_at_the_recipient_loses_nothing)
{
	LB_OK(fixture_send(&at, 4));
	cr_assert_eq(kb_failpoint_set("env-commit-no-space:error"), KB_OK);
	lb_settle(&at.world);
	cr_assert_eq(fixture_counts[1].fates[KB_FATE_STORED], 1, "no receipt without a commit");
	cr_assert_eq(kb_failpoint_set(NULL), KB_OK);
	for (unsigned i = 0; i < 6 && fixture_waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(fixture_counts[1].fates[KB_FATE_STORED], 5);
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_MESSAGE_IN), 5);
	cr_assert_eq(fixture_waiting(at.school), 0);
}

Test(refusals, a_store_whose_map_is_full_grows_and_the_group_runs_again_without_a_double)
{
	unsigned before = fixture_records(at.school, KB_RECORD_MESSAGE_OUT);

	cr_assert_eq(kb_failpoint_set("env-map-full:error:5"), KB_OK);
	cr_assert_eq(fixture_send(&at, 3), KB_OK);
	cr_assert_eq(kb_failpoint_set("env-map-full:error:9"), KB_OK);
	lb_settle(&at.world);
	cr_assert_eq(kb_failpoint_set(NULL), KB_OK);
	for (unsigned i = 0; i < 6 && fixture_waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(fixture_records(at.school, KB_RECORD_MESSAGE_OUT), before + 3);
	cr_assert_eq(fixture_records(at.gemeente, KB_RECORD_MESSAGE_IN), 4);
	cr_assert_eq(fixture_waiting(at.school), 0);
	fixture_verify(at.school);
	fixture_verify(at.gemeente);
}

Test(refusals, many_small_deliveries_in_one_round_are_all_taken)
{
	struct forged forged[60];
	struct kb_sealer sealer = { 0 };
	struct kb_arena arena = { 0 };
	uint64_t commits = at.gemeente->agent->commit.commit_count;

	for (uint64_t i = 0; i < 60; i++) {
		struct kb_letter *batch[1] = { &forged[i].letter };

		start_forging(&forged[i], 100 + i);
		LB_OK(kb_letter_write(&forged[i].letter, &forged[i].body, &sealer, &arena));
		LB_OK(kb_letters_seal(forged[i].by, &sealer, batch, 1, at.world.fake.utc_ms,
				      &arena));
		lb_inject(&at.world, at.gemeente->index, forged[i].letter.envelope);
	}
	lb_settle(&at.world);
	cr_assert_eq(fixture_counts[2].handled, 61);
	cr_assert_leq(at.gemeente->agent->commit.commit_count, commits + 3, "one group, not sixty");
	kb_sealer_release(&sealer);
	kb_arena_release(&arena);
}

Test(refusals, a_clock_that_stands_back_stops_writing_and_says_so)
{
	struct kb_buf text = { 0 };

	at.world.fake.utc_ms -= 3600000;
	cr_assert_eq(fixture_send(&at, 1), KB_ERR_CLOCK);
	cr_assert_eq(lb_ask(at.school, "", "doctor", NULL, &text), 69);
	cr_assert_not_null(strstr((const char *)text.at, "clock-back"));
	at.world.fake.utc_ms += 3600000;
	cr_assert_eq(fixture_send(&at, 1), KB_OK);
	lb_settle(&at.world);
	cr_assert_eq(fixture_counts[2].handled, 2);
	kb_buf_release(&text);
}
