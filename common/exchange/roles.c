/* SPDX-License-Identifier: EUPL-1.2 */
/* The fixed vocabulary of parties. */
#include "common/exchange/roles.h"

struct word {
	const char *name;
	const char *label;
};

#define KB_ROW(name, number, text, label) [(number)] = { text, label },
static const struct word kinds[KB_PARTY_KIND_COUNT] = { KB_PARTY_KIND_TABLE(KB_ROW) };
static const struct word sectors[KB_SECTOR_COUNT] = { KB_SECTOR_TABLE(KB_ROW) };
static const struct word desks[KB_DESK_COUNT] = { KB_DESK_TABLE(KB_ROW) };
#undef KB_ROW

static bool
known(uint32_t number, size_t count)
{
	return number > 0 && number < count;
}

static unsigned
find(const struct word *words, size_t count, struct kb_span name)
{
	for (unsigned i = 1; i < count; i++) {
		if (kb_span_equal(name, kb_span_text(words[i].name))) {
			return i;
		}
	}
	return 0;
}

const char *
kb_party_kind_name(enum kb_party_kind kind)
{
	return known(kind, KB_PARTY_KIND_COUNT) ? kinds[kind].name : "";
}

const char *
kb_sector_name(enum kb_sector sector)
{
	return known(sector, KB_SECTOR_COUNT) ? sectors[sector].name : "";
}

const char *
kb_desk_name(enum kb_desk desk)
{
	return known(desk, KB_DESK_COUNT) ? desks[desk].name : "";
}

const char *
kb_party_kind_label(enum kb_party_kind kind)
{
	return known(kind, KB_PARTY_KIND_COUNT) ? kinds[kind].label : "";
}

enum kb_party_kind
kb_party_kind_parse(struct kb_span name)
{
	return (enum kb_party_kind)find(kinds, KB_PARTY_KIND_COUNT, name);
}

enum kb_sector
kb_sector_parse(struct kb_span name)
{
	return (enum kb_sector)find(sectors, KB_SECTOR_COUNT, name);
}

enum kb_desk
kb_desk_parse(struct kb_span name)
{
	return (enum kb_desk)find(desks, KB_DESK_COUNT, name);
}

bool
kb_party_kind_known(uint32_t number)
{
	return known(number, KB_PARTY_KIND_COUNT);
}

bool
kb_sector_known(uint32_t number)
{
	return known(number, KB_SECTOR_COUNT);
}

bool
kb_desk_known(uint32_t number)
{
	return known(number, KB_DESK_COUNT);
}
