/* SPDX-License-Identifier: EUPL-1.2 */
/* Every rule by name: a dossier that is in order, with that one thing wrong. */
#define _GNU_SOURCE
#include <criterion/criterion.h>

#include "agents/intake/oso/rules.h"
#include "agents/intake/oso/work.h"
#include "common/base/file.h"

#define DATA KB_SOURCE_DIR "/tests/data/oso/"
#define SHARED KB_SOURCE_DIR "/../shared/oso/"
#define CHANGES 3

static const char *const own[] = { "po-vo.xml", "naar-swv.xml", "binnen-brin.xml" };

enum own { POVO, SWV, BRIN };

/* In one dossier, in its first place: this becomes that. */
struct broken {
	const char *rule;
	enum own dossier;
	const char *change[CHANGES * 2 + 1];
};

#define SECRET "<adresgeheim>false</adresgeheim>", "<adresgeheim>true</adresgeheim>"
#define LEAK "<nummer>9999999999</nummer>", "<nummer>0992222222</nummer>"
#define LEAK_VERZORGER                                                                             \
	"0991111111</nummer>\n            <geheim>false",                                          \
		"0991111111</nummer>\n            <geheim>true"
#define VERZORGER_ADDRESS                                                                          \
	"<adresgeheim>true</adresgeheim>\n        <communicatielijst>",                            \
		"<adresgeheim>true</adresgeheim>\n        <adreslijst/><communicatielijst>"
#define ABROAD                                                                                     \
	"<datuminschrijving>", "<adresbuitenland>Elders 1</adresbuitenland><datuminschrijving>"
#define TAG(name) "<" name ">", "<x" name ">", "</" name ">", "</x" name ">"
#define BEFORE_LAS(text) "<leerlingid>", text "<leerlingid>"

