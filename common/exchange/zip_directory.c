/* SPDX-License-Identifier: EUPL-1.2 */
/* The central directory of a zip container. */
#include "common/exchange/zip_directory.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define END_BYTES 22u
#define END_MAGIC 0x06054b50u
#define ENTRY_BYTES 46u
#define ENTRY_MAGIC 0x02014b50u
#define LOCAL_BYTES 30u
#define LOCATOR_BYTES 20u
#define LOCATOR_MAGIC 0x07064b50u

/* Bits of the flags: encrypted, strongly encrypted, masked header. */
#define FLAGS_ENCRYPTED ((1u << 0) | (1u << 6) | (1u << 13))
#define METHOD_STORED 0u
#define METHOD_DEFLATED 8u
#define MADE_BY_UNIX 3u
#define UNIX_TYPE_MASK 0170000u
#define UNIX_SYMLINK 0120000u

static uint32_t
load16(const uint8_t *at)
{
	return (uint32_t)at[0] | ((uint32_t)at[1] << 8);
}

static uint32_t
load32(const uint8_t *at)
{
	return load16(at) | (load16(at + 2) << 16);
}

/* One entry as the directory has it. */
struct entry {
	uint32_t made_by;
	uint32_t flags;
	uint32_t method;
	uint64_t packed;
	uint64_t unpacked;
	uint32_t name_len;
	uint32_t extra_len;
	uint32_t comment_len;
	uint32_t disk;
	uint32_t attributes;
	uint64_t offset;
	uint8_t name[KB_ZIP_NAME_BYTES_MAX];
};

/* What was seen so far. Names and places as numbers: 4096 of them are compared, not kept. */
struct reader {
	const struct kb_attachment_source *source;
	struct kb_zip_facts *facts;
	uint64_t directory; /* its offset */
	uint64_t at;
	uint64_t end;  /* of the directory */
	uint64_t used; /* bytes that the parts take in front of it */
	uint64_t seen[KB_ZIP_ENTRIES_MAX];
};

/* ---- names ---- */

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool
same(const uint8_t *at, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (lower(at[i]) != (uint8_t)word[i]) {
			return false;
		}
	}
	return true;
}

static bool
begins_with(struct kb_span name, const char *word)
{
	size_t len = strlen(word);

	return name.len >= len && same(name.at, word, len);
}

static bool
ends_with(struct kb_span name, const char *word)
{
	size_t len = strlen(word);

	return name.len >= len && same(name.at + name.len - len, word, len);
}

static bool
contains(struct kb_span name, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= name.len; i++) {
		if (same(name.at + i, word, len)) {
			return true;
		}
	}
	return false;
}

/* Absolute, upwards, with a drive or a backslash, or with bytes that are no name. */
static bool
points_outside(struct kb_span name)
{
	size_t begin = 0;

	for (size_t i = 0; i <= name.len; i++) {
		bool end = i == name.len || name.at[i] == '/';

		if (end && i - begin == 2 && name.at[begin] == '.' && name.at[begin + 1] == '.') {
			return true;
		}
		if (end) {
			begin = i + 1;
		} else if (name.at[i] < 0x20 || name.at[i] == '\\' || name.at[i] == ':' ||
			   name.at[i] == 0x7f) {
			return true;
		}
	}
	return name.len == 0 || name.at[0] == '/';
}

/* A document in a document could hold what the document itself may not. */
static const char *const nested_endings[] = {
	".zip",	 ".jar",   ".7z",   ".rar", ".gz",  ".tgz", ".tar",  ".xz",   ".bz2",
	".zst",	 ".cab",   ".iso",  ".odt", ".ods", ".odp", ".docx", ".docm", ".xlsx",
	".xlsm", ".pptx",  ".pptm", ".doc", ".xls", ".ppt", ".exe",  ".dll",  ".com",
	".msi",	 ".scr",   ".bat",  ".cmd", ".ps1", ".vbs", ".js",   ".lnk",  ".hta",
	".so",	 ".class", ".apk",  ".deb", ".rpm",
};

static bool
is_nested(struct kb_span name)
{
	bool nested = contains(name, "embeddings/") && ends_with(name, ".bin");

	for (size_t i = 0; !nested && i < COUNT(nested_endings); i++) {
		nested = ends_with(name, nested_endings[i]);
	}
	return nested;
}

