/* SPDX-License-Identifier: EUPL-1.2 */
/* Toestemming: who must have given it, what it covers, which of two statements stands (design 8, facts D5). */
#include "common/exchange/consent_rules.h"

#include "common/exchange/date.h"

#include <criterion/criterion.h>

#define SCHOOL 0
#define GEMEENTE 1
#define JEUGDHULP 2
#define STRANGER 3

static struct kb_party_id ids[4];
static struct kb_party_id named[3]; /* the school, the gemeente, jeugdhulp */
static struct kb_id case_id;

static void
make_ids(void)
{
	static const char *const texts[4] = { "00000099000000001000", "00000099000000002000",
					      "00000099000000003000", "00000099000000004000" };

	for (size_t i = 0; i < 4; i++) {
		cr_assert_eq(kb_party_id_parse(kb_span_text(texts[i]), &ids[i]), KB_OK);
	}
	memcpy(named, ids, sizeof(named));
	memset(case_id.bytes, 7, sizeof(case_id.bytes));
}

TestSuite(consent_rules, .init = make_ids);

/* By the school for school and gemeente, a child under 12 with one guardian, 1 September 2026 to 31 July 2027. */
static struct kb_toestemming
given(void)
{
	struct kb_toestemming toestemming = { .case_id = case_id,
					      .versie = 1,
					      .recorder = ids[SCHOOL],
					      .key_version = 1,
					      .status = KB_TOESTEMMING_GEGEVEN,
					      .purpose = KB_PURPOSE_DOA,
					      .categories = KB_DATA_PROCES | KB_DATA_VERZUIM,
					      .parties = named,
					      .party_count = 2,
					      .leeftijd = KB_LEEFTIJD_ONDER_12,
					      .gezag = 1,
					      .ouders = 1,
					      .valid_from = 20260901,
					      .valid_until = 20270731,
					      .recorded_at_utc_ms = 1000 };

	memset(toestemming.toestemming_id.bytes, 3, KB_ID_BYTES);
	memset(toestemming.evidence_hash.bytes, 5, KB_HASH_BYTES);
	return toestemming;
}

static int32_t
day_of(uint32_t number)
{
	int32_t day = 0;

	cr_assert_eq(kb_date_of_number(number, &day), KB_OK);
	return day;
}

static enum kb_err
covers(const struct kb_toestemming *toestemming, unsigned from, unsigned to)
{
	return kb_toestemming_covers(toestemming, &case_id, KB_PURPOSE_DOA, &ids[from], &ids[to],
				     KB_DATA_PROCES, day_of(20261001));
}

Test(consent_rules, who_must_agree_under_12_from_12_to_15_and_from_16)
{
	/* age, guardians with authority, of those agreed, young person: who is missing */
	static const struct {
		enum kb_leeftijd leeftijd;
		uint32_t gezag;
		uint32_t ouders;
		bool jongere;
		uint32_t missing;
	} table[] = {
		{ KB_LEEFTIJD_ONDER_12, 1, 0, false, KB_GIVER_OUDERS },
		{ KB_LEEFTIJD_ONDER_12, 1, 1, false, 0 },
		{ KB_LEEFTIJD_ONDER_12, 2, 1, false, KB_GIVER_OUDERS },
		{ KB_LEEFTIJD_ONDER_12, 2, 2, false, 0 },
		{ KB_LEEFTIJD_ONDER_12, 2, 0, true, KB_GIVER_OUDERS },
		{ KB_LEEFTIJD_VAN_12_TOT_16, 1, 0, false, KB_GIVER_OUDERS | KB_GIVER_JONGERE },
		{ KB_LEEFTIJD_VAN_12_TOT_16, 1, 1, false, KB_GIVER_JONGERE },
		{ KB_LEEFTIJD_VAN_12_TOT_16, 1, 0, true, KB_GIVER_OUDERS },
		{ KB_LEEFTIJD_VAN_12_TOT_16, 1, 1, true, 0 },
		{ KB_LEEFTIJD_VAN_12_TOT_16, 2, 1, true, KB_GIVER_OUDERS },
		{ KB_LEEFTIJD_VAN_12_TOT_16, 2, 2, false, KB_GIVER_JONGERE },
		{ KB_LEEFTIJD_VAN_12_TOT_16, 2, 2, true, 0 },
		{ KB_LEEFTIJD_VANAF_16, 1, 0, true, 0 },
		{ KB_LEEFTIJD_VANAF_16, 2, 0, true, 0 },
		{ KB_LEEFTIJD_VANAF_16, 2, 2, false, KB_GIVER_JONGERE },
		/* A number of tomorrow, or no guardian at all: nothing is taken for granted. */
		{ KB_LEEFTIJD_NONE, 1, 1, false, KB_GIVER_JONGERE },
		{ (enum kb_leeftijd)9, 1, 0, false, KB_GIVER_OUDERS | KB_GIVER_JONGERE },
		{ KB_LEEFTIJD_ONDER_12, 0, 0, false, KB_GIVER_OUDERS },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct kb_toestemming toestemming = given();

		toestemming.leeftijd = table[i].leeftijd;
		toestemming.gezag = table[i].gezag;
		toestemming.ouders = table[i].ouders;
		toestemming.jongere = table[i].jongere;
		cr_expect_eq(kb_toestemming_missing(&toestemming), table[i].missing, "row %zu", i);
		cr_expect_eq(covers(&toestemming, SCHOOL, GEMEENTE),
			     table[i].missing == 0 ? KB_OK : KB_ERR_NO_CONSENT, "row %zu", i);
	}
}

