/* SPDX-License-Identifier: EUPL-1.2 */
/* HTML pages with slots: checked as a whole, filled with values that are always escaped. */
#ifndef KB_BASE_TEMPLATE_H
#define KB_BASE_TEMPLATE_H

#include "common/base/buf.h"

/*
 * The language, and there is no more of it:
 *
 *	{{naam}}                     the value of a text slot, or of a column within its list
 *	{{#als naam}}...{{/als}}     only when that text is not empty, or that list has rows
 *	{{#lijst naam}}...{{/lijst}} once for every row; a list stands in no other list
 *
 * A name is a-z, 0-9 and _, and begins with a letter. A slot stands in the text of the page only, never in a tag, a comment or
 * <style>; so escaping & < > " ' holds everywhere, and a value can open nothing. A line end in a value becomes <br>.
 * The page itself must stand alone: no script, no event attribute, nothing that is fetched from elsewhere.
 */
#define KB_TEMPLATE_BYTES_MAX ((size_t)256 * 1024)
#define KB_TEMPLATE_PAGE_MAX ((size_t)4 * 1024 * 1024)
#define KB_TEMPLATE_NAME_MAX 32u
#define KB_TEMPLATE_DEPTH_MAX 8u
#define KB_TEMPLATE_COLUMNS_MAX 8u

/* A name that the page may use. */
struct kb_template_slot {
	const char *name;
	const char *const
		*columns; /* NULL: a text. Else a list: names of its columns, ended by NULL */
	bool optional;	  /* may be empty, and therefore stands inside {{#als name}} only */
	bool shown;	  /* a page without it is refused */
};

/* What fills the slot of the same place. Spans are borrowed. */
struct kb_template_value {
	struct kb_span text;
	const struct kb_span
		*cells; /* row after row, as many as there are columns; a cell may be empty */
	size_t row_count;
};

struct kb_template {
	const char *file; /* its name in faults */
	struct kb_span bytes;
	const struct kb_template_slot *slots;
	size_t slot_count;
};

/* Hears every fault, in the order of the file. line 0: the page as a whole. text is Dutch, one line. */
typedef void (*kb_template_say)(void *to, const char *file, uint32_t line, const char *text);

/* KB_OK, or KB_ERR_DATA after at least one fault was said. */
KB_MUST_CHECK enum kb_err kb_template_check(const struct kb_template *page, kb_template_say say,
					    void *to);

/*
 * Checks, then appends the filled page to out; there is one value per slot. KB_ERR_DATA as above, and for a slot that is not
 * optional and has no value, or a value that is no clean text (kb_text_ok); KB_ERR_OVERSIZE above KB_TEMPLATE_PAGE_MAX or the
 * ceiling of out; KB_ERR_NO_MEMORY. On an error out is as it was.
 */
KB_MUST_CHECK enum kb_err kb_template_fill(const struct kb_template *page,
					   const struct kb_template_value *values,
					   struct kb_buf *out, kb_template_say say, void *to);

#endif
