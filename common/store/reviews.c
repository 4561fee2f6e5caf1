/* SPDX-License-Identifier: EUPL-1.2 */
/* Reviews of views with the noodknop, by the number of their access record. */
#include "common/store/reviews.h"

#include "common/store/step_internal.h"

#define REVIEW_VERSION 1

static const char *const judgement_names[KB_JUDGEMENT_COUNT] = {
#define KB_ROW(name, number, text) [number] = (text),
	KB_JUDGEMENT_TABLE(KB_ROW)
#undef KB_ROW
};

const char *
kb_judgement_name(enum kb_judgement judgement)
{
	return (unsigned)judgement < KB_JUDGEMENT_COUNT ? judgement_names[judgement] : "";
}

enum kb_judgement
kb_judgement_parse(struct kb_span name)
{
	for (unsigned i = 1; i < KB_JUDGEMENT_COUNT; i++) {
		if (kb_span_equal(name, kb_span_text(judgement_names[i]))) {
			return (enum kb_judgement)i;
		}
	}
	return KB_JUDGEMENT_NONE;
}

static enum kb_err
review_store(struct kb_step *step, struct kb_review *row)
{
	struct kb_row_key key = kb_row_key_of_u64(row->ledger_seq);
	struct kb_pack clear;
	struct kb_pack hidden;
	enum kb_err err = kb_step_year_key(step, &row->data_key_no);

	if (err != KB_OK) {
		return err;
	}
	kb_sealed_begin(step, &clear, &hidden, REVIEW_VERSION);
	kb_pack_u64(&clear, row->data_key_no);
	kb_pack_u64(&clear, row->case_no);
	kb_pack_u64(&clear, row->user_no);
	kb_pack_i64(&clear, row->at_utc_ms);
	kb_pack_u8(&clear, (uint8_t)row->judgement);
	kb_pack_i64(&clear, row->judged_utc_ms);
	kb_pack_u64(&clear, row->judged_by_no);
	kb_pack_bytes(&hidden, row->explanation);
	return kb_sealed_put(step, KB_TABLE_REVIEWS, &key, row->data_key_no, &clear, &hidden);
}

static enum kb_err
review_decode(struct kb_step *step, struct kb_span row_key, struct kb_span value,
	      struct kb_arena *arena, struct kb_review *out)
{
	struct kb_review row = { .judgement = KB_JUDGEMENT_NONE };
	struct kb_span sealed;
	struct kb_span plain = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	row.ledger_seq = kb_unpack_u64(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, REVIEW_VERSION);
	row.data_key_no = kb_unpack_u64(&unpack);
	row.case_no = kb_unpack_u64(&unpack);
	row.user_no = kb_unpack_u64(&unpack);
	row.at_utc_ms = kb_unpack_i64(&unpack);
	row.judgement = (enum kb_judgement)kb_unpack_u8(&unpack);
	row.judged_utc_ms = kb_unpack_i64(&unpack);
	row.judged_by_no = kb_unpack_u64(&unpack);
	sealed = kb_unpack_bytes(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK && (uint32_t)row.judgement >= KB_JUDGEMENT_COUNT) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		err = kb_sealed_open(step, KB_TABLE_REVIEWS, row_key, row.data_key_no, sealed,
				     arena, &plain);
		if (err == KB_OK) {
			(void)kb_unpack_begin(&unpack, plain, REVIEW_VERSION);
			row.explanation = kb_unpack_bytes(&unpack);
			err = kb_unpack_end(&unpack);
		} else if (err == KB_ERR_NOT_FOUND) {
			err = KB_OK; /* the key of the year is gone: that it was judged stays */
		}
	}
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

enum kb_err
kb_review_open(struct kb_step *step, const struct kb_review *review)
{
	struct kb_row_key key = kb_row_key_of_u64(review->ledger_seq);
	struct kb_span value = KB_SPAN_NONE;
	struct kb_review row = { .ledger_seq = review->ledger_seq,
				 .case_no = review->case_no,
				 .user_no = review->user_no,
				 .at_utc_ms = review->at_utc_ms };
	enum kb_err err = kb_step_need_write(step);

	if (err == KB_OK) {
		err = kb_row_get(step, KB_TABLE_REVIEWS, &key, &value);
		err = err == KB_OK ? KB_ERR_EXISTS : (err == KB_ERR_NOT_FOUND ? KB_OK : err);
	}
	return err == KB_OK ? review_store(step, &row) : err;
}

enum kb_err
kb_review_next(struct kb_step *step, uint64_t after_seq, struct kb_arena *arena,
	       struct kb_review *out)
{
	struct kb_row_key after = kb_row_key_of_u64(after_seq);
	struct kb_row row;
	enum kb_err err = kb_row_after(step, KB_TABLE_REVIEWS, &after, 0, &row);

	return err == KB_OK ? review_decode(step, row.key, row.value, arena, out) : err;
}

enum kb_err
kb_review_judge(struct kb_step *step, uint64_t ledger_seq, enum kb_judgement judgement,
		struct kb_span explanation, int64_t at_utc_ms, uint64_t by_no)
{
	struct kb_row_key key = kb_row_key_of_u64(ledger_seq);
	struct kb_span value = KB_SPAN_NONE;
	struct kb_review row = { .judgement = KB_JUDGEMENT_NONE };
	enum kb_err err = kb_step_need_write(step);

	if (err == KB_OK && explanation.len > KB_REVIEW_TEXT_MAX) {
		err = KB_ERR_OVERSIZE;
	}
	if (err == KB_OK && kb_judgement_name(judgement)[0] == '\0') {
		err = KB_ERR_BAD_VALUE;
	}
	if (err == KB_OK) {
		err = kb_row_get(step, KB_TABLE_REVIEWS, &key, &value);
	}
	if (err == KB_OK) {
		err = review_decode(step, kb_row_key_span(&key), value, &step->kept, &row);
	}
	if (err == KB_OK && row.judgement != KB_JUDGEMENT_NONE) {
		err = KB_ERR_STATE;
	}
	if (err == KB_OK) {
		row.judgement = judgement;
		row.judged_utc_ms = at_utc_ms;
		row.judged_by_no = by_no;
		row.explanation = explanation;
		err = review_store(step, &row);
	}
	return err;
}
