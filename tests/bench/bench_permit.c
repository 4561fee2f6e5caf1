/* SPDX-License-Identifier: EUPL-1.2 */
/* What one permission decision costs: every row of the table asked in turn, allowed and refused alike; and no memory is taken. */
#include <malloc.h>
#include <stdlib.h>

#include "common/exchange/identifier_policy.h"
#include "tests/bench/bench.h"

#define ROUNDS 4000
#define ROWS_MAX 4096

/* One party of a side: the first kind, sector and desk that it names. */
static struct kb_permit_party
party_of(const struct kb_permit_side *side)
{
	return (struct kb_permit_party){ .kind = (enum kb_party_kind)__builtin_ctz(side->kinds),
					 .sectors = side->sectors,
					 .desk = side->desk };
}

/* A question that the row answers with yes, for odd numbers with a category too many: half is refused. */
static struct kb_permit_question
question_of(const struct kb_permit_row *row, size_t number)
{
	return (struct kb_permit_question){ .kind = (uint32_t)row->kind,
					    .variant = (uint32_t)row->variant,
					    .purpose = (uint32_t)row->purpose,
					    .ground = (uint32_t)row->ground,
					    .from = party_of(&row->from),
					    .to = party_of(&row->to),
					    .categories = number % 2 == 0 ? row->categories
									  : (uint32_t)KB_DATA_ALL,
					    .met = row->needs,
					    .region = row->region_on,
					    .day = 20783 };
}

int
main(void)
{
	static struct kb_permit_question questions[ROWS_MAX];
	struct kb_permit_answer answer;
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);
	size_t allowed = 0;
	struct mallinfo2 before;
	struct mallinfo2 after;
	double started = 0;

	if (count > ROWS_MAX) {
		return 70;
	}
	for (size_t i = 0; i < count; i++) {
		questions[i] = question_of(&rows[i], i);
	}
	before = mallinfo2();
	started = bench_seconds();
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < count; i++) {
			allowed += kb_permit_decide(&questions[i], &answer) == KB_OK &&
				   kb_identifiers_check(&questions[i], KB_IDENTIFIER_PSEUDONIEM) ==
					   KB_OK;
		}
	}
	started = bench_seconds() - started;
	after = mallinfo2(); /* before anything is printed: that takes memory */
	bench_print("permit_per_s", (double)ROUNDS * (double)count / started);
	bench_print("permit_rows", (double)count);
	bench_print("permit_allocated_bytes", (double)(after.uordblks - before.uordblks));
	return allowed > 0 ? 0 : 70;
}
