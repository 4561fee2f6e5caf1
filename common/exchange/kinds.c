/* SPDX-License-Identifier: EUPL-1.2 */
/* The fixed table of message kinds, and the words for purposes and grounds. */
#include "common/exchange/kinds.h"

#include "common/exchange/categories.h"

#define SCHOOLS (KB_PARTY_BIT(KB_PARTY_SCHOOL) | KB_PARTY_BIT(KB_PARTY_VO))
#define GEMEENTE KB_PARTY_BIT(KB_PARTY_GEMEENTE)
#define AGENTS (SCHOOLS | GEMEENTE | KB_PARTY_BIT(KB_PARTY_SWV) | KB_PARTY_BIT(KB_PARTY_JEUGDHULP))
#define TASK KB_GROUND_BIT(KB_GROUND_WETTELIJKE_TAAK)
#define TRAFFIC_BYTES_MAX (256u * 1024)
#define MELDING_BYTES_MAX (48u * 1024)
#define SHORT_BYTES_MAX (16u * 1024)
#define CONSENT_BYTES_MAX (8u * 1024)

/* facts.md D1 (duty to report, DUO's status words), D5 (gemeente has the statutory task, the school must answer) */
#define LEERPLICHT_LAW "Leerplichtwet; facts D1, D5"

/* The closed list of absence.proto: who, where, when absent; no sickness, no reason of a permitted absence. */
#define ABSENCE                                                                                    \
	((uint32_t)(KB_DATA_IDENTITEIT | KB_DATA_CONTACT | KB_DATA_VERZUIM | KB_DATA_PROCES))

static const struct kb_kind_row rows[] = {
	{ .kind = KB_KIND_RECEIPT,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_BERICHTENVERKEER),
	  .form = KB_CONTENT_TRAFFIC,
	  .grounds = TASK,
	  .content_bytes_max = TRAFFIC_BYTES_MAX,
	  .source = "design 4" },
	{ .kind = KB_KIND_VERVALLEN,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_BERICHTENVERKEER),
	  .form = KB_CONTENT_TRAFFIC,
	  .grounds = TASK,
	  .content_bytes_max = TRAFFIC_BYTES_MAX,
	  .numbered = true,
	  .statutory = true,
	  .source = "design 4" },
	{ .kind = KB_KIND_HERSTELD,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_BERICHTENVERKEER),
	  .form = KB_CONTENT_TRAFFIC,
	  .grounds = TASK,
	  .content_bytes_max = TRAFFIC_BYTES_MAX,
	  .numbered = true,
	  .statutory = true,
	  .source = "design 6" },
	{ .kind = KB_KIND_VERZUIM_MELDING,
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_LEERPLICHT),
	  .form = KB_CONTENT_ABSENCE,
	  .categories = ABSENCE,
	  .grounds = TASK,
	  .content_bytes_max = MELDING_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = LEERPLICHT_LAW },
	{ .kind = KB_KIND_VERZUIM_CORRECTIE,
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_LEERPLICHT),
	  .form = KB_CONTENT_ABSENCE,
	  .categories = ABSENCE,
	  .grounds = TASK,
	  .content_bytes_max = MELDING_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = LEERPLICHT_LAW },
	{ .kind = KB_KIND_VERZUIM_INTREKKING,
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_LEERPLICHT),
	  .form = KB_CONTENT_ABSENCE,
	  .categories = ABSENCE,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = LEERPLICHT_LAW },
	{ .kind = KB_KIND_VERZUIM_STAND,
	  .from = GEMEENTE,
	  .to = SCHOOLS,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_LEERPLICHT),
	  .form = KB_CONTENT_ABSENCE,
	  .categories = ABSENCE,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = "facts D1, status words" },
	{ .kind = KB_KIND_VERZUIM_VRAAG,
	  .from = GEMEENTE,
	  .to = SCHOOLS,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_LEERPLICHT),
	  .form = KB_CONTENT_ABSENCE,
	  .categories = ABSENCE,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = LEERPLICHT_LAW },
	{ .kind = KB_KIND_VERZUIM_ANTWOORD,
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_LEERPLICHT),
	  .form = KB_CONTENT_ABSENCE,
	  .categories = ABSENCE,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = "facts D5: the school must answer the leerplichtambtenaar" },
	{ .kind = KB_KIND_VERZUIM_EINDE,
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_LEERPLICHT),
	  .form = KB_CONTENT_ABSENCE,
	  .categories = ABSENCE,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = "facts D1: end date" },
	{ .kind = KB_KIND_VERZUIM_AANVULLING,
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_LEERPLICHT),
	  .form = KB_CONTENT_ABSENCE,
	  .categories = ABSENCE,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = LEERPLICHT_LAW },
	{ .kind = KB_KIND_TOESTEMMING_VERLEEND,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_TOESTEMMING),
	  .form = KB_CONTENT_CONSENT,
	  .categories = KB_DATA_PROCES,
	  .grounds = TASK,
	  .content_bytes_max = CONSENT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = "design 8" },
	{ .kind = KB_KIND_TOESTEMMING_INGETROKKEN,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_TOESTEMMING),
	  .form = KB_CONTENT_CONSENT,
	  .categories = KB_DATA_PROCES,
	  .grounds = TASK,
	  .content_bytes_max = CONSENT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = "design 8; AVG art. 7(3)" },
	{ .kind = KB_KIND_TOESTEMMING_BEVESTIGING,
	  .from = AGENTS,
	  .to = AGENTS,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_TOESTEMMING),
	  .form = KB_CONTENT_CONSENT,
	  .categories = KB_DATA_PROCES,
	  .grounds = TASK,
	  .content_bytes_max = CONSENT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = "design 8; AVG art. 19" },
	{ .kind = KB_KIND_BERICHT,
	  .from = SCHOOLS | GEMEENTE,
	  .to = SCHOOLS | GEMEENTE,
	  .purposes = KB_PURPOSE_BIT(KB_PURPOSE_DOA),
	  .form = KB_CONTENT_FIELDS,
	  .categories = KB_DATA_PROCES,
	  .grounds = KB_GROUND_BIT(KB_GROUND_TOESTEMMING),
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .source = "design 7" },
};
#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

