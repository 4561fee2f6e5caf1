/* SPDX-License-Identifier: EUPL-1.2 */
/* Data sets from memory and from a folder: what is taken in, and every bad line by file and number. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/intake/dataset.h"

#define KALENDER "van;tot;soort;omschrijving\n"
#define LEERLINGEN "leerling;geboortedatum;gemeentecode;leerjaar\n"
#define VERZUIM "leerling;datum;minuten_rooster;minuten_geoorloofd;minuten_ongeoorloofd\n"
#define PERSONEN                                                                                   \
	"leerling;pgn;voornaam;tussenvoegsel;achternaam;adres;postcode;woonplaats;adresgeheim;"    \
	"contactpersoon;telefoon\n"

/* A set without faults; a case replaces one or more of its files. */
static const char *const good[KB_DATASET_FILE_COUNT] = {
	KALENDER
	"2025-08-01;2025-08-31;vakantie;zomer\n2025-10-13;2025-10-17;vakantie;herfst\n"
	"2025-11-19;2025-11-19;schoolvrij;studiedag\n2026-07-18;2026-07-31;vakantie;zomer\n",
	LEERLINGEN "B;2014-05-20;0114;6\nA;2015-01-02;0000;5\n",
	VERZUIM "B;2025-09-03;300;0;300\nB;2025-09-01;300;10;290\nA;2025-09-02;0;0;0\n",
	PERSONEN "A;999580735;Noor;van;Test;Weg 1;9999 ZZ;Dorp;nee;M. Mentor;000\n"
		 "B;999642625;Sem;;Proef;Weg 2;9999 ZY;Dorp;ja;M. Mentor;001\n",
};

static struct kb_arena arena;
static struct kb_dataset set;
static struct kb_dataset_problems problems;

static void
drop(void)
{
	kb_arena_release(&arena);
}

static enum kb_err
parse_bytes(enum kb_dataset_file file, struct kb_span bytes)
{
	struct kb_dataset_bytes input;

	for (size_t i = 0; i < KB_DATASET_FILE_COUNT; i++) {
		input.bytes[i] = kb_span_text(good[i]);
		input.presence[i] = KB_DATASET_PRESENT;
	}
	if (file < KB_DATASET_FILE_COUNT) {
		input.bytes[file] = bytes;
	}
	kb_arena_clear(&arena);
	return kb_dataset_parse(&input, &arena, &set, &problems);
}

static enum kb_err
parse(enum kb_dataset_file file, const char *text)
{
	return parse_bytes(file, kb_span_text(text));
}

static char *
report(void)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	kb_dataset_problems_print(&problems, to);
	(void)fclose(to);
	return text;
}

Test(dataset, a_good_set_is_taken_in_and_put_in_order, .fini = drop)
{
	cr_assert_eq(parse(KB_DATASET_FILE_COUNT, ""), KB_OK);
	cr_assert_eq(problems.total, 0);
	cr_assert_eq(set.leerling_count, 2);
	cr_assert(kb_span_equal(set.leerlingen[0].leerling, kb_span_text("A")));
	cr_assert_str_eq(set.leerlingen[0].gemeentecode, "0000");
	cr_assert_str_eq(set.leerlingen[1].gemeentecode, "0114");
	cr_assert_eq(set.leerlingen[1].leerjaar, 6);
	cr_assert_eq(set.abroad_count, 1);
	cr_assert_eq(set.rij_count, 3);
	cr_assert(set.rijen[0].leerling == 0 && set.rijen[1].leerling == 1 &&
		  set.rijen[2].leerling == 1);
	cr_assert_lt(set.rijen[1].day, set.rijen[2].day);
	cr_assert_eq(set.rijen[1].minuten_geoorloofd, 10);
	cr_assert_eq(set.latest_day, set.rijen[2].day);
	cr_assert_eq(set.kalender_rij_count, 4);
	cr_assert_eq(kb_dataset_find(&set, kb_span_text("B")), 1);
	cr_assert_eq(kb_dataset_find(&set, kb_span_text("C")), SIZE_MAX);
	cr_assert_eq(kb_dataset_find(&set, kb_span_text("")), SIZE_MAX);
}

