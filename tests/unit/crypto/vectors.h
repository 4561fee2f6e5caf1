/* SPDX-License-Identifier: EUPL-1.2 */
/* Vector files of the tests: reading, hex, private folders. */
#ifndef KB_TEST_CRYPTO_VECTORS_H
#define KB_TEST_CRYPTO_VECTORS_H

#include "common/base/buf.h"
#include "common/base/secret.h"

#define GOLDEN KB_SOURCE_DIR "/tests/golden/crypto/"

/* The whole file, NUL behind it; false when there is none. */
bool file_text(const char *path, struct kb_buf *out);

/* The next "name": value of flat JSON from *at on; a value is a text or a number, other values are passed over. name and
 * value are cut to their sizes by an assertion. false at the end. */
bool next_pair(const char **at, char *name, size_t name_size, char *value, size_t value_size);

/* Hex ("-" is nothing) appended; asserts that it is hex. */
void put_hex(struct kb_buf *out, const char *hex);
/* A secret of the bytes. */
struct kb_secret secret_of(const void *at, size_t len);
/* Exactly count bytes of hex. */
void hex_exact(const char *hex, uint8_t *out, size_t count);

/* A new private folder (caller frees the text); removed with all in it by folder_remove(). */
char *folder_make(void);
void folder_remove(char *folder);
/* folder/name in a static place: used up by the next call. */
const char *in_folder(const char *folder, const char *name);

#endif