const struct kb_kind_row *
kb_kind_rows(size_t *count)
{
	*count = ROW_COUNT;
	return rows;
}

const struct kb_kind_row *
kb_kind_find(uint32_t number)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if ((uint32_t)rows[i].kind == number) {
			return &rows[i];
		}
	}
	return NULL;
}

enum kb_err
kb_kind_shape(const struct kb_kind_row *row, bool has_case, bool numbered, bool has_person,
	      size_t content_bytes)
{
	if (row->has_case != has_case || row->numbered != numbered ||
	    (row->by_person && !has_person)) {
		return KB_ERR_NOT_ALLOWED;
	}
	return content_bytes <= row->content_bytes_max ? KB_OK : KB_ERR_OVERSIZE;
}

/* ---- words ---- */

struct word {
	uint32_t number;
	const char *name;
	const char *label;
};

#define KB_ROW(name, number, text, label) { (number), text, label },
static const struct word kinds[] = { KB_KIND_TABLE(KB_ROW) };
static const struct word purposes[] = { KB_PURPOSE_TABLE(KB_ROW) };
static const struct word grounds[] = { KB_GROUND_TABLE(KB_ROW) };
#undef KB_ROW
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
_Static_assert(COUNT(purposes) == KB_PURPOSE_COUNT, "one word per purpose");
_Static_assert(COUNT(grounds) == KB_GROUND_COUNT, "one word per ground");

static const struct word *
find_number(const struct word *words, size_t count, uint32_t number)
{
	static const struct word none = { 0, "", "" };

	for (size_t i = 0; i < count; i++) {
		if (words[i].number == number) {
			return &words[i];
		}
	}
	return &none;
}

static uint32_t
find_name(const struct word *words, size_t count, struct kb_span name)
{
	for (size_t i = 0; name.len > 0 && i < count; i++) {
		if (kb_span_equal(name, kb_span_text(words[i].name))) {
			return words[i].number;
		}
	}
	return 0;
}

const char *
kb_kind_name(uint32_t number)
{
	return find_number(kinds, COUNT(kinds), number)->name;
}

const char *
kb_kind_label(uint32_t number)
{
	return find_number(kinds, COUNT(kinds), number)->label;
}

enum kb_kind
kb_kind_parse(struct kb_span name)
{
	return (enum kb_kind)find_name(kinds, COUNT(kinds), name);
}

const char *
kb_purpose_name(enum kb_purpose purpose)
{
	return find_number(purposes, COUNT(purposes), (uint32_t)purpose)->name;
}

const char *
kb_purpose_label(enum kb_purpose purpose)
{
	return find_number(purposes, COUNT(purposes), (uint32_t)purpose)->label;
}

enum kb_purpose
kb_purpose_parse(struct kb_span name)
{
	return (enum kb_purpose)find_name(purposes, COUNT(purposes), name);
}

const char *
kb_ground_name(enum kb_ground ground)
{
	return find_number(grounds, COUNT(grounds), (uint32_t)ground)->name;
}

const char *
kb_ground_label(enum kb_ground ground)
{
	return find_number(grounds, COUNT(grounds), (uint32_t)ground)->label;
}

enum kb_ground
kb_ground_parse(struct kb_span name)
{
	return (enum kb_ground)find_name(grounds, COUNT(grounds), name);
}