Test(dataset, a_secret_address_is_not_even_read, .fini = drop)
{
	cr_assert_eq(parse(KB_DATASET_FILE_COUNT, ""), KB_OK);
	cr_assert(set.has_personen && set.personen[0].known && set.personen[1].known);
	cr_assert_str_eq(set.personen[0].pgn, "999580735");
	cr_assert(kb_span_equal(set.personen[0].adres, kb_span_text("Weg 1")));
	cr_assert(kb_span_equal(set.personen[0].tussenvoegsel, kb_span_text("van")));
	cr_assert(set.personen[1].adresgeheim);
	cr_assert_eq(set.personen[1].adres.len + set.personen[1].postcode.len +
			     set.personen[1].woonplaats.len,
		     0);
	cr_assert(kb_span_equal(set.personen[1].telefoon, kb_span_text("001")));
}

Test(dataset, a_pupil_without_a_bsn_stands_there_with_an_onderwijsnummer, .fini = drop)
{
	cr_assert_eq(parse(KB_DATASET_PERSONEN,
			   PERSONEN "A;101211151;Noor;van;Test;Weg 1;9999 ZZ;Dorp;nee;M;000\n"),
		     KB_OK);
	cr_assert_str_eq(set.personen[0].pgn, "101211151");
}

Test(dataset, empty_attendance_crlf_byte_order_mark_and_any_order_of_rows_are_fine, .fini = drop)
{
	cr_assert_eq(parse(KB_DATASET_VERZUIM, VERZUIM), KB_OK);
	cr_assert(set.rij_count == 0 && set.latest_day == KB_DAY_NONE);
	cr_assert_eq(
		parse(KB_DATASET_VERZUIM,
		      "\xef\xbb\xbfleerling;datum;minuten_rooster;minuten_geoorloofd;"
		      "minuten_ongeoorloofd\r\nB;2025-09-03;300;0;300\r\nB;2025-09-01;300;0;300"),
		KB_OK);
	cr_assert_eq(set.rij_count, 2);
	cr_assert_eq(parse(KB_DATASET_LEERLINGEN, LEERLINGEN
			   "A;2014-05-20;0114;6\nB;2014-05-20;0114;6\n\"q;2014-05-20;0114;06\n"),
		     KB_OK);
	cr_assert_eq(parse(KB_DATASET_PERSONEN, PERSONEN), KB_OK);
	cr_assert_not(set.personen[0].known);
	cr_assert_eq(
		parse(KB_DATASET_KALENDER, KALENDER
		      "2025-08-01;2025-08-31;vakantie;\"a\n2025-08-15;2025-09-01;feestdag;overlap\n"
		      "2026-07-18;2026-07-31;vakantie;\n"),
		KB_ERR_DATA, "a row of B now lies on a free day");
}

Test(dataset, personen_may_be_absent_and_the_others_may_not, .fini = drop)
{
	struct kb_dataset_bytes input = { 0 };
	char *text = NULL;

	for (size_t i = 0; i < KB_DATASET_PERSONEN; i++) {
		input.bytes[i] = kb_span_text(good[i]);
		input.presence[i] = KB_DATASET_PRESENT;
	}
	cr_assert_eq(kb_dataset_parse(&input, &arena, &set, &problems), KB_OK);
	cr_assert_not(set.has_personen);
	cr_assert_not(set.personen[0].known);
	memset(input.presence, 0, sizeof(input.presence));
	input.presence[KB_DATASET_PERSONEN] = KB_DATASET_TOO_LARGE;
	cr_assert_eq(kb_dataset_parse(&input, &arena, &set, &problems), KB_ERR_DATA);
	text = report();
	cr_assert_str_eq(
		text,
		"kalender.csv:1: het bestand ontbreekt\nleerlingen.csv:1: het bestand ontbreekt\n"
		"verzuim.csv:1: het bestand ontbreekt\npersonen.csv:1: het bestand is te groot\n");
	free(text);
}

