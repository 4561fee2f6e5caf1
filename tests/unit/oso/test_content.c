/* SPDX-License-Identifier: EUPL-1.2 */
/* A dossier becomes fields and comes out equal in content. Compared with the canonical XML of the library, not with ours. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <limits.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agents/intake/oso/categories.h"
#include "agents/intake/oso/split.h"
#include "agents/intake/oso/work.h"
#include "common/base/file.h"
#include "common/exchange/kinds.h"

#define DATA KB_SOURCE_DIR "/tests/data/oso/"
#define SHARED KB_SOURCE_DIR "/../shared/oso/"

static void
drop_space(xmlNode *node)
{
	xmlNode *next = NULL;
	bool has_elements = xmlFirstElementChild(node) != NULL;

	for (xmlNode *at = node->children; at != NULL; at = next) {
		next = at->next;
		if (at->type == XML_COMMENT_NODE || (has_elements && at->type == XML_TEXT_NODE)) {
			xmlUnlinkNode(at);
			xmlFreeNode(at);
		} else {
			drop_space(at);
		}
	}
}

static xmlChar *
canonical(struct kb_span bytes)
{
	xmlDoc *doc = xmlReadMemory((const char *)bytes.at, (int)bytes.len, NULL, NULL,
				    XML_PARSE_NOCDATA);
	xmlChar *out = NULL;

	cr_assert_not_null(doc);
	drop_space(xmlDocGetRootElement(doc));
	cr_assert_gt(xmlC14NDocDumpMemory(doc, NULL, XML_C14N_1_0, NULL, 0, &out), 0);
	xmlFreeDoc(doc);
	return out;
}

static void
split(struct kb_span dossier, const char *schema_path, struct kb_buf *answer,
      struct kb_oso_result *result)
{
	struct kb_buf schema = { 0 };

	kb_oso_xml_init();
	cr_assert_eq(kb_file_read(schema_path, 1 << 20, &schema, NULL), KB_OK);
	cr_assert_eq(kb_oso_work_check(dossier, kb_buf_span(&schema), true, answer), KB_OK);
	cr_assert_eq(kb_oso_result_read(kb_buf_span(answer), result), KB_OK);
	cr_assert_eq(result->finding_count, 0);
	kb_buf_release(&schema);
}

static void
join(const struct kb_field *fields, size_t count, struct kb_buf *answer,
     struct kb_oso_result *result)
{
	struct kb_buf frames = { 0 };

	for (size_t i = 0; i < count; i++) {
		cr_assert_eq(kb_oso_put_field(&frames, fields[i].number, fields[i].value), KB_OK);
	}
	cr_assert_eq(kb_oso_put_frame(&frames, KB_OSO_FRAME_END, KB_SPAN_NONE), KB_OK);
	cr_assert_eq(kb_oso_work_join(kb_buf_span(&frames), answer), KB_OK);
	cr_assert_eq(kb_oso_result_read(kb_buf_span(answer), result), KB_OK);
	kb_buf_release(&frames);
}

static void
there_and_back(const char *path, const char *schema)
{
	struct kb_buf text = { 0 };
	struct kb_buf parts = { 0 };
	struct kb_buf whole = { 0 };
	struct kb_oso_result fields;
	struct kb_oso_result result;
	uint32_t at = 0;
	size_t bytes = 0;

	cr_assert_eq(kb_file_read(path, 1 << 20, &text, NULL), KB_OK);
	split(kb_buf_span(&text), schema, &parts, &fields);
	cr_assert_eq(
		kb_fields_check(KB_KIND_OVERDRACHTSDOSSIER, fields.fields, fields.field_count, &at),
		KB_OK, "%s: field %u", path, at);
	for (size_t i = 0; i < fields.field_count; i++) {
		bytes += fields.fields[i].value.len + 16;
	}
	cr_assert_lt(bytes, kb_kind_find(KB_KIND_OVERDRACHTSDOSSIER)->content_bytes_max);
	join(fields.fields, fields.field_count, &whole, &result);
	cr_assert_eq(result.finding_count, 0);

	xmlChar *before = canonical(kb_buf_span(&text));
	xmlChar *after = canonical(result.document);

	cr_assert_str_eq((const char *)before, (const char *)after, "%s", path);
	xmlFree(before);
	xmlFree(after);
	kb_buf_release(&whole);
	kb_buf_release(&parts);
	kb_buf_release(&text);
}

Test(oso_content, own_dossiers_come_out_equal)
{
	there_and_back(DATA "po-vo.xml", DATA "klein.xsd");
	there_and_back(DATA "naar-swv.xml", DATA "klein.xsd");
	there_and_back(DATA "binnen-brin.xml", DATA "klein.xsd");
}

Test(oso_content, official_examples_come_out_equal)
{
	if (access(SHARED "OSO_gegevensset.xsd", R_OK) != 0) {
		cr_skip_test("the official examples are not here");
	}
	there_and_back(SHARED "Voorbeelddossier_OV_POVO_full.xml", SHARED "OSO_gegevensset.xsd");
	there_and_back(SHARED "Voorbeelddossier_OV_POVO_opt_out.xml", SHARED "OSO_gegevensset.xsd");
	there_and_back(SHARED "Voorbeelddossier_PaO_POSWV_full.xml", SHARED "OSO_gegevensset.xsd");
}

/* Facts D4: the policy of identifiers sees the number in its own field; towards an SWV there is none. */
Test(oso_content, the_number_travels_in_its_own_field_only)
{
	struct kb_buf text = { 0 };
	struct kb_buf parts = { 0 };
	struct kb_oso_result fields;

	cr_assert_eq(kb_file_read(DATA "po-vo.xml", 65536, &text, NULL), KB_OK);
	split(kb_buf_span(&text), DATA "klein.xsd", &parts, &fields);
	for (size_t i = 0; i < fields.field_count; i++) {
		bool found = memmem(fields.fields[i].value.at, fields.fields[i].value.len,
				    "999990019", 9) != NULL;

		cr_expect_eq(found, fields.fields[i].number == KB_VELD_PGN, "field %u",
			     fields.fields[i].number);
	}
	kb_buf_release(&parts);
	kb_buf_release(&text);
}

