/* SPDX-License-Identifier: EUPL-1.2 */
/* Values sealed to their place. */
#include "common/store/crypt.h"

#define AAD_MAX (1 + KB_KEY_MAX)

static enum kb_err
place(unsigned table, struct kb_span row_key, uint8_t aad[AAD_MAX], struct kb_span *out)
{
	if (row_key.len > KB_KEY_MAX || table >= KB_ENV_TABLES_MAX) {
		return KB_ERR_OVERSIZE;
	}
	aad[0] = (uint8_t)table;
	if (row_key.len > 0) {
		memcpy(aad + 1, row_key.at, row_key.len);
	}
	*out = kb_span(aad, 1 + row_key.len);
	return KB_OK;
}

enum kb_err
kb_value_seal(const struct kb_datakey *key, unsigned table, struct kb_span row_key,
	      struct kb_span plain, struct kb_buf *out)
{
	uint8_t aad[AAD_MAX];
	struct kb_span text;
	enum kb_err err = place(table, row_key, aad, &text);

	return err == KB_OK ? kb_datakey_seal(key, text, plain, out) : err;
}

enum kb_err
kb_value_open(const struct kb_datakey *key, unsigned table, struct kb_span row_key,
	      struct kb_span sealed, struct kb_buf *out)
{
	uint8_t aad[AAD_MAX];
	struct kb_span text;
	enum kb_err err = place(table, row_key, aad, &text);

	return err == KB_OK ? kb_datakey_open(key, text, sealed, out) : err;
}