/* One fault each: the whole report must be this line and no other. */
static const struct {
	enum kb_dataset_file file;
	const char *text;
	const char *want;
} faults[] = {
	/* kalender.csv */
	{ KB_DATASET_KALENDER, "van;tot;soort\n", "kalender.csv:1: de kopregel is niet" },
	{ KB_DATASET_KALENDER, "", "kalender.csv:1: de kopregel is niet" },
	{ KB_DATASET_KALENDER, KALENDER, "kalender.csv:1: er staat geen enkele rij in" },
	{ KB_DATASET_KALENDER,
	  KALENDER "2025-08-01;2025-08-31;vakantie;z\n2025-10-17;2025-10-13;vakantie;h\n2026-07-18;"
		   "2026-07-31;vakantie;z\n",
	  "kalender.csv:3: kolom tot: ligt voor de datum in kolom van" },
	{ KB_DATASET_KALENDER,
	  KALENDER "2025-08-01;2025-08-31;vakantie;z\n2026-07-18;2026-07-31;Vakantie;z\n",
	  "kalender.csv:3: kolom soort: onbekend" },
	{ KB_DATASET_KALENDER,
	  KALENDER "2025-08-01;2025-08-31;vakantie\n2026-07-18;2026-07-31;vakantie;z\n",
	  "kalender.csv:2: er ontbreekt een kolom" },
	{ KB_DATASET_KALENDER,
	  KALENDER "2025-08-01;2025-08-31;vakantie;z;\n2026-07-18;2026-07-31;vakantie;z\n",
	  "kalender.csv:2: er is een kolom te veel" },
	{ KB_DATASET_KALENDER,
	  KALENDER "2025-08-01;2025-08-31;vakantie;z\n2026-07-18;2026-07-32;vakantie;z\n",
	  "kalender.csv:3: kolom tot: geen bestaande datum" },
	{ KB_DATASET_KALENDER,
	  KALENDER "2025-08-01;2025-08-31;vakantie;z\n2062-07-18;2062-07-31;vakantie;z\n",
	  "kalender.csv:3: kolom van: maakt het schooljaar langer dan drie jaar" },
	/* leerlingen.csv */
	{ KB_DATASET_LEERLINGEN,
	  "Leerling;geboortedatum;gemeentecode;leerjaar\nA;2014-01-01;0114;6\n",
	  "leerlingen.csv:1: de kopregel is niet" },
	{ KB_DATASET_LEERLINGEN, LEERLINGEN "A;2014-02-30;0114;6\nB;2014-01-01;0114;6\n",
	  "leerlingen.csv:2: kolom geboortedatum: geen bestaande datum" },
	{ KB_DATASET_LEERLINGEN, LEERLINGEN "A;2026-08-01;0114;6\nB;2014-01-01;0114;6\n",
	  "leerlingen.csv:2: kolom geboortedatum: ligt na het schooljaar" },
	{ KB_DATASET_LEERLINGEN, LEERLINGEN "A;2014-01-01;0114;6\nB;2014-01-01;114;6\n",
	  "leerlingen.csv:3: kolom gemeentecode: geen gemeentecode van vier cijfers" },
	{ KB_DATASET_LEERLINGEN, LEERLINGEN "A;2014-01-01;01145;6\nB;2014-01-01;0114;6\n",
	  "leerlingen.csv:2: kolom gemeentecode: geen gemeentecode van vier cijfers" },
	{ KB_DATASET_LEERLINGEN,
	  LEERLINGEN "A;2014-01-01;0114;6\nB;2014-01-01;0114;6\nA;2014-01-01;0114;6\n",
	  "leerlingen.csv:4: kolom leerling: deze leerling staat er al (regel 2)" },
	{ KB_DATASET_LEERLINGEN, LEERLINGEN "A;2014-01-01;0114;-1\nB;2014-01-01;0114;6\n",
	  "leerlingen.csv:2: kolom leerjaar: geen geheel getal" },
	{ KB_DATASET_LEERLINGEN, LEERLINGEN "A;2014-01-01;0114;100\nB;2014-01-01;0114;6\n",
	  "leerlingen.csv:2: kolom leerjaar: groter dan 99" },
	{ KB_DATASET_LEERLINGEN, LEERLINGEN "A;2014-01-01;0114\nB;2014-01-01;0114;6\n",
	  "leerlingen.csv:2: er ontbreekt een kolom" },
	{ KB_DATASET_LEERLINGEN, LEERLINGEN "A;2014-01-01;0114;6;\nB;2014-01-01;0114;6\n",
	  "leerlingen.csv:2: er is een kolom te veel" },
	{ KB_DATASET_LEERLINGEN,
	  LEERLINGEN "A;2014-01-01;0114;6\nB;2014-01-01;0114;6\n;2014-01-01;0114;6\n",
	  "leerlingen.csv:4: kolom leerling: leeg" },
	{ KB_DATASET_LEERLINGEN, LEERLINGEN "A;2014-01-01;0114;6\nB;2014-01-01;0114;6\n\n",
	  "leerlingen.csv:4: er ontbreekt een kolom" },
	{ KB_DATASET_LEERLINGEN,
	  LEERLINGEN "A;2014-01-01;0114;6\nB;2014-01-01;01\xff"
		     "4;6\n",
	  "leerlingen.csv:3: geen geldige UTF-8" },
	/* verzuim.csv */
	{ KB_DATASET_VERZUIM, "leerling;datum\n", "verzuim.csv:1: de kopregel is niet" },
	{ KB_DATASET_VERZUIM, VERZUIM "B;2025-09-01;300;0;300\nC;2025-09-01;300;0;300\n",
	  "verzuim.csv:3: kolom leerling: deze leerling staat niet in leerlingen.csv" },
	{ KB_DATASET_VERZUIM, VERZUIM "B;2025-09-31;300;0;300\n",
	  "verzuim.csv:2: kolom datum: geen bestaande datum" },
	{ KB_DATASET_VERZUIM, VERZUIM "B;2025-07-31;300;0;300\n",
	  "verzuim.csv:2: kolom datum: ligt buiten het schooljaar" },
	{ KB_DATASET_VERZUIM, VERZUIM "B;2026-08-03;300;0;300\n",
	  "verzuim.csv:2: kolom datum: ligt buiten het schooljaar" },
	{ KB_DATASET_VERZUIM, VERZUIM "B;2025-10-15;300;0;300\n",
	  "verzuim.csv:2: kolom datum: is een vrije dag" },
	{ KB_DATASET_VERZUIM, VERZUIM "B;2025-09-06;300;0;300\n",
	  "verzuim.csv:2: kolom datum: is een zaterdag of zondag" },
	{ KB_DATASET_VERZUIM, VERZUIM "B;2025-09-01;300;1;300\n",
	  "verzuim.csv:2: kolom minuten_rooster: er is meer verzuim dan rooster" },
	{ KB_DATASET_VERZUIM, VERZUIM "B;2025-09-01;300;0;-1\n",
	  "verzuim.csv:2: kolom minuten_ongeoorloofd: geen geheel getal" },
	{ KB_DATASET_VERZUIM, VERZUIM "B;2025-09-01;300;1,5;0\n",
	  "verzuim.csv:2: kolom minuten_geoorloofd: geen geheel getal" },
	{ KB_DATASET_VERZUIM, VERZUIM "B;2025-09-01;;0;0\n",
	  "verzuim.csv:2: kolom minuten_rooster: leeg" },
	{ KB_DATASET_VERZUIM, VERZUIM "B;2025-09-01;1441;0;0\n",
	  "verzuim.csv:2: kolom minuten_rooster: meer dan 1440 minuten" },
	{ KB_DATASET_VERZUIM, VERZUIM "B;2025-09-01;99999999999999999999;0;0\n",
	  "verzuim.csv:2: kolom minuten_rooster: meer dan 1440 minuten" },
	{ KB_DATASET_VERZUIM,
	  VERZUIM "B;2025-09-01;300;0;300\nB;2025-09-02;300;0;1\nB;2025-09-01;300;0;2\n",
	  "verzuim.csv:4: kolom datum: deze leerling en dag staan er al (regel 2)" },
	{ KB_DATASET_VERZUIM, VERZUIM "B;2025-09-01;300;0\n",
	  "verzuim.csv:2: er ontbreekt een kolom" },
	{ KB_DATASET_VERZUIM, VERZUIM "B;2025-09-01;300;0;0;0\n",
	  "verzuim.csv:2: er is een kolom te veel" },
	{ KB_DATASET_VERZUIM, VERZUIM "B;2025-09-01;300;0;\xc3\n",
	  "verzuim.csv:2: geen geldige UTF-8" },
	/* personen.csv */
	{ KB_DATASET_PERSONEN, "leerling;bsn\n", "personen.csv:1: de kopregel is niet" },
	{ KB_DATASET_PERSONEN, PERSONEN "A;999580736;N;;T;W;9999 ZZ;D;nee;M;0\n",
	  "personen.csv:2: kolom pgn: geen geldig nummer (elfproef)" },
	/* The onderwijsnummer of test_identifiers.c with one digit wrong. */
	{ KB_DATASET_PERSONEN, PERSONEN "A;101211152;N;;T;W;9999 ZZ;D;nee;M;0\n",
	  "personen.csv:2: kolom pgn: geen geldig nummer (elfproef)" },
	{ KB_DATASET_PERSONEN, PERSONEN "A;;N;;T;W;9999 ZZ;D;nee;M;0\n",
	  "personen.csv:2: kolom pgn: geen geldig nummer" },
	{ KB_DATASET_PERSONEN,
	  PERSONEN "A;999580735;N;;T;W;9999 ZZ;D;nee;M;0\nB;999580735;N;;T;W;9999 ZZ;D;nee;M;0\n",
	  "personen.csv:3: kolom pgn: dit nummer staat er al (regel 2)" },
	{ KB_DATASET_PERSONEN,
	  PERSONEN "A;999580735;N;;T;W;9999 ZZ;D;nee;M;0\nA;999642625;N;;T;W;9999 ZZ;D;nee;M;0\n",
	  "personen.csv:3: kolom leerling: deze leerling staat er al (regel 2)" },
	{ KB_DATASET_PERSONEN, PERSONEN "Z;999580735;N;;T;W;9999 ZZ;D;nee;M;0\n",
	  "personen.csv:2: kolom leerling: deze leerling staat niet in leerlingen.csv" },
	{ KB_DATASET_PERSONEN, PERSONEN "A;999580735;N;;T;W;9999 ZZ;D;Ja;M;0\n",
	  "personen.csv:2: kolom adresgeheim: het moet ja of nee zijn" },
	{ KB_DATASET_PERSONEN, PERSONEN "A;999580735;N;;T;W;9999 ZZ;D;;M;0\n",
	  "personen.csv:2: kolom adresgeheim: het moet ja of nee zijn" },
	{ KB_DATASET_PERSONEN, PERSONEN "A;999580735;N;;T;W;9999 ZZ;D;nee;M\n",
	  "personen.csv:2: er ontbreekt een kolom" },
	{ KB_DATASET_PERSONEN, PERSONEN "A;999580735;N;;T;W;9999 ZZ;D;nee;M;0;\n",
	  "personen.csv:2: er is een kolom te veel" },
};

