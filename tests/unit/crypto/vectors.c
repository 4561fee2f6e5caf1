/* SPDX-License-Identifier: EUPL-1.2 */
/* Vector files of the tests: reading, hex, private folders. */
#include "tests/unit/crypto/vectors.h"

#include "common/base/text.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool
file_text(const char *path, struct kb_buf *out)
{
	FILE *file = fopen(path, "rb");
	uint8_t piece[4096];
	size_t got = 0;

	if (file == NULL) {
		return false;
	}
	while ((got = fread(piece, 1, sizeof(piece), file)) > 0) {
		cr_assert_eq(kb_buf_put(out, kb_span(piece, got)), KB_OK);
	}
	(void)fclose(file);
	cr_assert_not_null(kb_buf_text(out));
	return true;
}

/* Copies up to one of the characters of ends; *at is behind it then. */
static void
take_until(const char **at, const char *ends, char *out, size_t size)
{
	size_t len = strcspn(*at, ends);

	cr_assert_lt(len, size);
	memcpy(out, *at, len);
	out[len] = '\0';
	*at += len;
}

bool
next_pair(const char **at, char *name, size_t name_size, char *value, size_t value_size)
{
	while ((*at = strchr(*at, '"')) != NULL) {
		++*at;
		take_until(at, "\"", name, name_size);
		++*at;
		*at += strspn(*at, " ");
		if (**at != ':') {
			continue;
		}
		++*at;
		*at += strspn(*at, " ");
		if (**at == '"') {
			++*at;
			take_until(at, "\"", value, value_size);
			++*at;
			return true;
		}
		if (**at >= '0' && **at <= '9') {
			take_until(at, ",}\n ", value, value_size);
			return true;
		}
	}
	return false;
}

void
put_hex(struct kb_buf *out, const char *hex)
{
	size_t count = strcmp(hex, "-") == 0 ? 0 : strlen(hex) / 2;
	uint8_t *at = NULL;

	if (count > 0) {
		cr_assert_eq(kb_buf_extend(out, count, &at), KB_OK);
		cr_assert_eq(kb_hex_decode(kb_span_text(hex), at, count), KB_OK);
	}
}

struct kb_secret
secret_of(const void *at, size_t len)
{
	struct kb_secret secret = { 0 };

	cr_assert_eq(kb_secret_init(&secret, len), KB_OK);
	memcpy(secret.at, at, len);
	return secret;
}

void
hex_exact(const char *hex, uint8_t *out, size_t count)
{
	cr_assert_eq(kb_hex_decode(kb_span_text(hex), out, count), KB_OK);
}

char *
folder_make(void)
{
	char *folder = strdup("/tmp/kb-crypto-XXXXXX");

	cr_assert_not_null(folder);
	cr_assert_not_null(mkdtemp(folder));
	return folder;
}

void
folder_remove(char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry = NULL;

	cr_assert_not_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
		}
	}
	(void)closedir(dir);
	cr_assert_eq(rmdir(folder), 0);
	free(folder);
}

const char *
in_folder(const char *folder, const char *name)
{
	static char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}
