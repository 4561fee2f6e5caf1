/* SPDX-License-Identifier: EUPL-1.2 */
/* What the items of a case hold, as bytes and back. */
#include "agents/runtime/case_forms.h"

#include "common/store/codec.h"

#define NOTE_VERSION 1
#define TASK_VERSION 1
#define APPOINTMENT_VERSION 1
#define PERSON_VERSION 1
#define OVERLEG_VERSION 1
#define LID_VERSION 1
#define AGENDA_VERSION 1

/* ---- words ---- */

static const char *const invite_words[KB_INVITE_COUNT] = {
#define KB_ROW(name, number, text) [number] = (text),
	KB_INVITE_TABLE(KB_ROW)
#undef KB_ROW
};

static const char *const role_words[KB_PERSON_ROLE_COUNT] = {
#define KB_ROW(name, number, text) [number] = (text),
	KB_PERSON_ROLE_TABLE(KB_ROW)
#undef KB_ROW
};

static const char *const gezag_words[KB_GEZAG_COUNT] = {
#define KB_ROW(name, number, text) [number] = (text),
	KB_AUTHORITY_TABLE(KB_ROW)
#undef KB_ROW
};

/* The place of word in the table, from 1 on; 0 when it is not there. */
static unsigned
word_find(const char *const *words, unsigned count, struct kb_span word)
{
	for (unsigned i = 1; i < count; i++) {
		if (kb_span_equal(word, kb_span_text(words[i]))) {
			return i;
		}
	}
	return 0;
}

const char *
kb_invite_word(enum kb_invite answer)
{
	return (unsigned)answer < KB_INVITE_COUNT ? invite_words[answer] : "";
}

enum kb_invite
kb_invite_parse(struct kb_span word)
{
	return (enum kb_invite)word_find(invite_words, KB_INVITE_COUNT, word);
}

const char *
kb_person_role_word(enum kb_person_role role)
{
	return (unsigned)role < KB_PERSON_ROLE_COUNT ? role_words[role] : "";
}

enum kb_person_role
kb_person_role_parse(struct kb_span word)
{
	return (enum kb_person_role)word_find(role_words, KB_PERSON_ROLE_COUNT, word);
}

const char *
kb_gezag_word(enum kb_gezag gezag)
{
	return (unsigned)gezag < KB_GEZAG_COUNT ? gezag_words[gezag] : "";
}

/* A number of a table of count rows; 0 and an error for another. */
static unsigned
unpack_word(struct kb_unpack *unpack, unsigned count)
{
	unsigned number = kb_unpack_u8(unpack);

	if (unpack->err == KB_OK && number >= count) {
		unpack->err = KB_ERR_CORRUPT;
	}
	return unpack->err == KB_OK ? number : 0;
}

/* ---- note ---- */

enum kb_err
kb_note_form_pack(const struct kb_note_form *form, struct kb_buf *out)
{
	struct kb_pack pack;

	kb_pack_begin(&pack, out, NOTE_VERSION);
	kb_pack_bytes(&pack, form->text);
	return kb_pack_end(&pack);
}

enum kb_err
kb_note_form_unpack(struct kb_span payload, struct kb_note_form *out)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, payload, NOTE_VERSION);
	out->text = kb_unpack_bytes(&unpack);
	return kb_unpack_end(&unpack);
}

/* ---- task ---- */

enum kb_err
kb_task_form_pack(const struct kb_task_form *form, struct kb_buf *out)
{
	struct kb_pack pack;

	kb_pack_begin(&pack, out, TASK_VERSION);
	kb_pack_bytes(&pack, form->what);
	kb_pack_u64(&pack, form->who_no);
	kb_pack_u64(&pack, form->done_by_no);
	kb_pack_bytes(&pack, form->result);
	return kb_pack_end(&pack);
}

enum kb_err
kb_task_form_unpack(struct kb_span payload, struct kb_task_form *out)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, payload, TASK_VERSION);
	out->what = kb_unpack_bytes(&unpack);
	out->who_no = kb_unpack_u64(&unpack);
	out->done_by_no = kb_unpack_u64(&unpack);
	out->result = kb_unpack_bytes(&unpack);
	return kb_unpack_end(&unpack);
}

/* ---- appointment ---- */

enum kb_err
kb_appointment_form_pack(const struct kb_appointment_form *form, struct kb_buf *out)
{
	struct kb_pack pack;

	if (form->guest_count > KB_GUESTS_MAX) {
		return KB_ERR_OVERSIZE;
	}
	kb_pack_begin(&pack, out, APPOINTMENT_VERSION);
	kb_pack_bytes(&pack, form->kind);
	kb_pack_bytes(&pack, form->place);
	kb_pack_u8(&pack, (uint8_t)form->guest_count);
	for (size_t i = 0; i < form->guest_count; i++) {
		kb_pack_bytes(&pack, form->guests[i].name);
		kb_pack_u8(&pack, (uint8_t)form->guests[i].answer);
		kb_pack_bool(&pack, form->guests[i].invited);
		kb_pack_bool(&pack, form->guests[i].present);
	}
	kb_pack_bytes(&pack, form->outcome);
	return kb_pack_end(&pack);
}

