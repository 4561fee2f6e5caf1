/* SPDX-License-Identifier: EUPL-1.2 */
/* Leerlingen per school year, encrypted. */
#include "common/store/pupils.h"

#include "common/store/step_internal.h"

#define PUPIL_VERSION 1
#define PUPIL_BYTES_MAX ((size_t)16 * 1024)

static struct kb_row_key
pupil_key(uint16_t schooljaar, uint64_t pupil_no)
{
	struct kb_row_key key = { 0 };

	kb_row_key_u16(&key, schooljaar);
	kb_row_key_u64(&key, pupil_no);
	return key;
}

static void
person_pack(struct kb_pack *pack, const struct kb_pupil_person *person)
{
	kb_pack_bool(pack, person->present);
	kb_pack_bool(pack, person->adres_geheim);
	kb_pack_bytes(pack, person->pgn);
	kb_pack_bytes(pack, person->voornaam);
	kb_pack_bytes(pack, person->tussenvoegsel);
	kb_pack_bytes(pack, person->achternaam);
	kb_pack_bytes(pack, person->adres);
	kb_pack_bytes(pack, person->postcode);
	kb_pack_bytes(pack, person->woonplaats);
	kb_pack_bytes(pack, person->contactpersoon);
	kb_pack_bytes(pack, person->telefoon);
}

static void
person_unpack(struct kb_unpack *unpack, struct kb_pupil_person *person)
{
	person->present = kb_unpack_bool(unpack);
	person->adres_geheim = kb_unpack_bool(unpack);
	person->pgn = kb_unpack_bytes(unpack);
	person->voornaam = kb_unpack_bytes(unpack);
	person->tussenvoegsel = kb_unpack_bytes(unpack);
	person->achternaam = kb_unpack_bytes(unpack);
	person->adres = kb_unpack_bytes(unpack);
	person->postcode = kb_unpack_bytes(unpack);
	person->woonplaats = kb_unpack_bytes(unpack);
	person->contactpersoon = kb_unpack_bytes(unpack);
	person->telefoon = kb_unpack_bytes(unpack);
}

static void
pupil_pack(struct kb_pack *clear, struct kb_pack *hidden, const struct kb_pupil *row)
{
	kb_pack_u64(clear, row->data_key_no);
	kb_pack_u64(clear, row->subject_no);
	kb_pack_bool(clear, row->ended);
	kb_pack_i64(clear, row->changed_utc_ms);
	kb_pack_bytes(hidden, row->leerling);
	kb_pack_i64(hidden, row->geboorte_day);
	kb_pack_text(hidden, row->gemeentecode);
	kb_pack_u8(hidden, row->leerjaar);
	kb_pack_i64(hidden, row->inschrijf_day);
	kb_pack_i64(hidden, row->uitschrijf_day);
	person_pack(hidden, &row->person);
}

static enum kb_err
pupil_decode_clear(struct kb_span row_key, struct kb_span value, struct kb_pupil *row,
		   struct kb_span *sealed)
{
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	row->schooljaar = kb_unpack_u16(&unpack);
	row->pupil_no = kb_unpack_u64(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, PUPIL_VERSION);
	row->data_key_no = kb_unpack_u64(&unpack);
	row->subject_no = kb_unpack_u64(&unpack);
	row->ended = kb_unpack_bool(&unpack);
	row->changed_utc_ms = kb_unpack_i64(&unpack);
	*sealed = kb_unpack_bytes(&unpack);
	return kb_unpack_end(&unpack);
}

/* A day of the calendar is an int32_t; it is packed as 64 bits like all times. */
static int32_t
unpack_day(struct kb_unpack *unpack)
{
	int64_t day = kb_unpack_i64(unpack);

	if (day < INT32_MIN || day > INT32_MAX) {
		unpack->err = KB_ERR_CORRUPT;
		return 0;
	}
	return (int32_t)day;
}

static enum kb_err
pupil_decode_hidden(struct kb_span plain, struct kb_pupil *row)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, plain, PUPIL_VERSION);
	row->leerling = kb_unpack_bytes(&unpack);
	row->geboorte_day = unpack_day(&unpack);
	kb_unpack_text(&unpack, row->gemeentecode, sizeof(row->gemeentecode));
	row->leerjaar = kb_unpack_u8(&unpack);
	row->inschrijf_day = unpack_day(&unpack);
	row->uitschrijf_day = unpack_day(&unpack);
	person_unpack(&unpack, &row->person);
	return kb_unpack_end(&unpack);
}

enum kb_err
kb_pupil_find(struct kb_step *step, struct kb_span leerling, uint64_t *pupil_no)
{
	struct kb_row_key key = kb_lookup_identity(step->store, KB_LOOKUP_LEERLING, leerling);

	return kb_lookup_get(step, &key, pupil_no);
}