/* Akkoord Nee and its reason block nothing and travel (facts D2). */
Test(oso_content, what_the_parents_think_of_it_travels)
{
	struct kb_buf text = { 0 };
	struct kb_buf parts = { 0 };
	struct kb_oso_result fields;
	struct kb_span seen;

	cr_assert_eq(kb_file_read(DATA "po-vo.xml", 65536, &text, NULL), KB_OK);
	split(kb_buf_span(&text), DATA "klein.xsd", &parts, &fields);
	seen = kb_fields_get(fields.fields, fields.field_count, KB_VELD_OSO_OUDERINZAGE);
	cr_assert_not_null(memmem(seen.at, seen.len, "<akkoord>Nee</akkoord>", 22));
	cr_assert_not_null(memmem(seen.at, seen.len, "Wij zien het anders", 19));
	kb_buf_release(&parts);
	kb_buf_release(&text);
}

/* Behind the rule that refuses such a dossier stands the split itself. */
Test(oso_content, what_was_opted_out_is_in_no_field_whatever_the_rules_said)
{
	struct kb_buf text = { 0 };
	struct kb_buf parts = { 0 };
	struct kb_oso_report report = { .to = &parts };
	struct kb_oso_result fields;
	xmlDoc *doc = NULL;

	kb_oso_xml_init();
	cr_assert_eq(kb_file_read(DATA "po-vo.xml", 65536, &text, NULL), KB_OK);
	memcpy(memmem(text.at, text.len, "<cat_verzuim>OPTIONEEL", 22), "<cat_verzuim>  OPT-UIT",
	       22);
	cr_assert_eq(kb_oso_xml_read(kb_buf_span(&text), &report, &doc), KB_OK);
	cr_assert_eq(kb_oso_split(doc, &parts), KB_OK);
	cr_assert_eq(kb_oso_put_frame(&parts, KB_OSO_FRAME_END, KB_SPAN_NONE), KB_OK);
	cr_assert_eq(kb_oso_result_read(kb_buf_span(&parts), &fields), KB_OK);
	cr_assert_eq(kb_fields_get(fields.fields, fields.field_count, KB_VELD_OSO_VERZUIM).len, 0);
	cr_assert_gt(
		kb_fields_get(fields.fields, fields.field_count, KB_VELD_OSO_TOETSRESULTATEN).len,
		0);
	cr_assert_null(memmem(parts.at, parts.len, "dagdelen", 8));
	xmlFreeDoc(doc);
	kb_buf_release(&parts);
	kb_buf_release(&text);
}