static const struct broken table[] = {
	{ "OVa.OS03", POVO, { "<overdrachtsoort>overstapdossier", "<overdrachtsoort>brief" } },
	{ "OVa.MD01", POVO, { "LASLVS", "LVS" } },
	{ "PaO.MD01", SWV, { "LASLVS", "LVS" } },
	{ "OVa.MD03", POVO, { TAG("categorie_uitlevering") } },
	{ "OVb.MD03", BRIN, { TAG("categorie_uitlevering") } },
	{ "PaO.MD03", SWV, { TAG("categorie_uitlevering") } },
	{ "OVa.OS01", POVO, { "<overstap>POVO</overstap>", "" } },
	{ "PaO.SO01", SWV, { "<overstap>POSWV</overstap>", "" } },
	{ "OVa.OS02", POVO, { "<overstap>POVO", "<overstap>POSWV" } },
	{ "PaO.SO02", SWV, { "<overstap>POSWV", "<overstap>POVO" } },
	{ "OVa.IZ01",
	  POVO,
	  { "  <inzage>\n    <voor", "  <inzagex>\n    <voor", "</inzage>\n    <inzagedatum>",
	    "</inzage><inzagedatum>", "</inzage>\n  <huidige", "</inzagex>\n  <huidige" } },
	{ "OVa.IZ02", POVO, { "<inzage>true", "<inzage>false" } },
	{ "OVa.IZ03", POVO, { "<inzagedatum>2026-02-03</inzagedatum>", "" } },
	{ "OVa.IZ04", POVO, { "<akkoord>Nee</akkoord>", "" } },
	{ "OVa.IZ05",
	  POVO,
	  { "<overstap>POVO", "<overstap>VOVO", "<datum>2026-02-10", "<datum>2020-07-31",
	    "<toestemming>Ja</toestemming>", "" } },
	{ "categorie-waarde", POVO, { "<cat_verzuim>OPTIONEEL", "<cat_verzuim>MISSCHIEN" } },
	{ "categorie-verplicht", POVO, { "<cat_vve>VERBODEN", "<cat_vve>VERPLICHT" } },
	{ "categorie-verboden", POVO, { "<cat_verzuim>OPTIONEEL", "<cat_verzuim>VERBODEN" } },
	{ "categorie-opt-uit",
	  POVO,
	  { "<cat_handelingsplannen>OPTIONEEL", "<cat_handelingsplannen>OPT-UIT" } },
	{ "categorie-onbekend", POVO, { "<verzuim>", "<zat>ja</zat><verzuim>" } },
	{ "OVa.LL12", POVO, { "<bsn>999990019</bsn>", "" } },
	{ "PaO.LL12", SWV, { BEFORE_LAS("<bsn>999990019</bsn>") } },
	{ "PaO.LL12", SWV, { BEFORE_LAS("<onderwijsnummer>999990019</onderwijsnummer>") } },
	{ "elfproef", POVO, { "999990019", "999990018" } },
	{ "OVa.LL13", POVO, { "<leerlingid>L-100</leerlingid>", "" } },
	{ "OVa.LL01",
	  POVO,
	  { "<voornaam>Fenna</voornaam>", "", "<voornaam>Proef</voornaam>", "" } },
	{ "PaO.LL01", SWV, { "<voornaam>Fenna</voornaam>", "", "<voornaam>Proef</voornaam>", "" } },
	{ "OVa.LL02", POVO, { "<geboortedatum>2014-05-06</geboortedatum>", "" } },
	{ "PaO.LL02", SWV, { "<geboortedatum>2014-05-06</geboortedatum>", "" } },
	{ "OVa.LL03", POVO, { BEFORE_LAS("<geboortemaand>2014-05</geboortemaand>") } },
	{ "OVb.LL01", BRIN, { BEFORE_LAS("<geboortemaand>2014-05</geboortemaand>") } },
	{ "PaO.LL03", SWV, { BEFORE_LAS("<geboortemaand>2014-05</geboortemaand>") } },
	{ "OVa.LL10", POVO, { BEFORE_LAS("<geboorteplaats>Ergens</geboorteplaats>") } },
	{ "PaO.LL10", SWV, { BEFORE_LAS("<geboorteplaats>Ergens</geboorteplaats>") } },
	{ "OVa.LL11", POVO, { BEFORE_LAS("<nationaliteit>0001</nationaliteit>") } },
	{ "PaO.LL11", SWV, { BEFORE_LAS("<nationaliteit>0001</nationaliteit>") } },
	{ "OVa.LL04", POVO, { "<adresgeheim>false</adresgeheim>", "" } },
	{ "PaO.LL04", SWV, { "<adresgeheim>false</adresgeheim>", "" } },
	{ "OVa.LL06", POVO, { SECRET } },
	{ "OVb.LL02", BRIN, { SECRET } },
	{ "PaO.LL06", SWV, { SECRET } },
	{ "OVa.LL07", POVO, { BEFORE_LAS("<postcode4adres>9999</postcode4adres>") } },
	{ "OVb.LL03", BRIN, { BEFORE_LAS("<postcode4adres>9999</postcode4adres>") } },
	{ "PaO.LL07", SWV, { BEFORE_LAS("<postcode4adres>9999</postcode4adres>") } },
	{ "OVa.LL08", POVO, { LEAK } },
	{ "OVb.LL04", BRIN, { LEAK } },
	{ "PaO.LL08", SWV, { LEAK } },
	{ "OVa.LL08", POVO, { "geheim@geheim.geheim", "proef@voorbeeld.example" } },
	{ "OVa.LL09", POVO, { SECRET, ABROAD } },
	{ "OVb.LL05", BRIN, { SECRET, ABROAD } },
	{ "PaO.LL09", SWV, { SECRET, ABROAD } },
	{ "OVa.OV03", POVO, { VERZORGER_ADDRESS } },
	{ "OVb.OV01", BRIN, { VERZORGER_ADDRESS } },
	{ "PaO.OV03", SWV, { VERZORGER_ADDRESS } },
	{ "OVa.OV04", POVO, { LEAK_VERZORGER } },
	{ "OVb.OV02", BRIN, { LEAK_VERZORGER } },
	{ "PaO.OV04", SWV, { LEAK_VERZORGER } },
	{ "PaO.OV05",
	  SWV,
	  { "</wettigevertegenwoordiger>",
	    "</wettigevertegenwoordiger><banknummer>1</banknummer>" } },
	{ "OVa.SL01", POVO, { "<schoolloopbaan>", "<loop>", "</schoolloopbaan>", "</loop>" } },
	{ "PaO.SL01", SWV, { "<schoolloopbaan>", "<loop>", "</schoolloopbaan>", "</loop>" } },
	{ "OVa.OA01",
	  POVO,
	  { "<overstapadvies>", "<vve-advies>", "</overstapadvies>", "</vve-advies>" } },
	{ "OVa.OA02", POVO, { "<advies>40</advies>", "" } },
	{ "OVa.OA04", POVO, { "<contactpersoon>Juf Proef</contactpersoon>", "" } },
	{ "OVa.OA05", POVO, { "<contacttelefoon>0990000000</contacttelefoon>", "" } },
	{ "OVa.TR04", POVO, { "<afnamedatum>2023-08-01", "<afnamedatum>2023-07-31" } },
	{ "bijlage-type", POVO, { "plan.txt", "plan.exe" } },
	{ "bijlage-zip", POVO, { "<bestandsinhoud>UEsDB", "<bestandsinhoud>AAAAA" } },
};

