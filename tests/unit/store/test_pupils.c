/* SPDX-License-Identifier: EUPL-1.2 */
/* Leerlingen, their attendance, meldingen and school years. */
#include <criterion/criterion.h>

#include "common/store/attendance.h"
#include "common/store/meldingen.h"
#include "common/store/pupils.h"
#include "common/store/school_years.h"
#include "tests/unit/store/store_fixture.h"

static struct fixture f;

static void
setup(void)
{
	fixture_open(&f);
}

static void
teardown(void)
{
	fixture_close(&f);
}

TestSuite(pupils, .init = setup, .fini = teardown);

static struct kb_pupil
pupil_of(const char *leerling, uint16_t schooljaar)
{
	return (struct kb_pupil){
		.schooljaar = schooljaar,
		.leerling = kb_span_text(leerling),
		.geboorte_day = -5000,
		.gemeentecode = "0114",
		.leerjaar = 4,
		.inschrijf_day = KB_PUPIL_DAY_NONE,
		.uitschrijf_day = 20100,
		.person = { .present = true,
			    .pgn = kb_span_text("999580735"),
			    .voornaam = kb_span_text("KANARIE-VOOR"),
			    .tussenvoegsel = kb_span_text("ten"),
			    .achternaam = kb_span_text("KANARIE-ACHTER"),
			    .adres = kb_span_text("KANARIE-STRAAT 1"),
			    .postcode = kb_span_text("1234AB"),
			    .woonplaats = kb_span_text("KANARIESTAD"),
			    .contactpersoon = kb_span_text("KANARIE-CONTACT"),
			    .telefoon = kb_span_text("0612345678"),
			    .adres_geheim = true },
	};
}

Test(pupils, keep_their_number_over_the_years_and_are_encrypted)
{
	struct kb_pupil first = pupil_of("L1100000", 2025);
	struct kb_pupil other = pupil_of("L1100001", 2025);
	struct kb_pupil next_year = pupil_of("L1100000", 2026);
	struct kb_pupil got;
	uint64_t pupil_no = 0;

	fixture_write(&f);
	cr_assert_eq(kb_pupil_put(f.step, &first), KB_OK);
	cr_assert_eq(kb_pupil_put(f.step, &other), KB_OK);
	cr_assert_eq(kb_pupil_put(f.step, &next_year), KB_OK);
	cr_assert_eq(next_year.pupil_no, first.pupil_no);
	cr_assert_neq(next_year.data_key_no, first.data_key_no, "a key per pupil and year");
	cr_assert_neq(other.pupil_no, first.pupil_no);
	fixture_commit(&f);
	fixture_restart(&f);
	cr_assert_not(fixture_disk_holds(&f, "KANARIE"));
	cr_assert_not(fixture_disk_holds(&f, "L110000"));
	cr_assert_not(fixture_disk_holds(&f, "999580735"));
	fixture_write(&f);
	cr_assert_eq(kb_pupil_find(f.step, kb_span_text("L1100000"), &pupil_no), KB_OK);
	cr_assert_eq(pupil_no, first.pupil_no);
	cr_assert_eq(kb_pupil_get(f.step, 2025, pupil_no, &f.arena, &got), KB_OK);
	cr_assert(kb_span_equal(got.leerling, first.leerling));
	cr_assert_eq(got.geboorte_day, -5000);
	cr_assert_str_eq(got.gemeentecode, "0114");
	cr_assert_eq(got.leerjaar, 4);
	cr_assert_eq(got.inschrijf_day, KB_PUPIL_DAY_NONE);
	cr_assert_eq(got.uitschrijf_day, 20100);
	cr_assert(got.person.present);
	cr_assert(got.person.adres_geheim);
	cr_assert(kb_span_equal(got.person.pgn, first.person.pgn));
	cr_assert(kb_span_equal(got.person.voornaam, first.person.voornaam));
	cr_assert(kb_span_equal(got.person.tussenvoegsel, first.person.tussenvoegsel));
	cr_assert(kb_span_equal(got.person.achternaam, first.person.achternaam));
	cr_assert(kb_span_equal(got.person.adres, first.person.adres));
	cr_assert(kb_span_equal(got.person.postcode, first.person.postcode));
	cr_assert(kb_span_equal(got.person.woonplaats, first.person.woonplaats));
	cr_assert(kb_span_equal(got.person.contactpersoon, first.person.contactpersoon));
	cr_assert(kb_span_equal(got.person.telefoon, first.person.telefoon));
	/* Replacing keeps number and key. */
	struct kb_pupil moved = pupil_of("L1100000", 2025);

	memcpy(moved.gemeentecode, "0363", 5);
	cr_assert_eq(kb_pupil_put(f.step, &moved), KB_OK);
	cr_assert_eq(moved.pupil_no, first.pupil_no);
	cr_assert_eq(moved.data_key_no, first.data_key_no);
	fixture_commit(&f);
}

