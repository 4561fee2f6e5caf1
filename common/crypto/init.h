/* SPDX-License-Identifier: EUPL-1.2 */
/* Start and end of everything cryptographic in this process. */
#ifndef KB_CRYPTO_INIT_H
#define KB_CRYPTO_INIT_H

#include "common/base/error.h"

/*
 * Loads libcrypto without reading its configuration file (an openssl.cnf must not change what we accept), sets up its
 * locked heap for private keys and fetches every algorithm once. Call at start, before keys are read; a second call
 * does nothing. KB_ERR_CRYPTO when an algorithm is missing. The functions of this folder call it themselves when it
 * was forgotten and abort if it then fails. All state is per process and for one thread (convention 54).
 */
KB_MUST_CHECK enum kb_err kb_crypto_init(void);

/* Wipes and frees all state, caches included. Free keys and contexts first. May be followed by kb_crypto_init(). */
void kb_crypto_release(void);

#endif
