/* SPDX-License-Identifier: EUPL-1.2 */
/* Papers of a case. */
#include "agents/runtime/documents.h"

#include <strings.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/attachments.h"
#include "agents/runtime/case_board.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "common/crypto/hash.h"
#include "common/exchange/categories.h"
#include "common/exchange/date.h"
#include "common/store/codec.h"

#define DOCUMENT_VERSION 1

enum kb_err
kb_document_pack(const struct kb_document *document, struct kb_buf *out)
{
	struct kb_pack pack;

	kb_pack_begin(&pack, out, DOCUMENT_VERSION);
	kb_pack_bytes(&pack, document->sort);
	kb_pack_bytes(&pack, document->name);
	kb_pack_fixed(&pack, document->hash.bytes, KB_HASH_BYTES);
	kb_pack_u64(&pack, document->bytes);
	kb_pack_i64(&pack, document->day);
	kb_pack_u32(&pack, document->version);
	return kb_pack_end(&pack);
}

enum kb_err
kb_document_unpack(struct kb_span payload, struct kb_document *out)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, payload, DOCUMENT_VERSION);
	out->sort = kb_unpack_bytes(&unpack);
	out->name = kb_unpack_bytes(&unpack);
	kb_unpack_fixed(&unpack, out->hash.bytes, KB_HASH_BYTES);
	out->bytes = kb_unpack_u64(&unpack);
	out->day = (int32_t)kb_unpack_i64(&unpack);
	out->version = kb_unpack_u32(&unpack);
	return kb_unpack_end(&unpack);
}

enum kb_err
kb_document_next(struct kb_step *step, uint64_t case_no, struct kb_arena *arena,
		 struct kb_case_item *item, struct kb_document *out)
{
	enum kb_err err =
		kb_case_item_next(step, case_no, KB_ITEM_DOCUMENT, item->item_no, arena, item);

	return err == KB_OK ? kb_document_unpack(item->payload, out) : err;
}

static bool
same_sort(struct kb_span a, struct kb_span b)
{
	return a.len == b.len && strncasecmp((const char *)a.at, (const char *)b.at, a.len) == 0;
}

