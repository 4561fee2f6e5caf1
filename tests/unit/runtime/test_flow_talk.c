/* SPDX-License-Identifier: EUPL-1.2 */
/* When an overdracht asks for a talk, and when the dossier is enough: what it says, and what the region makes of it. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "agents/runtime/flow_internal.h"

#define NO_TALK "<overstapadvies><contactnodig>false</contactnodig></overstapadvies>"
#define TALK "<overstapadvies><contactnodig>true</contactnodig></overstapadvies>"

static const struct {
	uint32_t field;
	const char *value;
	uint32_t signs;
} rows[] = {
	{ KB_VELD_LEERJAAR, "8", 0 },
	{ KB_VELD_SCHOOLADVIES, "havo", 0 },
	{ KB_VELD_VERZUIMBEELD, "drie dagen ziek", 0 },
	{ KB_VELD_OSO_OVERSTAPADVIES, NO_TALK, 0 },
	{ KB_VELD_OSO_OVERSTAPADVIES, "contactnodig true", 0 },
	{ KB_VELD_OSO_OVERSTAPADVIES, TALK, KB_FLOW_CONTACT_NODIG },
	{ KB_VELD_OSO_OVERSTAPADVIES, "<contactnodig>1</contactnodig>", KB_FLOW_CONTACT_NODIG },
	{ KB_VELD_OSO_ONDERWIJSONDERSTEUNING, "<onderwijsondersteuning/>", KB_FLOW_EXTRA_NEED },
	{ KB_VELD_ONDERSTEUNINGSBEHOEFTE, "rust", KB_FLOW_EXTRA_NEED },
	{ KB_VELD_GEZONDHEID, "epilepsie", KB_FLOW_EXTRA_NEED },
	{ KB_VELD_TLV_NUMMER, "12", KB_FLOW_EXTRA_NEED },
	{ KB_VELD_OPP_VERSIE, "1", KB_FLOW_EXTRA_NEED },
};

Test(flow_talk, the_dossier_says_a_need_and_the_flag_apart_R40)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kb_field field = { .number = rows[i].field,
					  .value = kb_span_text(rows[i].value) };
		struct kb_inhoud inhoud = { .fields = &field, .field_count = 1 };

		cr_expect_eq(kb_flow_signs(&inhoud), rows[i].signs, "%u %s", rows[i].field,
			     rows[i].value);
	}
}

/* A need asks for a talk where the region says so: 003:1693 and 001:433 do, 000 and 004 have only the flag of the dossier. */
Test(flow_talk, a_need_asks_for_a_talk_where_the_region_says_so_and_the_flag_everywhere)
{
	static const struct {
		const char *region;
		bool need;
	} regions[] = {
		{ "demo", true },    { "po2202", true },  { "vo3102", true },
		{ "po2301", false }, { "po2302", false },
	};

	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		struct kb_faults faults = { 0 };
		struct kb_profile profile = { .region = 0 };
		char path[512];

		(void)snprintf(path, sizeof(path), "%s/deploy/profiles/%s", KB_SOURCE_DIR,
			       regions[i].region);
		cr_assert_eq(kb_profile_open(path, &faults, &profile), KB_OK, "%s",
			     kb_faults_text(&faults));
		cr_expect_eq(kb_flow_wants_talk(&profile, KB_FLOW_EXTRA_NEED), regions[i].need,
			     "%s", regions[i].region);
		cr_expect(kb_flow_wants_talk(&profile, KB_FLOW_CONTACT_NODIG), "%s",
			  regions[i].region);
		cr_expect_not(kb_flow_wants_talk(&profile, 0), "%s", regions[i].region);
		kb_faults_release(&faults);
		kb_profile_release(&profile);
	}
}

/* Nothing agreed: the flag alone. */
Test(flow_talk, without_an_agreement_only_the_flag_asks_for_a_talk)
{
	struct kb_profile profile = { .region = 0 };

	cr_expect(kb_flow_wants_talk(&profile, KB_FLOW_CONTACT_NODIG));
	cr_expect_not(kb_flow_wants_talk(&profile, KB_FLOW_EXTRA_NEED));
}
