/* SPDX-License-Identifier: EUPL-1.2 */
/* Where the child of a case stands with a school: items of the case, the last one that began counts. */
#include "agents/runtime/places.h"

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/case_board.h"
#include "common/store/case_items.h"
#include "common/store/codec.h"
#include "common/store/subjects.h"

#define PLACE_VERSION 1

static const struct {
	const char *name;
	const char *label;
} words[KB_PLACE_COUNT] = {

#define KB_ROW(name, number, text, label) [(number)] = { text, label },
	KB_PLACE_TABLE(KB_ROW)
#undef KB_ROW
};

const char *
kb_place_name(enum kb_place place)
{
	return (unsigned)place < KB_PLACE_COUNT ? words[place].name : "";
}

enum kb_place
kb_place_parse(struct kb_span word)
{
	for (unsigned i = 1; i < KB_PLACE_COUNT; i++) {
		if (kb_span_equal(word, kb_span_text(words[i].name))) {
			return (enum kb_place)i;
		}
	}
	return KB_PLACE_NONE;
}

/* What an item of type PERSON holds here: which party, how the child stands there, from which day. */
struct place_item {
	struct kb_party_id party;
	enum kb_place place;
	int32_t day;
};

static enum kb_err
item_pack(const struct place_item *item, struct kb_buf *out)
{
	struct kb_pack pack;

	kb_pack_begin(&pack, out, PLACE_VERSION);
	kb_pack_party(&pack, &item->party);
	kb_pack_u8(&pack, (uint8_t)item->place);
	kb_pack_i64(&pack, item->day);
	return kb_pack_end(&pack);
}

static enum kb_err
item_unpack(struct kb_span payload, struct place_item *out)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, payload, PLACE_VERSION);
	kb_unpack_party(&unpack, &out->party);
	out->place = (enum kb_place)kb_unpack_u8(&unpack);
	out->day = (int32_t)kb_unpack_i64(&unpack);
	return kb_unpack_end(&unpack);
}

enum kb_err
kb_place_put(struct kb_act *act, uint64_t case_no, const struct kb_party_id *party,
	     enum kb_place place, int32_t day)
{
	struct place_item what = { .party = *party, .place = place, .day = day };
	struct kb_case_item item = { .case_no = case_no,
				     .type = KB_ITEM_PLACE,
				     .author_party_no = KB_PARTY_NO_SELF,
				     .author_user_no = act->user_no,
				     .at_utc_ms = act->now_utc_ms,
				     .visibility = KB_VISIBILITY_DESK };
	struct kb_buf payload = { 0 };
	enum kb_err err = item_pack(&what, &payload);

	if (err == KB_OK) {
		err = kb_board_keep(act, &item, KB_NOTE_PLACE, kb_buf_span(&payload));
	}
	kb_buf_wipe(&payload);
	return err;
}

enum kb_err
kb_place_on(struct kb_act *act, uint64_t case_no, const struct kb_party_id *party, int32_t day,
	    enum kb_place *out)
{
	struct kb_case_item item = { 0 };
	struct place_item what;
	int32_t last = INT32_MIN;
	enum kb_err err = KB_OK;

	*out = KB_PLACE_NONE;
	while (err == KB_OK) {
		err = kb_case_item_next(act->step, case_no, KB_ITEM_PLACE, item.item_no, act->arena,
					&item);
		if (err == KB_OK) {
			err = item_unpack(item.payload, &what);
		}
		if (err == KB_OK && kb_party_id_equal(&what.party, party) && what.day <= day &&
		    what.day >= last) {
			last = what.day;
			*out = what.place;
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* Whether the child is on trial here in one of its cases. */
static enum kb_err
on_trial_here(struct kb_act *act, uint64_t case_no, int32_t day, bool *on_trial)
{
	const struct kb_party_id *self = kb_agent_self(act->agent);
	enum kb_place place = KB_PLACE_NONE;
	struct kb_case row;
	uint64_t other = 0;
	enum kb_err err = kb_case_get(act->step, case_no, &row);

	if (err == KB_OK) {
		err = kb_place_on(act, case_no, self, day, &place);
	}
	*on_trial = place == KB_PLACE_PROEFPLAATSING;
	while (err == KB_OK && row.subject_no != 0 && !*on_trial) {
		err = kb_subject_case_next(act->step, row.subject_no, other, &other);
		if (err == KB_OK) {
			err = kb_place_on(act, other, self, day, &place);
			*on_trial = place == KB_PLACE_PROEFPLAATSING;
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_place_needs(struct kb_act *act, uint64_t case_no, const struct kb_party_id *recipient,
	       int32_t day, uint32_t *met)
{
	enum kb_place place = KB_PLACE_NONE;
	bool on_trial = false;
	enum kb_err err = KB_OK;

	*met = 0;
	if (case_no == 0) {
		return KB_OK;
	}
	err = kb_place_on(act, case_no, recipient, day, &place);
	if (err == KB_OK) {
		err = on_trial_here(act, case_no, day, &on_trial);
	}
	if (err == KB_OK) {
		*met |= place != KB_PLACE_NONE && place != KB_PLACE_UITGESCHREVEN
				? (uint32_t)KB_NEED_AANGEMELD
				: 0;
		*met |= on_trial ? 0 : (uint32_t)KB_NEED_GEEN_PROEFPLAATSING;
	}
	return err;
}