Test(consent_rules, it_covers_its_parties_purpose_and_categories_and_nothing_else)
{
	struct kb_toestemming toestemming = given();
	struct kb_id other = case_id;

	other.bytes[0] ^= 1;
	cr_expect_eq(covers(&toestemming, SCHOOL, GEMEENTE), KB_OK);
	cr_expect_eq(covers(&toestemming, GEMEENTE, SCHOOL), KB_OK, "it goes both ways");
	cr_expect_eq(covers(&toestemming, SCHOOL, STRANGER), KB_ERR_NO_CONSENT);
	cr_expect_eq(covers(&toestemming, STRANGER, GEMEENTE), KB_ERR_NO_CONSENT);
	cr_expect_eq(kb_toestemming_covers(&toestemming, &other, KB_PURPOSE_DOA, &ids[SCHOOL],
					   &ids[GEMEENTE], KB_DATA_PROCES, day_of(20261001)),
		     KB_ERR_NO_CONSENT, "one case");
	cr_expect_eq(kb_toestemming_covers(&toestemming, &case_id, KB_PURPOSE_OVERDRACHT,
					   &ids[SCHOOL], &ids[GEMEENTE], KB_DATA_PROCES,
					   day_of(20261001)),
		     KB_ERR_NO_CONSENT, "one purpose");
	for (uint32_t bit = 0; bit < KB_DATA_COUNT; bit++) {
		bool inside = (toestemming.categories & 1u << bit) != 0;

		cr_expect_eq(kb_toestemming_covers(&toestemming, &case_id, KB_PURPOSE_DOA,
						   &ids[SCHOOL], &ids[GEMEENTE],
						   KB_DATA_PROCES | 1u << bit, day_of(20261001)),
			     inside ? KB_OK : KB_ERR_NO_CONSENT, "category %u", bit);
	}
}

Test(consent_rules, it_holds_from_its_first_up_to_and_with_its_last_day)
{
	static const struct {
		uint32_t day;
		enum kb_err err;
	} table[] = {
		{ 20260831, KB_ERR_NO_CONSENT },
		{ 20260901, KB_OK },
		{ 20270731, KB_OK },
		{ 20270801, KB_ERR_NO_CONSENT },
		{ 20300101, KB_ERR_NO_CONSENT },
	};
	struct kb_toestemming toestemming = given();

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		cr_expect_eq(kb_toestemming_covers(&toestemming, &case_id, KB_PURPOSE_DOA,
						   &ids[SCHOOL], &ids[GEMEENTE], KB_DATA_PROCES,
						   day_of(table[i].day)),
			     table[i].err, "%u", table[i].day);
	}
	toestemming.valid_until = 0;
	cr_expect_eq(kb_toestemming_covers(&toestemming, &case_id, KB_PURPOSE_DOA, &ids[SCHOOL],
					   &ids[GEMEENTE], KB_DATA_PROCES, day_of(20991231)),
		     KB_OK, "an open end");
	cr_expect_eq(kb_toestemming_covers(&toestemming, &case_id, KB_PURPOSE_DOA, &ids[SCHOOL],
					   &ids[GEMEENTE], KB_DATA_PROCES, KB_DAY_NONE),
		     KB_ERR_NO_CONSENT, "no day is no day on which it holds");
}

