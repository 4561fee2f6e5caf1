/* SPDX-License-Identifier: EUPL-1.2 */
/* The self-test of every start: whatever part of the guard is missing, it must notice (reliability.md finding 1). */
#include "common/net/guard.h"

#include <criterion/criterion.h>
#include <string.h>

static struct kb_net_context *context;
static struct kb_guard *guard;
static bool admit_everybody;

static enum kb_err
admit(void *state, const uint8_t curve_key[KB_CURVE_KEY_BYTES], struct kb_server_user *user)
{
	(void)state;
	(void)curve_key;
	if (!admit_everybody) {
		return KB_ERR_NOT_ENROLLED;
	}
	memcpy(user->text, "anybody", 8);
	return KB_OK;
}

static void
open_guard(void)
{
	cr_assert_eq(kb_net_context_new(&context), KB_OK);
	cr_assert_eq(kb_guard_open(context, admit, NULL, &guard), KB_OK);
}

static void
close_guard(void)
{
	kb_guard_close(guard);
	kb_net_context_free(context);
}

TestSuite(guard, .init = open_guard, .fini = close_guard);

Test(guard, a_whole_guard_passes_again_and_again)
{
	struct kb_guard_settings settings = kb_guard_settings_enforced();
	struct kb_error_text where = { "" };

	for (int i = 0; i < 20; i++) {
		cr_assert_eq(kb_guard_self_test(guard, &settings, 5000, &where), KB_OK, "%s",
			     where.text);
	}
	cr_assert_eq(kb_guard_allowed(guard), 0);
	cr_assert_eq(kb_guard_denied(guard), 0);
}

Test(guard, without_a_handler_nothing_is_opened)
{
	struct kb_guard_settings settings = kb_guard_settings_enforced();
	struct kb_error_text where = { "" };

	settings.handler = false;
	cr_assert_eq(kb_guard_self_test(guard, &settings, 400, &where), KB_ERR_NOT_ALLOWED);
	cr_assert_neq(strlen(where.text), 0);
}

Test(guard, without_a_domain_the_self_test_fails_closed)
{
	struct kb_guard_settings settings = kb_guard_settings_enforced();
	struct kb_error_text where = { "" };

	settings.domain = false;
	cr_assert_eq(kb_guard_self_test(guard, &settings, 2000, &where), KB_ERR_NOT_ALLOWED);
	cr_assert_not_null(strstr(where.text, "was let in"), "%s", where.text);
}

Test(guard, without_enforcement_and_handler_a_stranger_gets_in_and_is_noticed)
{
	struct kb_guard_settings settings = { .domain = true, .enforce = false, .handler = false };
	struct kb_error_text where = { "" };

	cr_assert_eq(kb_guard_self_test(guard, &settings, 2000, &where), KB_ERR_NOT_ALLOWED);
}

Test(guard, a_register_that_admits_everybody_is_noticed)
{
	struct kb_guard_settings settings = kb_guard_settings_enforced();
	struct kb_error_text where = { "" };

	admit_everybody = true;
	cr_assert_eq(kb_guard_self_test(guard, &settings, 2000, &where), KB_ERR_NOT_ALLOWED);
	cr_assert_not_null(strstr(where.text, "was let in"), "%s", where.text);
}

Test(guard, a_second_guard_in_the_same_context_is_refused)
{
	struct kb_guard *second = NULL;

	cr_assert_eq(kb_guard_open(context, admit, NULL, &second), KB_ERR_EXISTS);
	cr_assert_null(second);
}
