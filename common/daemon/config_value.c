/* SPDX-License-Identifier: EUPL-1.2 */
/* The types of configuration values: what text each takes. */
#include <inttypes.h>

#include "common/base/text.h"
#include "common/daemon/config_internal.h"

/* A path of a unix socket is shorter still (sockaddr_un), but that is the socket's own check. */
#define PATH_LEN_MAX 4095

static const char *const bool_names[] = { "no", "yes" };

typedef enum kb_err (*parse_fn)(const struct kb_config_key *key, struct kb_span text,
				struct kb_config_value *out, struct kb_error_text *where);

static enum kb_err
parse_text(const struct kb_config_key *key, struct kb_span text, struct kb_config_value *out,
	   struct kb_error_text *where)
{
	(void)out;
	if (text.len == 0) {
		return kb_fail(where, KB_ERR_CONFIG, "needs a value");
	}
	if (key->most > 0 && text.len > key->most) {
		return kb_fail(where, KB_ERR_CONFIG, "is longer than %" PRIu64 " bytes", key->most);
	}
	return KB_OK;
}

static enum kb_err
parse_path(const struct kb_config_key *key, struct kb_span text, struct kb_config_value *out,
	   struct kb_error_text *where)
{
	enum kb_err err = parse_text(key, text, out, where);

	if (err != KB_OK) {
		return err;
	}
	if (text.at[0] != '/') {
		return kb_fail(where, KB_ERR_CONFIG, "must be an absolute path (start with '/')");
	}
	if (text.len > PATH_LEN_MAX) {
		return kb_fail(where, KB_ERR_CONFIG, "is longer than a path can be");
	}
	return KB_OK;
}

static enum kb_err
parse_u64(const struct kb_config_key *key, struct kb_span text, struct kb_config_value *out,
	  struct kb_error_text *where)
{
	if (kb_text_to_u64(text, key->most, &out->number) != KB_OK || out->number < key->least) {
		return kb_fail(where, KB_ERR_CONFIG,
			       "must be a number from %" PRIu64 " to %" PRIu64 "%s%s", key->least,
			       key->most, key->unit != NULL ? " " : "",
			       key->unit != NULL ? key->unit : "");
	}
	return KB_OK;
}

static enum kb_err
parse_bool(const struct kb_config_key *key, struct kb_span text, struct kb_config_value *out,
	   struct kb_error_text *where)
{
	(void)key;
	for (size_t i = 0; i < 2; i++) {
		if (kb_span_equal(text, kb_span_text(bool_names[i]))) {
			out->number = i;
			return KB_OK;
		}
	}
	return kb_fail(where, KB_ERR_CONFIG, "must be yes or no");
}

void
kb_config_choices_list(const char *const *choices, struct kb_buf *out)
{
	for (size_t i = 0; choices[i] != NULL; i++) {
		const char *between = i == 0 ? "" : choices[i + 1] == NULL ? " or " : ", ";

		kb_ignore(kb_buf_putf(out, "%s%s", between, choices[i]),
			  "a shortened list still names the key");
	}
}

static enum kb_err
parse_enum(const struct kb_config_key *key, struct kb_span text, struct kb_config_value *out,
	   struct kb_error_text *where)
{
	struct kb_buf list = { 0 };
	const char *names = NULL;

	for (size_t i = 0; key->choices[i] != NULL; i++) {
		if (kb_span_equal(text, kb_span_text(key->choices[i]))) {
			out->number = i;
			return KB_OK;
		}
	}
	kb_config_choices_list(key->choices, &list);
	names = kb_buf_text(&list);
	(void)kb_fail(where, KB_ERR_CONFIG, "must be %s",
		      names != NULL ? names : "one of its choices");
	kb_buf_release(&list);
	return KB_ERR_CONFIG;
}

static bool
starts_with(struct kb_span text, const char *prefix)
{
	return text.len > strlen(prefix) && memcmp(text.at, prefix, strlen(prefix)) == 0;
}

/* host:port, host a name, an IPv4 address, [IPv6] or '*'; port 1-65535. */
static bool
tcp_address_ok(struct kb_span address)
{
	uint64_t port = 0;
	size_t colon = address.len;

	while (colon > 0 && address.at[colon - 1] != ':') {
		colon--;
	}
	if (colon < 2 ||
	    kb_text_to_u64(kb_span_part(address, colon, address.len), 65535, &port) != KB_OK ||
	    port == 0) {
		return false;
	}
	struct kb_span host = kb_span_part(address, 0, colon - 1);
	bool bracketed = host.at[0] == '[' && host.at[host.len - 1] == ']' && host.len > 2;

	for (size_t i = 0; i < host.len; i++) {
		uint8_t c = host.at[i];
		bool alnum =
			(c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		bool edge = bracketed && (i == 0 || i == host.len - 1);

		if (!alnum && c != '.' && c != '-' && !edge && !(bracketed && c == ':') &&
		    !(c == '*' && host.len == 1)) {
			return false;
		}
	}
	return true;
}

static enum kb_err
parse_endpoint(const struct kb_config_key *key, struct kb_span text, struct kb_config_value *out,
	       struct kb_error_text *where)
{
	static const char tcp[] = "tcp://";
	static const char ipc[] = "ipc://";

	(void)key;
	(void)out;
	if (starts_with(text, tcp) &&
	    tcp_address_ok(kb_span_part(text, sizeof(tcp) - 1, text.len))) {
		return KB_OK;
	}
	if (starts_with(text, ipc) && text.at[sizeof(ipc) - 1] == '/') {
		return KB_OK;
	}
	return kb_fail(where, KB_ERR_CONFIG, "must be tcp://host:port or ipc:///absolute/path");
}

static enum kb_err
parse_party(const struct kb_config_key *key, struct kb_span text, struct kb_config_value *out,
	    struct kb_error_text *where)
{
	(void)key;
	if (kb_party_id_parse(text, &out->party) != KB_OK) {
		return kb_fail(where, KB_ERR_CONFIG,
			       "must be an OIN of 20 characters, or OIN/unit (BRIN and vestiging)");
	}
	return KB_OK;
}

static const struct {
	const char *name;
	parse_fn parse;
} types[] = {
	[KB_CONFIG_NONE] = { "none", NULL },
	[KB_CONFIG_TEXT] = { "text", parse_text },
	[KB_CONFIG_PATH] = { "absolute path", parse_path },
	[KB_CONFIG_U64] = { "number", parse_u64 },
	[KB_CONFIG_BOOL] = { "yes or no", parse_bool },
	[KB_CONFIG_ENUM] = { "choice", parse_enum },
	[KB_CONFIG_ENDPOINT] = { "endpoint", parse_endpoint },
	[KB_CONFIG_PARTY] = { "party id", parse_party },
};

_Static_assert(sizeof(types) / sizeof(types[0]) == KB_CONFIG_TYPE_COUNT, "one row per type");

const char *
kb_config_type_name(enum kb_config_type type)
{
	return type < KB_CONFIG_TYPE_COUNT ? types[type].name : types[KB_CONFIG_NONE].name;
}

enum kb_err
kb_config_value_parse(const struct kb_config_key *key, struct kb_span text,
		      struct kb_config_value *out, struct kb_error_text *where)
{
	return types[key->type].parse(key, text, out, where);
}
