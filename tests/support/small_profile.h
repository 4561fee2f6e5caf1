/* SPDX-License-Identifier: EUPL-1.2 */
/* The text of a profile.ini that is right and says no more than it must: everything at its bound, nothing agreed. */
#ifndef KB_TESTS_SMALL_PROFILE_H
#define KB_TESTS_SMALL_PROFILE_H

#include <stdio.h>

#include "common/daemon/profile.h"

#define KB_SMALL_VALUE(name, key, unit, least, most, open)                                         \
	key " = " #most " " unit "\n" key ".soort = regel\n" key ".bron = proef, regel 1\n"
#define KB_SMALL_AGREEMENT(name, bit, key, label) key " = nee\n" key ".bron = proef, regel 1\n"

#define KB_SMALL_PROFILE                                                                           \
	"[region]\nid = test01\nnaam = Proefregio\nswv = PO0000\n"                                 \
	"[verzuim]\n" KB_PROFILE_VERZUIM(KB_SMALL_VALUE) "[afspraken]\n" KB_REGION_TABLE(          \
		KB_SMALL_AGREEMENT)

#define KB_SMALL_PROFILE_BYTES 8192

/* Whether no earlier rule stands in the section of that one. */
static inline bool
kb_small_is_first(size_t rule)
{
	for (size_t i = 0; i < rule; i++) {
		if (strcmp(kb_profile_rule_row((enum kb_profile_rule_nr)i)->section,
			   kb_profile_rule_row((enum kb_profile_rule_nr)rule)->section) == 0) {
			return false;
		}
	}
	return true;
}

/* text, and behind it the themes of a region that agreed nothing about any. */
static inline void
kb_small_profile(const char *text, char out[KB_SMALL_PROFILE_BYTES])
{
	size_t size = KB_SMALL_PROFILE_BYTES;
	size_t len = (size_t)snprintf(out, size, "%s", text);

	for (size_t i = 0; i < KB_PROFILE_RULE_COUNT; i++) {
		const char *section = kb_profile_rule_row((enum kb_profile_rule_nr)i)->section;

		if (!kb_small_is_first(i)) {
			continue;
		}
		len += (size_t)snprintf(out + len, size - len, "[%s]\n", section);
		for (size_t j = i; j < KB_PROFILE_RULE_COUNT; j++) {
			const struct kb_profile_rule_row *row =
				kb_profile_rule_row((enum kb_profile_rule_nr)j);

			if (strcmp(row->section, section) == 0) {
				len += (size_t)snprintf(
					out + len, size - len,
					"%s = niet vastgelegd\n%s.bron = proef, regel 1\n",
					row->key, row->key);
			}
		}
	}
	KB_INVARIANT(len < size);
}

#endif
