/* SPDX-License-Identifier: EUPL-1.2 */
/* How near a due moment is. */
#include "common/exchange/termijn.h"

#include "common/exchange/date.h"

static const char *const words[KB_TERMIJN_COUNT] = {
#define KB_ROW(name, number, text) [number] = (text),
	KB_TERMIJN_TABLE(KB_ROW)
#undef KB_ROW
};

const char *
kb_termijn_word(enum kb_termijn termijn)
{
	return (unsigned)termijn < KB_TERMIJN_COUNT ? words[termijn] : "";
}

/* The same word, a hyphen standing for a space. */
static bool
same_word(struct kb_span typed, const char *word)
{
	bool same = typed.len == strlen(word);

	for (size_t i = 0; same && i < typed.len; i++) {
		same = word[i] == (typed.at[i] == '-' ? ' ' : (char)typed.at[i]);
	}
	return same;
}

enum kb_termijn
kb_termijn_parse(struct kb_span word)
{
	for (unsigned i = 1; i < KB_TERMIJN_COUNT; i++) {
		if (same_word(word, words[i])) {
			return (enum kb_termijn)i;
		}
	}
	return KB_TERMIJN_NONE;
}

/* The day that many working days after day. */
static int32_t
werkdag_na(int32_t day, unsigned count)
{
	while (count > 0) {
		day++;
		count -= !kb_date_is_weekend(day);
	}
	return day;
}

enum kb_termijn
kb_termijn_of(int64_t due_utc_ms, int64_t now_utc_ms)
{
	int32_t today = kb_date_local_day(now_utc_ms);
	int32_t last = KB_DAY_NONE;

	if (due_utc_ms == 0) {
		return KB_TERMIJN_NONE;
	}
	if (now_utc_ms >= due_utc_ms) {
		return KB_TERMIJN_TE_LAAT;
	}
	last = kb_date_local_day(due_utc_ms - 1);
	if (last == today) {
		return KB_TERMIJN_VANDAAG;
	}
	return last <= werkdag_na(today, KB_TERMIJN_BINNENKORT_WERKDAGEN) ? KB_TERMIJN_BINNENKORT
									  : KB_TERMIJN_OP_TIJD;
}
