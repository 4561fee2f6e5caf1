/* SPDX-License-Identifier: EUPL-1.2 */
/* Users. */
#include <criterion/criterion.h>

#include "common/store/step_internal.h"
#include "common/store/users.h"
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

TestSuite(users, .init = setup, .fini = teardown);

#define TODAY 20468

static struct kb_user
user_of(const char *name)
{
	return (struct kb_user){ .roles = KB_USER_DESK,
				 .desk = 1,
				 .valid_until_day = TODAY,
				 .created_by_no = 3,
				 .uid = 1001,
				 .name = kb_span_text(name),
				 .function = kb_span_text("KANARIE-FUNCTIE") };
}

Test(users, are_found_by_name_and_their_names_are_nowhere_on_disk)
{
	struct kb_user user = user_of("KANARIE de Vries");
	struct kb_user twice = user_of("KANARIE de Vries");
	struct kb_user got;

	fixture_write(&f);
	cr_assert_eq(kb_user_find(f.step, user.name, &f.arena, &got), KB_ERR_UNKNOWN_USER);
	cr_assert_eq(kb_user_put(f.step, &user), KB_OK);
	cr_assert_eq(kb_user_put(f.step, &twice), KB_ERR_EXISTS);
	fixture_commit(&f);
	fixture_restart(&f);
	cr_assert_not(fixture_disk_holds(&f, "KANARIE"));
	fixture_read(&f);
	cr_assert_eq(kb_user_find(f.step, kb_span_text("KANARIE de Vries"), &f.arena, &got), KB_OK);
	cr_assert_eq(got.user_no, user.user_no);
	cr_assert_eq(got.roles, KB_USER_DESK);
	cr_assert_eq(got.desk, 1);
	cr_assert_eq(got.uid, 1001);
	cr_assert_eq(got.valid_until_day, TODAY);
	cr_assert_eq(got.created_by_no, 3);
	cr_assert_eq(got.created_utc_ms, FIXTURE_NOW_UTC_MS);
	cr_assert(kb_span_equal(got.function, kb_span_text("KANARIE-FUNCTIE")));
	cr_assert_eq(kb_user_find(f.step, kb_span_text("kanarie de vries"), &f.arena, &got),
		     KB_ERR_UNKNOWN_USER);
	fixture_abort(&f);
}

Test(users, a_changed_name_frees_the_old_one)
{
	struct kb_user user = user_of("Oud");
	struct kb_user fresh = user_of("Oud");
	struct kb_user got;

	fixture_write(&f);
	cr_assert_eq(kb_user_put(f.step, &user), KB_OK);
	user.name = kb_span_text("Nieuw");
	cr_assert_eq(kb_user_put(f.step, &user), KB_OK);
	cr_assert_eq(kb_user_find(f.step, kb_span_text("Oud"), &f.arena, &got),
		     KB_ERR_UNKNOWN_USER);
	cr_assert_eq(kb_user_put(f.step, &fresh), KB_OK);
	cr_assert_neq(fresh.user_no, user.user_no);
	user.name = kb_span_text("Oud");
	cr_assert_eq(kb_user_put(f.step, &user), KB_ERR_EXISTS);
	fixture_commit(&f);
}

