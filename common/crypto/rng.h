/* SPDX-License-Identifier: EUPL-1.2 */
/* Random bytes good enough for keys and nonces. */
#ifndef KB_CRYPTO_RNG_H
#define KB_CRYPTO_RNG_H

#include "common/base/random.h"

/* len random bytes of libcrypto's generator, out of a small buffer of this process. Every byte is given once and wiped;
 * a forked child starts with an empty buffer. Cannot fail: a system without randomness aborts. */
void kb_crypto_random(void *at, size_t len);

/* The same behind the interface of common/base/random.h. */
struct kb_random kb_random_crypto(void);

#endif
