/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode explain`. */
#include "agents/cli/explain.h"

#include "agents/cli/output.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/daemon/profile.h"
#include "common/exchange/date.h"
#include "common/exchange/identifier_policy.h"

enum {
	OPTION_KIND,
	OPTION_FROM,
	OPTION_TO,
	OPTION_VARIANT,
	OPTION_PURPOSE,
	OPTION_GROUND,
	OPTION_CATEGORIES,
	OPTION_CONSENT,
	OPTION_MET,
	OPTION_PROFILE,
	OPTION_DATE,
	OPTION_COUNT
};

static const struct kb_option options[] = {
	[OPTION_KIND] = { "soort", "SOORT", "soort bericht, zoals doa-hulpvraag (verplicht)" },
	[OPTION_FROM] = { "van", "PARTIJ[:LOKET[:SECTOR]]",
			  "wie stuurt: school, vo, swv, gemeente of jeugdhulp (verplicht)" },
	[OPTION_TO] = { "aan", "PARTIJ[:LOKET[:SECTOR]]", "wie het krijgt (verplicht)" },
	[OPTION_VARIANT] = { "variant", "WOORD", "waarde van het veld soort, zoals vso of actief" },
	[OPTION_PURPOSE] = { "doel", "DOEL", "waarvoor; met --grond voor een besluit" },
	[OPTION_GROUND] = { "grond", "GROND", "wettelijke-taak, toestemming of vitaal-belang" },
	[OPTION_CATEGORIES] = { "gegevens", "LIJST",
				"welke gegevens erin staan, met komma's: identiteit,gezondheid" },
	[OPTION_CONSENT] = { "toestemming", NULL, "er is een geldige toestemming" },
	[OPTION_MET] = { "voldaan", "LIJST", "waar verder aan is voldaan: reden,inzage" },
	[OPTION_PROFILE] = { "profiel", "MAP",
			     "regioprofiel; zonder: een regio die niets heeft afgesproken" },
	[OPTION_DATE] = { "datum", "JJJJ-MM-DD", "peildatum; zonder: vandaag" },
};

struct explain {
	const struct kb_cli *cli;
	struct kb_permit_question question;
	struct kb_output *output;
	struct kb_error_text where;
};

/* ---- reading the words ---- */

/* The part of text up to at; *rest is what follows it, empty when at is not there. */
static struct kb_span
cut(struct kb_span text, uint8_t at, struct kb_span *rest)
{
	const uint8_t *found = text.len > 0 ? memchr(text.at, at, text.len) : NULL;
	size_t len = found != NULL ? (size_t)(found - text.at) : text.len;

	*rest = found != NULL ? kb_span_part(text, len + 1, text.len) : KB_SPAN_NONE;
	return kb_text_trim(kb_span_part(text, 0, len));
}

static enum kb_err
read_party(struct explain *explain, const char *option, const char *value,
	   struct kb_permit_party *out)
{
	struct kb_span rest = KB_SPAN_NONE;
	struct kb_span kind = cut(kb_span_text(value), ':', &rest);
	struct kb_span desk = cut(rest, ':', &rest);
	enum kb_sector sector = kb_sector_parse(rest);

	out->kind = kb_party_kind_parse(kind);
	out->desk = (uint32_t)kb_desk_parse(desk);
	out->sectors = sector != KB_SECTOR_UNSPECIFIED ? 1u << sector : 0;
	if (out->kind == KB_PARTY_UNSPECIFIED || (desk.len > 0 && out->desk == 0) ||
	    (rest.len > 0 && sector == KB_SECTOR_UNSPECIFIED)) {
		return kb_fail(&explain->where, KB_ERR_USAGE,
			       "--%s %s: dit is geen partij met loket en sector", option, value);
	}
	return KB_OK;
}

/* A list of words, each a bit. */
static enum kb_err
read_bits(struct explain *explain, const char *option, const char *value,
	  uint32_t (*bit_of)(struct kb_span word), uint32_t *out)
{
	struct kb_span rest = kb_span_text(value);

	while (rest.len > 0) {
		struct kb_span word = cut(rest, ',', &rest);
		uint32_t bit = bit_of(word);

		if (bit == 0) {
			return kb_fail(&explain->where, KB_ERR_USAGE,
				       "--%s: het woord '%.*s' is er niet", option,
				       (int)(word.len < 40 ? word.len : 40), (const char *)word.at);
		}
		*out |= bit;
	}
	return KB_OK;
}

static uint32_t
need_bit(struct kb_span word)
{
	for (unsigned i = 0; i < KB_NEED_COUNT; i++) {
		if (kb_span_equal(word, kb_span_text(kb_need_name(1u << i)))) {
			return 1u << i;
		}
	}
	return 0;
}

static enum kb_err
read_profile(struct explain *explain, const char *folder)
{
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };
	enum kb_err err = kb_profile_open(folder, &faults, &profile);

	if (err == KB_OK) {
		explain->question.region = profile.region;
		kb_profile_release(&profile);
	} else {
		err = kb_fail(&explain->where, err, "%s", kb_faults_text(&faults));
	}
	kb_faults_release(&faults);
	return err;
}

/* Kind, variant, purpose, ground: a word that was given must be known. */
static enum kb_err
read_words(struct explain *explain, const struct kb_option_values *values)
{
	struct kb_permit_question *question = &explain->question;

	const struct {
		int option;
		uint32_t *number;
	} words[] = { { OPTION_KIND, &question->kind },
		      { OPTION_VARIANT, &question->variant },
		      { OPTION_PURPOSE, &question->purpose },
		      { OPTION_GROUND, &question->ground } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *value = values->value[words[i].option];
		struct kb_span word = kb_span_text(value != NULL ? value : "");
		uint32_t number =
			words[i].option == OPTION_KIND	    ? (uint32_t)kb_kind_parse(word)
			: words[i].option == OPTION_VARIANT ? (uint32_t)kb_variant_parse(word)
			: words[i].option == OPTION_PURPOSE ? (uint32_t)kb_purpose_parse(word)
							    : (uint32_t)kb_ground_parse(word);

		if (value != NULL && number == 0) {
			return kb_fail(&explain->where, KB_ERR_USAGE,
				       "--%s %s: dit woord is er niet",
				       options[words[i].option].name, value);
		}
		*words[i].number = number;
	}
	return KB_OK;
}

static enum kb_err
read_question(struct explain *explain, const struct kb_option_values *values)
{
	struct kb_permit_question *question = &explain->question;
	const struct kb_clock clock = kb_clock_system();
	const char *const *value = values->value;
	enum kb_err err = read_words(explain, values);

	if (value[OPTION_KIND] == NULL || value[OPTION_FROM] == NULL || value[OPTION_TO] == NULL) {
		return kb_fail(&explain->where, KB_ERR_USAGE, "--soort, --van en --aan zijn nodig");
	}
	if (err == KB_OK) {
		err = read_party(explain, "van", value[OPTION_FROM], &question->from);
	}
	if (err == KB_OK) {
		err = read_party(explain, "aan", value[OPTION_TO], &question->to);
	}
	if (err == KB_OK && value[OPTION_CATEGORIES] != NULL) {
		err = read_bits(explain, "gegevens", value[OPTION_CATEGORIES], kb_data_parse,
				&question->categories);
	}
	if (err == KB_OK && value[OPTION_MET] != NULL) {
		err = read_bits(explain, "voldaan", value[OPTION_MET], need_bit, &question->met);
	}
	if (value[OPTION_CONSENT] != NULL) {
		question->met |= (uint32_t)KB_NEED_TOESTEMMING;
	}
	question->day = kb_date_local_day(kb_clock_utc_ms(&clock));
	if (err == KB_OK && value[OPTION_DATE] != NULL &&
	    kb_date_parse(kb_span_text(value[OPTION_DATE]), &question->day) != KB_OK) {
		err = kb_fail(&explain->where, KB_ERR_USAGE, "--datum moet JJJJ-MM-DD zijn");
	}
	return err == KB_OK && value[OPTION_PROFILE] != NULL
		       ? read_profile(explain, value[OPTION_PROFILE])
		       : err;
}

/* ---- saying it ---- */

#define CELL_BYTES 400

/* The names of the bits of set, with commas. */
static void
join(uint32_t set, const char *(*name_of)(uint32_t bit), char out[CELL_BYTES])
{
	size_t len = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < 32 && len < CELL_BYTES; i++) {
		if ((set & 1u << i) != 0) {
			len += (size_t)snprintf(out + len, CELL_BYTES - len, "%s%s",
						len > 0 ? ", " : "", name_of(1u << i));
		}
	}
}

static void
validity(const struct kb_permit_row *row, char out[CELL_BYTES])
{
	char from[KB_DATE_TEXT];
	char until[KB_DATE_TEXT];

	kb_date_format(row->valid_from_day, from);
	kb_date_format(row->valid_until_day, until);
	(void)snprintf(out, CELL_BYTES, "%s%s%s", from, until[0] != '\0' ? " t/m " : "", until);
}

#define ROW_COLUMNS "rij|doel|grond|loket|gegevens|nodig|geldig|regel|bron"

static enum kb_err
put_row(struct explain *explain, const struct kb_permit_row *row)
{
	char categories[CELL_BYTES];
	char needs[CELL_BYTES];
	char days[CELL_BYTES];

	const char *cells[] = { row->name,
				kb_purpose_name(row->purpose),
				kb_ground_name(row->ground),
				kb_desk_name((enum kb_desk)row->to.desk),
				categories,
				needs,
				days,
				row->rule,
				row->source };

	join(row->categories, kb_data_name, categories);
	join(row->needs, kb_need_name, needs);
	validity(row, days);
	return kb_output_row(explain->output, cells, sizeof(cells) / sizeof(cells[0]));
}

/* What is missing, each with what has to be done. */
static enum kb_err
say_missing(struct explain *explain, const struct kb_permit_answer *answer)
{
	enum kb_err err = kb_output_section(explain->output, "ontbreekt", "wat|uitleg");

	for (unsigned i = 0; err == KB_OK && i < 32; i++) {
		uint32_t bit = 1u << i;
		const char *need[] = { kb_need_name(bit), kb_need_label(bit) };
		const char *data[] = { kb_data_name(bit), "deze gegevens mogen er niet in" };

		if ((answer->missing & bit) != 0) {
			err = kb_output_row(explain->output, need, 2);
		}
		if (err == KB_OK && (answer->categories & bit) != 0) {
			err = kb_output_row(explain->output, data, 2);
		}
	}
	return err;
}

static enum kb_err
decide(struct explain *explain, int *exit_code)
{
	struct kb_permit_answer answer;
	char allowed[CELL_BYTES];
	enum kb_err said = kb_permit_decide(&explain->question, &answer);
	const char *decision[] = { said == KB_OK ? "ja" : "nee", kb_err_name(said), allowed };
	enum kb_err err = kb_output_say(explain->output,
					said == KB_OK ? "Ja, dit mag." : "Nee, dit mag niet.");

	join(kb_identifiers_allowed(&explain->question, NULL), kb_identifier_name, allowed);
	if (err == KB_OK) {
		err = kb_output_section(explain->output, "besluit", "mag|reden|kind aanduiden met");
	}
	if (err == KB_OK) {
		err = kb_output_row(explain->output, decision, 3);
	}
	if (err == KB_OK && answer.row != NULL) {
		err = kb_output_section(explain->output, "rij", ROW_COLUMNS);
		err = err == KB_OK ? put_row(explain, answer.row) : err;
	}
	if (err == KB_OK && said != KB_OK) {
		err = say_missing(explain, &answer);
	}
	*exit_code = kb_err_exit_code(said);
	return err;
}

/* Every row of the kind that these two may use now, whatever it needs. */
static enum kb_err
list(struct explain *explain, int *exit_code)
{
	struct kb_permit_question *question = &explain->question;
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);
	enum kb_err err = kb_output_section(explain->output, "rijen", ROW_COLUMNS);

	for (size_t i = 0; err == KB_OK && i < count; i++) {
		struct kb_permit_question asked = *question;
		struct kb_permit_answer answer;

		if ((uint32_t)rows[i].kind != question->kind) {
			continue;
		}
		asked.purpose = (uint32_t)rows[i].purpose;
		asked.ground = (uint32_t)rows[i].ground;
		asked.variant =
			question->variant != 0 ? question->variant : (uint32_t)rows[i].variant;
		asked.categories = 0;
		asked.met = rows[i].needs;
		asked.to.desk = question->to.desk != 0 ? question->to.desk : rows[i].to.desk;
		asked.from.desk =
			question->from.desk != 0 ? question->from.desk : rows[i].from.desk;
		if (kb_permit_decide(&asked, &answer) == KB_OK && answer.row == &rows[i]) {
			err = put_row(explain, &rows[i]);
		}
	}
	if (err == KB_OK && kb_output_row_count(explain->output, "rijen") == 0) {
		*exit_code = kb_err_exit_code(KB_ERR_NOT_ALLOWED);
		err = kb_output_say(explain->output,
				    "Nee. Geen rij laat deze soort toe tussen deze partijen.");
	}
	return err;
}

int
kb_cli_explain(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
	       char **argv)
{
	struct explain explain = { .cli = cli };
	struct kb_option_values values;
	int exit_code = 0;
	enum kb_err err = KB_OK;

	if (!kb_cli_options(cli, command, options, OPTION_COUNT, argc, argv, &values, &exit_code)) {
		return exit_code;
	}
	err = read_question(&explain, &values);
	if (err != KB_OK) {
		return kb_cli_fail(cli, err, "%s", explain.where.text);
	}
	err = kb_output_new(&explain.output);
	if (err == KB_OK) {
		err = explain.question.purpose != 0 && explain.question.ground != 0
			      ? decide(&explain, &exit_code)
			      : list(&explain, &exit_code);
	}
	if (err == KB_OK) {
		err = kb_output_print(explain.output, cli, exit_code, "", stdout);
	}
	kb_output_free(explain.output);
	return err == KB_OK ? exit_code : kb_cli_fail(cli, err, "%s", kb_err_text(err));
}
