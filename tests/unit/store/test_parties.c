/* SPDX-License-Identifier: EUPL-1.2 */
/* Parties, register state, witnesses. */
#include <criterion/criterion.h>

#include "common/store/epochs.h"
#include "common/store/parties.h"
#include "tests/unit/store/store_fixture.h"

static struct fixture f;

static void
setup(void)
{
	fixture_open(&f);
}

static void
teardown(void)
{
	fixture_close(&f);
}

TestSuite(parties, .init = setup, .fini = teardown);

Test(parties, a_party_keeps_its_number_for_life)
{
	struct kb_party_id id = fixture_party(1);
	struct kb_party_id self = fixture_party(0);
	struct kb_party_id empty = { 0 };
	struct kb_party party;
	uint32_t first = 0;
	uint32_t no = 0;

	fixture_write(&f);
	cr_assert_eq(kb_party_find(f.step, &id, &no), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_party_take(f.step, &id, &first), KB_OK);
	cr_assert_neq(first, KB_PARTY_NO_SELF);
	cr_assert_eq(kb_party_find(f.step, &self, &no), KB_OK);
	cr_assert_eq(no, KB_PARTY_NO_SELF);
	cr_assert_eq(kb_party_take(f.step, &empty, &no), KB_ERR_BAD_VALUE);
	cr_assert_eq(kb_party_get(f.step, first, &party), KB_OK);
	party.kind = 3;
	party.key_version = 2;
	party.checked_utc_ms = 7;
	party.register_version = 8;
	party.gone = true;
	cr_assert_eq(kb_party_put(f.step, &party), KB_OK);
	party.id = fixture_party(2);
	cr_assert_eq(kb_party_put(f.step, &party), KB_ERR_STATE);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_write(&f);
	cr_assert_eq(kb_party_take(f.step, &id, &no), KB_OK);
	cr_assert_eq(no, first);
	cr_assert_eq(kb_party_next(f.step, 0, &party), KB_OK);
	cr_assert(kb_party_id_equal(&party.id, &id));
	cr_assert_eq(party.kind, 3);
	cr_assert_eq(party.key_version, 2);
	cr_assert_eq(party.register_version, 8);
	cr_assert(party.gone);
	cr_assert_eq(kb_party_next(f.step, first, &party), KB_ERR_NOT_FOUND);
	fixture_commit(&f);
}

Test(parties, entries_are_kept_per_key_version)
{
	struct kb_party_entry got;

	fixture_write(&f);
	for (uint32_t version = 1; version <= 3; version++) {
		struct kb_party_entry entry = { .party_no = 4,
						.key_version = version,
						.valid_from_utc_ms = 1,
						.valid_until_utc_ms = 2,
						.revoked_since_utc_ms = version == 2 ? 3 : 0,
						.taken_utc_ms = 4,
						.register_version = 5,
						.entry = kb_span_text("encoded entry") };

		cr_assert_eq(kb_party_entry_put(f.step, &entry), KB_OK);
	}
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	cr_assert_eq(kb_party_entry_get(f.step, 4, 2, &got), KB_OK);
	cr_assert_eq(got.revoked_since_utc_ms, 3);
	cr_assert(kb_span_equal(got.entry, kb_span_text("encoded entry")));
	cr_assert_eq(kb_party_entry_next(f.step, 4, 2, &got), KB_OK);
	cr_assert_eq(got.key_version, 3);
	cr_assert_eq(kb_party_entry_next(f.step, 4, 3, &got), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_party_entry_get(f.step, 5, 1, &got), KB_ERR_NOT_FOUND);
	fixture_abort(&f);
}

Test(parties, a_gemeentecode_is_served_by_one_party_at_a_time)
{
	struct kb_party_gemeente old = {
		.code = "0114", .party_no = 1, .valid_from = 20200101, .valid_until = 20251231
	};
	struct kb_party_gemeente fresh = { .code = "0114", .party_no = 2, .valid_from = 20260101 };
	struct kb_party_gemeente other = { .code = "0363", .party_no = 2, .valid_from = 20200101 };
	struct kb_party_gemeente bad = { .code = "11" };
	struct kb_party_gemeente got;

	fixture_write(&f);
	cr_assert_eq(kb_party_gemeente_put(f.step, &old), KB_OK);
	cr_assert_eq(kb_party_gemeente_put(f.step, &fresh), KB_OK);
	cr_assert_eq(kb_party_gemeente_put(f.step, &other), KB_OK);
	cr_assert_eq(kb_party_gemeente_put(f.step, &bad), KB_ERR_BAD_VALUE);
	cr_assert_eq(kb_party_gemeente_find(f.step, "0114", 20251231, &got), KB_OK);
	cr_assert_eq(got.party_no, 1);
	cr_assert_eq(kb_party_gemeente_find(f.step, "0114", 20260101, &got), KB_OK);
	cr_assert_eq(got.party_no, 2);
	cr_assert_eq(kb_party_gemeente_find(f.step, "0114", 20191231, &got), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_party_gemeente_find(f.step, "9999", 20260101, &got), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_party_gemeente_clear(f.step, 2), KB_OK);
	cr_assert_eq(kb_party_gemeente_find(f.step, "0114", 20260101, &got), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_party_gemeente_find(f.step, "0363", 20260101, &got), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_party_gemeente_find(f.step, "0114", 20251231, &got), KB_OK);
	fixture_commit(&f);
}

