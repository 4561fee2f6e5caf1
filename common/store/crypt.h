/* SPDX-License-Identifier: EUPL-1.2 */
/* Encryption of a row's value under a data key, bound to its table and key. */
#ifndef KB_STORE_CRYPT_H
#define KB_STORE_CRYPT_H

#include "common/crypto/datakey.h"
#include "common/store/env.h"

/* Appends the sealed value (KB_DATAKEY_OVERHEAD_BYTES longer) to out. Additional data: table number, row_key. row_key may be any
 * text that names the place for good; use the row's own key. */
KB_MUST_CHECK enum kb_err kb_value_seal(const struct kb_datakey *key, unsigned table,
					struct kb_span row_key, struct kb_span plain,
					struct kb_buf *out);
/* Appends the plaintext to out (release it with kb_buf_wipe()). KB_ERR_CORRUPT: another key, table or row, or changed bytes. */
KB_MUST_CHECK enum kb_err kb_value_open(const struct kb_datakey *key, unsigned table,
					struct kb_span row_key, struct kb_span sealed,
					struct kb_buf *out);

#endif
