/* SPDX-License-Identifier: EUPL-1.2 */
/* The buffered random bytes: fresh, never given twice, not in a forked child either. */
#include "common/crypto/init.h"
#include "common/crypto/rng.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define DRAWS 4096

static int
compare_draws(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

Test(rng, draws_of_any_size_never_repeat)
{
	uint8_t(*draws)[16] = calloc(DRAWS, 16);

	cr_assert_not_null(draws);
	for (size_t i = 0; i < DRAWS; i++) {
		uint8_t odd[13];

		kb_crypto_random(draws[i], 16);
		kb_crypto_random(odd, sizeof(odd));
	}
	qsort(draws, DRAWS, 16, compare_draws);
	for (size_t i = 1; i < DRAWS; i++) {
		cr_assert_neq(memcmp(draws[i - 1], draws[i], 16), 0);
	}
	free(draws);
	kb_crypto_release();
}

Test(rng, a_large_draw_is_filled_to_its_end_and_none_is_allowed)
{
	uint8_t large[10000] = { 0 };
	size_t zeros = 0;
	uint8_t untouched = 7;

	kb_crypto_random(large, sizeof(large));
	for (size_t i = sizeof(large) - 64; i < sizeof(large); i++) {
		zeros += large[i] == 0;
	}
	cr_assert_lt(zeros, 16);
	kb_crypto_random(&untouched, 0);
	cr_assert_eq(untouched, 7);
	kb_crypto_release();
}

Test(rng, a_forked_child_draws_other_bytes_than_its_parent)
{
	uint8_t first[8];
	uint8_t ours[32];
	uint8_t theirs[32];
	int fds[2];
	int status = 0;
	pid_t child = 0;

	/* The buffer is filled now, so both sides would go on with the same bytes. */
	kb_crypto_random(first, sizeof(first));
	cr_assert_eq(pipe(fds), 0);
	child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		kb_crypto_random(theirs, sizeof(theirs));
		_exit(write(fds[1], theirs, sizeof(theirs)) == (ssize_t)sizeof(theirs) ? 0 : 1);
	}
	kb_crypto_random(ours, sizeof(ours));
	cr_assert_eq(read(fds[0], theirs, sizeof(theirs)), (ssize_t)sizeof(theirs));
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert_eq(status, 0);
	cr_assert_arr_neq(ours, theirs, sizeof(ours));
	(void)close(fds[0]);
	(void)close(fds[1]);
	kb_crypto_release();
}

Test(rng, the_interface_of_base_draws_from_it)
{
	struct kb_random random = kb_random_crypto();
	struct kb_id a = kb_id_random(&random);
	struct kb_id b = kb_id_random(&random);

	cr_assert(!kb_id_equal(&a, &b));
	cr_assert(!kb_id_empty(&a));
	kb_crypto_release();
}