Test(consent_rules, a_withdrawal_is_told_only_to_parties_that_were_named)
{
	struct kb_toestemming toestemming = given();

	toestemming.status = KB_TOESTEMMING_INGETROKKEN;
	cr_expect_eq(covers(&toestemming, SCHOOL, GEMEENTE), KB_ERR_CONSENT_WITHDRAWN);
	cr_expect_eq(covers(&toestemming, SCHOOL, STRANGER), KB_ERR_NO_CONSENT);
	toestemming.ouders = 0;
	toestemming.valid_until = 20260930;
	cr_expect_eq(covers(&toestemming, SCHOOL, GEMEENTE), KB_ERR_CONSENT_WITHDRAWN,
		     "withdrawn beats every other reason");
	toestemming = given();
	toestemming.status = KB_TOESTEMMING_BEPERKT;
	cr_expect_eq(covers(&toestemming, SCHOOL, GEMEENTE), KB_OK, "limited is still given");
	toestemming.status = KB_TOESTEMMING_NONE;
	cr_expect_eq(covers(&toestemming, SCHOOL, GEMEENTE), KB_ERR_NO_CONSENT);
}

Test(consent_rules, of_two_statements_the_stricter_stands_in_everything)
{
	struct kb_toestemming a = given();
	struct kb_toestemming b = given();
	struct kb_party_id other[2] = { ids[SCHOOL], ids[JEUGDHULP] };
	struct kb_toestemming_merged merged;

	kb_toestemming_stricter(&a, &b, &merged);
	cr_expect(!merged.differs);
	cr_expect(kb_toestemming_equal(&merged.toestemming, &a));
	b.parties = other;
	b.categories = KB_DATA_PROCES | KB_DATA_GEZIN;
	b.valid_from = 20261101;
	b.valid_until = 0;
	b.ouders = 0;
	for (unsigned turn = 0; turn < 2; turn++) {
		kb_toestemming_stricter(turn == 0 ? &a : &b, turn == 0 ? &b : &a, &merged);
		cr_expect(merged.differs);
		cr_expect_eq(merged.toestemming.party_count, 1, "only the school is in both");
		cr_expect(kb_toestemming_names(&merged.toestemming, &ids[SCHOOL]));
		cr_expect_eq(merged.toestemming.categories, (uint32_t)KB_DATA_PROCES);
		cr_expect_eq(merged.toestemming.valid_from, 20261101);
		cr_expect_eq(merged.toestemming.valid_until, 20270731);
		cr_expect_eq(kb_toestemming_missing(&merged.toestemming), KB_GIVER_OUDERS,
			     "the giver that is less complete");
	}
}

Test(consent_rules, merged_with_a_withdrawal_it_is_withdrawn)
{
	struct kb_toestemming a = given();
	struct kb_toestemming b = given();
	struct kb_toestemming_merged merged;

	b.status = KB_TOESTEMMING_INGETROKKEN;
	b.versie = 2;
	b.recorder = ids[GEMEENTE];
	for (unsigned turn = 0; turn < 2; turn++) {
		kb_toestemming_stricter(turn == 0 ? &a : &b, turn == 0 ? &b : &a, &merged);
		cr_expect_eq(covers(&merged.toestemming, SCHOOL, GEMEENTE),
			     KB_ERR_CONSENT_WITHDRAWN);
		cr_expect_eq(covers(&merged.toestemming, SCHOOL, STRANGER), KB_ERR_NO_CONSENT);
	}
}

