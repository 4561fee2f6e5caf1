/* SPDX-License-Identifier: EUPL-1.2 */
/* Pages that share a frame: two files joined into one text, and which line of it came from where. */
#ifndef KB_BASE_TEMPLATE_FRAME_H
#define KB_BASE_TEMPLATE_FRAME_H

#include <limits.h>

#include "common/base/template.h"

/* The line of the frame that the part takes the place of; nothing else stands on it but spaces and tabs. */
#define KB_TEMPLATE_FRAME_MARK "{{brief}}"

/* page is the joined text: lines before first_line are those of the frame, then part_lines of the part, then the frame again,
 * which goes on behind its mark. */
struct kb_template_frame {
	char frame_file[PATH_MAX];
	char part_file[PATH_MAX];
	struct kb_buf page;
	uint32_t first_line; /* in page, from 1 */
	uint32_t part_lines;
	kb_template_say say; /* hears what kb_template_frame_say() is told */
	void *to;
};

/*
 * Joins frame and part into page; the two names are filled in. KB_ERR_DATA after a fault was said, with the file that it is in: a
 * frame without the mark, with more than one, or with something beside it; bytes that are no clean text (kb_text_ok); a part that
 * is a whole page (<!doctype or <html), for then the frame would stand around a second one. KB_ERR_NO_MEMORY.
 * What the check of a template finds is not looked at here. Release it also after an error.
 */
KB_MUST_CHECK enum kb_err kb_template_frame_join(struct kb_template_frame *frame,
						 struct kb_span frame_bytes,
						 struct kb_span part_bytes);

/*
 * Reads FOLDER/FRAME.html and FOLDER/PART.html and joins them. Faults go to say with to, also a file that is not there or cannot be
 * read: then it returns the error of kb_file_read() for the first of them. Else as kb_template_frame_join().
 */
KB_MUST_CHECK enum kb_err kb_template_frame_load(struct kb_template_frame *frame,
						 const char *folder, const char *frame_name,
						 const char *part_name, kb_template_say say,
						 void *to);

/* A kb_template_say for a check of page; to is the struct kb_template_frame. Tells it on with the file and the line that it came
 * from. line 0, the page as a whole, is told of the part: what a kind must show is missed in its own file. */
void kb_template_frame_say(void *to, const char *file, uint32_t line, const char *text);

void kb_template_frame_release(struct kb_template_frame *frame);

#endif