Test(dataset, every_bad_line_is_named_alone_with_its_file_and_line, .fini = drop)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		char *text = NULL;

		cr_assert_eq(parse(faults[i].file, faults[i].text), KB_ERR_DATA, "%s",
			     faults[i].want);
		text = report();
		cr_assert_eq(strncmp(text, faults[i].want, strlen(faults[i].want)), 0,
			     "wanted %s, got %s", faults[i].want, text);
		cr_assert_eq(problems.total, 1, "%s", text);
		cr_assert_eq(strchr(text, '\n') + 1, text + strlen(text));
		free(text);
	}
}

Test(dataset, a_nul_byte_is_refused_in_every_file, .fini = drop)
{
	static const size_t lines[KB_DATASET_FILE_COUNT] = { 6, 4, 5, 4 };

	for (size_t i = 0; i < KB_DATASET_FILE_COUNT; i++) {
		char bytes[1024];
		size_t len = strlen(good[i]);

		memcpy(bytes, good[i], len);
		memcpy(bytes + len, "x\0y\n", 4);
		cr_assert_eq(parse_bytes((enum kb_dataset_file)i, kb_span(bytes, len + 4)),
			     KB_ERR_DATA);
		cr_assert_eq(problems.total, 1);
		cr_assert_eq(problems.at[0].file, i);
		cr_assert_eq(problems.at[0].line, lines[i]);
	}
}