Test(consent_rules, statements_of_another_recorder_or_case_have_nobody_in_common)
{
	struct kb_toestemming a = given();
	struct kb_toestemming b = given();
	struct kb_toestemming_merged merged;

	b.recorder = ids[GEMEENTE];
	kb_toestemming_stricter(&a, &b, &merged);
	cr_expect_eq(covers(&merged.toestemming, SCHOOL, GEMEENTE), KB_ERR_NO_CONSENT);
	b = given();
	b.purpose = KB_PURPOSE_VSV;
	kb_toestemming_stricter(&a, &b, &merged);
	cr_expect_eq(covers(&merged.toestemming, SCHOOL, GEMEENTE), KB_ERR_NO_CONSENT);
	b = given();
	b.case_id.bytes[0] ^= 1;
	kb_toestemming_stricter(&a, &b, &merged);
	cr_expect_eq(covers(&merged.toestemming, SCHOOL, GEMEENTE), KB_ERR_NO_CONSENT);
}

/* One change to the second statement, and what it then does to the first. */
#define STEP(expected, ...)                                                                        \
	do {                                                                                       \
		struct kb_toestemming held = given();                                              \
		struct kb_toestemming fresh = given();                                             \
		__VA_ARGS__;                                                                       \
		cr_expect_eq(kb_toestemming_next(&held, &fresh), (expected), "%s: %d",             \
			     #__VA_ARGS__, (int)kb_toestemming_next(&held, &fresh));               \
	} while (0)
#define NEW_EVIDENCE fresh.evidence_hash.bytes[0] ^= 1

Test(consent_rules, a_higher_version_of_the_same_recorder_replaces_and_an_older_one_does_not)
{
	STEP(KB_TOESTEMMING_SAME, (void)0);
	STEP(KB_TOESTEMMING_NEWER, fresh.versie = 2);
	STEP(KB_TOESTEMMING_OLDER, held.versie = 2);
	STEP(KB_TOESTEMMING_DIFFERS, fresh.categories = KB_DATA_PROCES);
	STEP(KB_TOESTEMMING_DIFFERS, fresh.recorded_at_utc_ms = 2000);
	STEP(KB_TOESTEMMING_FOREIGN, fresh.versie = 2; fresh.recorder = ids[GEMEENTE]);
	STEP(KB_TOESTEMMING_FOREIGN, fresh.versie = 2; fresh.case_id.bytes[0] ^= 1);
	STEP(KB_TOESTEMMING_FOREIGN, fresh.versie = 2; fresh.toestemming_id.bytes[0] ^= 1);
	STEP(KB_TOESTEMMING_FOREIGN, fresh.versie = 2; fresh.purpose = KB_PURPOSE_VSV);
}

Test(consent_rules, limited_only_ever_takes_away)
{
	STEP(KB_TOESTEMMING_NEWER, fresh.versie = 2; fresh.status = KB_TOESTEMMING_BEPERKT;
	     fresh.categories = KB_DATA_PROCES; fresh.party_count = 1; fresh.valid_from = 20261001;
	     fresh.valid_until = 20261231);
	STEP(KB_TOESTEMMING_NEWER, held.valid_until = 0; fresh.versie = 2;
	     fresh.status = KB_TOESTEMMING_BEPERKT);
	/* New evidence does not help: what adds is no limit. */
	STEP(KB_TOESTEMMING_FOREIGN, fresh.versie = 2; fresh.status = KB_TOESTEMMING_BEPERKT;
	     fresh.party_count = 3; NEW_EVIDENCE);
	STEP(KB_TOESTEMMING_FOREIGN, fresh.versie = 2; fresh.status = KB_TOESTEMMING_BEPERKT;
	     fresh.categories |= KB_DATA_GEZIN; NEW_EVIDENCE);
	STEP(KB_TOESTEMMING_FOREIGN, fresh.versie = 2; fresh.status = KB_TOESTEMMING_BEPERKT;
	     fresh.valid_until = 20270801; NEW_EVIDENCE);
	STEP(KB_TOESTEMMING_FOREIGN, fresh.versie = 2; fresh.status = KB_TOESTEMMING_BEPERKT;
	     fresh.valid_until = 0; NEW_EVIDENCE);
	STEP(KB_TOESTEMMING_FOREIGN, fresh.versie = 2; fresh.status = KB_TOESTEMMING_BEPERKT;
	     fresh.valid_from = 20260831; NEW_EVIDENCE);
}

Test(consent_rules, an_extension_needs_new_evidence)
{
	STEP(KB_TOESTEMMING_FOREIGN, fresh.versie = 2; fresh.party_count = 3);
	STEP(KB_TOESTEMMING_NEWER, fresh.versie = 2; fresh.party_count = 3; NEW_EVIDENCE);
	STEP(KB_TOESTEMMING_FOREIGN, fresh.versie = 2; fresh.categories |= KB_DATA_GEZIN);
	STEP(KB_TOESTEMMING_NEWER, fresh.versie = 2; fresh.categories |= KB_DATA_GEZIN;
	     NEW_EVIDENCE);
	STEP(KB_TOESTEMMING_FOREIGN, fresh.versie = 2; fresh.valid_until = 0);
	STEP(KB_TOESTEMMING_NEWER, fresh.versie = 2; fresh.valid_until = 0; NEW_EVIDENCE);
	/* The second guardian signs later. */
	STEP(KB_TOESTEMMING_FOREIGN, held.gezag = 2; fresh.gezag = 2; fresh.ouders = 2;
	     fresh.versie = 2);
	STEP(KB_TOESTEMMING_NEWER, held.gezag = 2; fresh.gezag = 2; fresh.ouders = 2;
	     fresh.versie = 2; NEW_EVIDENCE);
	/* A limit of an extension that was missed here. */
	STEP(KB_TOESTEMMING_NEWER, fresh.versie = 3; fresh.status = KB_TOESTEMMING_BEPERKT;
	     fresh.party_count = 3; NEW_EVIDENCE);
	STEP(KB_TOESTEMMING_FOREIGN, fresh.versie = 3; fresh.status = KB_TOESTEMMING_BEPERKT;
	     fresh.party_count = 3);
}

Test(consent_rules, any_party_that_is_named_withdraws_and_nothing_brings_it_back)
{
	STEP(KB_TOESTEMMING_WITHDRAWS, fresh.status = KB_TOESTEMMING_INGETROKKEN; fresh.versie = 2);
	STEP(KB_TOESTEMMING_WITHDRAWS, fresh.status = KB_TOESTEMMING_INGETROKKEN; fresh.versie = 2;
	     fresh.recorder = ids[GEMEENTE]);
	/* Of an older version, by somebody who missed the newest: it ends the toestemming all the same. */
	STEP(KB_TOESTEMMING_WITHDRAWS, fresh.status = KB_TOESTEMMING_INGETROKKEN; held.versie = 9;
	     fresh.versie = 2; fresh.recorder = ids[GEMEENTE]);
	STEP(KB_TOESTEMMING_FOREIGN, fresh.status = KB_TOESTEMMING_INGETROKKEN; fresh.versie = 2;
	     fresh.recorder = ids[STRANGER]);
	STEP(KB_TOESTEMMING_OLDER, held.status = KB_TOESTEMMING_INGETROKKEN; fresh.versie = 5;
	     NEW_EVIDENCE);
	STEP(KB_TOESTEMMING_OLDER, held.status = KB_TOESTEMMING_INGETROKKEN;
	     fresh.status = KB_TOESTEMMING_INGETROKKEN; fresh.recorder = ids[GEMEENTE];
	     fresh.versie = 5);
}

Test(consent_rules, words_go_both_ways)
{
	for (unsigned i = 1; i < KB_LEEFTIJD_COUNT; i++) {
		const char *name = kb_leeftijd_name((enum kb_leeftijd)i);

		cr_assert_eq(kb_leeftijd_parse(kb_span_text(name)), i);
		cr_assert_gt(strlen(kb_leeftijd_label((enum kb_leeftijd)i)), 0u);
	}
	cr_assert_eq(kb_leeftijd_parse(kb_span_text("13")), KB_LEEFTIJD_NONE);
	cr_assert_str_eq(kb_toestemming_status_name(KB_TOESTEMMING_BEPERKT), "beperkt");
	cr_assert_str_eq(kb_toestemming_status_label(KB_TOESTEMMING_INGETROKKEN), "ingetrokken");
	cr_assert_str_eq(kb_toestemming_status_name((enum kb_toestemming_status)9), "");
}