static enum kb_err
count_sort(struct kb_step *step, uint64_t case_no, struct kb_arena *arena, struct kb_span sort,
	   uint32_t *count)
{
	struct kb_case_item item = { .item_no = 0 };
	struct kb_document document;
	enum kb_err err = KB_OK;

	*count = 0;
	while (err == KB_OK) {
		err = kb_document_next(step, case_no, arena, &item, &document);
		*count += err == KB_OK && same_sort(document.sort, sort) ? 1 : 0;
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_document_has(struct kb_step *step, uint64_t case_no, struct kb_arena *arena, struct kb_span sort,
		bool *has)
{
	uint32_t count = 0;
	enum kb_err err = count_sort(step, case_no, arena, sort, &count);

	*has = count > 0;
	return err;
}

enum kb_err
kb_document_known(struct kb_step *step, uint64_t case_no, struct kb_arena *arena,
		  const struct kb_hash *hash, bool *known)
{
	struct kb_case_item item = { .item_no = 0 };
	struct kb_document document;
	enum kb_err err = KB_OK;

	*known = false;
	while (err == KB_OK && !*known) {
		err = kb_document_next(step, case_no, arena, &item, &document);
		*known = err == KB_OK && kb_hash_equal(&document.hash, hash);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* ---- document add ---- */

static enum kb_err
read_paper(struct kb_desk_call *call, struct kb_document *out)
{
	struct kb_buf bytes = { 0 };
	struct kb_span whole = KB_SPAN_NONE;
	enum kb_err err =
		kb_file_read(kb_desk_path_arg(call, "pad"), KB_DOCUMENT_BYTES_MAX, &bytes, NULL);

	if (err == KB_OK && bytes.len == 0) {
		err = KB_ERR_DATA;
	}
	if (err == KB_OK) {
		whole = kb_buf_span(&bytes);
		kb_sha256_parts(&whole, 1, &out->hash);
		out->bytes = bytes.len;
	}
	kb_buf_wipe(&bytes);
	return err == KB_OK || err == KB_ERR_NO_MEMORY
		       ? err
		       : kb_desk_fail(
				 call, err == KB_ERR_NOT_FOUND ? KB_ERR_NOT_FOUND : KB_ERR_DATA,
				 "'pad': het stuk kan niet worden gelezen, of is leeg of groter "
				 "dan %zu MiB",
				 KB_DOCUMENT_BYTES_MAX / (1024 * 1024));
}

static enum kb_err
read_arguments(struct kb_desk_call *call, struct kb_document *out)
{
	out->sort = kb_text_trim(kb_desk_text_arg(call, "soort"));
	out->name = kb_text_trim(kb_desk_text_arg(call, "naam"));
	out->day = kb_desk_has(call, "datum") ? kb_desk_date_arg(call, "datum")
					      : kb_date_local_day(kb_desk_now_utc_ms(call));
	if (out->sort.len == 0 || out->sort.len > KB_DOCUMENT_LINE_MAX ||
	    out->name.len > KB_DOCUMENT_LINE_MAX) {
		return kb_desk_fail(
			call, KB_ERR_DATA,
			"'soort' en 'naam' mogen ten hoogste %d tekens zijn, en 'soort' "
			"niet leeg",
			KB_DOCUMENT_LINE_MAX);
	}
	if (!kb_desk_has(call, "upload") && !kb_desk_has(call, "pad")) {
		return kb_desk_fail(call, KB_ERR_USAGE,
				    "geef het bestand met --bestand, of met 'pad' een stuk dat "
				    "blijft waar het is");
	}
	if (kb_desk_has(call, "upload")) {
		return kb_desk_has(call, "pad") ? kb_desk_fail(call, KB_ERR_USAGE,
							       "'pad' en 'upload' gaan niet samen")
						: KB_OK;
	}
	return read_paper(call, out);
}

/* What is in it, as names of categories; about a child it always is, so who the child is stands in it too. */
static enum kb_err
read_categories(struct kb_desk_call *call, uint32_t *out)
{
	struct kb_span rest = kb_desk_text_arg(call, "gegevens");

	*out = 0;
	while (rest.len > 0) {
		const uint8_t *comma = memchr(rest.at, ',', rest.len);
		size_t len = comma != NULL ? (size_t)(comma - rest.at) : rest.len;
		struct kb_span word = kb_text_trim(kb_span_part(rest, 0, len));
		uint32_t category = kb_data_parse(word);

		if (category == 0 || category == KB_DATA_AANTALLEN) {
			return kb_desk_fail(call, KB_ERR_USAGE,
					    "'gegevens': '%.*s' is geen soort gegevens van een "
					    "kind; ketenbode explain --help noemt ze",
					    (int)(word.len < 40 ? word.len : 40),
					    word.len > 0 ? (const char *)word.at : "");
		}
		*out |= category | KB_DATA_IDENTITEIT;
		rest = kb_span_part(rest, len + 1, rest.len);
	}
	return KB_OK;
}

/* The file itself came over the socket: an attachment beside the paper. */
static enum kb_err
take_file(struct kb_desk_call *call, struct kb_document *document)
{
	struct kb_attachment attachment = { .sort = document->sort,
					    .name = document->name,
					    .day = document->day,
					    .seen_day = kb_desk_date_arg(call, "inzage") };
	enum kb_err err = read_categories(call, &attachment.categories);

	if (err == KB_OK) {
		err = kb_transfer_take(call, &attachment);
	}
	document->hash = attachment.sha256;
	document->bytes = attachment.bytes;
	return err;
}

enum kb_err
kb_document_add(struct kb_act *act, uint64_t case_no, struct kb_document *document,
		const struct kb_party_id *from)
{
	struct kb_case_item item = {
		.case_no = case_no,
		.type = KB_ITEM_DOCUMENT,
		.author_party_no = KB_PARTY_NO_SELF,
		.author_user_no = act->user_no,
		.at_utc_ms = act->now_utc_ms,
		/* What came is known to who sent it: it is shown like a message. */
		.visibility = from != NULL ? KB_VISIBILITY_ALL : KB_VISIBILITY_DESK
	};
	struct kb_buf payload = { 0 };
	enum kb_err err =
		count_sort(act->step, case_no, act->arena, document->sort, &document->version);

	document->version++;
	if (err == KB_OK) {
		err = kb_document_pack(document, &payload);
	}
	if (err == KB_OK && from != NULL) {
		err = kb_act_party_no(act, from, &item.author_party_no);
	}
	if (err == KB_OK) {
		err = kb_board_keep(act, &item, KB_NOTE_DOCUMENT, kb_buf_span(&payload));
	}
	kb_buf_wipe(&payload);
	return err;
}

enum kb_err
kb_verb_document_add(struct kb_desk_call *call)
{
	struct kb_act *act = kb_desk_act(call);
	uint64_t case_no = kb_desk_number_arg(call, "zaak");
	struct kb_document document = { .version = 0 };
	enum kb_err err = read_arguments(call, &document);

	if (err == KB_OK && kb_desk_has(call, "upload")) {
		err = take_file(call, &document);
	}
	if (err == KB_OK) {
		err = kb_document_add(act, case_no, &document, NULL);
	}
	if (err == KB_OK) {
		kb_desk_say(call, "Vastgelegd: %.*s, versie %u.", (int)document.sort.len,
			    (const char *)document.sort.at, document.version);
	}
	return err;
}

enum kb_err
kb_document_section(struct kb_desk_call *call, const struct kb_case *row)
{
	struct kb_case_item item = { .item_no = 0 };
	struct kb_document document;
	char hex[KB_HASH_BYTES * 2 + 1];
	enum kb_err err = KB_OK;

	kb_desk_section(call, "stukken", "soort|versie|naam|datum|sinds|bytes|sha256");
	while (err == KB_OK) {
		err = kb_document_next(kb_desk_step(call), row->case_no, kb_desk_arena(call), &item,
				       &document);
		if (err == KB_OK && kb_board_sees(call, row, &item)) {
			kb_desk_row(call);
			kb_desk_cell(call, document.sort);
			kb_desk_cell_number(call, document.version);
			kb_desk_cell(call, document.name);
			kb_desk_cell_day(call, document.day);
			kb_desk_cell_time(call, item.at_utc_ms);
			kb_desk_cell_number(call, document.bytes);
			kb_hex_encode(KB_SPAN_OF(document.hash.bytes), hex);
			kb_desk_cell_text(call, hex);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}