static struct kb_buf schema;

static void
setup(void)
{
	kb_oso_xml_init();
	cr_assert_eq(kb_file_read(DATA "klein.xsd", 65536, &schema, NULL), KB_OK);
}

static void
replace(struct kb_buf *text, const char *from, const char *to)
{
	struct kb_buf out = { 0 };
	const uint8_t *at = memmem(text->at, text->len, from, strlen(from));

	cr_assert_not_null(at, "'%s' is not in the dossier", from);
	size_t before = (size_t)(at - text->at);

	cr_assert_eq(kb_buf_put(&out, kb_span(text->at, before)), KB_OK);
	cr_assert_eq(kb_buf_put_text(&out, to), KB_OK);
	cr_assert_eq(
		kb_buf_put(&out, kb_span_part(kb_buf_span(text), before + strlen(from), text->len)),
		KB_OK);
	kb_buf_release(text);
	*text = out;
}

static void
look(struct kb_span dossier, struct kb_span with, struct kb_buf *answer,
     struct kb_oso_result *result)
{
	cr_assert_eq(kb_oso_work_check(dossier, with, false, answer), KB_OK);
	cr_assert_eq(kb_oso_result_read(kb_buf_span(answer), result), KB_OK);
}

static bool
names(const struct kb_oso_result *result, const char *rule)
{
	for (size_t i = 0; i < result->finding_count; i++) {
		if (kb_span_equal(result->findings[i].rule, kb_span_text(rule))) {
			return true;
		}
	}
	return false;
}

TestSuite(oso_rules, .init = setup);

Test(oso_rules, each_one_broken_alone_is_refused_by_its_name)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct kb_buf text = { 0 };
		struct kb_buf answer = { 0 };
		struct kb_oso_result result;
		char path[256];

		(void)snprintf(path, sizeof(path), DATA "%s", own[table[i].dossier]);
		cr_assert_eq(kb_file_read(path, 65536, &text, NULL), KB_OK);
		look(kb_buf_span(&text), kb_buf_span(&schema), &answer, &result);
		cr_assert_eq(result.finding_count, 0, "%s is not in order", path);
		for (size_t n = 0; n < CHANGES && table[i].change[2 * n] != NULL; n++) {
			replace(&text, table[i].change[2 * n], table[i].change[2 * n + 1]);
		}
		kb_buf_clear(&answer);
		look(kb_buf_span(&text), kb_buf_span(&schema), &answer, &result);
		cr_expect(names(&result, table[i].rule), "%s is not named (row %zu; %zu findings)",
			  table[i].rule, i, result.finding_count);
		kb_buf_release(&answer);
		kb_buf_release(&text);
	}
}

