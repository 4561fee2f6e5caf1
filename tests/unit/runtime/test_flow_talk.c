/* SPDX-License-Identifier: EUPL-1.2 */
/* When an overdracht asks for a talk, and when the dossier is enough. */
#include <criterion/criterion.h>

#include "agents/runtime/flow_internal.h"

#define NO_TALK "<overstapadvies><contactnodig>false</contactnodig></overstapadvies>"
#define TALK "<overstapadvies><contactnodig>true</contactnodig></overstapadvies>"

static const struct {
	uint32_t field;
	const char *value;
	bool wants;
} rows[] = {
	{ KB_VELD_LEERJAAR, "8", false },
	{ KB_VELD_SCHOOLADVIES, "havo", false },
	{ KB_VELD_VERZUIMBEELD, "drie dagen ziek", false },
	{ KB_VELD_OSO_OVERSTAPADVIES, NO_TALK, false },
	{ KB_VELD_OSO_OVERSTAPADVIES, "contactnodig true", false },
	{ KB_VELD_OSO_OVERSTAPADVIES, TALK, true },
	{ KB_VELD_OSO_OVERSTAPADVIES, "<contactnodig>1</contactnodig>", true },
	{ KB_VELD_OSO_ONDERWIJSONDERSTEUNING, "<onderwijsondersteuning/>", true },
	{ KB_VELD_ONDERSTEUNINGSBEHOEFTE, "rust", true },
	{ KB_VELD_GEZONDHEID, "epilepsie", true },
	{ KB_VELD_TLV_NUMMER, "12", true },
	{ KB_VELD_OPP_VERSIE, "1", true },
};

Test(flow_talk, a_need_or_the_flag_of_the_dossier_asks_for_a_talk_R40)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kb_field field = { .number = rows[i].field,
					  .value = kb_span_text(rows[i].value) };
		struct kb_inhoud inhoud = { .fields = &field, .field_count = 1 };

		cr_expect_eq(kb_flow_wants_talk(&inhoud), rows[i].wants, "%u %s", rows[i].field,
			     rows[i].value);
	}
}
