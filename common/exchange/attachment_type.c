/* SPDX-License-Identifier: EUPL-1.2 */
/* The type of a file by what is in it. */
#include "common/exchange/attachment_type.h"

#include "common/exchange/zip_directory.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *name;
	const char *label;
	const char *endings;
} types[KB_ATTACHMENT_TYPE_COUNT] = {

#define KB_ROW(name_, number, text, label_, endings_)                                              \
	[number] = { .name = (text), .label = (label_), .endings = (endings_) },
	KB_ATTACHMENT_TYPE_TABLE(KB_ROW)
#undef KB_ROW
};

static const struct {
	enum kb_attachment_rule rule;
	const char *name;
	const char *label;
} rules[] = {

#define KB_ROW(name_, number, text, label_)                                                        \
	{ .rule = KB_ATTACHMENT_RULE_##name_, .name = (text), .label = (label_) },
	KB_ATTACHMENT_RULE_TABLE(KB_ROW)
#undef KB_ROW
};

const char *
kb_attachment_type_name(uint32_t type)
{
	return type < KB_ATTACHMENT_TYPE_COUNT ? types[type].name : "";
}

const char *
kb_attachment_type_label(uint32_t type)
{
	return type < KB_ATTACHMENT_TYPE_COUNT ? types[type].label : "";
}

const char *
kb_attachment_rule_name(enum kb_attachment_rule rule)
{
	for (size_t i = 0; i < COUNT(rules); i++) {
		if (rules[i].rule == rule) {
			return rules[i].name;
		}
	}
	return "";
}

const char *
kb_attachment_rule_label(enum kb_attachment_rule rule)
{
	for (size_t i = 0; i < COUNT(rules); i++) {
		if (rules[i].rule == rule) {
			return rules[i].label;
		}
	}
	return "";
}

enum kb_attachment_rule
kb_attachment_rule_parse(struct kb_span name)
{
	for (size_t i = 0; i < COUNT(rules); i++) {
		if (kb_span_equal(name, kb_span_text(rules[i].name))) {
			return rules[i].rule;
		}
	}
	return KB_ATTACHMENT_RULE_OK;
}

/* ---- what passes by ---- */

static uint8_t
upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - ('a' - 'A')) : c;
}

/* U+0000..U+001F but TAB, LF, FF and CR; U+007F..U+009F: never in text. */
static bool
is_control(uint32_t code)
{
	return (code < 0x20 && code != '\t' && code != '\n' && code != '\f' && code != '\r') ||
	       (code >= 0x7f && code <= 0x9f);
}

static void
begin_character(struct kb_attachment_sniff *sniff, uint8_t byte)
{
	static const struct {
		uint8_t mask;
		uint8_t bits;
		uint32_t need;
		uint32_t code_min;
	} leads[] = {
		{ 0xe0, 0xc0, 1, 0x80 },
		{ 0xf0, 0xe0, 2, 0x800 },
		{ 0xf8, 0xf0, 3, 0x10000 },
	};

	if (byte < 0x80) {
		sniff->not_text = sniff->not_text || is_control(byte);
		return;
	}
	for (size_t i = 0; i < COUNT(leads); i++) {
		if ((byte & leads[i].mask) == leads[i].bits) {
			sniff->need = leads[i].need;
			sniff->code = byte & (uint8_t)~leads[i].mask;
			sniff->code_min = leads[i].code_min;
			return;
		}
	}
	sniff->not_text = true;
}

/* RFC 3629: no longer form than needed, no surrogates, nothing above U+10FFFF. */
static void
go_on_character(struct kb_attachment_sniff *sniff, uint8_t byte)
{
	if ((byte & 0xc0) != 0x80) {
		sniff->not_text = true;
		return;
	}
	sniff->code = (sniff->code << 6) | (byte & 0x3fu);
	sniff->need--;
	if (sniff->need == 0) {
		sniff->not_text = sniff->not_text || sniff->code < sniff->code_min ||
				  sniff->code > 0x10ffff ||
				  (sniff->code >= 0xd800 && sniff->code <= 0xdfff) ||
				  is_control(sniff->code);
	}
}