Test(pupils, are_listed_per_year_and_an_erased_one_is_passed_over)
{
	struct kb_pupil rows[3];
	struct kb_pupil got;
	static const char *const names[] = { "A", "B", "C" };

	fixture_write(&f);
	for (size_t i = 0; i < 3; i++) {
		rows[i] = pupil_of(names[i], 2025);
		cr_assert_eq(kb_pupil_put(f.step, &rows[i]), KB_OK);
	}
	struct kb_pupil other_year = pupil_of("D", 2024);

	cr_assert_eq(kb_pupil_put(f.step, &other_year), KB_OK);
	fixture_commit(&f);
	cr_assert_eq(kb_keyring_destroy(kb_store_keyring(f.store), &rows[1].data_key_no, 1, NULL),
		     KB_OK);
	fixture_read(&f);
	cr_assert_eq(kb_pupil_next(f.step, 2025, 0, &f.arena, &got), KB_OK);
	cr_assert(kb_span_equal(got.leerling, kb_span_text("A")));
	cr_assert_eq(kb_pupil_next(f.step, 2025, got.pupil_no, &f.arena, &got), KB_OK);
	cr_assert(kb_span_equal(got.leerling, kb_span_text("C")));
	cr_assert_eq(kb_pupil_next(f.step, 2025, got.pupil_no, &f.arena, &got), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_pupil_clear(f.step, 2025, rows[1].pupil_no, &got), KB_OK);
	cr_assert_eq(got.data_key_no, rows[1].data_key_no);
	fixture_abort(&f);
}

static struct kb_attendance_day
day_of(int32_t day, uint16_t minutes)
{
	return (struct kb_attendance_day){ .day = day,
					   .minuten_rooster = 330,
					   .minuten_geoorloofd = 0,
					   .minuten_ongeoorloofd = minutes };
}

