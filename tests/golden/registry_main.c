/* SPDX-License-Identifier: EUPL-1.2 */
/* kb-registry README: writes the tables of proto/README.md anew from the code. */
#include "tests/golden/registry.h"

#include <stdio.h>

#define FILE_BYTES_MAX (1024 * 1024)

int
main(int count, char **arguments)
{
	struct kb_buf readme = { 0 };
	struct kb_buf renewed = { 0 };
	const char *missing = NULL;
	uint8_t *at = NULL;
	FILE *file = count == 2 ? fopen(arguments[1], "rb") : NULL;
	bool ok = file != NULL && kb_buf_extend(&readme, FILE_BYTES_MAX, &at) == KB_OK;

	if (!ok) {
		(void)fprintf(stderr, "usage: kb-registry proto/README.md\n");
		return 64;
	}
	readme.len = fread(at, 1, FILE_BYTES_MAX, file);
	(void)fclose(file);
	if (!kb_registry_renew(kb_buf_span(&readme), &renewed, &missing)) {
		(void)fprintf(stderr, "kb-registry: no block %s in %s\n", missing, arguments[1]);
		return 65;
	}
	file = fopen(arguments[1], "wb");
	ok = file != NULL && fwrite(renewed.at, 1, renewed.len, file) == renewed.len;
	ok = file != NULL && fclose(file) == 0 && ok;
	kb_buf_release(&readme);
	kb_buf_release(&renewed);
	return ok ? 0 : 69;
}
