/* SPDX-License-Identifier: EUPL-1.2 */
/* The error table, read by index. */
#include "common/base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct error_row {
	const char *name;
	const char *text;
	enum kb_err_category category;
	uint32_t reason;
};

static const struct error_row rows[] = {
#define KB_ERROR_ROW(name, category, reason, text) { #name, text, KB_CATEGORY_##category, reason },
	KB_ERROR_TABLE(KB_ERROR_ROW)
#undef KB_ERROR_ROW
};
_Static_assert(sizeof(rows) / sizeof(rows[0]) == KB_ERR_COUNT, "one row per error");

static const struct {
	const char *name;
	int exit_code;
} categories[] = {
	[KB_CATEGORY_NONE] = { "none", 0 },
	[KB_CATEGORY_IO] = { "io", 69 },
	[KB_CATEGORY_AGAIN] = { "again", 75 },
	[KB_CATEGORY_PROTOCOL] = { "protocol", 65 },
	[KB_CATEGORY_REFUSED] = { "refused", 77 },
	[KB_CATEGORY_CONFLICT] = { "conflict", 65 },
	[KB_CATEGORY_DATA] = { "data", 65 },
	[KB_CATEGORY_CONFIG] = { "config", 78 },
	[KB_CATEGORY_USAGE] = { "usage", 64 },
	[KB_CATEGORY_PERMISSION] = { "permission", 77 },
	[KB_CATEGORY_INTERNAL] = { "internal", 70 },
};

static const struct error_row *
row_of(enum kb_err err)
{
	return (unsigned)err < KB_ERR_COUNT ? &rows[err] : &rows[KB_ERR_INTERNAL];
}

const char *
kb_err_name(enum kb_err err)
{
	return row_of(err)->name;
}

const char *
kb_err_text(enum kb_err err)
{
	return row_of(err)->text;
}

enum kb_err_category
kb_err_category(enum kb_err err)
{
	return row_of(err)->category;
}

const char *
kb_err_category_name(enum kb_err_category category)
{
	return (unsigned)category <= KB_CATEGORY_INTERNAL ? categories[category].name : "internal";
}

uint32_t
kb_err_reason(enum kb_err err)
{
	return row_of(err)->reason;
}

static const struct error_row *
row_of_reason(uint32_t reason)
{
	for (size_t i = 0; i < KB_ERR_COUNT; i++) {
		if (reason != 0 && rows[i].reason == reason) {
			return &rows[i];
		}
	}
	return NULL;
}

enum kb_err
kb_err_from_reason(uint32_t reason)
{
	const struct error_row *row = row_of_reason(reason);

	return row != NULL ? (enum kb_err)(row - rows) : KB_ERR_INTERNAL;
}

bool
kb_reason_known(uint32_t reason)
{
	return row_of_reason(reason) != NULL;
}

int
kb_err_exit_code(enum kb_err err)
{
	return categories[row_of(err)->category].exit_code;
}

enum kb_err
kb_err_from_errno(int error_number)
{
	static const struct {
		int number;
		enum kb_err err;
	} map[] = {
		{ ENOSPC, KB_ERR_NO_SPACE },  { EDQUOT, KB_ERR_NO_SPACE },
		{ ENOMEM, KB_ERR_NO_MEMORY }, { EACCES, KB_ERR_PERMISSION },
		{ EPERM, KB_ERR_PERMISSION }, { EAGAIN, KB_ERR_BUSY },
	};

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
		if (map[i].number == error_number) {
			return map[i].err;
		}
	}
	return KB_ERR_IO;
}

enum kb_err
kb_fail(struct kb_error_text *where, enum kb_err err, const char *format, ...)
{
	va_list arguments;

	if (where != NULL) {
		va_start(arguments, format);
		(void)vsnprintf(where->text, sizeof(where->text), format, arguments);
		va_end(arguments);
	}
	return err;
}

void
kb_invariant_failed(const char *condition, const char *file, int line)
{
	(void)fprintf(stderr, "error invariant condition=\"%s\" file=%s line=%d\n", condition, file,
		      line);
	abort();
}