Test(pupils, an_import_replaces_the_days_of_its_range_and_keeps_the_others)
{
	struct kb_attendance_day first[] = { day_of(10, 1), day_of(20, 2), day_of(39, 3),
					     day_of(40, 4) };
	struct kb_attendance_day fresh[] = { day_of(18, 5), day_of(20, 6), day_of(31, 7) };
	struct kb_attendance_day wrong[] = { day_of(20, 6), day_of(20, 7) };
	static const int32_t days_after[] = { 10, 18, 20, 31, 40 };
	static const uint16_t minutes_after[] = { 1, 5, 6, 7, 4 };
	struct kb_pupil pupil = pupil_of("A", 2025);
	struct kb_attendance_day *days = NULL;
	size_t count = 9;
	bool changed = false;

	fixture_write(&f);
	cr_assert_eq(kb_attendance_replace(f.step, 2025, 1, 0, 50, first, 4, &changed),
		     KB_ERR_NOT_FOUND, "no such pupil");
	cr_assert_eq(kb_pupil_put(f.step, &pupil), KB_OK);
	cr_assert_eq(kb_attendance_get(f.step, 2025, pupil.pupil_no, &f.arena, &days, &count),
		     KB_OK);
	cr_assert_eq(count, 0);
	cr_assert_eq(kb_attendance_replace(f.step, 2025, pupil.pupil_no, 0, 50, first, 4, &changed),
		     KB_OK);
	cr_assert(changed);
	cr_assert_eq(kb_attendance_replace(f.step, 2025, pupil.pupil_no, 0, 50, first, 4, &changed),
		     KB_OK);
	cr_assert_not(changed, "the same import again");
	cr_assert_eq(
		kb_attendance_replace(f.step, 2025, pupil.pupil_no, 11, 39, fresh, 3, &changed),
		KB_OK);
	cr_assert(changed);
	cr_assert_eq(
		kb_attendance_replace(f.step, 2025, pupil.pupil_no, 11, 39, wrong, 2, &changed),
		KB_ERR_DATA);
	cr_assert_eq(
		kb_attendance_replace(f.step, 2025, pupil.pupil_no, 21, 39, fresh, 3, &changed),
		KB_ERR_DATA, "a day outside the range");
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	cr_assert_eq(kb_attendance_get(f.step, 2025, pupil.pupil_no, &f.arena, &days, &count),
		     KB_OK);
	cr_assert_eq(count, 5);
	for (size_t i = 0; i < count; i++) {
		cr_assert_eq(days[i].day, days_after[i]);
		cr_assert_eq(days[i].minuten_ongeoorloofd, minutes_after[i]);
		cr_assert_eq(days[i].minuten_rooster, 330);
	}
	fixture_abort(&f);
	fixture_write(&f);
	cr_assert_eq(kb_attendance_replace(f.step, 2025, pupil.pupil_no, 0, 100, NULL, 0, &changed),
		     KB_OK);
	fixture_abort(&f);
	fixture_read(&f);
	cr_assert_eq(kb_attendance_get(f.step, 2025, pupil.pupil_no, &f.arena, &days, &count),
		     KB_OK);
	cr_assert_eq(count, 5, "an aborted import leaves what was");
	fixture_abort(&f);
}

static struct kb_melding_row
melding_of(uint64_t pupil_no, unsigned number, uint64_t key_no)
{
	return (struct kb_melding_row){ .schooljaar = 2025,
					.pupil_no = pupil_no,
					.melding_id = fixture_id(number),
					.data_key_no = key_no,
					.case_no = 2,
					.counterparty_no = 3,
					.revision = 4,
					.stand = 1,
					.hold = KB_HOLD_GEEN_PERSOON,
					.flags = KB_MELDING_TE_LAAT | KB_MELDING_VASTGEHOUDEN,
					.uiterste_melddag = 20500,
					.vastgesteld_day = -1,
					.clock_id = 5,
					.sent = { 6, 7, 8 },
					.made_utc_ms = 9,
					.sent_utc_ms = 10,
					.stored_utc_ms = 11,
					.soort = 1,
					.begin_day = 20400,
					.eind_day = 20420,
					.minuten = 970,
					.gemeentecode = "0114",
					.ouders_ingelicht_day = INT32_MIN,
					.duo_kenmerk = kb_span_text("KANARIE-KENMERK"),
					.content = kb_span_text("KANARIE-INHOUD") };
}