static void
put_over(struct kb_buf *text, const char *from, const char *to)
{
	uint8_t *at = memmem(text->at, text->len, from, strlen(from));

	cr_assert(at != NULL && strlen(from) == strlen(to), "%s", from);
	memcpy(at, to, strlen(to));
}

/*
 * OS.cat_oudersverzorgers of Edustandaard: who is liable for the child, and the institution that is, belong to the parents. With
 * the verzorgers taken out they would otherwise stand in the field of the child.
 */
static void
expect_no_parents(const char *mark)
{
	struct kb_buf text = { 0 };
	struct kb_buf parts = { 0 };
	struct kb_oso_report report = { .to = &parts };
	struct kb_oso_result fields;
	xmlDoc *doc = NULL;

	kb_oso_xml_init();
	cr_assert_eq(kb_file_read(DATA "po-vo.xml", 65536, &text, NULL), KB_OK);
	put_over(&text, "<cat_oudersverzorgers>OPTIONEEL", mark);
	cr_assert_eq(kb_oso_xml_read(kb_buf_span(&text), &report, &doc), KB_OK);
	xmlNode *leerling = kb_oso_find(doc, "huidigeschool/leerling");
	xmlNode *liable = xmlNewChild(leerling, NULL, BAD_CAST "aansprakelijkeinstelling", NULL);

	(void)xmlNewChild(liable, NULL, BAD_CAST "naam", BAD_CAST "Huize Nergens");
	cr_assert_eq(kb_oso_split(doc, &parts), KB_OK);
	cr_assert_eq(kb_oso_put_frame(&parts, KB_OSO_FRAME_END, KB_SPAN_NONE), KB_OK);
	cr_assert_eq(kb_oso_result_read(kb_buf_span(&parts), &fields), KB_OK);
	cr_assert_gt(kb_fields_get(fields.fields, fields.field_count, KB_VELD_OSO_LEERLING).len, 0);
	cr_expect_null(memmem(parts.at, parts.len, "aansprakelijk", 13), "%s", mark);
	cr_expect_null(memmem(parts.at, parts.len, "Huize Nergens", 13), "%s", mark);
	cr_expect_null(memmem(parts.at, parts.len, "<verzorger", 10), "%s", mark);
	xmlFreeDoc(doc);
	kb_buf_release(&parts);
	kb_buf_release(&text);
}

Test(oso_content, who_is_liable_for_the_child_stays_with_the_parents)
{
	expect_no_parents("<cat_oudersverzorgers>  OPT-UIT");
	expect_no_parents("<cat_oudersverzorgers> VERBODEN");
}

Test(oso_content, a_field_that_holds_another_category_is_refused)
{
	static const char verzuim[] =
		"<dossier xmlns=\"http://www.edustandaard.nl/oso_gegevensset/2019/dossier\">"
		"<huidigeschool><leerling><verzuim><frequentie>1</frequentie></verzuim></leerling>"
		"</huidigeschool></dossier>";
	struct kb_field field = { .number = KB_VELD_OSO_VVE, .value = kb_span_text(verzuim) };
	struct kb_buf whole = { 0 };
	struct kb_oso_result result;

	kb_oso_xml_init();
	join(&field, 1, &whole, &result);
	cr_assert_eq(result.finding_count, 1);
	cr_assert_eq(result.document.len, 0);
	field.number = KB_VELD_OSO_VERZUIM;
	kb_buf_clear(&whole);
	join(&field, 1, &whole, &result);
	cr_assert_eq(result.finding_count, 0);
	cr_assert_gt(result.document.len, 0);
	kb_buf_release(&whole);
}