Test(dataset, all_files_are_read_and_the_faults_of_one_line_stand_together, .fini = drop)
{
	struct kb_dataset_bytes input = {
		.bytes = { kb_span_text(KALENDER "2025-08-01;2025-08-31;vakantie;z\n2025-13-01;"
						 "2025-10-17;pauze;h\n"
						 "2026-07-18;2026-07-31;vakantie;z\n"),
			   kb_span_text(LEERLINGEN "A;2014-01-01;x;6\nB;2014-01-01;0114;6\n"),
			   kb_span_text(VERZUIM "A;2025-09-01;300;0;300\nQ;2025-09-07;-3;0;5\nB;"
						"2025-09-02;300;0;0\n"
						"B;2030-01-01;300;0;0\n"),
			   kb_span_text(PERSONEN "B;1;N;;T;W;9999 ZZ;D;nee;M;0\n") },
		.presence = { KB_DATASET_PRESENT, KB_DATASET_PRESENT, KB_DATASET_PRESENT,
			      KB_DATASET_PRESENT },
	};
	char *text = NULL;

	cr_assert_eq(kb_dataset_parse(&input, &arena, &set, &problems), KB_ERR_DATA);
	text = report();
	cr_assert_str_eq(
		text,
		"kalender.csv:3: kolom van: geen bestaande datum in de vorm JJJJ-MM-DD; kolom "
		"soort: onbekend: het "
		"moet vakantie, feestdag of schoolvrij zijn\n"
		"leerlingen.csv:2: kolom gemeentecode: geen gemeentecode van vier cijfers\n"
		"verzuim.csv:3: kolom leerling: deze leerling staat niet in leerlingen.csv; kolom "
		"datum: is een "
		"zaterdag of zondag; kolom minuten_rooster: geen geheel getal van 0 of hoger\n"
		"verzuim.csv:5: kolom datum: ligt buiten het schooljaar van kalender.csv\n"
		"personen.csv:2: kolom pgn: geen geldig nummer (elfproef)\n");
	free(text);
}

