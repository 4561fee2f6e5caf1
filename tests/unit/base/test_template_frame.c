/* SPDX-License-Identifier: EUPL-1.2 */
/* A frame and its part: the joined text, and of which file and line a fault is told. */
#include "common/base/template_frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "common/base/file.h"

/* All faults as lines "bestand:regel: tekst". */
struct heard {
	char text[4096];
	size_t count;
};

static void
hear(void *to, const char *file, uint32_t line, const char *text)
{
	struct heard *heard = to;
	size_t used = strlen(heard->text);

	(void)snprintf(heard->text + used, sizeof(heard->text) - used, "%s:%u: %s\n", file, line,
		       text);
	heard->count++;
}

static enum kb_err
join(struct kb_template_frame *frame, struct heard *heard, const char *around, const char *part)
{
	*heard = (struct heard){ .count = 0 };
	*frame = (struct kb_template_frame){
		.frame_file = "blad", .part_file = "deel", .say = hear, .to = heard
	};
	return kb_template_frame_join(frame, kb_span_text(around), kb_span_text(part));
}

static void
assert_joined(const char *around, const char *part, const char *wanted)
{
	struct kb_template_frame frame;
	struct heard heard;

	cr_assert_eq(join(&frame, &heard, around, part), KB_OK, "%s", heard.text);
	cr_assert_str_eq(kb_buf_text(&frame.page), wanted);
	cr_assert_eq(heard.count, 0);
	kb_template_frame_release(&frame);
}

/* One fault, and no page. */
static void
assert_refused(const char *around, const char *part, const char *fault)
{
	struct kb_template_frame frame;
	struct heard heard;

	cr_assert_eq(join(&frame, &heard, around, part), KB_ERR_DATA, "%s", around);
	cr_assert_eq(heard.count, 1, "%s", heard.text);
	cr_assert_eq(strncmp(heard.text, fault, strlen(fault)), 0, "%s", heard.text);
	cr_assert_eq(frame.page.len, 0);
	kb_template_frame_release(&frame);
}

Test(template_frame, the_part_takes_the_place_of_the_mark)
{
	assert_joined("a\n{{brief}}\nb\n", "x\ny\n", "a\nx\ny\nb\n");
	assert_joined("a\n \t{{brief}} \nb\n", "x\n", "a\nx\nb\n");
	assert_joined("{{brief}}\nb", "x\n", "x\nb");
	assert_joined("a\n{{brief}}", "x\n", "a\nx\n");
	assert_joined("a\n{{brief}}\nb\n", "", "a\nb\n");
	/* A part without an end of line does not run on into the frame. */
	assert_joined("a\n{{brief}}\nb\n", "x\ny", "a\nx\ny\nb\n");
}

Test(template_frame, a_frame_has_the_mark_once_and_alone_on_its_line)
{
	assert_refused("a\nb\n", "x\n", "blad:0: er is geen regel {{brief}}");
	assert_refused("", "x\n", "blad:0: er is geen regel {{brief}}");
	assert_refused("a\n{{brief}}\nb\n{{brief}}\n", "x\n", "blad:4: {{brief}} staat er al");
	assert_refused("a\n<p>{{brief}}</p>\n", "x\n", "blad:2: {{brief}} staat alleen");
	assert_refused("{{brief}}\n{{brief}}{{brief}}\n", "x\n", "blad:2: {{brief}} staat alleen");
}

Test(template_frame, bytes_that_are_no_text_are_told_of_their_own_file)
{
	assert_refused("a\xff\n{{brief}}\n", "x\n", "blad:0: het bestand is geen UTF-8");
	assert_refused("a\n{{brief}}\n", "x\r\n", "deel:0: het bestand is geen UTF-8");
}

/* A letter as it was before there was a frame: its address and footer would be on the page twice. */
Test(template_frame, a_part_that_is_a_whole_page_is_refused)
{
	assert_refused("{{brief}}\n", "<p>\n<!DOCTYPE html>\n<html>\n", "deel:2: dit is een hele");
	assert_refused("{{brief}}\n", "<p>\n\n  <HTML lang=\"nl\">\n", "deel:3: dit is een hele");
}

