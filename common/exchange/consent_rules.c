/* SPDX-License-Identifier: EUPL-1.2 */
/* The rules of toestemming. */
#include "common/exchange/consent_rules.h"

#include "common/exchange/date.h"

struct word {
	const char *name;
	const char *label;
};

#define KB_ROW(name, number, text, label) [(number)] = { text, label },
static const struct word statuses[] = { KB_TOESTEMMING_STATUS_TABLE(KB_ROW) };
static const struct word ages[] = { KB_LEEFTIJD_TABLE(KB_ROW) };
#undef KB_ROW
_Static_assert(sizeof(statuses) / sizeof(statuses[0]) == KB_TOESTEMMING_STATUS_COUNT,
	       "one row each");
_Static_assert(sizeof(ages) / sizeof(ages[0]) == KB_LEEFTIJD_COUNT, "one row each");

const char *
kb_toestemming_status_name(enum kb_toestemming_status status)
{
	return (unsigned)status < KB_TOESTEMMING_STATUS_COUNT ? statuses[status].name : "";
}

const char *
kb_toestemming_status_label(enum kb_toestemming_status status)
{
	return (unsigned)status < KB_TOESTEMMING_STATUS_COUNT ? statuses[status].label : "";
}

const char *
kb_leeftijd_name(enum kb_leeftijd leeftijd)
{
	return (unsigned)leeftijd < KB_LEEFTIJD_COUNT ? ages[leeftijd].name : "";
}

const char *
kb_leeftijd_label(enum kb_leeftijd leeftijd)
{
	return (unsigned)leeftijd < KB_LEEFTIJD_COUNT ? ages[leeftijd].label : "";
}

enum kb_leeftijd
kb_leeftijd_parse(struct kb_span word)
{
	for (unsigned i = 1; i < KB_LEEFTIJD_COUNT; i++) {
		if (kb_span_equal(word, kb_span_text(ages[i].name))) {
			return (enum kb_leeftijd)i;
		}
	}
	return KB_LEEFTIJD_NONE;
}

/* Who has to agree at which age (facts D5). */
static const uint32_t givers[KB_LEEFTIJD_COUNT] = {
	[KB_LEEFTIJD_NONE] = KB_GIVER_OUDERS | KB_GIVER_JONGERE,
	[KB_LEEFTIJD_ONDER_12] = KB_GIVER_OUDERS,
	[KB_LEEFTIJD_VAN_12_TOT_16] = KB_GIVER_OUDERS | KB_GIVER_JONGERE,
	[KB_LEEFTIJD_VANAF_16] = KB_GIVER_JONGERE,
};

uint32_t
kb_toestemming_missing(const struct kb_toestemming *toestemming)
{
	unsigned age = (unsigned)toestemming->leeftijd < KB_LEEFTIJD_COUNT
			       ? (unsigned)toestemming->leeftijd
			       : KB_LEEFTIJD_NONE;
	uint32_t missing = givers[age];

	/* Of no guardian at all nobody knows whether all agreed. */
	if (toestemming->gezag > 0 && toestemming->ouders >= toestemming->gezag) {
		missing &= ~KB_GIVER_OUDERS;
	}
	return toestemming->jongere ? missing & ~KB_GIVER_JONGERE : missing;
}

bool
kb_toestemming_names(const struct kb_toestemming *toestemming, const struct kb_party_id *party)
{
	for (size_t i = 0; i < toestemming->party_count; i++) {
		if (kb_party_id_equal(&toestemming->parties[i], party)) {
			return true;
		}
	}
	return false;
}

enum kb_err
kb_toestemming_covers(const struct kb_toestemming *toestemming, const struct kb_id *case_id,
		      enum kb_purpose purpose, const struct kb_party_id *from,
		      const struct kb_party_id *to, uint32_t categories, int32_t day)
{
	uint32_t date = kb_date_number(day);
	bool covers = false;

	if (!kb_id_equal(&toestemming->case_id, case_id) ||
	    !kb_toestemming_names(toestemming, from) || !kb_toestemming_names(toestemming, to)) {
		return KB_ERR_NO_CONSENT;
	}
	if (toestemming->status == KB_TOESTEMMING_INGETROKKEN) {
		return KB_ERR_CONSENT_WITHDRAWN;
	}
	covers = toestemming->status != KB_TOESTEMMING_NONE && toestemming->purpose == purpose &&
		 (categories & ~toestemming->categories) == 0 &&
		 kb_toestemming_missing(toestemming) == 0 && date >= toestemming->valid_from &&
		 (toestemming->valid_until == 0 || date <= toestemming->valid_until);
	return covers ? KB_OK : KB_ERR_NO_CONSENT;
}

static bool
same_parties(const struct kb_toestemming *a, const struct kb_toestemming *b)
{
	for (size_t i = 0; i < a->party_count && i < b->party_count; i++) {
		if (!kb_party_id_equal(&a->parties[i], &b->parties[i])) {
			return false;
		}
	}
	return a->party_count == b->party_count;
}