/* The number and the key that the row gets: those it had, else fresh ones. */
static enum kb_err
pupil_place(struct kb_step *step, struct kb_pupil *row)
{
	struct kb_row_key identity =
		kb_lookup_identity(step->store, KB_LOOKUP_LEERLING, row->leerling);
	struct kb_pupil before;
	uint64_t known = 0;
	enum kb_err err = kb_lookup_get(step, &identity, &known);

	if (err == KB_OK && row->pupil_no != 0 && row->pupil_no != known) {
		return KB_ERR_EXISTS; /* the own number belongs to another pupil */
	}
	if (err == KB_OK) {
		row->pupil_no = known;
	} else if (err == KB_ERR_NOT_FOUND) {
		if (row->pupil_no == 0) {
			row->pupil_no = kb_step_count_up(step, KB_COUNTER_PUPIL);
		}
		err = kb_lookup_put(step, &identity, row->pupil_no);
	}
	if (err != KB_OK || row->data_key_no != 0) {
		return err;
	}
	err = kb_pupil_clear(step, row->schooljaar, row->pupil_no, &before);
	if (err == KB_OK) {
		row->data_key_no = before.data_key_no;
	} else if (err == KB_ERR_NOT_FOUND) {
		err = kb_step_key_assign(step, &row->data_key_no);
	}
	return err;
}

enum kb_err
kb_pupil_put(struct kb_step *step, struct kb_pupil *pupil)
{
	const struct kb_pupil_person *person = &pupil->person;
	struct kb_pupil row = *pupil;
	struct kb_row_key key = { 0 };
	struct kb_pack clear;
	struct kb_pack hidden;
	size_t bytes = person->pgn.len + person->voornaam.len + person->tussenvoegsel.len +
		       person->achternaam.len + person->adres.len + person->postcode.len +
		       person->woonplaats.len + person->contactpersoon.len + person->telefoon.len +
		       row.leerling.len;
	enum kb_err err = kb_step_need_write(step);

	if (err == KB_OK && row.leerling.len == 0) {
		err = KB_ERR_BAD_VALUE;
	}
	if (err == KB_OK && bytes > PUPIL_BYTES_MAX) {
		err = KB_ERR_OVERSIZE;
	}
	if (err == KB_OK) {
		err = pupil_place(step, &row);
	}
	if (err == KB_OK) {
		row.changed_utc_ms = step->now_utc_ms;
		key = pupil_key(row.schooljaar, row.pupil_no);
		kb_sealed_begin(step, &clear, &hidden, PUPIL_VERSION);
		pupil_pack(&clear, &hidden, &row);
		err = kb_sealed_put(step, KB_TABLE_PUPILS, &key, row.data_key_no, &clear, &hidden);
	}
	if (err == KB_OK) {
		*pupil = row;
	}
	return err;
}

static enum kb_err
pupil_open(struct kb_step *step, struct kb_span row_key, struct kb_span value,
	   struct kb_arena *arena, struct kb_pupil *out)
{
	struct kb_pupil row = { 0 };
	struct kb_span sealed = KB_SPAN_NONE;
	struct kb_span plain = KB_SPAN_NONE;
	enum kb_err err = pupil_decode_clear(row_key, value, &row, &sealed);

	if (err == KB_OK) {
		err = kb_sealed_open(step, KB_TABLE_PUPILS, row_key, row.data_key_no, sealed, arena,
				     &plain);
	}
	if (err == KB_OK) {
		err = pupil_decode_hidden(plain, &row);
	}
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

enum kb_err
kb_pupil_get(struct kb_step *step, uint16_t schooljaar, uint64_t pupil_no, struct kb_arena *arena,
	     struct kb_pupil *out)
{
	struct kb_row_key key = pupil_key(schooljaar, pupil_no);
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = kb_row_get(step, KB_TABLE_PUPILS, &key, &value);

	return err == KB_OK ? pupil_open(step, kb_row_key_span(&key), value, arena, out) : err;
}

enum kb_err
kb_pupil_next(struct kb_step *step, uint16_t schooljaar, uint64_t after_no, struct kb_arena *arena,
	      struct kb_pupil *out)
{
	struct kb_row_key after = pupil_key(schooljaar, after_no);
	struct kb_row row;
	enum kb_err err = KB_OK;

	/* A row whose key was destroyed is passed over. */
	do {
		err = kb_row_after(step, KB_TABLE_PUPILS, &after, 2, &row);
		if (err != KB_OK) {
			return err;
		}
		after = (struct kb_row_key){ 0 };
		kb_row_key_bytes(&after, row.key.at, row.key.len);
		err = pupil_open(step, row.key, row.value, arena, out);
	} while (err == KB_ERR_NOT_FOUND);
	return err;
}

enum kb_err
kb_pupil_clear(struct kb_step *step, uint16_t schooljaar, uint64_t pupil_no, struct kb_pupil *out)
{
	struct kb_row_key key = pupil_key(schooljaar, pupil_no);
	struct kb_pupil row = { 0 };
	struct kb_span value = KB_SPAN_NONE;
	struct kb_span sealed = KB_SPAN_NONE;
	enum kb_err err = kb_row_get(step, KB_TABLE_PUPILS, &key, &value);

	if (err == KB_OK) {
		err = pupil_decode_clear(kb_row_key_span(&key), value, &row, &sealed);
	}
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}