static bool
window_ends_with(const struct kb_attachment_sniff *sniff, const char *word)
{
	size_t len = strlen(word);

	/* Nearly every byte is told apart by its last letter alone. */
	return sniff->window[sniff->window_len - 1] == (uint8_t)word[len - 1] &&
	       sniff->window_len >= len &&
	       memcmp(sniff->window + sniff->window_len - len, word, len) == 0;
}

/* The last bytes, as capitals, so that a word over the seam of two pieces is seen too. */
static void
slide_window(struct kb_attachment_sniff *sniff, uint8_t byte)
{
	if (sniff->window_len == sizeof(sniff->window)) {
		memmove(sniff->window, sniff->window + 1, sizeof(sniff->window) - 1);
		sniff->window_len--;
	}
	sniff->window[sniff->window_len++] = upper(byte);
	sniff->has_dtd = sniff->has_dtd || window_ends_with(sniff, "<!DOCTYPE") ||
			 window_ends_with(sniff, "<!ENTITY");
	sniff->has_oso = sniff->has_oso || window_ends_with(sniff, "OSO_GEGEVENSSET");
	sniff->has_program = sniff->has_program || window_ends_with(sniff, "<SCRIPT") ||
			     window_ends_with(sniff, "<HTML") || window_ends_with(sniff, "<SVG");
}

static void
keep_tail(struct kb_attachment_sniff *sniff, struct kb_span bytes)
{
	struct kb_span last = bytes.len > KB_ATTACHMENT_TAIL_BYTES
				      ? kb_span_part(bytes, bytes.len - KB_ATTACHMENT_TAIL_BYTES,
						     KB_ATTACHMENT_TAIL_BYTES)
				      : bytes;
	size_t keep = KB_ATTACHMENT_TAIL_BYTES - last.len;

	keep = keep < sniff->tail_len ? keep : sniff->tail_len;
	memmove(sniff->tail, sniff->tail + sniff->tail_len - keep, keep);
	if (last.len > 0) {
		memcpy(sniff->tail + keep, last.at, last.len);
	}
	sniff->tail_len = keep + last.len;
}

void
kb_attachment_sniff_add(struct kb_attachment_sniff *sniff, struct kb_span bytes)
{
	size_t room = KB_ATTACHMENT_HEAD_BYTES - sniff->head_len;
	size_t head = bytes.len < room ? bytes.len : room;

	if (head > 0) {
		memcpy(sniff->head + sniff->head_len, bytes.at, head);
		sniff->head_len += head;
	}
	keep_tail(sniff, bytes);
	sniff->bytes += bytes.len;
	for (size_t i = 0; i < bytes.len && !sniff->not_text; i++) {
		if (sniff->need > 0) {
			go_on_character(sniff, bytes.at[i]);
		} else {
			begin_character(sniff, bytes.at[i]);
		}
		slide_window(sniff, bytes.at[i]);
	}
}

/* ---- the judgement ---- */

#define MAGIC(bytes_, type_, rule_)                                                                \
	{                                                                                          \
		.bytes = (const uint8_t *)(bytes_), .len = sizeof(bytes_) - 1,                     \
		.type = KB_FILE_##type_, .rule = KB_ATTACHMENT_RULE_##rule_                        \
	}

