/* SPDX-License-Identifier: EUPL-1.2 */
/* Random bytes good enough for keys and nonces, bought in bulk. */
#include "common/crypto/rng.h"

#include "common/base/secret.h"
#include "common/crypto/crypto_internal.h"

#include <openssl/rand.h>
#include <sys/mman.h>

#define POOL_BYTES 4096

/* One page of its own, wiped by the kernel in a forked child: there left is 0 again, so no byte is given twice. */
struct pool {
	size_t left; /* the unused bytes are the first ones */
	uint8_t bytes[POOL_BYTES - sizeof(size_t)];
};

static struct pool *pool;

static void
random_or_abort(uint8_t *at, size_t len)
{
	(void)kb_crypto_state();
	while (len > 0) {
		size_t part = len < POOL_BYTES ? len : POOL_BYTES;

		KB_INVARIANT(RAND_bytes(at, (int)part) == 1);
		at += part;
		len -= part;
	}
}

/* NULL when the kernel cannot promise the wipe: then there is no buffering. */
static struct pool *
pool_open(void)
{
	void *at = mmap(NULL, sizeof(struct pool), PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED) {
		return NULL;
	}
	if (madvise(at, sizeof(struct pool), MADV_WIPEONFORK) != 0) {
		(void)munmap(at, sizeof(struct pool));
		return NULL;
	}
	(void)madvise(at, sizeof(struct pool), MADV_DONTDUMP);
	(void)mlock(at, sizeof(struct pool));
	return at;
}

void
kb_crypto_random(void *at, size_t len)
{
	if (pool == NULL) {
		pool = pool_open();
	}
	if (pool == NULL || len > sizeof(pool->bytes) / 8) {
		random_or_abort(at, len);
		return;
	}
	if (pool->left < len) {
		random_or_abort(pool->bytes, sizeof(pool->bytes));
		pool->left = sizeof(pool->bytes);
	}
	pool->left -= len;
	if (len > 0) {
		memcpy(at, pool->bytes + pool->left, len);
		kb_wipe(pool->bytes + pool->left, len);
	}
}

static void
crypto_fill(void *unused, uint8_t *at, size_t len)
{
	(void)unused;
	kb_crypto_random(at, len);
}

struct kb_random
kb_random_crypto(void)
{
	return (struct kb_random){ .fill = crypto_fill, .state = NULL };
}

void
kb_rng_release(void)
{
	if (pool != NULL) {
		kb_wipe(pool, sizeof(*pool));
		(void)munmap(pool, sizeof(*pool));
		pool = NULL;
	}
}

enum kb_err
kb_rng_private(uint8_t *at, size_t len)
{
	(void)kb_crypto_state();
	if (RAND_priv_bytes(at, (int)len) != 1) {
		return kb_crypto_failed(KB_ERR_CRYPTO);
	}
	return KB_OK;
}