static bool
is_macro(struct kb_span name)
{
	return ends_with(name, "vbaproject.bin") || ends_with(name, "vbadata.xml") ||
	       begins_with(name, "basic/") || begins_with(name, "scripts/") ||
	       contains(name, "/activex/") || begins_with(name, "activex/");
}

/* FNV-1a, without regard to capitals: who unpacks on Windows would write both to one file. */
static uint64_t
number_of(struct kb_span name)
{
	uint64_t number = 0xcbf29ce484222325u;

	for (size_t i = 0; i < name.len; i++) {
		number = (number ^ lower(name.at[i])) * 0x100000001b3u;
	}
	return number;
}

static bool
is_double(struct reader *reader, struct kb_span name)
{
	uint64_t number = number_of(name);

	for (uint32_t i = 0; i < reader->facts->entry_count; i++) {
		if (reader->seen[i] == number) {
			return true;
		}
	}
	reader->seen[reader->facts->entry_count] = number;
	return false;
}

/* ---- one entry ---- */

static enum kb_err
read_entry(struct reader *reader, struct entry *entry, bool *whole)
{
	uint8_t fixed[ENTRY_BYTES];
	uint64_t left = reader->end - reader->at;
	enum kb_err err = KB_OK;

	*whole = false;
	if (left < ENTRY_BYTES) {
		return KB_OK;
	}
	err = reader->source->read(reader->source->state, reader->at, fixed, ENTRY_BYTES);
	if (err != KB_OK || load32(fixed) != ENTRY_MAGIC) {
		return err;
	}
	*entry = (struct entry){ .made_by = fixed[5],
				 .flags = load16(fixed + 8),
				 .method = load16(fixed + 10),
				 .packed = load32(fixed + 20),
				 .unpacked = load32(fixed + 24),
				 .name_len = load16(fixed + 28),
				 .extra_len = load16(fixed + 30),
				 .comment_len = load16(fixed + 32),
				 .disk = load16(fixed + 34),
				 .attributes = load32(fixed + 38),
				 .offset = load32(fixed + 42) };
	if (entry->name_len == 0 || entry->name_len > KB_ZIP_NAME_BYTES_MAX ||
	    entry->extra_len > KB_ZIP_EXTRA_BYTES_MAX || entry->comment_len != 0 ||
	    (uint64_t)ENTRY_BYTES + entry->name_len + entry->extra_len > left) {
		return KB_OK;
	}
	err = reader->source->read(reader->source->state, reader->at + ENTRY_BYTES, entry->name,
				   entry->name_len);
	reader->at += (uint64_t)ENTRY_BYTES + entry->name_len + entry->extra_len;
	*whole = err == KB_OK;
	return err;
}

/* In the order in which they are told: what cannot be judged at all first. */
static enum kb_attachment_rule
judge_entry(struct reader *reader, const struct entry *entry)
{
	struct kb_span name = kb_span(entry->name, entry->name_len);
	uint64_t part = LOCAL_BYTES + entry->name_len + entry->packed;
	bool symlink = entry->made_by == MADE_BY_UNIX &&
		       ((entry->attributes >> 16) & UNIX_TYPE_MASK) == UNIX_SYMLINK;

	if (entry->packed == UINT32_MAX || entry->unpacked == UINT32_MAX ||
	    entry->offset == UINT32_MAX) {
		return KB_ATTACHMENT_RULE_ZIP_ZIP64;
	}
	if ((entry->flags & FLAGS_ENCRYPTED) != 0) {
		return KB_ATTACHMENT_RULE_ZIP_VERSLEUTELD;
	}
	if (points_outside(name) || symlink) {
		return KB_ATTACHMENT_RULE_ZIP_PAD;
	}
	if (entry->method != METHOD_STORED && entry->method != METHOD_DEFLATED) {
		return KB_ATTACHMENT_RULE_ZIP_METHODE;
	}
	if (entry->disk != 0 ||
	    (entry->method == METHOD_STORED && entry->packed != entry->unpacked)) {
		return KB_ATTACHMENT_RULE_ZIP_KAPOT;
	}
	if (entry->unpacked > KB_ZIP_RATIO_FREE_BYTES + KB_ZIP_RATIO_MAX * entry->packed) {
		return KB_ATTACHMENT_RULE_ZIP_VERHOUDING;
	}
	reader->facts->unpacked_bytes += entry->unpacked;
	if (reader->facts->unpacked_bytes > KB_ZIP_UNPACKED_BYTES_MAX) {
		return KB_ATTACHMENT_RULE_ZIP_GROOTTE;
	}
	reader->used += part;
	if (entry->offset + part > reader->directory || reader->used > reader->directory) {
		return KB_ATTACHMENT_RULE_ZIP_OVERLAP;
	}
	if (is_macro(name)) {
		return KB_ATTACHMENT_RULE_ZIP_MACRO;
	}
	if (is_nested(name)) {
		return KB_ATTACHMENT_RULE_ZIP_GENEST;
	}
	return is_double(reader, name) ? KB_ATTACHMENT_RULE_ZIP_DUBBEL : KB_ATTACHMENT_RULE_OK;
}