Test(template_frame, every_line_of_the_page_has_its_own_file_and_line)
{
	static const char *const places[] = { "blad:1:", "blad:2:", "deel:1:", "deel:2:",
					      "deel:3:", "blad:4:", "blad:5:" };
	struct kb_template_frame frame;
	struct heard heard;

	cr_assert_eq(join(&frame, &heard, "a\nb\n{{brief}}\nc\nd\n", "x\ny\nz"), KB_OK);
	for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		heard = (struct heard){ .count = 0 };
		kb_template_frame_say(&frame, "", i + 1, "fout");
		cr_assert_eq(strncmp(heard.text, places[i], strlen(places[i])), 0, "%u is %s",
			     i + 1, heard.text);
	}
	heard = (struct heard){ .count = 0 };
	kb_template_frame_say(&frame, "", 0, "fout");
	cr_assert_str_eq(heard.text, "deel:0: fout\n");
	kb_template_frame_release(&frame);
	/* An empty part has no line. */
	cr_assert_eq(join(&frame, &heard, "a\n{{brief}}\nc\n", ""), KB_OK);
	kb_template_frame_say(&frame, "", 2, "fout");
	cr_assert_str_eq(heard.text, "blad:3: fout\n");
	kb_template_frame_release(&frame);
}

/* The check sees one page; a field that must be shown may stand in the frame. */
Test(template_frame, a_check_of_the_page_tells_faults_where_they_are)
{
	static const struct kb_template_slot slots[] = { { .name = "naam", .shown = true },
							 { .name = "doel", .shown = true } };
	struct kb_template_frame frame;
	struct kb_template page = { .slots = slots, .slot_count = 2 };
	struct heard heard;

	cr_assert_eq(join(&frame, &heard, "<p>{{naam}}</p>\n{{brief}}\n<p>{{weg}}</p>\n",
			  "<p>\n{{ook}}</p>\n{{brief}}\n"),
		     KB_OK);
	page.bytes = kb_buf_span(&frame.page);
	cr_assert_eq(kb_template_check(&page, kb_template_frame_say, &frame), KB_ERR_DATA);
	cr_assert_str_eq(heard.text, "deel:2: de invulplek 'ook' bestaat in deze brief niet\n"
				     "deel:3: de invulplek 'brief' bestaat in deze brief niet\n"
				     "blad:3: de invulplek 'weg' bestaat in deze brief niet\n"
				     "deel:0: 'doel' moet in deze brief staan en ontbreekt\n");
	kb_template_frame_release(&frame);
}

Test(template_frame, files_that_are_missing_are_told_both)
{
	char folder[] = "/tmp/kb-frame-XXXXXX";
	char frame_path[64];
	char part_path[64];
	struct kb_template_frame frame;
	struct heard heard = { .count = 0 };

	cr_assert_not_null(mkdtemp(folder));
	(void)snprintf(frame_path, sizeof(frame_path), "%s/blad.html", folder);
	(void)snprintf(part_path, sizeof(part_path), "%s/deel.html", folder);
	cr_assert_eq(kb_template_frame_load(&frame, folder, "blad", "deel", hear, &heard),
		     KB_ERR_NOT_FOUND);
	cr_assert_eq(heard.count, 2);
	cr_assert_not_null(strstr(heard.text, "/blad.html:0: dit bestand ontbreekt"));
	cr_assert_not_null(strstr(heard.text, "/deel.html:0: dit bestand ontbreekt"));
	kb_template_frame_release(&frame);
	cr_assert_eq(kb_file_replace(part_path, 0600, kb_span_text("x\n"), NULL), KB_OK);
	heard = (struct heard){ .count = 0 };
	cr_assert_eq(kb_template_frame_load(&frame, folder, "blad", "deel", hear, &heard),
		     KB_ERR_NOT_FOUND);
	cr_assert_eq(heard.count, 1, "%s", heard.text);
	kb_template_frame_release(&frame);
	cr_assert_eq(kb_file_replace(frame_path, 0600, kb_span_text("a\n{{brief}}\n"), NULL),
		     KB_OK);
	cr_assert_eq(kb_template_frame_load(&frame, folder, "blad", "deel", hear, &heard), KB_OK);
	cr_assert_str_eq(kb_buf_text(&frame.page), "a\nx\n");
	cr_assert_str_eq(frame.part_file, part_path);
	kb_template_frame_release(&frame);
	cr_assert_eq(unlink(frame_path), 0);
	cr_assert_eq(unlink(part_path), 0);
	cr_assert_eq(rmdir(folder), 0);
}