Test(pupils, meldingen_are_encrypted_numbered_per_pupil_and_found_by_id)
{
	struct kb_melding_row rows[4];
	struct kb_melding_row got;
	uint16_t year = 0;
	uint64_t pupil_no = 0;
	uint32_t melding_no = 0;
	uint64_t counter = 0;
	uint64_t key_no = 0;

	fixture_write(&f);
	cr_assert_eq(kb_step_key_assign(f.step, &key_no), KB_OK);
	for (unsigned i = 0; i < 4; i++) {
		rows[i] = melding_of(i < 2 ? 1 : 2, i, key_no);
		rows[i].schooljaar = i == 3 ? 2026 : 2025;
		cr_assert_eq(kb_melding_put(f.step, &rows[i]), KB_OK);
	}
	cr_assert_eq(rows[0].melding_no, 1);
	cr_assert_eq(rows[1].melding_no, 2);
	cr_assert_eq(rows[2].melding_no, 1);
	struct kb_melding_row twice = melding_of(1, 0, key_no);

	cr_assert_eq(kb_melding_put(f.step, &twice), KB_ERR_EXISTS);
	fixture_commit(&f);
	fixture_restart(&f);
	cr_assert_not(fixture_disk_holds(&f, "KANARIE"));
	fixture_write(&f);
	cr_assert_eq(kb_melding_find(f.step, &rows[1].melding_id, &year, &pupil_no, &melding_no),
		     KB_OK);
	cr_assert_eq(kb_melding_get(f.step, year, pupil_no, melding_no, &f.arena, &got), KB_OK);
	cr_assert_eq(got.revision, 4);
	cr_assert_eq(got.stand, 1);
	cr_assert_eq(got.hold, KB_HOLD_GEEN_PERSOON);
	cr_assert_eq(got.flags, KB_MELDING_TE_LAAT | KB_MELDING_VASTGEHOUDEN);
	cr_assert_eq(got.uiterste_melddag, 20500);
	cr_assert_eq(got.vastgesteld_day, -1);
	cr_assert_eq(got.clock_id, 5);
	cr_assert_eq(got.sent.number, 8);
	cr_assert_eq(got.stored_utc_ms, 11);
	cr_assert_eq(got.begin_day, 20400);
	cr_assert_eq(got.eind_day, 20420);
	cr_assert_eq(got.minuten, 970);
	cr_assert_str_eq(got.gemeentecode, "0114");
	cr_assert_eq(got.ouders_ingelicht_day, INT32_MIN);
	cr_assert(kb_span_equal(got.duo_kenmerk, rows[1].duo_kenmerk));
	cr_assert(kb_span_equal(got.content, rows[1].content));
	uint64_t before = 0;

	cr_assert_eq(kb_melding_counter(f.step, &before), KB_OK);
	got.revision = 5;
	cr_assert_eq(kb_melding_put(f.step, &got), KB_OK);
	cr_assert_gt(got.export_counter, before);
	cr_assert_eq(got.melding_no, 2);
	cr_assert_eq(kb_melding_counter(f.step, &counter), KB_OK);
	cr_assert_eq(counter, got.export_counter);
	struct kb_melding_row at = { 0 };
	unsigned all = 0;

	while (kb_melding_next(f.step, false, false, &f.arena, &at) == KB_OK) {
		all++;
	}
	cr_assert_eq(all, 4);
	at = (struct kb_melding_row){ .schooljaar = 2025 };
	all = 0;
	while (kb_melding_next(f.step, true, false, &f.arena, &at) == KB_OK) {
		all++;
	}
	cr_assert_eq(all, 3);
	at = (struct kb_melding_row){ .schooljaar = 2025, .pupil_no = 1 };
	all = 0;
	while (kb_melding_next(f.step, true, true, &f.arena, &at) == KB_OK) {
		all++;
	}
	cr_assert_eq(all, 2);
	fixture_commit(&f);
}

Test(pupils, a_school_year_keeps_its_calendar_and_settings)
{
	struct kb_kalender_rij rijen[] = { { 20301, 20317, KB_KALENDER_VAKANTIE },
					   { 20400, 20400, KB_KALENDER_FEESTDAG } };
	struct kb_school_year year = { .schooljaar = 2025,
				       .lesson_minutes = 50,
				       .tot_day = 20444,
				       .imported_utc_ms = 5,
				       .imported_seq = 6,
				       .import_count = 7,
				       .kalender = rijen,
				       .kalender_count = 2 };
	struct kb_school_year got;

	fixture_write(&f);
	cr_assert_eq(kb_school_year_get(f.step, 2025, &f.arena, &got), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_school_year_put(f.step, &year), KB_OK);
	fixture_commit(&f);
	fixture_restart(&f);
	fixture_read(&f);
	cr_assert_eq(kb_school_year_next(f.step, 0, &f.arena, &got), KB_OK);
	cr_assert_eq(got.schooljaar, 2025);
	cr_assert_eq(got.lesson_minutes, 50);
	cr_assert_eq(got.tot_day, 20444);
	cr_assert_eq(got.imported_seq, 6);
	cr_assert_eq(got.import_count, 7);
	cr_assert_eq(got.kalender_count, 2);
	cr_assert_eq(got.kalender[1].van_day, 20400);
	cr_assert_eq(got.kalender[1].soort, KB_KALENDER_FEESTDAG);
	cr_assert_eq(kb_school_year_next(f.step, 2025, &f.arena, &got), KB_ERR_NOT_FOUND);
	fixture_abort(&f);
}