enum kb_err
kb_appointment_form_unpack(struct kb_span payload, struct kb_appointment_form *out)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, payload, APPOINTMENT_VERSION);
	out->kind = kb_unpack_bytes(&unpack);
	out->place = kb_unpack_bytes(&unpack);
	out->guest_count = unpack_word(&unpack, KB_GUESTS_MAX + 1);
	for (size_t i = 0; i < out->guest_count; i++) {
		out->guests[i].name = kb_unpack_bytes(&unpack);
		out->guests[i].answer = (enum kb_invite)unpack_word(&unpack, KB_INVITE_COUNT);
		out->guests[i].invited = kb_unpack_bool(&unpack);
		out->guests[i].present = kb_unpack_bool(&unpack);
	}
	out->outcome = kb_unpack_bytes(&unpack);
	return kb_unpack_end(&unpack);
}

/* ---- person ---- */

enum kb_err
kb_person_form_pack(const struct kb_person_form *form, struct kb_buf *out)
{
	struct kb_pack pack;

	kb_pack_begin(&pack, out, PERSON_VERSION);
	kb_pack_u8(&pack, (uint8_t)form->role);
	kb_pack_bytes(&pack, form->name);
	kb_pack_bytes(&pack, form->function);
	kb_pack_bytes(&pack, form->organisation);
	kb_pack_bytes(&pack, form->phone);
	kb_pack_bytes(&pack, form->email);
	kb_pack_bytes(&pack, form->address);
	kb_pack_bytes(&pack, form->language);
	kb_pack_u8(&pack, (uint8_t)form->gezag);
	kb_pack_i64(&pack, form->birth_day);
	kb_pack_i64(&pack, form->from_day);
	kb_pack_i64(&pack, form->until_day);
	return kb_pack_end(&pack);
}

static int32_t
unpack_day(struct kb_unpack *unpack)
{
	int64_t day = kb_unpack_i64(unpack);

	if (unpack->err == KB_OK && (day < INT32_MIN || day > INT32_MAX)) {
		unpack->err = KB_ERR_CORRUPT;
	}
	return unpack->err == KB_OK ? (int32_t)day : 0;
}

enum kb_err
kb_person_form_unpack(struct kb_span payload, struct kb_person_form *out)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, payload, PERSON_VERSION);
	out->role = (enum kb_person_role)unpack_word(&unpack, KB_PERSON_ROLE_COUNT);
	out->name = kb_unpack_bytes(&unpack);
	out->function = kb_unpack_bytes(&unpack);
	out->organisation = kb_unpack_bytes(&unpack);
	out->phone = kb_unpack_bytes(&unpack);
	out->email = kb_unpack_bytes(&unpack);
	out->address = kb_unpack_bytes(&unpack);
	out->language = kb_unpack_bytes(&unpack);
	out->gezag = (enum kb_gezag)unpack_word(&unpack, KB_GEZAG_COUNT);
	out->birth_day = unpack_day(&unpack);
	out->from_day = unpack_day(&unpack);
	out->until_day = unpack_day(&unpack);
	if (unpack.err == KB_OK && out->role == KB_PERSON_NONE) {
		unpack.err = KB_ERR_CORRUPT;
	}
	return kb_unpack_end(&unpack);
}

/* ---- overleg ---- */

enum kb_err
kb_overleg_form_pack(const struct kb_overleg_form *form, struct kb_buf *out)
{
	struct kb_pack pack;

	kb_pack_begin(&pack, out, OVERLEG_VERSION);
	kb_pack_bytes(&pack, form->table);
	kb_pack_u8(&pack, (uint8_t)form->mandate);
	return kb_pack_end(&pack);
}

enum kb_err
kb_overleg_form_unpack(struct kb_span payload, struct kb_overleg_form *out)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, payload, OVERLEG_VERSION);
	out->table = kb_unpack_bytes(&unpack);
	out->mandate = (enum kb_mandate_kind)unpack_word(&unpack, KB_MANDATE_KIND_COUNT);
	return kb_unpack_end(&unpack);
}

enum kb_err
kb_lid_form_pack(const struct kb_lid_form *form, struct kb_buf *out)
{
	struct kb_pack pack;

	kb_pack_begin(&pack, out, LID_VERSION);
	kb_pack_bytes(&pack, form->name);
	kb_pack_bytes(&pack, form->function);
	kb_pack_bytes(&pack, form->organisation);
	kb_pack_party(&pack, &form->party);
	kb_pack_u64(&pack, form->user_no);
	kb_pack_bytes(&pack, form->given_by);
	kb_pack_bool(&pack, form->chair);
	return kb_pack_end(&pack);
}

enum kb_err
kb_lid_form_unpack(struct kb_span payload, struct kb_lid_form *out)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, payload, LID_VERSION);
	out->name = kb_unpack_bytes(&unpack);
	out->function = kb_unpack_bytes(&unpack);
	out->organisation = kb_unpack_bytes(&unpack);
	kb_unpack_party(&unpack, &out->party);
	out->user_no = kb_unpack_u64(&unpack);
	out->given_by = kb_unpack_bytes(&unpack);
	out->chair = kb_unpack_bool(&unpack);
	return kb_unpack_end(&unpack);
}

enum kb_err
kb_agenda_form_pack(const struct kb_agenda_form *form, struct kb_buf *out)
{
	struct kb_pack pack;

	kb_pack_begin(&pack, out, AGENDA_VERSION);
	kb_pack_u64(&pack, form->case_no);
	kb_pack_bytes(&pack, form->point);
	kb_pack_bytes(&pack, form->outcome);
	return kb_pack_end(&pack);
}

enum kb_err
kb_agenda_form_unpack(struct kb_span payload, struct kb_agenda_form *out)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, payload, AGENDA_VERSION);
	out->case_no = kb_unpack_u64(&unpack);
	out->point = kb_unpack_bytes(&unpack);
	out->outcome = kb_unpack_bytes(&unpack);
	return kb_unpack_end(&unpack);
}