Test(oso_rules, no_rule_is_without_a_dossier_that_breaks_it)
{
	size_t count = 0;
	const struct kb_oso_rule *rules = kb_oso_rules(&count);

	for (size_t i = 0; i < count; i++) {
		bool broken = false;

		for (size_t n = 0; n < sizeof(table) / sizeof(table[0]); n++) {
			broken = broken || strcmp(table[n].rule, rules[i].name) == 0;
		}
		cr_expect(broken, "%s", rules[i].name);
		cr_expect(rules[i].source[0] != 0 && rules[i].text[0] != 0, "%s", rules[i].name);
	}
}

Test(oso_rules, the_toestemming_between_vo_schools_ended_with_31_july_2020)
{
	struct kb_buf text = { 0 };
	struct kb_buf answer = { 0 };
	struct kb_oso_result result;

	cr_assert_eq(kb_file_read(DATA "po-vo.xml", 65536, &text, NULL), KB_OK);
	replace(&text, "<overstap>POVO", "<overstap>VOVO");
	replace(&text, "<toestemming>Ja</toestemming>", "");
	replace(&text, "<datum>2026-02-10", "<datum>2020-08-01");
	look(kb_buf_span(&text), kb_buf_span(&schema), &answer, &result);
	cr_assert_eq(result.finding_count, 0);
	kb_buf_release(&answer);
	kb_buf_release(&text);
}

Test(oso_rules, a_finding_says_where_and_no_value)
{
	struct kb_buf text = { 0 };
	struct kb_buf answer = { 0 };
	struct kb_oso_result result;

	cr_assert_eq(kb_file_read(DATA "po-vo.xml", 65536, &text, NULL), KB_OK);
	replace(&text, "999990019", "999990018");
	look(kb_buf_span(&text), kb_buf_span(&schema), &answer, &result);
	cr_assert_eq(result.finding_count, 1);
	cr_assert(kb_span_equal(result.findings[0].path,
				kb_span_text("/dossier/huidigeschool/leerling/bsn")));
	cr_assert_gt(result.findings[0].line, 80);
	cr_assert_null(memmem(answer.at, answer.len, "999990018", 9));
	kb_buf_release(&answer);
	kb_buf_release(&text);
}

Test(oso_rules, what_does_not_fit_the_schema_is_said_without_its_value)
{
	struct kb_buf text = { 0 };
	struct kb_buf answer = { 0 };
	struct kb_oso_result result;

	cr_assert_eq(kb_file_read(DATA "po-vo.xml", 65536, &text, NULL), KB_OK);
	replace(&text, "<datum>2026-02-10", "<datum>Fenna");
	look(kb_buf_span(&text), kb_buf_span(&schema), &answer, &result);
	cr_assert(names(&result, "schema"));
	cr_assert_null(memmem(answer.at, answer.len, "Fenna", 5));
	kb_buf_release(&answer);
	kb_buf_release(&text);
}

Test(oso_rules, the_official_examples_are_in_order)
{
	static const char *const examples[] = { "Voorbeelddossier_OV_POVO_full.xml",
						"Voorbeelddossier_OV_POVO_opt_out.xml",
						"Voorbeelddossier_PaO_POSWV_full.xml" };
	struct kb_buf official = { 0 };

	if (kb_file_read(SHARED "OSO_gegevensset.xsd", 1 << 20, &official, NULL) != KB_OK) {
		cr_skip_test("the official examples are not here");
	}
	for (size_t i = 0; i < 3; i++) {
		struct kb_buf text = { 0 };
		struct kb_buf answer = { 0 };
		struct kb_oso_result result;
		char path[512];

		(void)snprintf(path, sizeof(path), SHARED "%s", examples[i]);
		cr_assert_eq(kb_file_read(path, 1 << 20, &text, NULL), KB_OK);
		look(kb_buf_span(&text), kb_buf_span(&official), &answer, &result);
		cr_expect_eq(result.finding_count, 0, "%s", examples[i]);
		kb_buf_release(&answer);
		kb_buf_release(&text);
	}
	kb_buf_release(&official);
}
