/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys in memory: locked, left out of core files, wiped. */
#include "common/base/secret.h"

#include <sys/mman.h>
#include <unistd.h>

enum kb_err
kb_secret_init(struct kb_secret *secret, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t mapped = (len + page - 1) / page * page;
	void *at = NULL;

	KB_INVARIANT(secret->at == NULL && len > 0 && len <= page * 1024);
	at = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED) {
		return KB_ERR_NO_MEMORY;
	}
	/* RLIMIT_MEMLOCK may be small: a secret that could be swapped is better than a daemon that does not start. */
	(void)mlock(at, mapped);
	(void)madvise(at, mapped, MADV_DONTDUMP);
	secret->at = at;
	secret->len = len;
	secret->mapped_bytes = mapped;
	return KB_OK;
}

void
kb_secret_release(struct kb_secret *secret)
{
	if (secret->at != NULL) {
		kb_wipe(secret->at, secret->mapped_bytes);
		(void)munmap(secret->at, secret->mapped_bytes);
	}
	*secret = (struct kb_secret){ 0 };
}

bool
kb_secret_equal(struct kb_span a, struct kb_span b)
{
	uint8_t difference = 0;

	if (a.len != b.len) {
		return false;
	}
	for (size_t i = 0; i < a.len; i++) {
		difference |= (uint8_t)(a.at[i] ^ b.at[i]);
	}
	return difference == 0;
}

void
kb_wipe(void *at, size_t len)
{
	if (len > 0) {
		explicit_bzero(at, len);
	}
}
