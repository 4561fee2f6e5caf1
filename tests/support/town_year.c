/* SPDX-License-Identifier: EUPL-1.2 */
/* Invented data sets in the school year of today. */
#include "tests/support/town_year.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "common/exchange/date.h"

static int32_t
today(void)
{
	return kb_date_local_day((int64_t)time(NULL) * 1000);
}

static int32_t
year_start(int32_t school_year)
{
	int32_t day = 0;

	return kb_date_from_civil((struct kb_civil){ .year = school_year, .month = 8, .day = 1 },
				  &day) == KB_OK
		       ? day
		       : INT32_MIN;
}

int32_t
town_year_monday(unsigned weeks_ago)
{
	int32_t monday = kb_date_monday(today()) - 7 * (int32_t)weeks_ago;

	return monday > year_start(kb_date_school_year(today())) ? monday : INT32_MIN;
}

/* The n-th number from 999000000 on that passes the elfproef. */
void
town_year_pgn(const struct town_year *year, unsigned pupil, char out[10])
{
	unsigned number = 999000000u + year->first_pgn;
	unsigned found = 0;

	for (;; number++) {
		unsigned sum = 0;

		(void)snprintf(out, 10, "%09u", number);
		for (unsigned i = 0; i < 8; i++) {
			sum += (unsigned)(out[i] - '0') * (9 - i);
		}
		if (sum % 11 == (unsigned)(out[8] - '0') && found++ == pupil) {
			return;
		}
	}
}

void
town_year_melding(const struct town_year *year, unsigned k, char begin[16], char end[16])
{
	kb_date_format(year->first_monday + (int32_t)k * 14, begin);
	kb_date_format(year->first_monday + (int32_t)k * 14 + 3, end);
}

static FILE *
create(struct town *town, const char *folder, const char *name)
{
	FILE *file = fopen(town_path(folder, name), "w");

	if (file == NULL) {
		town_fail(town, "%s/%s: %s", folder, name, strerror(errno));
	}
	return file;
}

static void
write_calendar(struct town *town, const char *folder, const struct town_year *year)
{
	int32_t first = year_start(kb_date_school_year(year->first_monday));
	int32_t last = year_start(kb_date_school_year(year->first_monday) + 1) - 1;
	FILE *file = create(town, folder, "kalender.csv");
	char text[16];

	(void)fprintf(file, "van;tot;soort;omschrijving\n");
	kb_date_format(first, text);
	(void)fprintf(file, "%s;%s;vakantie;eerste dag\n", text, text);
	kb_date_format(last, text);
	(void)fprintf(file, "%s;%s;vakantie;laatste dag\n", text, text);
	(void)fclose(file);
}

static void
write_pupils(struct town *town, const char *folder, const struct town_year *year)
{
	FILE *pupils = create(town, folder, "leerlingen.csv");
	FILE *persons = year->without_personen ? NULL : create(town, folder, "personen.csv");
	int32_t birth_year = kb_date_school_year(year->first_monday) - 10;

	(void)fprintf(pupils, "leerling;geboortedatum;gemeentecode;leerjaar\n");
	if (persons != NULL) {
		(void)fprintf(
			persons,
			"leerling;pgn;voornaam;tussenvoegsel;achternaam;adres;postcode;woonplaats;"
			"adresgeheim;contactpersoon;telefoon\n");
	}
	for (unsigned i = 0; i < year->pupil_count; i++) {
		char pgn[10];

		(void)fprintf(pupils, "%s%04u;%04d-03-04;%s;6\n", year->prefix, i, birth_year,
			      year->gemeentecodes[i % year->gemeente_count]);
		if (persons != NULL) {
			town_year_pgn(year, i, pgn);
			(void)fprintf(persons,
				      "%s%04u;%s;" TOWN_YEAR_CANARY_VOORNAAM
				      "%u;van de;" TOWN_YEAR_CANARY_ACHTERNAAM
				      "%s;Kwikstaartlaan %u;1234 AB;Vogelenzang;nee;J. "
				      "Fazant;0612345678\n",
				      year->prefix, i, pgn, i, year->prefix, i + 1);
		}
	}
	(void)fclose(pupils);
	if (persons != NULL) {
		(void)fclose(persons);
	}
}

static void
write_absence(struct town *town, const char *folder, const struct town_year *year)
{
	FILE *file = create(town, folder, "verzuim.csv");

	(void)fprintf(file,
		      "leerling;datum;minuten_rooster;minuten_geoorloofd;minuten_ongeoorloofd\n");
	for (unsigned i = 0; i < year->pupil_count; i++) {
		for (unsigned k = 0; k < year->melding_count && i + 1 != year->skip_pupil; k++) {
			for (int32_t d = 0; d < 4; d++) {
				char text[16];

				kb_date_format(year->first_monday + (int32_t)k * 14 + d, text);
				(void)fprintf(file, "%s%04u;%s;300;0;240\n", year->prefix, i, text);
			}
		}
	}
	(void)fclose(file);
}

void
town_year_write(struct town *town, const char *folder, const struct town_year *year)
{
	if (mkdir(folder, 0700) != 0) {
		town_fail(town, "%s: %s", folder, strerror(errno));
	}
	write_calendar(town, folder, year);
	write_pupils(town, folder, year);
	write_absence(town, folder, year);
}