/* First fit. What is no type is here for a sentence that helps; everything else that is not text is refused as well. */
static const struct {
	const uint8_t *bytes;
	size_t len;
	enum kb_attachment_type type;
	enum kb_attachment_rule rule;
} magics[] = {
	MAGIC("%PDF-", PDF, OK),
	MAGIC("\x89PNG\r\n\x1a\n", PNG, OK),
	MAGIC("\xff\xd8\xff", JPEG, OK),
	MAGIC("PK\x03\x04", DOCX, OK), /* or ODT: the directory says which */
	MAGIC("PK\x05\x06", NONE, ARCHIEF),
	MAGIC("PK\x07\x08", NONE, ARCHIEF),
	MAGIC("MZ", NONE, PROGRAMMA),
	MAGIC("\x7f"
	      "ELF",
	      NONE, PROGRAMMA),
	MAGIC("\xca\xfe\xba\xbe", NONE, PROGRAMMA),
	MAGIC("\xcf\xfa\xed\xfe", NONE, PROGRAMMA),
	MAGIC("#!", NONE, PROGRAMMA),
	MAGIC("\xef\xbb\xbf#!", NONE, PROGRAMMA),
	MAGIC("\x1f\x8b", NONE, ARCHIEF),
	MAGIC("7z\xbc\xaf\x27\x1c", NONE, ARCHIEF),
	MAGIC("Rar!\x1a\x07", NONE, ARCHIEF),
	MAGIC("BZh", NONE, ARCHIEF),
	MAGIC("\xfd"
	      "7zXZ",
	      NONE, ARCHIEF),
	MAGIC("\x28\xb5\x2f\xfd", NONE, ARCHIEF),
	MAGIC("MSCF", NONE, ARCHIEF),
	MAGIC("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", NONE, SOORT), /* DOC, XLS, PPT: macros unseen */
};

static const char odt_begin[] = "mimetypeapplication/vnd.oasis.opendocument.textPK";
/* Where it stands: the first entry is not packed and has no extra field (OpenDocument 1.2 part 3, 3.3). */
#define ODT_BEGIN_AT 30

static const uint8_t png_end[] = { 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82 };

static bool
tail_has(const struct kb_attachment_sniff *sniff, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= sniff->tail_len; i++) {
		if (memcmp(sniff->tail + i, word, len) == 0) {
			return true;
		}
	}
	return false;
}

/* Cut off on the way, or with something else glued behind it. */
static enum kb_attachment_rule
judge_end(const struct kb_attachment_sniff *sniff, enum kb_attachment_type type)
{
	bool ends = true;

	if (type == KB_FILE_PDF) {
		ends = tail_has(sniff, "%%EOF");
	} else if (type == KB_FILE_PNG) {
		ends = sniff->tail_len >= sizeof(png_end) &&
		       memcmp(sniff->tail + sniff->tail_len - sizeof(png_end), png_end,
			      sizeof(png_end)) == 0;
	}
	return ends ? KB_ATTACHMENT_RULE_OK : KB_ATTACHMENT_RULE_AFGEBROKEN;
}

static enum kb_err
judge_zip(const struct kb_attachment_sniff *sniff, const struct kb_attachment_source *source,
	  enum kb_attachment_type *type, enum kb_attachment_rule *rule)
{
	struct kb_zip_facts facts;
	size_t len = sizeof(odt_begin) - 1;
	bool odt = sniff->head_len >= ODT_BEGIN_AT + len &&
		   memcmp(sniff->head + ODT_BEGIN_AT, odt_begin, len) == 0;
	enum kb_err err = kb_zip_directory_read(source, &facts);

	if (err != KB_OK) {
		return err;
	}
	*rule = facts.rule;
	if (facts.rule == KB_ATTACHMENT_RULE_OK && odt && facts.has_odf_content) {
		*type = KB_FILE_ODT;
	} else if (facts.rule == KB_ATTACHMENT_RULE_OK &&
		   !(facts.has_content_types && facts.has_word_document)) {
		*rule = KB_ATTACHMENT_RULE_ARCHIEF;
	}
	return KB_OK;
}

/* Text that a browser or a shell would run is no plain text, and no OSO either. */
static const char *const programs[] = {
	"<HTML", "<SCRIPT", "<SVG", "<?PHP", "<%", "<HTA:", "<JOB"
};

static bool
begins_with(struct kb_span text, const char *word)
{
	size_t len = strlen(word);

	if (text.len < len) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (upper(text.at[i]) != (uint8_t)word[i]) {
			return false;
		}
	}
	return true;
}