/* ---- without memory ---- */

/* The sanitizer ends the process at a request for too much. */
#if !defined(__SANITIZE_ADDRESS__)

static xmlFreeFunc real_free;
static xmlMallocFunc real_malloc;
static xmlReallocFunc real_realloc;
static xmlStrdupFunc real_strdup;
static long allocations_left;

/* More than there is, so that the real one fails and sees that it did. */
static size_t
or_too_much(size_t size)
{
	if (allocations_left > 0) {
		allocations_left--;
		return size;
	}
	return PTRDIFF_MAX - 4096;
}

static void *
rationed_malloc(size_t size)
{
	return real_malloc(or_too_much(size));
}

static void *
rationed_realloc(void *at, size_t size)
{
	return real_realloc(at, or_too_much(size));
}

static char *
rationed_strdup(const char *text)
{
	size_t len = strlen(text) + 1;
	char *at = rationed_malloc(len);

	return at != NULL ? memcpy(at, text, len) : NULL;
}

/* What is said with so many allocations: 0 nothing, else its length. In a process of its own, for what ran out stays so. */
static size_t
said_with(long allocations, bool join_it, struct kb_span input, struct kb_span schema)
{
	size_t said = 0;
	int fds[2];
	pid_t child = 0;

	cr_assert_eq(pipe(fds), 0);
	child = fork();
	if (child == 0) {
		struct kb_buf answer = { 0 };
		enum kb_err err = KB_OK;

		allocations_left = allocations;
		err = join_it ? kb_oso_work_join(input, &answer)
			      : kb_oso_work_check(input, schema, true, &answer);
		said = err == KB_OK ? answer.len : 0;
		_exit(write(fds[1], &said, sizeof(said)) == (ssize_t)sizeof(said) ? 0 : 1);
	}
	(void)close(fds[1]);
	cr_assert_gt(child, 0);
	/* The library may die of it: the helper is a process of its own for that, and then it said nothing either. */
	if (read(fds[0], &said, sizeof(said)) != (ssize_t)sizeof(said)) {
		said = 0;
	}
	(void)close(fds[0]);
	(void)waitpid(child, NULL, 0);
	return said;
}

/* The whole answer or none, wherever memory ends. */
static void
whole_or_nothing(bool join_it, struct kb_span input, struct kb_span schema)
{
	size_t whole = said_with(LONG_MAX, join_it, input, schema);
	size_t said = 0;
	unsigned none = 0;

	cr_assert_gt(whole, 0u);
	for (long allocations = 1; said == 0 && allocations < 200000; allocations += 5) {
		said = said_with(allocations, join_it, input, schema);
		none += said == 0;
		cr_assert(said == 0 || said == whole, "%ld allocations: %zu of %zu", allocations,
			  said, whole);
	}
	cr_assert_eq(said, whole);
	cr_assert_gt(none, 50u);
}

Test(oso_content, with_too_little_memory_nothing_is_half_said, .timeout = 280)
{
	struct kb_buf text = { 0 };
	struct kb_buf schema = { 0 };
	struct kb_buf frames = { 0 };

	kb_oso_xml_init();
	cr_assert_eq(xmlMemGet(&real_free, &real_malloc, &real_realloc, &real_strdup), 0);
	allocations_left = LONG_MAX;
	cr_assert_eq(xmlMemSetup(real_free, rationed_malloc, rationed_realloc, rationed_strdup), 0);
	cr_assert_eq(kb_file_read(DATA "po-vo.xml", 65536, &text, NULL), KB_OK);
	cr_assert_eq(kb_file_read(DATA "klein.xsd", 1 << 20, &schema, NULL), KB_OK);
	cr_assert_eq(kb_oso_work_check(kb_buf_span(&text), kb_buf_span(&schema), true, &frames),
		     KB_OK);
	whole_or_nothing(true, kb_buf_span(&frames), KB_SPAN_NONE);
	whole_or_nothing(false, kb_buf_span(&text), kb_buf_span(&schema));
	kb_buf_release(&frames);
	kb_buf_release(&schema);
	kb_buf_release(&text);
}
#endif
