/* SPDX-License-Identifier: EUPL-1.2 */
/* Strikes and bans. */
#include "common/net/strikes.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct kb_server_user
user(int n)
{
	struct kb_server_user made = { "" };

	(void)snprintf(made.text, sizeof(made.text), "party-%d", n);
	return made;
}

Test(strikes, the_last_strike_within_the_window_bans_for_the_given_time)
{
	static struct kb_strikes strikes = { .most = 3, .window_ms = 1000, .ban_ms = 5000 };
	struct kb_server_user bad = user(1);
	struct kb_server_user good = user(2);

	cr_assert_not(kb_strikes_add(&strikes, &bad, 100));
	cr_assert_not(kb_strikes_add(&strikes, &bad, 200));
	cr_assert_not(kb_strikes_banned(&strikes, &bad, 300));
	cr_assert(kb_strikes_add(&strikes, &bad, 300));
	cr_assert(kb_strikes_banned(&strikes, &bad, 5299));
	cr_assert_not(kb_strikes_banned(&strikes, &bad, 5300));
	cr_assert_not(kb_strikes_banned(&strikes, &good, 400));
}

Test(strikes, slow_strikes_do_not_ban)
{
	static struct kb_strikes strikes = { .most = 3, .window_ms = 1000, .ban_ms = 5000 };
	struct kb_server_user bad = user(1);

	for (int64_t now = 0; now < 100000; now += 600) {
		cr_assert_not(kb_strikes_add(&strikes, &bad, now));
	}
}

Test(strikes, a_full_table_forgets_the_user_that_behaved_longest)
{
	static struct kb_strikes strikes = { .most = 1, .window_ms = 1000, .ban_ms = 1000000 };

	for (int i = 0; i <= KB_STRIKES_ROWS; i++) {
		struct kb_server_user one = user(i);

		cr_assert(kb_strikes_add(&strikes, &one, i));
	}
	struct kb_server_user first = user(0);
	struct kb_server_user last = user(KB_STRIKES_ROWS);

	cr_assert_not(kb_strikes_banned(&strikes, &first, 500));
	cr_assert(kb_strikes_banned(&strikes, &last, 500));
}