static enum kb_attachment_rule
judge_text(const struct kb_attachment_sniff *sniff, enum kb_attachment_type *type)
{
	struct kb_span text = kb_span(sniff->head, sniff->head_len);

	if (sniff->not_text || sniff->need > 0) {
		return KB_ATTACHMENT_RULE_SOORT;
	}
	if (begins_with(text, "\xef\xbb\xbf")) {
		text = kb_span_part(text, 3, text.len);
	}
	while (text.len > 0 && (text.at[0] == ' ' || text.at[0] == '\t' || text.at[0] == '\r' ||
				text.at[0] == '\n')) {
		text = kb_span_part(text, 1, text.len);
	}
	for (size_t i = 0; i < COUNT(programs); i++) {
		if (begins_with(text, programs[i])) {
			return KB_ATTACHMENT_RULE_PROGRAMMA;
		}
	}
	if (!begins_with(text, "<")) {
		*type = KB_FILE_TEXT;
		return KB_ATTACHMENT_RULE_OK;
	}
	*type = KB_FILE_XML;
	if (sniff->has_dtd) {
		return KB_ATTACHMENT_RULE_XML_DTD;
	}
	return sniff->has_program ? KB_ATTACHMENT_RULE_PROGRAMMA : KB_ATTACHMENT_RULE_OK;
}

/* Whether the ending of the name is one of the type. A name without an ending says nothing. */
static bool
name_fits(struct kb_span name, enum kb_attachment_type type)
{
	const char *at = types[type].endings;
	size_t dot = name.len;
	struct kb_span ending;

	while (dot > 0 && name.at[dot - 1] != '.') {
		dot--;
	}
	ending = kb_span_part(name, dot, name.len);
	if (dot == 0 || ending.len == 0 || ending.len > 5 ||
	    memchr(ending.at, ' ', ending.len) != NULL) {
		return true;
	}
	while (*at != '\0') {
		size_t len = strcspn(at, "|");
		bool same = len == ending.len;

		for (size_t i = 0; same && i < len; i++) {
			same = upper(ending.at[i]) == upper((uint8_t)at[i]);
		}
		if (same) {
			return true;
		}
		at += len + (at[len] == '|' ? 1 : 0);
	}
	return false;
}

static enum kb_err
judge_content(const struct kb_attachment_sniff *sniff, const struct kb_attachment_source *source,
	      enum kb_attachment_type *type, enum kb_attachment_rule *rule)
{
	for (size_t i = 0; i < COUNT(magics); i++) {
		if (sniff->head_len < magics[i].len ||
		    memcmp(sniff->head, magics[i].bytes, magics[i].len) != 0) {
			continue;
		}
		*type = magics[i].type;
		*rule = magics[i].rule;
		if (*type == KB_FILE_DOCX) {
			return judge_zip(sniff, source, type, rule);
		}
		*rule = *rule == KB_ATTACHMENT_RULE_OK ? judge_end(sniff, *type) : *rule;
		return KB_OK;
	}
	*rule = judge_text(sniff, type);
	return KB_OK;
}

enum kb_err
kb_attachment_judge(const struct kb_attachment_sniff *sniff,
		    const struct kb_attachment_source *source, struct kb_span name,
		    enum kb_attachment_type *type, enum kb_attachment_rule *rule)
{
	enum kb_err err = KB_OK;

	*type = KB_FILE_NONE;
	*rule = KB_ATTACHMENT_RULE_OK;
	if (sniff->bytes == 0) {
		*rule = KB_ATTACHMENT_RULE_LEEG;
	} else if (sniff->bytes > KB_ATTACHMENT_BYTES_MAX) {
		*rule = KB_ATTACHMENT_RULE_TE_GROOT;
	} else {
		err = judge_content(sniff, source, type, rule);
	}
	if (err == KB_OK && *rule == KB_ATTACHMENT_RULE_OK && !name_fits(name, *type)) {
		*rule = KB_ATTACHMENT_RULE_NAAM;
	}
	if (err != KB_OK || *rule != KB_ATTACHMENT_RULE_OK) {
		*type = KB_FILE_NONE;
	}
	return err;
}
