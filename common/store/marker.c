/* SPDX-License-Identifier: EUPL-1.2 */
/* The note of the log's head outside the data folder. */
#include "common/store/marker.h"

#include "common/base/file.h"
#include "common/base/text.h"
#include "common/crypto/hash.h"
#include "common/store/failpoint.h"

#include <stdio.h>
#include <stdlib.h>

#define MARKER_WORD "ketenbode-marker-v1"
#define MARKER_PATH_MAX 512
#define MARKER_LINE_MAX 256
#define MARKER_EVERY_MS 1000
#define CHECK_BYTES 8
#define CHECK_CHARS (2 * CHECK_BYTES)

struct kb_marker {
	char path[MARKER_PATH_MAX];
	struct kb_marker_note note;
	bool unwritten;
	bool written;
	int64_t written_mono_ms;
};

static const char *const verdict_names[] = {
#define KB_MARKER_WORD(name, word) word,
	KB_MARKER_VERDICT_TABLE(KB_MARKER_WORD)
#undef KB_MARKER_WORD
};

const char *
kb_marker_verdict_name(enum kb_marker_verdict verdict)
{
	return (unsigned)verdict < KB_MARKER_VERDICT_COUNT ? verdict_names[verdict]
							   : verdict_names[KB_MARKER_UNKNOWN];
}

/* ---- the line ---- */

/* "word epoch year size root check\n"; check is the start of the SHA-256 of all before it. */
static size_t
line_make(const struct kb_marker_note *note, char line[MARKER_LINE_MAX])
{
	char epoch[2 * KB_EPOCH_BYTES + 1];
	char root[2 * KB_HASH_BYTES + 1];
	char check[CHECK_CHARS + 1];
	struct kb_hash hash;
	int len = 0;

	kb_hex_encode(KB_SPAN_OF(note->epoch), epoch);
	kb_hex_encode(KB_SPAN_OF(note->root), root);
	len = snprintf(line, MARKER_LINE_MAX, MARKER_WORD " %s %u %llu %s ", epoch, note->year,
		       (unsigned long long)note->size, root);
	kb_sha256(kb_span(line, (size_t)len), &hash);
	kb_hex_encode(kb_span(hash.bytes, CHECK_BYTES), check);
	len += snprintf(line + len, MARKER_LINE_MAX - (size_t)len, "%s\n", check);
	return (size_t)len;
}

static struct kb_span
next_word(struct kb_span *rest)
{
	const uint8_t *space = rest->len > 0 ? memchr(rest->at, ' ', rest->len) : NULL;
	size_t len = space != NULL ? (size_t)(space - rest->at) : rest->len;
	struct kb_span word = kb_span_part(*rest, 0, len);

	*rest = kb_span_part(*rest, len + 1, rest->len);
	return word;
}

static enum kb_err
line_parse(struct kb_span line, struct kb_marker_note *out)
{
	struct kb_marker_note note = { 0 };
	char again[MARKER_LINE_MAX];
	struct kb_span rest = line;
	uint64_t year = 0;
	bool ok = kb_span_equal(next_word(&rest), kb_span_text(MARKER_WORD)) &&
		  kb_hex_decode(next_word(&rest), note.epoch.bytes, KB_EPOCH_BYTES) == KB_OK &&
		  kb_text_to_u64(next_word(&rest), UINT16_MAX, &year) == KB_OK &&
		  kb_text_to_u64(next_word(&rest), UINT64_MAX, &note.size) == KB_OK &&
		  kb_hex_decode(next_word(&rest), note.root.bytes, KB_HASH_BYTES) == KB_OK;

	note.year = (uint16_t)year;
	/* Made again and compared: the check and every character of it at once. */
	if (!ok || !kb_span_equal(line, kb_span(again, line_make(&note, again)))) {
		return KB_ERR_CORRUPT;
	}
	*out = note;
	return KB_OK;
}

enum kb_err
kb_marker_read(const char *path, struct kb_marker_note *out, struct kb_error_text *where)
{
	struct kb_buf line = { 0 };
	enum kb_err err = kb_file_read(path, MARKER_LINE_MAX, &line, where);

	if (err == KB_ERR_OVERSIZE ||
	    (err == KB_OK && line_parse(kb_buf_span(&line), out) != KB_OK)) {
		err = kb_fail(where, KB_ERR_CORRUPT,
			      "%s is damaged: it is not used, and written anew", path);
	}
	kb_buf_release(&line);
	return err;
}

/* ---- comparing ---- */

enum kb_err
kb_marker_compare(const struct kb_marker_note *note, struct kb_ledger *ledger, struct kb_txn *txn,
		  enum kb_marker_verdict *verdict)
{
	struct kb_ledger_head head;
	struct kb_hash root;
	enum kb_err err = KB_OK;

	if (note == NULL) {
		*verdict = KB_MARKER_UNKNOWN;
		return KB_OK;
	}
	kb_ledger_head(ledger, &head);
	if (note->year == 0 || note->size == 0) {
		*verdict = head.year == note->year && head.size == 0 ? KB_MARKER_EQUAL
								     : KB_MARKER_BEHIND;
		return KB_OK;
	}
	err = kb_ledger_root_at(ledger, txn, note->year, note->size, &root);
	if (err == KB_ERR_NOT_FOUND || (err == KB_OK && !kb_hash_equal(&root, &note->root))) {
		*verdict = KB_MARKER_RESTORED;
		return KB_OK;
	}
	if (err == KB_OK) {
		*verdict = head.year == note->year && head.size == note->size ? KB_MARKER_EQUAL
									      : KB_MARKER_BEHIND;
	}
	return err;
}

/* ---- writing ---- */

enum kb_err
kb_marker_open(const char *path, struct kb_marker **out, struct kb_error_text *where)
{
	struct kb_marker *marker = NULL;

	if (path[0] == 0 || strlen(path) >= MARKER_PATH_MAX) {
		return kb_fail(where, KB_ERR_CONFIG,
			       "the path of the marker file is empty or too long");
	}
	marker = calloc(1, sizeof(*marker));
	if (marker == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	memcpy(marker->path, path, strlen(path) + 1);
	*out = marker;
	return KB_OK;
}

void
kb_marker_set(struct kb_marker *marker, const struct kb_epoch *epoch,
	      const struct kb_ledger_head *head)
{
	marker->note.epoch = *epoch;
	marker->note.year = head->year;
	marker->note.size = head->size;
	marker->note.root = head->root;
	marker->unwritten = true;
}

enum kb_err
kb_marker_flush(struct kb_marker *marker)
{
	char line[MARKER_LINE_MAX];
	enum kb_err err = KB_OK;

	if (!marker->unwritten) {
		return KB_OK;
	}
	err = kb_failpoint(KB_FAILPOINT_MARKER_BEFORE);
	if (err == KB_OK) {
		err = kb_file_replace(marker->path, 0600,
				      kb_span(line, line_make(&marker->note, line)), NULL);
	}
	if (err == KB_OK) {
		err = kb_failpoint(KB_FAILPOINT_MARKER_AFTER);
	}
	if (err == KB_OK) {
		marker->unwritten = false;
	}
	return err;
}

enum kb_err
kb_marker_tick(struct kb_marker *marker, int64_t mono_ms)
{
	if (!marker->unwritten ||
	    (marker->written && mono_ms - marker->written_mono_ms < MARKER_EVERY_MS)) {
		return KB_OK;
	}
	marker->written = true;
	marker->written_mono_ms = mono_ms;
	return kb_marker_flush(marker);
}

void
kb_marker_close(struct kb_marker *marker)
{
	free(marker);
}
