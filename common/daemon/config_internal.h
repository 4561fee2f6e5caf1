/* SPDX-License-Identifier: EUPL-1.2 */
/* One value of a configuration: what config.c stores and config_value.c reads. */
#ifndef KB_DAEMON_CONFIG_INTERNAL_H
#define KB_DAEMON_CONFIG_INTERNAL_H

#include "common/daemon/config.h"

struct kb_config_value {
	const char *text; /* never NULL */
	uint64_t number;  /* U64, BOOL, ENUM */
	struct kb_party_id party;
	uint32_t line; /* 0: a fallback or nothing */
	bool set;
};

/* Reads text as the type of key; number or party of out are set, its other members are the caller's. KB_ERR_CONFIG with the
 * rest of a sentence in where ("must be yes or no"). key must have a type. */
KB_MUST_CHECK enum kb_err kb_config_value_parse(const struct kb_config_key *key,
						struct kb_span text, struct kb_config_value *out,
						struct kb_error_text *where);

/* Appends "a, b or c". */
void kb_config_choices_list(const char *const *choices, struct kb_buf *out);

#endif
