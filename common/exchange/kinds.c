/* SPDX-License-Identifier: EUPL-1.2 */
/* The fixed table of message kinds. */
#include "common/exchange/kinds.h"

#define SCHOOLS (KB_PARTY_BIT(KB_PARTY_SCHOOL) | KB_PARTY_BIT(KB_PARTY_VO))
#define GEMEENTE KB_PARTY_BIT(KB_PARTY_GEMEENTE)
#define AGENTS (SCHOOLS | GEMEENTE | KB_PARTY_BIT(KB_PARTY_SWV) | KB_PARTY_BIT(KB_PARTY_JEUGDHULP))
#define TASK KB_GROUND_BIT(KB_GROUND_WETTELIJKE_TAAK)
#define TRAFFIC_BYTES_MAX (256u * 1024)
#define MELDING_BYTES_MAX (48u * 1024)
#define SHORT_BYTES_MAX (16u * 1024)

/* facts.md D1 (duty to report, DUO's status words), D5 (gemeente has the statutory task, the school must answer) */
#define LEERPLICHT_LAW "Leerplichtwet; facts D1, D5"

static const struct kb_kind_row rows[] = {
	{ .kind = KB_KIND_RECEIPT,
	  .name = "receipt",
	  .label = "ontvangstbewijs",
	  .from = AGENTS,
	  .to = AGENTS,
	  .purpose = KB_PURPOSE_BERICHTENVERKEER,
	  .grounds = TASK,
	  .content_bytes_max = TRAFFIC_BYTES_MAX,
	  .source = "design 4" },
	{ .kind = KB_KIND_VERVALLEN,
	  .name = "vervallen",
	  .label = "vervallen nummers",
	  .from = AGENTS,
	  .to = AGENTS,
	  .purpose = KB_PURPOSE_BERICHTENVERKEER,
	  .grounds = TASK,
	  .content_bytes_max = TRAFFIC_BYTES_MAX,
	  .numbered = true,
	  .statutory = true,
	  .source = "design 4" },
	{ .kind = KB_KIND_HERSTELD,
	  .name = "hersteld",
	  .label = "administratie hersteld",
	  .from = AGENTS,
	  .to = AGENTS,
	  .purpose = KB_PURPOSE_BERICHTENVERKEER,
	  .grounds = TASK,
	  .content_bytes_max = TRAFFIC_BYTES_MAX,
	  .numbered = true,
	  .statutory = true,
	  .source = "design 6" },
	{ .kind = KB_KIND_VERZUIM_MELDING,
	  .name = "verzuim-melding",
	  .label = "verzuimmelding",
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .desk = KB_DESK_LEERPLICHT,
	  .purpose = KB_PURPOSE_LEERPLICHT,
	  .grounds = TASK,
	  .content_bytes_max = MELDING_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = LEERPLICHT_LAW },
	{ .kind = KB_KIND_VERZUIM_CORRECTIE,
	  .name = "verzuim-correctie",
	  .label = "correctie van een melding",
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .desk = KB_DESK_LEERPLICHT,
	  .purpose = KB_PURPOSE_LEERPLICHT,
	  .grounds = TASK,
	  .content_bytes_max = MELDING_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = LEERPLICHT_LAW },
	{ .kind = KB_KIND_VERZUIM_INTREKKING,
	  .name = "verzuim-intrekking",
	  .label = "intrekking van een melding",
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .desk = KB_DESK_LEERPLICHT,
	  .purpose = KB_PURPOSE_LEERPLICHT,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = LEERPLICHT_LAW },
	{ .kind = KB_KIND_VERZUIM_STAND,
	  .name = "verzuim-stand",
	  .label = "stand bij leerplicht",
	  .from = GEMEENTE,
	  .to = SCHOOLS,
	  .desk = KB_DESK_SCHOOL,
	  .purpose = KB_PURPOSE_LEERPLICHT,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = "facts D1, status words" },
	{ .kind = KB_KIND_VERZUIM_VRAAG,
	  .name = "verzuim-vraag",
	  .label = "vraag van leerplicht",
	  .from = GEMEENTE,
	  .to = SCHOOLS,
	  .desk = KB_DESK_SCHOOL,
	  .purpose = KB_PURPOSE_LEERPLICHT,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = LEERPLICHT_LAW },
	{ .kind = KB_KIND_VERZUIM_ANTWOORD,
	  .name = "verzuim-antwoord",
	  .label = "antwoord van de school",
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .desk = KB_DESK_LEERPLICHT,
	  .purpose = KB_PURPOSE_LEERPLICHT,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = "facts D5: the school must answer the leerplichtambtenaar" },
	{ .kind = KB_KIND_VERZUIM_EINDE,
	  .name = "verzuim-einde",
	  .label = "weer op school of uitgeschreven",
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .desk = KB_DESK_LEERPLICHT,
	  .purpose = KB_PURPOSE_LEERPLICHT,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = "facts D1: end date" },
	{ .kind = KB_KIND_VERZUIM_AANVULLING,
	  .name = "verzuim-aanvulling",
	  .label = "aanvulling van de school",
	  .from = SCHOOLS,
	  .to = GEMEENTE,
	  .desk = KB_DESK_LEERPLICHT,
	  .purpose = KB_PURPOSE_LEERPLICHT,
	  .grounds = TASK,
	  .content_bytes_max = SHORT_BYTES_MAX,
	  .has_case = true,
	  .numbered = true,
	  .statutory = true,
	  .source = LEERPLICHT_LAW },
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

const char *
kb_kind_name(uint32_t number)
{
	const struct kb_kind_row *row = kb_kind_find(number);

	return row != NULL ? row->name : "";
}

enum kb_err
kb_kind_allows(const struct kb_kind_check *check)
{
	const struct kb_kind_row *row = kb_kind_find(check->kind);

	if (row == NULL) {
		return KB_ERR_UNKNOWN_KIND;
	}
	if ((row->from & KB_PARTY_BIT(check->sender)) == 0 ||
	    (row->to & KB_PARTY_BIT(check->recipient)) == 0 || (uint32_t)row->desk != check->desk ||
	    row->has_case != check->has_case || row->numbered != check->numbered) {
		return KB_ERR_NOT_ALLOWED;
	}
	/* A ground is one bit of a 32-bit set: a number outside it can never be possible. */
	if (check->ground >= 32 || (row->grounds & KB_GROUND_BIT(check->ground)) == 0 ||
	    (uint32_t)row->purpose != check->purpose) {
		return KB_ERR_NO_GROUND;
	}
	return check->content_bytes <= row->content_bytes_max ? KB_OK : KB_ERR_OVERSIZE;
}