Test(dataset, a_broken_file_does_not_make_every_line_of_another_file_wrong, .fini = drop)
{
	/* No pupil is known: not one fault per row of attendance. */
	cr_assert_eq(parse(KB_DATASET_LEERLINGEN, "fout\nA;2014-01-01;0114;6\n"), KB_ERR_DATA);
	cr_assert_eq(problems.total, 1);
	/* The last row of the year is unreadable: days in that summer may or may not lie in the year. */
	cr_assert_eq(parse(KB_DATASET_KALENDER,
			   KALENDER "2025-08-01;2025-08-31;vakantie;z\n2025-09-30;x;vakantie;z\n"),
		     KB_ERR_DATA);
	cr_assert_eq(problems.total, 1);
}

Test(dataset, at_most_fifty_bad_lines_are_named_and_the_rest_is_counted, .fini = drop)
{
	char text[8192] = VERZUIM;
	char *out = NULL;
	size_t len = strlen(text);
	size_t lines = 0;

	for (int i = 0; i < 60; i++) {
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"GEHEIM%d;2025-09-01;300;0;300\n", i);
	}
	cr_assert_eq(parse(KB_DATASET_VERZUIM, text), KB_ERR_DATA);
	cr_assert_eq(problems.count, 50);
	cr_assert_eq(problems.total, 60);
	cr_assert_eq(problems.at[49].line, 51);
	out = report();
	for (char *at = out; *at != 0; at++) {
		lines += *at == '\n' ? 1 : 0;
	}
	cr_assert_eq(lines, 51);
	cr_assert_not_null(strstr(out, "En nog 10 foute regels"));
	free(out);
}

Test(dataset, no_value_out_of_the_file_stands_in_a_report, .fini = drop)
{
	static const char *const texts[KB_DATASET_FILE_COUNT] = {
		KALENDER "GEHEIM;GEHEIM;GEHEIM;GEHEIM\n",
		LEERLINGEN "GEHEIM;GEHEIM;GEHEIM;GEHEIM\nGEHEIM;2014-01-01;0114;1\n",
		VERZUIM "GEHEIM;GEHEIM;GEHEIM;GEHEIM;GEHEIM\nB;GEHEIM;1;1;1\n",
		PERSONEN
		"GEHEIM;GEHEIM;GEHEIM;GEHEIM;GEHEIM;GEHEIM;GEHEIM;GEHEIM;GEHEIM;GEHEIM;GEHEIM\n",
	};

	for (size_t i = 0; i < KB_DATASET_FILE_COUNT; i++) {
		char *text = NULL;

		cr_assert_eq(parse((enum kb_dataset_file)i, texts[i]), KB_ERR_DATA);
		text = report();
		cr_assert_null(strstr(text, "GEHEIM"), "%s", text);
		free(text);
	}
}

