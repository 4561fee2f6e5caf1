/* SPDX-License-Identifier: EUPL-1.2 */
/* The letters to parents as tables. */
#include "common/exchange/letters.h"

#include <stdio.h>

#include "common/exchange/date.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *name;
	const char *label;
} kinds[KB_LETTER_KIND_COUNT] = {

#define KB_ROW(name, number, word, label) [number] = { (word), (label) },
	KB_LETTER_KIND_TABLE(KB_ROW)
#undef KB_ROW
};

static const char *const ways[KB_LETTER_WAY_COUNT] = {

#define KB_ROW(name, number, word) [number] = (word),
	KB_LETTER_WAY_TABLE(KB_ROW)
#undef KB_ROW
};

static const char *const adres_columns[] = { "regel", NULL };
static const char *const who_columns[] = { "wie", NULL };
static const char *const what_columns[] = { "wat", NULL };
static const char *const shared_columns[] = { "wanneer", "wat", "richting", "wie", "stand", NULL };
static const char *const seen_columns[] = { "wanneer", "wie", "functie", "wat", NULL };

#define AGENT(word)                                                                                \
	{                                                                                          \
		.name = word, .source = KB_LETTER_FROM_AGENT                                       \
	}
#define USER(word, kind_of, may_lack, text)                                                        \
	{                                                                                          \
		.name = word, .form = KB_LETTER_##kind_of, .optional = may_lack, .help = text      \
	}
#define ROWS(word, names, text)                                                                    \
	{                                                                                          \
		.name = word, .form = KB_LETTER_LIST, .columns = names, .help = text               \
	}

/* Of every letter. */
static const struct kb_letter_field common[] = {
	AGENT("soort"),
	AGENT("regio"),
	AGENT("partij"),
	AGENT("kenmerk"),
	AGENT("datum"),
	AGENT("medewerker"),
	AGENT("functie"),
	AGENT("aan"),
	{ .name = "adres",
	  .source = KB_LETTER_FROM_AGENT,
	  .form = KB_LETTER_LIST,
	  .columns = adres_columns },
	{ .name = "taal", .source = KB_LETTER_FROM_AGENT, .optional = true },
	USER("leerling", LINE, false, "naam van de leerling"),
	USER("bereikbaar", LINE, false, "hoe de ouders u bereiken: telefoon of e-mail"),
};

static const struct kb_letter_field uitnodiging[] = {
	USER("overleg", LINE, false, "welk overleg het is"),
	USER("onderwerp", LINES, false, "waar het over gaat"),
	USER("wanneer", LINE, false, "dag en tijd"),
	USER("plaats", LINE, false, "waar het is"),
	ROWS("deelnemers", who_columns, "wie er komen; een per keer"),
	USER("antwoord_voor", DATE, true, "tot wanneer de ouders kunnen antwoorden"),
	USER("opmerking", LINES, true, "wat de ouders nog moeten weten"),
};

static const struct kb_letter_field afschrift[] = {
	USER("advies_van", LINE, false, "wie het advies gaf"),
	USER("advies_datum", DATE, false, "datum van het advies"),
	USER("advies", LINES, false, "het advies zelf"),
	USER("vervolg", LINES, true, "wat er nu gebeurt"),
};

static const struct kb_letter_field toestemming[] = {
	USER("doel", LINES, false, "waarvoor de gegevens worden gebruikt"),
	ROWS("partners", who_columns, "wie de gegevens krijgen; een per keer"),
	ROWS("gegevens", what_columns, "welke gegevens het zijn; een per keer"),
	USER("geldig_tot", DATE, false, "tot wanneer de toestemming geldt"),
	USER("terug_voor", DATE, true, "tot wanneer het formulier terug kan"),
};

static const struct kb_letter_field intrekking[] = {
	USER("doel", LINES, false, "waarvoor de toestemming was"),
	ROWS("partners", who_columns, "wie van de intrekking weten; een per keer"),
	USER("ingetrokken_op", DATE, false, "datum van de intrekking"),
	USER("gevolg", LINES, true, "wat dit betekent voor de hulp"),
};

static const struct kb_letter_field melding[] = {
	USER("gemeld_aan", LINE, false, "de gemeente"),
	USER("gemeld_op", DATE, false, "datum van de melding"),
	USER("verzuim", LINES, false, "welk verzuim het is"),
	USER("periode", LINE, false, "over welke dagen het gaat"),
	USER("reden", LINES, true, "waarom de school meldde"),
};

static const struct kb_letter_field zienswijze[] = {
	USER("onderwerp", LINES, false, "waarover de ouders hun mening geven"),
	USER("stuk", LINE, false, "welk stuk erbij zit"),
	USER("stuk_van", LINE, true, "wie het stuk maakte"),
	USER("antwoord_voor", DATE, false, "tot wanneer de ouders kunnen antwoorden"),
};

static const struct kb_letter_field inzage[] = {
	{ .name = "gedeeld",
	  .source = KB_LETTER_FROM_AGENT,
	  .form = KB_LETTER_ROWS,
	  .columns = shared_columns,
	  .optional = true },
	{ .name = "gezien",
	  .source = KB_LETTER_FROM_AGENT,
	  .form = KB_LETTER_ROWS,
	  .columns = seen_columns,
	  .optional = true },
	{ .name = "niets_gedeeld", .source = KB_LETTER_FROM_AGENT, .optional = true },
	{ .name = "niets_gezien", .source = KB_LETTER_FROM_AGENT, .optional = true },
};

