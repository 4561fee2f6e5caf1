/* SPDX-License-Identifier: EUPL-1.2 */
/* Which addresses are endpoints. */
#include "common/net/context.h"

#include <criterion/criterion.h>
#include <string.h>

Test(endpoint, tcp_and_ipc_pass_and_all_else_is_refused)
{
	static const struct {
		const char *text;
		bool ok;
	} rows[] = {
		{ "tcp://127.0.0.1:5555", true },
		{ "tcp://127.0.0.1:*", true },
		{ "tcp://*:5555", true },
		{ "tcp://broker.example.nl:5555", true },
		{ "tcp://[::1]:5555", true },
		{ "ipc:///run/ketenbode/broker.sock", true },
		{ "ipc://relative", false },
		{ "ipc:///", false },
		{ "ipc://@abstract", false },
		{ "tcp://127.0.0.1", false },
		{ "tcp://127.0.0.1:", false },
		{ "tcp://:5555", false },
		{ "tcp://127.0.0.1:0", false },
		{ "tcp://127.0.0.1:65536", false },
		{ "tcp://127.0.0.1:055", false },
		{ "tcp://eth0;127.0.0.1:5555", false },
		{ "tcp://a b:5555", false },
		{ "tcp://a\n:5555", false },
		{ "inproc://x", false },
		{ "pgm://eth0;239.1.1.1:5555", false },
		{ "epgm://eth0;239.1.1.1:5555", false },
		{ "norm://127.0.0.1:5555", false },
		{ "udp://127.0.0.1:5555", false },
		{ "vmci://1:2", false },
		{ "TCP://127.0.0.1:5555", false },
		{ "", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_assert_eq(kb_endpoint_check(rows[i].text), rows[i].ok ? KB_OK : KB_ERR_CONFIG,
			     "%s", rows[i].text);
	}
	cr_assert_eq(kb_endpoint_check(NULL), KB_ERR_CONFIG);
}

Test(endpoint, an_address_that_is_too_long_is_refused)
{
	char text[KB_ENDPOINT_MAX + 20];

	memset(text, 'a', sizeof(text));
	memcpy(text, "ipc:///", 7);
	text[sizeof(text) - 1] = '\0';
	cr_assert_eq(kb_endpoint_check(text), KB_ERR_CONFIG);
	text[KB_ENDPOINT_MAX - 1] = '\0';
	cr_assert_eq(kb_endpoint_check(text), KB_OK);
}

Test(context, there_is_only_one_per_process)
{
	struct kb_net_context *one = NULL;
	struct kb_net_context *two = NULL;

	cr_assert_eq(kb_net_context_new(&one), KB_OK);
	cr_assert_eq(kb_net_context_new(&two), KB_ERR_EXISTS);
	cr_assert_null(two);
	kb_net_context_free(one);
	cr_assert_eq(kb_net_context_new(&two), KB_OK);
	kb_net_context_free(two);
	kb_net_context_free(NULL);
}