Test(dataset, lines_and_fields_beyond_their_maximum_are_refused, .fini = drop)
{
	static char text[KB_DATASET_LINE_BYTES_MAX + 256];
	int len = snprintf(text, sizeof(text), "%s", LEERLINGEN);

	memset(text + len, 'x', KB_DATASET_LEERLING_BYTES_MAX + 1);
	(void)snprintf(text + len + KB_DATASET_LEERLING_BYTES_MAX + 1, 64,
		       ";2014-01-01;0114;6\nA;2014-01-01;0114;6\nB;2014-01-01;0114;6\n");
	cr_assert_eq(parse(KB_DATASET_LEERLINGEN, text), KB_ERR_DATA);
	cr_assert_eq(problems.total, 1);
	cr_assert_str_eq(problems.at[0].text, "kolom leerling: te lang");
	memset(text, 0, sizeof(text));
	len = snprintf(text, sizeof(text), "%sB;2014-01-01;0114;6\nA;2014-01-01;0114;", LEERLINGEN);
	memset(text + len, '0', KB_DATASET_LINE_BYTES_MAX);
	cr_assert_eq(parse(KB_DATASET_LEERLINGEN, text), KB_ERR_DATA);
	cr_assert_eq(problems.total, 1);
	cr_assert_str_eq(problems.at[0].text, "de regel is te lang");
}

Test(dataset, every_cut_of_a_good_file_is_read_without_harm, .fini = drop)
{
	for (size_t file = 0; file < KB_DATASET_FILE_COUNT; file++) {
		size_t whole = strlen(good[file]);

		for (size_t len = 0; len <= whole; len++) {
			enum kb_err err =
				parse_bytes((enum kb_dataset_file)file, kb_span(good[file], len));

			cr_assert(err == KB_OK || (err == KB_ERR_DATA && problems.total > 0));
		}
	}
}

Test(dataset, without_memory_it_says_so_at_every_step)
{
	size_t ceiling = 0;
	enum kb_err err = KB_ERR_NO_MEMORY;

	while (err != KB_OK) {
		struct kb_arena small = { .ceiling = ceiling += 64 };
		struct kb_dataset_bytes input;

		for (size_t i = 0; i < KB_DATASET_FILE_COUNT; i++) {
			input.bytes[i] = kb_span_text(good[i]);
			input.presence[i] = KB_DATASET_PRESENT;
		}
		err = kb_dataset_parse(&input, &small, &set, &problems);
		cr_assert(err == KB_OK || err == KB_ERR_NO_MEMORY);
		kb_arena_release(&small);
		cr_assert_lt(ceiling, 1 << 20);
	}
}

/* A folder of its own for one test. */
static int
folder_make(char *path)
{
	cr_assert_not_null(mkdtemp(path));
	return open(path, O_RDONLY | O_DIRECTORY);
}