Test(users, the_end_date_the_end_and_the_account_are_enforced)
{
	struct kb_user user = user_of("A");

	fixture_write(&f);
	cr_assert_eq(kb_user_put(f.step, &user), KB_OK);
	cr_assert_eq(kb_user_check(&user, 1001, 0, FIXTURE_NOW_UTC_MS, TODAY), KB_OK);
	cr_assert_eq(kb_user_check(&user, 1001, 0, FIXTURE_NOW_UTC_MS, TODAY + 1),
		     KB_ERR_UNKNOWN_USER, "the day after the last day");
	cr_assert_eq(kb_user_check(&user, 1002, 0, FIXTURE_NOW_UTC_MS, TODAY), KB_ERR_PERMISSION);
	cr_assert_eq(kb_user_check(&user, 1001, KB_USER_BEHEERDER, FIXTURE_NOW_UTC_MS, TODAY),
		     KB_ERR_PERMISSION);
	cr_assert_eq(kb_user_check(&user, 1001, KB_USER_BEHEERDER | KB_USER_DESK,
				   FIXTURE_NOW_UTC_MS, TODAY),
		     KB_OK);
	cr_assert_eq(kb_user_end(f.step, user.user_no, FIXTURE_NOW_UTC_MS + 10, 9), KB_OK);
	cr_assert_eq(kb_user_end(f.step, user.user_no, FIXTURE_NOW_UTC_MS + 20, 9), KB_ERR_STATE);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	struct kb_user got;

	cr_assert_eq(kb_user_get(f.step, user.user_no, &f.arena, &got), KB_OK);
	cr_assert_eq(got.ended_by_no, 9);
	cr_assert_eq(kb_user_check(&got, 1001, 0, FIXTURE_NOW_UTC_MS + 9, TODAY), KB_OK);
	cr_assert_eq(kb_user_check(&got, 1001, 0, FIXTURE_NOW_UTC_MS + 10, TODAY),
		     KB_ERR_UNKNOWN_USER);
	struct kb_user nobody = { .uid = UINT32_MAX,
				  .name = kb_span_text("x"),
				  .valid_until_day = TODAY };

	cr_assert_eq(kb_user_check(&nobody, UINT32_MAX, 0, 0, TODAY), KB_ERR_PERMISSION,
		     "no account is nobody's account");
	fixture_abort(&f);
}

Test(users, after_erasure_of_the_year_the_number_stays_without_a_name)
{
	struct kb_user user = user_of("A");
	struct kb_user got;

	fixture_write(&f);
	cr_assert_eq(kb_user_put(f.step, &user), KB_OK);
	fixture_commit(&f);
	cr_assert_eq(kb_keyring_destroy(kb_store_keyring(f.store), &user.data_key_no, 1, NULL),
		     KB_OK);
	fixture_read(&f);
	cr_assert_eq(kb_user_get(f.step, user.user_no, &f.arena, &got), KB_OK);
	cr_assert_eq(got.name.len, 0);
	cr_assert_eq(got.roles, KB_USER_DESK);
	cr_assert_eq(kb_user_check(&got, 1001, 0, FIXTURE_NOW_UTC_MS, TODAY), KB_ERR_UNKNOWN_USER);
	cr_assert_eq(kb_user_next(f.step, 0, &f.arena, &got), KB_OK);
	cr_assert_eq(got.user_no, user.user_no);
	fixture_abort(&f);
}

Test(users, the_party_that_employs_a_seconded_user_is_kept_and_older_rows_have_none)
{
	struct kb_user user = user_of("A");
	struct kb_user got;
	struct kb_row_key key = kb_row_key_of_u64(77);
	struct kb_pack clear;
	struct kb_pack hidden;
	uint64_t data_key_no = 0;

	user.organisatie = fixture_party(4);
	fixture_write(&f);
	cr_assert_eq(kb_user_put(f.step, &user), KB_OK);
	/* As the first version wrote it. */
	cr_assert_eq(kb_step_year_key(f.step, &data_key_no), KB_OK);
	kb_sealed_begin(f.step, &clear, &hidden, 1);
	kb_pack_u64(&clear, data_key_no);
	kb_pack_u32(&clear, KB_USER_DESK);
	kb_pack_u32(&clear, 1);
	kb_pack_u32(&clear, TODAY);
	for (unsigned i = 0; i < 4; i++) {
		kb_pack_u64(&clear, 0);
	}
	kb_pack_u32(&hidden, 1001);
	kb_pack_bytes(&hidden, kb_span_text("Oud"));
	kb_pack_bytes(&hidden, kb_span_text("proef"));
	cr_assert_eq(kb_sealed_put(f.step, KB_TABLE_USERS, &key, data_key_no, &clear, &hidden),
		     KB_OK);
	fixture_commit(&f);
	fixture_restart(&f);
	cr_assert_not(fixture_disk_holds(&f, user.organisatie.text));
	fixture_read(&f);
	cr_assert_eq(kb_user_get(f.step, user.user_no, &f.arena, &got), KB_OK);
	cr_assert(kb_party_id_equal(&got.organisatie, &user.organisatie));
	cr_assert_eq(kb_user_get(f.step, 77, &f.arena, &got), KB_OK);
	cr_assert(kb_span_equal(got.name, kb_span_text("Oud")));
	cr_assert_eq(got.organisatie.text[0], '\0');
	fixture_abort(&f);
}