static const struct kb_letter_field overdracht[] = {
	USER("nieuwe_school", LINE, false, "de school die de gegevens krijgt"),
	ROWS("gegevens", what_columns, "welke gegevens het zijn; een per keer"),
	USER("reactie_voor", DATE, false, "tot wanneer de ouders kunnen reageren"),
	USER("gesprek", LINES, true, "wanneer de scholen met elkaar praten"),
};

static const struct {
	const struct kb_letter_field *at;
	size_t count;
} fields[KB_LETTER_KIND_COUNT] = {
	[KB_LETTER_UITNODIGING] = { uitnodiging, COUNT(uitnodiging) },
	[KB_LETTER_AFSCHRIFT] = { afschrift, COUNT(afschrift) },
	[KB_LETTER_TOESTEMMING] = { toestemming, COUNT(toestemming) },
	[KB_LETTER_INTREKKING] = { intrekking, COUNT(intrekking) },
	[KB_LETTER_MELDING] = { melding, COUNT(melding) },
	[KB_LETTER_ZIENSWIJZE] = { zienswijze, COUNT(zienswijze) },
	[KB_LETTER_INZAGE] = { inzage, COUNT(inzage) },
	[KB_LETTER_OVERDRACHT] = { overdracht, COUNT(overdracht) },
};

const char *
kb_letter_kind_name(enum kb_letter_kind kind)
{
	return (unsigned)kind < KB_LETTER_KIND_COUNT ? kinds[kind].name : "";
}

const char *
kb_letter_kind_label(enum kb_letter_kind kind)
{
	return (unsigned)kind < KB_LETTER_KIND_COUNT ? kinds[kind].label : "";
}

enum kb_letter_kind
kb_letter_kind_parse(struct kb_span word)
{
	for (unsigned i = 1; i < KB_LETTER_KIND_COUNT; i++) {
		if (kb_span_equal(word, kb_span_text(kinds[i].name))) {
			return (enum kb_letter_kind)i;
		}
	}
	return KB_LETTER_NONE;
}

const char *
kb_letter_way_name(enum kb_letter_way way)
{
	return (unsigned)way < KB_LETTER_WAY_COUNT ? ways[way] : "";
}

enum kb_letter_way
kb_letter_way_parse(struct kb_span word)
{
	for (unsigned i = 1; i < KB_LETTER_WAY_COUNT; i++) {
		if (kb_span_equal(word, kb_span_text(ways[i]))) {
			return (enum kb_letter_way)i;
		}
	}
	return KB_LETTER_WAY_NONE;
}

size_t
kb_letter_fields(enum kb_letter_kind kind, const struct kb_letter_field *out[KB_LETTER_FIELDS_MAX])
{
	size_t count = 0;

	if (kind == KB_LETTER_NONE || (unsigned)kind >= KB_LETTER_KIND_COUNT) {
		return 0;
	}
	for (size_t i = 0; i < COUNT(common); i++) {
		out[count++] = &common[i];
	}
	for (size_t i = 0; i < fields[kind].count; i++) {
		KB_INVARIANT(count < KB_LETTER_FIELDS_MAX);
		out[count++] = &fields[kind].at[i];
	}
	return count;
}

struct kb_template
kb_letter_template(enum kb_letter_kind kind, const char *file, struct kb_span bytes,
		   struct kb_template_slot slots[KB_LETTER_FIELDS_MAX])
{
	const struct kb_letter_field *of_kind[KB_LETTER_FIELDS_MAX];
	size_t count = kb_letter_fields(kind, of_kind);

	for (size_t i = 0; i < count; i++) {
		slots[i] = (struct kb_template_slot){ .name = of_kind[i]->name,
						      .columns = of_kind[i]->columns,
						      .optional = of_kind[i]->optional,
						      .shown = true };
	}
	return (struct kb_template){
		.file = file, .bytes = bytes, .slots = slots, .slot_count = count
	};
}

enum kb_err
kb_letter_check(enum kb_letter_kind kind, const char *file, struct kb_span bytes,
		kb_template_say say, void *to)
{
	struct kb_template_slot slots[KB_LETTER_FIELDS_MAX];
	struct kb_template page = kb_letter_template(kind, file, bytes, slots);

	return kb_template_check(&page, say, to);
}

void
kb_letter_date(int32_t day, char out[KB_LETTER_DATE_TEXT])
{
	static const char *const months[] = { "januari",   "februari", "maart",	   "april",
					      "mei",	   "juni",     "juli",	   "augustus",
					      "september", "oktober",  "november", "december" };
	struct kb_civil civil;

	out[0] = '\0';
	if (day >= KB_DAY_MIN && day <= KB_DAY_MAX) {
		civil = kb_date_to_civil(day);
		(void)snprintf(out, KB_LETTER_DATE_TEXT, "%d %s %d", (int)civil.day,
			       months[civil.month - 1], (int)civil.year);
	}
}