static void
folder_put(int fd, const char *name, const char *text)
{
	int file = openat(fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	cr_assert_geq(file, 0);
	cr_assert_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
	(void)close(file);
}

static void
folder_drop(int fd, const char *path)
{
	for (size_t i = 0; i < KB_DATASET_FILE_COUNT; i++) {
		const char *name = kb_dataset_file_name((enum kb_dataset_file)i);

		if (unlinkat(fd, name, 0) != 0) {
			(void)unlinkat(fd, name, AT_REMOVEDIR);
		}
	}
	(void)unlinkat(fd, "elders", 0);
	(void)close(fd);
	cr_assert_eq(rmdir(path), 0);
}

Test(dataset, a_folder_is_read_but_links_pipes_and_folders_in_it_are_not_followed, .fini = drop,
     .timeout = 20)
{
	char path[] = "/tmp/kb-dataset-XXXXXX";
	int fd = folder_make(path);

	for (size_t i = 0; i < KB_DATASET_PERSONEN; i++) {
		folder_put(fd, kb_dataset_file_name((enum kb_dataset_file)i), good[i]);
	}
	cr_assert_eq(kb_dataset_load(fd, &arena, &set, &problems, NULL), KB_OK);
	cr_assert_eq(set.rij_count, 3);
	folder_put(fd, "elders", good[KB_DATASET_PERSONEN]);
	cr_assert_eq(symlinkat("elders", fd, "personen.csv"), 0);
	cr_assert_eq(kb_dataset_load(fd, &arena, &set, &problems, NULL), KB_ERR_DATA);
	cr_assert(problems.total == 1 && problems.at[0].file == KB_DATASET_PERSONEN);
	cr_assert_str_eq(problems.at[0].text, "dit is geen gewoon bestand");
	cr_assert_eq(unlinkat(fd, "personen.csv", 0), 0);
	cr_assert_eq(mkfifoat(fd, "personen.csv", 0600), 0);
	cr_assert_eq(kb_dataset_load(fd, &arena, &set, &problems, NULL), KB_ERR_DATA);
	cr_assert_eq(unlinkat(fd, "personen.csv", 0), 0);
	cr_assert_eq(mkdirat(fd, "personen.csv", 0700), 0);
	cr_assert_eq(kb_dataset_load(fd, &arena, &set, &problems, NULL), KB_ERR_DATA);
	cr_assert_eq(problems.at[0].file, KB_DATASET_PERSONEN);
	folder_drop(fd, path);
}

Test(dataset, a_file_above_the_maximum_is_refused_without_reading_it, .fini = drop)
{
	char path[] = "/tmp/kb-dataset-XXXXXX";
	int fd = folder_make(path);
	int file = -1;

	for (size_t i = 0; i < KB_DATASET_FILE_COUNT; i++) {
		folder_put(fd, kb_dataset_file_name((enum kb_dataset_file)i), good[i]);
	}
	file = openat(fd, "verzuim.csv", O_WRONLY);
	cr_assert_eq(ftruncate(file, (off_t)KB_DATASET_FILE_BYTES_MAX + 1), 0);
	(void)close(file);
	cr_assert_eq(kb_dataset_load(fd, &arena, &set, &problems, NULL), KB_ERR_DATA);
	cr_assert_eq(problems.total, 1);
	cr_assert_str_eq(problems.at[0].text, "het bestand is te groot");
	folder_drop(fd, path);
}

Test(dataset, a_large_school_fits_in_the_documented_memory, .fini = drop)
{
	size_t room = (size_t)24 * 1024 * 1024;
	char *pupils = malloc(room);
	char *rows = malloc(room);
	size_t pupils_len = (size_t)snprintf(pupils, room, "%s", LEERLINGEN);
	size_t rows_len = (size_t)snprintf(rows, room, "%s", VERZUIM);
	struct kb_dataset_bytes input = { .presence = { KB_DATASET_PRESENT, KB_DATASET_PRESENT,
							KB_DATASET_PRESENT } };

	for (int i = 0; i < 3000; i++) {
		pupils_len += (size_t)snprintf(pupils + pupils_len, room - pupils_len,
					       "L%d;2014-01-01;0114;6\n", i);
		for (int k = 0; k < 200; k++) {
			char date[KB_DATE_TEXT];

			/* From 2025-09-01 (day 20332), a Monday, in weeks of five; the autumn week is stepped over. */
			int32_t day = 20332 + k / 5 * 7 + k % 5;

			kb_date_format(day >= 20374 ? day + 7 : day, date);
			rows_len += (size_t)snprintf(rows + rows_len, room - rows_len,
						     "L%d;%s;300;0;300\n", i, date);
		}
	}
	input.bytes[KB_DATASET_KALENDER] =
		kb_span_text(KALENDER "2025-08-01;2025-08-31;vakantie;z\n2025-10-13;2025-10-17;"
				      "vakantie;h\n2026-07-18;2026-07-31;vakantie;z\n");
	input.bytes[KB_DATASET_LEERLINGEN] = kb_span(pupils, pupils_len);
	input.bytes[KB_DATASET_VERZUIM] = kb_span(rows, rows_len);
	arena.ceiling = KB_DATASET_ARENA_BYTES;
	cr_assert_eq(kb_dataset_parse(&input, &arena, &set, &problems), KB_OK);
	cr_assert_eq(set.rij_count, 600000);
	free(pupils);
	free(rows);
}