Test(parties, a_witness_never_goes_back_and_a_fork_is_noticed)
{
	struct kb_witness row = { .party_no = 4,
				  .year = 2026,
				  .size = 10,
				  .root = fixture_hash(1),
				  .time_utc_ms = 5,
				  .received_utc_ms = 6,
				  .checkpoint = kb_span_text("signed") };
	struct kb_witness got;

	fixture_write(&f);
	cr_assert_eq(kb_witness_get(f.step, 4, &got), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_witness_put(f.step, &row), KB_OK);
	row.size = 9;
	cr_assert_eq(kb_witness_put(f.step, &row), KB_OK);
	cr_assert_eq(kb_witness_get(f.step, 4, &got), KB_OK);
	cr_assert_eq(got.size, 10);
	cr_assert(kb_span_equal(got.checkpoint, kb_span_text("signed")));
	row.size = 10;
	row.root = fixture_hash(2);
	cr_assert_eq(kb_witness_put(f.step, &row), KB_ERR_EQUIVOCATION);
	row.year = 2025;
	row.size = 99;
	cr_assert_eq(kb_witness_put(f.step, &row), KB_OK);
	cr_assert_eq(kb_witness_get(f.step, 4, &got), KB_OK);
	cr_assert_eq(got.year, 2026);
	row.year = 2027;
	row.size = 1;
	cr_assert_eq(kb_witness_put(f.step, &row), KB_OK);
	cr_assert_eq(kb_witnessed_get(f.step, 4, &got), KB_ERR_NOT_FOUND, "another side");
	cr_assert_eq(kb_witnessed_put(f.step, 4, &row), KB_OK);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	cr_assert_eq(kb_witnessed_get(f.step, 4, &got), KB_OK);
	cr_assert_eq(got.party_no, KB_PARTY_NO_SELF);
	cr_assert_eq(got.year, 2027);
	fixture_abort(&f);
}

Test(parties, register_version_and_crl_number_only_rise)
{
	static const uint8_t low[] = { 200 };
	static const uint8_t high[] = { 1, 0 };
	static const uint8_t padded[] = { 0, 5 };
	struct kb_register_state state = { .version = 5,
					   .expires_utc_ms = 6,
					   .signed_head = kb_span_text("head"),
					   .revocations = kb_span_text("revocations"),
					   .crl = kb_span_text("crl"),
					   .crl_number = kb_span(high, 2) };
	struct kb_register_state got;

	fixture_write(&f);
	cr_assert_eq(kb_register_state_get(f.step, &f.arena, &got), KB_OK);
	cr_assert_eq(got.version, 0);
	cr_assert_eq(kb_register_state_put(f.step, &state), KB_OK);
	state.crl_number = kb_span(low, 1);
	cr_assert_eq(kb_register_state_put(f.step, &state), KB_ERR_STATE, "an older CRL");
	state.crl_number = kb_span(padded, 2);
	cr_assert_eq(kb_register_state_put(f.step, &state), KB_ERR_BAD_VALUE);
	state.crl_number = kb_span(high, 2);
	state.version = 4;
	cr_assert_eq(kb_register_state_put(f.step, &state), KB_ERR_STATE, "an older register");
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	cr_assert_eq(kb_register_state_get(f.step, &f.arena, &got), KB_OK);
	cr_assert_eq(got.version, 5);
	cr_assert(kb_span_equal(got.signed_head, kb_span_text("head")));
	cr_assert(kb_span_equal(got.revocations, kb_span_text("revocations")));
	cr_assert(kb_span_equal(got.crl, kb_span_text("crl")));
	cr_assert(kb_span_equal(got.crl_number, kb_span(high, 2)));
	fixture_abort(&f);
}

Test(parties, the_brokers_store_and_checkpoint_are_remembered)
{
	struct kb_broker_state state = { .store_id = fixture_id(1),
					 .log_year = 2026,
					 .log_size = 44,
					 .log_root = fixture_hash(2),
					 .checkpoint = kb_span_text("signed") };
	struct kb_broker_state got;

	fixture_write(&f);
	cr_assert_eq(kb_broker_state_get(f.step, &f.arena, &got), KB_OK);
	cr_assert(kb_id_empty(&got.store_id));
	cr_assert_eq(kb_broker_state_put(f.step, &state), KB_OK);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	cr_assert_eq(kb_broker_state_get(f.step, &f.arena, &got), KB_OK);
	cr_assert(kb_id_equal(&got.store_id, &state.store_id));
	cr_assert_eq(got.log_size, 44);
	cr_assert(kb_hash_equal(&got.log_root, &state.log_root));
	cr_assert(kb_span_equal(got.checkpoint, state.checkpoint));
	fixture_abort(&f);
}
