/* SPDX-License-Identifier: EUPL-1.2 */
/* A frame and its part, joined into one page. */
#include "common/base/template_frame.h"

#include <stdio.h>
#include <strings.h>

#include "common/base/file.h"
#include "common/base/text.h"

#define FAULT_TEXT 160

/* The line that begins at at, without its LF. */
static struct kb_span
line_at(struct kb_span text, size_t at)
{
	const uint8_t *end = memchr(text.at + at, '\n', text.len - at);

	return kb_span_part(text, at, end != NULL ? (size_t)(end - text.at) - at : text.len);
}

static bool
line_holds(struct kb_span line, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= line.len; i++) {
		if (strncasecmp((const char *)line.at + i, word, len) == 0) {
			return true;
		}
	}
	return false;
}

static enum kb_err
fault(const struct kb_template_frame *frame, const char *file, uint32_t line, const char *text)
{
	if (frame->say != NULL) {
		frame->say(frame->to, file, line, text);
	}
	return KB_ERR_DATA;
}

/* Where the mark is: its line counted from 1, and the bytes of that line with its LF. */
struct mark {
	uint32_t line;
	size_t start;
	size_t end;
};

static enum kb_err
find_mark(const struct kb_template_frame *frame, struct kb_span text, struct mark *out)
{
	const struct kb_span mark = kb_span_text(KB_TEMPLATE_FRAME_MARK);
	enum kb_err err = KB_OK;
	uint32_t number = 0;
	size_t at = 0;

	*out = (struct mark){ .line = 0 };
	while (at < text.len) {
		struct kb_span line = line_at(text, at);
		size_t end = at + line.len < text.len ? at + line.len + 1 : text.len;

		number++;
		if (!line_holds(line, KB_TEMPLATE_FRAME_MARK)) {
			at = end;
			continue;
		}
		if (!kb_span_equal(kb_text_trim(line), mark)) {
			err = fault(frame, frame->frame_file, number,
				    KB_TEMPLATE_FRAME_MARK " staat alleen op zijn regel");
		} else if (out->line > 0) {
			err = fault(frame, frame->frame_file, number,
				    KB_TEMPLATE_FRAME_MARK " staat er al: het kan maar een keer");
		}
		if (out->line == 0) {
			*out = (struct mark){ .line = number, .start = at, .end = end };
		}
		at = end;
	}
	if (out->line == 0) {
		err = fault(frame, frame->frame_file, 0,
			    "er is geen regel " KB_TEMPLATE_FRAME_MARK
			    ": daar komt de brief te staan");
	}
	return err;
}

/* A letter of before there was a frame would give a page in a page. Counts its lines too. */
static enum kb_err
look_at_part(struct kb_template_frame *frame, struct kb_span text)
{
	enum kb_err err = KB_OK;
	size_t at = 0;

	frame->part_lines = 0;
	while (at < text.len) {
		struct kb_span line = line_at(text, at);

		frame->part_lines++;
		at += line.len + 1;
		if (err == KB_OK && (line_holds(line, "<!doctype") || line_holds(line, "<html"))) {
			err = fault(
				frame, frame->part_file, frame->part_lines,
				"dit is een hele pagina: kop, opmaak en voet staan in het blad");
		}
	}
	return err;
}

static enum kb_err
clean(const struct kb_template_frame *frame, const char *file, struct kb_span text)
{
	return kb_text_ok(text, true)
		       ? KB_OK
		       : fault(frame, file, 0,
			       "het bestand is geen UTF-8-tekst of er staan stuurtekens in (regels "
			       "eindigen op LF)");
}

enum kb_err
kb_template_frame_join(struct kb_template_frame *frame, struct kb_span frame_bytes,
		       struct kb_span part_bytes)
{
	struct mark mark = { .line = 0 };
	enum kb_err err = clean(frame, frame->frame_file, frame_bytes);
	enum kb_err of_part = clean(frame, frame->part_file, part_bytes);

	if (err == KB_OK) {
		err = find_mark(frame, frame_bytes, &mark);
	}
	if (of_part == KB_OK) {
		of_part = look_at_part(frame, part_bytes);
	}
	err = err == KB_OK ? of_part : err;
	frame->first_line = mark.line;
	kb_buf_clear(&frame->page);
	if (err == KB_OK) {
		err = kb_buf_put(&frame->page, kb_span_part(frame_bytes, 0, mark.start));
	}
	if (err == KB_OK) {
		err = kb_buf_put(&frame->page, part_bytes);
	}
	/* A part without a last LF would run on into the frame, and its last line would be of both. */
	if (err == KB_OK && part_bytes.len > 0 && part_bytes.at[part_bytes.len - 1] != '\n') {
		err = kb_buf_put_u8(&frame->page, '\n');
	}
	if (err == KB_OK) {
		err = kb_buf_put(&frame->page,
				 kb_span_part(frame_bytes, mark.end, frame_bytes.len));
	}
	return err;
}

static enum kb_err
read_one(const struct kb_template_frame *frame, const char *path, struct kb_buf *out)
{
	char text[FAULT_TEXT];
	enum kb_err err = kb_file_read(path, KB_TEMPLATE_BYTES_MAX, out, NULL);

	if (err == KB_ERR_NOT_FOUND) {
		(void)fault(frame, path, 0, "dit bestand ontbreekt");
	} else if (err != KB_OK) {
		(void)snprintf(text, sizeof(text), "kan niet worden gelezen (%s)",
			       kb_err_text(err));
		(void)fault(frame, path, 0, text);
	}
	return err;
}

enum kb_err
kb_template_frame_load(struct kb_template_frame *frame, const char *folder, const char *frame_name,
		       const char *part_name, kb_template_say say, void *to)
{
	struct kb_buf frame_bytes = { 0 };
	struct kb_buf part_bytes = { 0 };
	enum kb_err err = KB_OK;
	enum kb_err of_part = KB_OK;

	*frame = (struct kb_template_frame){ .say = say, .to = to };
	(void)snprintf(frame->frame_file, sizeof(frame->frame_file), "%s/%s.html", folder,
		       frame_name);
	(void)snprintf(frame->part_file, sizeof(frame->part_file), "%s/%s.html", folder, part_name);
	/* Both, so that one that is missing does not hide the other. */
	err = read_one(frame, frame->frame_file, &frame_bytes);
	of_part = read_one(frame, frame->part_file, &part_bytes);
	err = err == KB_OK ? of_part : err;
	if (err == KB_OK) {
		err = kb_template_frame_join(frame, kb_buf_span(&frame_bytes),
					     kb_buf_span(&part_bytes));
	}
	kb_buf_release(&frame_bytes);
	kb_buf_release(&part_bytes);
	return err;
}

void
kb_template_frame_say(void *to, const char *file, uint32_t line, const char *text)
{
	const struct kb_template_frame *frame = to;
	uint32_t behind = frame->first_line + frame->part_lines;

	(void)file;
	if (line == 0) {
		(void)fault(frame, frame->part_file, 0, text);
	} else if (line < frame->first_line) {
		(void)fault(frame, frame->frame_file, line, text);
	} else if (line < behind) {
		(void)fault(frame, frame->part_file, line - frame->first_line + 1, text);
	} else {
		/* The mark is a line of the frame that the page does not have. */
		(void)fault(frame, frame->frame_file, line - frame->part_lines + 1, text);
	}
}

void
kb_template_frame_release(struct kb_template_frame *frame)
{
	kb_buf_release(&frame->page);
}