/* Of one toestemming: what no version changes. */
static bool
same_root(const struct kb_toestemming *a, const struct kb_toestemming *b)
{
	return kb_id_equal(&a->toestemming_id, &b->toestemming_id) &&
	       kb_id_equal(&a->case_id, &b->case_id) && a->purpose == b->purpose;
}

bool
kb_toestemming_equal(const struct kb_toestemming *a, const struct kb_toestemming *b)
{
	return same_root(a, b) && same_parties(a, b) && a->versie == b->versie &&
	       kb_party_id_equal(&a->recorder, &b->recorder) && a->key_version == b->key_version &&
	       a->status == b->status && a->categories == b->categories &&
	       a->leeftijd == b->leeftijd && a->gezag == b->gezag && a->ouders == b->ouders &&
	       a->jongere == b->jongere && kb_hash_equal(&a->evidence_hash, &b->evidence_hash) &&
	       a->valid_from == b->valid_from && a->valid_until == b->valid_until &&
	       a->recorded_at_utc_ms == b->recorded_at_utc_ms;
}

/* An open end is the latest of all. */
static uint32_t
earliest_end(uint32_t a, uint32_t b)
{
	if (a == 0 || b == 0) {
		return a != 0 ? a : b;
	}
	return a < b ? a : b;
}

void
kb_toestemming_stricter(const struct kb_toestemming *a, const struct kb_toestemming *b,
			struct kb_toestemming_merged *out)
{
	const struct kb_toestemming *newest = b->versie > a->versie ? b : a;
	const struct kb_toestemming *giver = kb_toestemming_missing(b) != 0 ? b : a;
	bool related = same_root(a, b) && kb_party_id_equal(&a->recorder, &b->recorder);
	struct kb_toestemming *to = &out->toestemming;

	*to = *newest;
	to->status = a->status > b->status ? a->status : b->status;
	to->categories = a->categories & b->categories;
	to->valid_from = a->valid_from > b->valid_from ? a->valid_from : b->valid_from;
	to->valid_until = earliest_end(a->valid_until, b->valid_until);
	to->leeftijd = giver->leeftijd;
	to->gezag = giver->gezag;
	to->ouders = giver->ouders;
	to->jongere = giver->jongere;
	to->parties = out->parties;
	to->party_count = 0;
	/* A withdrawal may be another party's: who was named stays named, so that it is said why. */
	if (to->status == KB_TOESTEMMING_INGETROKKEN) {
		related = kb_id_equal(&a->case_id, &b->case_id);
	}
	for (size_t i = 0;
	     related && i < a->party_count && to->party_count < KB_TOESTEMMING_PARTIES_MAX; i++) {
		if (kb_toestemming_names(b, &a->parties[i])) {
			out->parties[to->party_count++] = a->parties[i];
		}
	}
	out->differs = !kb_toestemming_equal(a, b);
}

/* Whether fresh allows anything that held does not. */
static bool
adds(const struct kb_toestemming *held, const struct kb_toestemming *fresh)
{
	for (size_t i = 0; i < fresh->party_count; i++) {
		if (!kb_toestemming_names(held, &fresh->parties[i])) {
			return true;
		}
	}
	return (fresh->categories & ~held->categories) != 0 ||
	       fresh->valid_from < held->valid_from ||
	       earliest_end(held->valid_until, fresh->valid_until) != fresh->valid_until ||
	       (kb_toestemming_missing(held) & ~kb_toestemming_missing(fresh)) != 0;
}

static enum kb_toestemming_step
next_version(const struct kb_toestemming *held, const struct kb_toestemming *fresh)
{
	bool missed = fresh->versie > held->versie + 1;
	bool may_add = !kb_hash_equal(&held->evidence_hash, &fresh->evidence_hash) &&
		       (fresh->status == KB_TOESTEMMING_GEGEVEN || missed);

	return may_add || !adds(held, fresh) ? KB_TOESTEMMING_NEWER : KB_TOESTEMMING_FOREIGN;
}

enum kb_toestemming_step
kb_toestemming_next(const struct kb_toestemming *held, const struct kb_toestemming *fresh)
{
	if (!same_root(held, fresh)) {
		return KB_TOESTEMMING_FOREIGN;
	}
	if (kb_toestemming_equal(held, fresh)) {
		return KB_TOESTEMMING_SAME;
	}
	if (fresh->status == KB_TOESTEMMING_INGETROKKEN) {
		if (!kb_toestemming_names(held, &fresh->recorder)) {
			return KB_TOESTEMMING_FOREIGN;
		}
		return held->status == KB_TOESTEMMING_INGETROKKEN ? KB_TOESTEMMING_OLDER
								  : KB_TOESTEMMING_WITHDRAWS;
	}
	if (held->status == KB_TOESTEMMING_INGETROKKEN) {
		return KB_TOESTEMMING_OLDER;
	}
	if (!kb_party_id_equal(&held->recorder, &fresh->recorder)) {
		return KB_TOESTEMMING_FOREIGN;
	}
	if (fresh->versie == held->versie) {
		return KB_TOESTEMMING_DIFFERS;
	}
	return fresh->versie < held->versie ? KB_TOESTEMMING_OLDER : next_version(held, fresh);
}