static void
note_name(struct kb_zip_facts *facts, struct kb_span name)
{
	facts->has_content_types = facts->has_content_types ||
				   kb_span_equal(name, kb_span_text("[Content_Types].xml"));
	facts->has_word_document =
		facts->has_word_document || kb_span_equal(name, kb_span_text("word/document.xml"));
	facts->has_odf_content =
		facts->has_odf_content || kb_span_equal(name, kb_span_text("content.xml"));
}

/* ---- the end record ---- */

static enum kb_err
has_zip64_locator(const struct kb_attachment_source *source, bool *has)
{
	uint8_t magic[4];
	enum kb_err err = KB_OK;

	*has = false;
	if (source->bytes < END_BYTES + LOCATOR_BYTES) {
		return KB_OK;
	}
	err = source->read(source->state, source->bytes - END_BYTES - LOCATOR_BYTES, magic,
			   sizeof(magic));
	*has = err == KB_OK && load32(magic) == LOCATOR_MAGIC;
	return err;
}

static enum kb_err
read_end(struct reader *reader, uint32_t *count)
{
	const struct kb_attachment_source *source = reader->source;
	struct kb_zip_facts *facts = reader->facts;
	uint8_t end[END_BYTES];
	uint64_t size = 0;
	bool zip64 = false;
	enum kb_err err = KB_OK;

	*count = 0;
	facts->rule = KB_ATTACHMENT_RULE_ZIP_KAPOT;
	if (source->bytes < END_BYTES) {
		return KB_OK;
	}
	err = source->read(source->state, source->bytes - END_BYTES, end, END_BYTES);
	if (err == KB_OK) {
		err = has_zip64_locator(source, &zip64);
	}
	if (err != KB_OK || load32(end) != END_MAGIC || load16(end + 20) != 0 ||
	    load16(end + 4) != 0 || load16(end + 6) != 0 || load16(end + 8) != load16(end + 10)) {
		return err;
	}
	*count = load16(end + 10);
	size = load32(end + 12);
	reader->directory = load32(end + 16);
	if (zip64 || *count == UINT16_MAX || size == UINT32_MAX ||
	    reader->directory == UINT32_MAX) {
		facts->rule = KB_ATTACHMENT_RULE_ZIP_ZIP64;
	} else if (*count > KB_ZIP_ENTRIES_MAX) {
		facts->rule = KB_ATTACHMENT_RULE_ZIP_AANTAL;
	} else if (*count > 0 && reader->directory + size == source->bytes - END_BYTES) {
		facts->rule = KB_ATTACHMENT_RULE_OK;
	}
	reader->at = reader->directory;
	reader->end = reader->directory + size;
	return KB_OK;
}

enum kb_err
kb_zip_directory_read(const struct kb_attachment_source *source, struct kb_zip_facts *out)
{
	struct reader reader = { .source = source, .facts = out };
	struct entry entry;
	uint32_t count = 0;
	bool whole = true;
	enum kb_err err = KB_OK;

	*out = (struct kb_zip_facts){ .rule = KB_ATTACHMENT_RULE_ZIP_KAPOT };
	err = read_end(&reader, &count);
	for (uint32_t i = 0; err == KB_OK && out->rule == KB_ATTACHMENT_RULE_OK && i < count; i++) {
		err = read_entry(&reader, &entry, &whole);
		if (err == KB_OK && !whole) {
			out->rule = KB_ATTACHMENT_RULE_ZIP_KAPOT;
		} else if (err == KB_OK) {
			out->rule = judge_entry(&reader, &entry);
			note_name(out, kb_span(entry.name, entry.name_len));
			out->entry_count += out->rule == KB_ATTACHMENT_RULE_OK ? 1 : 0;
		}
	}
	if (err == KB_OK && out->rule == KB_ATTACHMENT_RULE_OK && reader.at != reader.end) {
		out->rule = KB_ATTACHMENT_RULE_ZIP_KAPOT;
	}
	return err;
}
