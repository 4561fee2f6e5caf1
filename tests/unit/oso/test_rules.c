/* SPDX-License-Identifier: EUPL-1.2 */
/* Every rule by name: a dossier that is in order, our own and the official ones, with that one thing wrong. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <libxml/parser.h>

#include "agents/intake/oso/rules.h"
#include "agents/intake/oso/work.h"
#include "common/base/file.h"

#define DATA KB_SOURCE_DIR "/tests/data/oso/"
#define SHARED KB_SOURCE_DIR "/../shared/oso/"
#define EDITS 5

/* Of each the own dossier first, then the official ones; those are left out when they are not here. */
static const struct dossier {
	unsigned set;
	const char *path;
	bool official;
} dossiers[] = {

#define OV_OWN (1U << 0)
	{ OV_OWN, DATA "po-vo.xml", false },
#define SWV_OWN (1U << 1)
	{ SWV_OWN, DATA "naar-swv.xml", false },
#define BRIN (1U << 2)
	{ BRIN, DATA "binnen-brin.xml", false },
#define OV_OFFICIAL (1U << 3)
	{ OV_OFFICIAL, SHARED "Voorbeelddossier_OV_POVO_full.xml", true },
#define OV_OPT_OUT (1U << 4)
	{ OV_OPT_OUT, SHARED "Voorbeelddossier_OV_POVO_opt_out.xml", true },
#define SWV_OFFICIAL (1U << 5)
	{ SWV_OFFICIAL, SHARED "Voorbeelddossier_PaO_POSWV_full.xml", true },
};

#define OV (OV_FULL | OV_OPT_OUT)
#define OV_FULL (OV_OWN | OV_OFFICIAL)
#define SWV (SWV_OWN | SWV_OFFICIAL)
#define ALL (OV | SWV | BRIN)

/*
 * What is done to a dossier that is in order:
 *	path=text	the first of that name says this
 *	-path		all of that name are gone; ~path: if there are any
 *	+path<xml>	this is put in it
 * A path begins at leerling, or with "/" at dossier.
 */
struct broken {
	const char *rule;
	unsigned set;
	const char *edits[EDITS];
	const char *also; /* the other rules that follow from it, with a space around each */
};

#define MARK "/metadata/categorie_uitlevering/"
#define SECRET_MAIL                                                                                \
	"<communicatie><soort>e-mail</soort><nummer>proef@voorbeeld.example</nummer>"              \
	"<geheim>true</geheim></communicatie>"
#define SECRET_PERSON(name)                                                                        \
	"<" name "><naam>N</naam><communicatielijst>" SECRET_MAIL "</communicatielijst></" name ">"
#define LEAK "communicatielijst/communicatie/nummer=0992222222"
#define INSTITUTION "+<aansprakelijkeinstelling><naam>N</naam></aansprakelijkeinstelling>"
#define PLAN "onderwijsondersteuning/handelingsplan/document/"
#define SECRET "adresgeheim=true", "~adresbuitenland"
#define ABROAD                                                                                     \
	"adresgeheim=true", "-adreslijst", "~adresbuitenland",                                     \
		"+<adresbuitenland>Elders 1</adresbuitenland>"
#define VERZORGER_ADDRESS                                                                          \
	"verzorger/adresgeheim=true", "~verzorger/adreslijst",                                     \
		"+verzorger<adreslijst><adres/></adreslijst>"
#define MISSING " categorie-verplicht "

static const struct broken table[] = {
	{ "OVa.OS03", OV, { "/overdrachtsoort=brief" }, NULL },
	{ "OVa.MD01", OV, { "/metadata/deeldossier=LVS" }, NULL },
	{ "PaO.MD01", SWV, { "/metadata/deeldossier=LVS" }, NULL },
	{ "OVa.MD03", OV, { "-/metadata/categorie_uitlevering" }, NULL },
	{ "OVb.MD03", BRIN, { "-/metadata/categorie_uitlevering" }, NULL },
	{ "PaO.MD03", SWV, { "-/metadata/categorie_uitlevering" }, NULL },
	{ "OVa.OS01", OV, { "-/metadata/overstap" }, NULL },
	{ "PaO.SO01", SWV, { "-/metadata/overstap" }, NULL },
	{ "OVa.OS02", OV, { "/metadata/overstap=POSWV" }, NULL },
	{ "PaO.SO02", SWV, { "/metadata/overstap=POVO" }, NULL },
	{ "OVa.IZ01", OV, { "-/inzage" }, MISSING },
	{ "OVa.IZ02", OV, { "/inzage/inzage=false" }, NULL },
	{ "OVa.IZ03", OV, { "-/inzage/inzagedatum" }, NULL },
	{ "OVa.IZ04", OV, { "-/inzage/akkoord" }, NULL },
	{ "OVa.IZ05",
	  OV,
	  { "/metadata/overstap=VOVO", "/metadata/datum=2020-07-31", "-/inzage/toestemming" },
	  NULL },
	{ "akkoord-waarde", ALL, { "/inzage/akkoord=nee" }, NULL },
	{ "toestemming-waarde", ALL, { "/inzage/toestemming=true" }, NULL },
	{ "categorie-waarde", ALL, { MARK "cat_verzuim=MISSCHIEN" }, NULL },
	{ "categorie-verplicht", OV | SWV, { MARK "cat_vombo=VERPLICHT" }, NULL },
	{ "categorie-verboden", ALL, { MARK "cat_schoolloopbaan=VERBODEN" }, NULL },
	{ "categorie-opt-uit", ALL, { MARK "cat_schoolloopbaan=OPT-UIT" }, NULL },
	{ "categorie-opt-uit", OV_FULL | SWV, { MARK "cat_handelingsplannen=OPT-UIT" }, NULL },
	/* who is liable for the child belongs to the parents */
	{ "categorie-opt-uit", ALL, { MARK "cat_oudersverzorgers=OPT-UIT", "-verzorger" }, NULL },
	{ "categorie-verboden", ALL, { MARK "cat_oudersverzorgers=VERBODEN", "-verzorger" }, NULL },
	{ "categorie-opt-uit",
	  ALL,
	  { MARK "cat_oudersverzorgers=OPT-UIT", "-verzorger", "-verzorgersaansprakelijk",
	    "~aansprakelijkeinstelling", INSTITUTION },
	  NULL },
	{ "categorie-verboden",
	  ALL,
	  { MARK "cat_oudersverzorgers=VERBODEN", "-verzorger", "-verzorgersaansprakelijk",
	    "~aansprakelijkeinstelling", INSTITUTION },
	  NULL },
	{ "categorie-onbekend", ALL, { "+<zat>ja</zat>" }, NULL },
	{ "OVa.LL12", OV, { "-bsn" }, NULL },
	{ "PaO.LL12", SWV, { "+<bsn>999990019</bsn>" }, NULL },
	{ "PaO.LL12", SWV, { "+<onderwijsnummer>101211151</onderwijsnummer>" }, NULL },
	{ "elfproef", OV | BRIN, { "bsn=999990018" }, NULL },
	{ "elfproef", OV | BRIN, { "bsn=12345672" }, NULL },
	{ "elfproef", OV | BRIN, { "bsn=101211151" }, NULL },
	{ "elfproef",
	  OV | BRIN,
	  { "-bsn", "+<onderwijsnummer>999990019</onderwijsnummer>" },
	  NULL },
	{ "OVa.LL13", OV, { "-leerlingid" }, NULL },
	{ "OVa.LL01", OV, { "-voornaam" }, NULL },
	{ "PaO.LL01", SWV, { "-voornaam" }, NULL },
	{ "OVa.LL02", OV, { "-geboortedatum" }, NULL },
	{ "PaO.LL02", SWV, { "-geboortedatum" }, NULL },
	{ "OVa.LL03", OV, { "+<geboortemaand>2014-05</geboortemaand>" }, NULL },
	{ "OVb.LL01", BRIN, { "+<geboortemaand>2014-05</geboortemaand>" }, NULL },
	{ "PaO.LL03", SWV, { "+<geboortemaand>2014-05</geboortemaand>" }, NULL },
	{ "OVa.LL10", OV, { "+<geboorteplaats>Ergens</geboorteplaats>" }, NULL },
	{ "PaO.LL10", SWV, { "+<geboorteplaats>Ergens</geboorteplaats>" }, NULL },
	{ "OVa.LL11", OV, { "+<nationaliteit>0001</nationaliteit>" }, NULL },
	{ "PaO.LL11", SWV, { "+<nationaliteit>0001</nationaliteit>" }, NULL },
	{ "OVa.LL04", OV, { "-adresgeheim" }, NULL },
	{ "PaO.LL04", SWV, { "-adresgeheim" }, NULL },
	{ "OVa.LL05", OV, { "-adreslijst", "~adresbuitenland" }, NULL },
	{ "PaO.LL05", SWV, { "-adreslijst", "~adresbuitenland" }, NULL },
	{ "OVa.LL06", OV, { SECRET }, NULL },
	{ "OVb.LL02", BRIN, { SECRET }, NULL },
	{ "PaO.LL06", SWV, { SECRET }, NULL },
	{ "OVa.LL07", OV, { "+<postcode4adres>9999</postcode4adres>" }, NULL },
	{ "OVb.LL03", BRIN, { "+<postcode4adres>9999</postcode4adres>" }, NULL },
	{ "PaO.LL07", SWV, { "+<postcode4adres>9999</postcode4adres>" }, NULL },
	{ "OVa.LL08", OV, { LEAK }, NULL },
	{ "OVb.LL04", BRIN, { LEAK }, NULL },
	{ "PaO.LL08", SWV, { LEAK }, NULL },
	/* and of whomever else it is */
	{ "OVa.LL08", OV, { "+communicatielijst" SECRET_MAIL }, NULL },
	{ "OVa.LL08", OV, { "+/huidigeschool/communicatielijst" SECRET_MAIL }, NULL },
	{ "OVa.LL08", OV, { "~huisarts", "+" SECRET_PERSON("huisarts") }, NULL },
	{ "OVb.LL04", BRIN, { "~huisarts", "+" SECRET_PERSON("huisarts") }, NULL },
	{ "PaO.LL08", SWV, { "~huisarts", "+" SECRET_PERSON("huisarts") }, NULL },
	{ "OVa.LL08",
	  OV,
	  { "~aansprakelijkeinstelling", "+" SECRET_PERSON("aansprakelijkeinstelling") },
	  NULL },
	{ "OVa.LL08",
	  OV_FULL,
	  { "+toetslijst/toets/afname" SECRET_PERSON("afgenomendoor") },
	  NULL },
	{ "OVa.LL09", OV, { ABROAD }, NULL },
	{ "OVb.LL05", BRIN, { ABROAD }, NULL },
	{ "PaO.LL09", SWV, { ABROAD }, NULL },
	{ "OVa.OV03", OV, { VERZORGER_ADDRESS }, NULL },
	{ "OVb.OV01", BRIN, { VERZORGER_ADDRESS }, NULL },
	{ "PaO.OV03", SWV, { VERZORGER_ADDRESS }, NULL },
	{ "OVa.OV04", OV, { "+verzorger/communicatielijst" SECRET_MAIL }, NULL },
	{ "OVb.OV02", BRIN, { "+verzorger/communicatielijst" SECRET_MAIL }, NULL },
	{ "PaO.OV04", SWV, { "+verzorger/communicatielijst" SECRET_MAIL }, NULL },
	{ "adres-geheim",
	  ALL,
	  { "~huisarts", "+<huisarts><adresgeheim>true</adresgeheim><adreslijst/></huisarts>" },
	  NULL },
	{ "PaO.OV05", SWV, { "+verzorger<banknummer>1</banknummer>" }, NULL },
	{ "OVa.LL15", OV, { "-verzorgersaansprakelijk" }, NULL },
	{ "OVa.AI01", OV, { "verzorgersaansprakelijk=false", "~aansprakelijkeinstelling" }, NULL },
	{ "OVa.AI01",
	  OV,
	  { "/metadata/overstap=POPO", "verzorgersaansprakelijk=0", "~aansprakelijkeinstelling" },
	  NULL },
	{ "OVa.SL01", OV, { "-/huidigeschool/adreslijst" }, NULL },
	{ "PaO.SL01", SWV, { "-/huidigeschool/adreslijst" }, NULL },
	{ "OVa.SL02", OV, { "-/huidigeschool/communicatielijst" }, NULL },
	{ "PaO.SL02", SWV, { "-/huidigeschool/communicatielijst" }, NULL },
	{ "OVa.SL01", OV, { "-schoolloopbaanlijst/schoolloopbaan" }, NULL },
	{ "PaO.SL01", SWV, { "-schoolloopbaanlijst/schoolloopbaan" }, NULL },
	{ "OVa.OA01", OV, { "-overstapadvies" }, MISSING },
	{ "OVa.OA02", OV, { "/huidigeschool/soort=BO", "-overstapadvies/advies" }, NULL },
	{ "OVa.OA03", OV, { "-overstapadvies/contactnodig" }, NULL },
	{ "OVa.OA04", OV, { "-overstapadvies/contactpersoon" }, NULL },
	{ "OVa.OA05", OV, { "-overstapadvies/contacttelefoon" }, NULL },
	{ "OVa.TR04",
	  OV_FULL,
	  { "/metadata/datum=2026-02-10", "toetslijst/toets/afname/afnamedatum=2023-07-31" },
	  NULL },
	{ "bijlage-type", OV_FULL | SWV | BRIN, { PLAN "bestandsnaam=plan.exe" }, NULL },
	{ "bijlage-zip", OV_FULL | SWV | BRIN, { PLAN "bestandsinhoud=AAAA" }, NULL },
};

/* What may be changed without breaking anything. */
static const struct broken fine[] = {
	{ "bijlage-type", OV_FULL | SWV | BRIN, { PLAN "bestandsnaam=plan.odt" }, NULL },
	{ "bijlage-type", OV_FULL | SWV | BRIN, { PLAN "bestandsnaam=foto.JPEG" }, NULL },
	{ "onderwijsnummer",
	  OV | BRIN,
	  { "-bsn", "+<onderwijsnummer>101211151</onderwijsnummer>" },
	  NULL },
	{ "parents opted out",
	  ALL,
	  { MARK "cat_oudersverzorgers=OPT-UIT", "-verzorger", "-verzorgersaansprakelijk",
	    "~aansprakelijkeinstelling" },
	  NULL },
	{ "toestemming between vo schools ended with 31 July 2020 (facts D5)",
	  OV,
	  { "/metadata/overstap=VOVO", "/metadata/datum=2020-08-01", "-/inzage/toestemming" },
	  NULL },
	{ "akkoord unknown", ALL, { "/inzage/akkoord=Onbekend", "/inzage/toestemming=Nee" }, NULL },
	{ "no contact", OV, { "overstapadvies/contactnodig=false" }, NULL },
	{ "secret and no address",
	  ALL,
	  { "adresgeheim=true", "-adreslijst", "~adresbuitenland" },
	  NULL },
	{ "abroad only",
	  ALL,
	  { "-adreslijst", "~adresbuitenland", "+<adresbuitenland>Elders 1</adresbuitenland>" },
	  NULL },
	{ "nobody liable, between vo schools",
	  OV,
	  { "/metadata/overstap=VOVO", "verzorgersaansprakelijk=false",
	    "~aansprakelijkeinstelling" },
	  NULL },
};

static struct kb_buf schema;
static struct kb_buf official; /* empty: the official files are not here */

static void
setup(void)
{
	kb_oso_xml_init();
	cr_assert_eq(kb_file_read(DATA "klein.xsd", 65536, &schema, NULL), KB_OK);
	if (kb_file_read(SHARED "OSO_gegevensset.xsd", 1 << 20, &official, NULL) != KB_OK) {
		kb_buf_clear(&official);
	}
}

static void
teardown(void)
{
	kb_buf_release(&official);
	kb_buf_release(&schema);
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

/* ---- doing to a dossier what a row says ---- */

static xmlNode *
find(const xmlDoc *doc, const char *path, size_t len)
{
	char whole[160];

	(void)snprintf(whole, sizeof(whole), "%s%.*s",
		       path[0] == '/' ? "" : "huidigeschool/leerling/", (int)len, path);
	return kb_oso_find(doc, path[0] == '/' ? whole + 1 : whole);
}

static void
drop(const xmlDoc *doc, const char *path, bool must_be_there)
{
	xmlNode *node = find(doc, path, strlen(path));
	xmlNode *parent = node != NULL ? node->parent : NULL;
	char name[64];

	cr_assert(node != NULL || !must_be_there, "%s is not in the dossier", path);
	if (node == NULL) {
		return;
	}
	(void)snprintf(name, sizeof(name), "%s", kb_oso_name(node));
	for (node = kb_oso_child(parent, name); node != NULL; node = kb_oso_child(parent, name)) {
		xmlUnlinkNode(node);
		xmlFreeNode(node);
	}
}

static void
add(const xmlDoc *doc, const char *path)
{
	const char *text = strchr(path, '<');
	xmlNode *parent = find(doc, path, (size_t)(text - path));
	xmlNode *nodes = NULL;

	cr_assert_not_null(parent, "%s", path);
	cr_assert_eq(xmlParseInNodeContext(parent, text, (int)strlen(text), 0, &nodes), XML_ERR_OK,
		     "%s", path);
	(void)xmlAddChildList(parent, nodes);
}

static void
edit(const xmlDoc *doc, const char *what)
{
	const char *value = strchr(what, '=');

	if (what[0] == '-' || what[0] == '~') {
		drop(doc, what + 1, what[0] == '-');
	} else if (what[0] == '+') {
		add(doc, what + 1);
	} else {
		xmlNode *node = find(doc, what, (size_t)(value - what));

		cr_assert_not_null(node, "%s", what);
		xmlNodeSetContent(node, BAD_CAST value + 1);
	}
}

/* false: it is not here. */
static bool
look_at_edited(const struct dossier *dossier, const struct broken *row, struct kb_buf *answer,
	       struct kb_oso_result *result)
{
	struct kb_buf text = { 0 };
	xmlChar *bytes = NULL;
	int len = 0;

	if (dossier->official && official.len == 0) {
		return false;
	}
	cr_assert_eq(kb_file_read(dossier->path, 1 << 20, &text, NULL), KB_OK, "%s", dossier->path);
	xmlDoc *doc = xmlReadMemory((const char *)text.at, (int)text.len, NULL, NULL, 0);

	for (size_t i = 0; i < EDITS && row->edits[i] != NULL; i++) {
		edit(doc, row->edits[i]);
	}
	xmlDocDumpMemory(doc, &bytes, &len);
	kb_buf_clear(answer);
	look(kb_span(bytes, (size_t)len), kb_buf_span(dossier->official ? &official : &schema),
	     answer, result);
	xmlFree(bytes);
	xmlFreeDoc(doc);
	kb_buf_release(&text);
	return true;
}

/* The schema may have its own say about what a row did, the other rules not, but for those that follow from it. */
static void
expect_only(const struct kb_oso_result *result, const struct broken *row, bool named,
	    const char *path)
{
	cr_expect(!named || names(result, row->rule), "%s is not named (%s, %s)", row->rule,
		  row->edits[0], path);
	for (size_t i = 0; i < result->finding_count; i++) {
		struct kb_span rule = result->findings[i].rule;
		char word[40];

		(void)snprintf(word, sizeof(word), " %.*s ", (int)rule.len, (const char *)rule.at);
		cr_expect((named && kb_span_equal(rule, kb_span_text(row->rule))) ||
				  kb_span_equal(rule, kb_span_text("schema")) ||
				  (row->also != NULL && strstr(row->also, word) != NULL),
			  "%s names%stoo (%s, %s)", row->rule, word, row->edits[0], path);
	}
}

static void
run(const struct broken *rows, size_t count, bool named)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t n = 0; n < sizeof(dossiers) / sizeof(dossiers[0]); n++) {
			struct kb_buf answer = { 0 };
			struct kb_oso_result result;

			if ((rows[i].set & dossiers[n].set) != 0 &&
			    look_at_edited(&dossiers[n], &rows[i], &answer, &result)) {
				expect_only(&result, &rows[i], named, dossiers[n].path);
			}
			kb_buf_release(&answer);
		}
	}
}

TestSuite(oso_rules, .init = setup, .fini = teardown);

Test(oso_rules, each_one_broken_alone_is_refused_by_its_name_and_no_other)
{
	run(table, sizeof(table) / sizeof(table[0]), true);
}

Test(oso_rules, what_breaks_none_is_refused_by_none)
{
	run(fine, sizeof(fine) / sizeof(fine[0]), false);
}

Test(oso_rules, every_dossier_is_in_order_as_it_is)
{
	static const struct broken nothing = { "nothing", ALL, { NULL }, NULL };

	for (size_t i = 0; i < sizeof(dossiers) / sizeof(dossiers[0]); i++) {
		struct kb_buf answer = { 0 };
		struct kb_oso_result result;

		if (look_at_edited(&dossiers[i], &nothing, &answer, &result)) {
			cr_expect_eq(result.finding_count, 0, "%s", dossiers[i].path);
		}
		kb_buf_release(&answer);
	}
}

/* UEsDBA is P, K, 3, 4; the header of a file in a ZIP has 30 bytes, which are 40 letters. */
Test(oso_rules, an_attachment_is_base64_from_end_to_end_and_begins_as_a_zip)
{
#define HEADER "UEsDBAoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

	static const struct {
		const char *content;
		bool fine;
	} contents[] = {
		{ HEADER, true },
		{ HEADER "AA==", true },
		{ HEADER "AAA=", true },
		{ "UEsD\n BAoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", true },
		{ "", false },
		{ "UEsDBAoA", false },
		{ "UEsDBAoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false },
		{ "UEsFBgoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false },
		{ "UEsDBQoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false },
		{ HEADER "A", false },
		{ HEADER "AA", false },
		{ HEADER "AAA", false },
		{ HEADER "====", false },
		{ HEADER "A===", false },
		{ HEADER "AA=A", false },
		{ HEADER "AA==AAAA", false },
		{ HEADER "AA-A", false },
		{ HEADER "AA\xc3\xa9"
			 "A",
		  false },
	};

#undef HEADER

	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		char change[128];
		const struct broken row = { "bijlage-zip", OV_OWN, { change }, NULL };
		struct kb_buf answer = { 0 };
		struct kb_oso_result result;

		(void)snprintf(change, sizeof(change), PLAN "bestandsinhoud=%s",
			       contents[i].content);
		cr_assert(look_at_edited(&dossiers[0], &row, &answer, &result));
		cr_expect_eq(names(&result, row.rule), !contents[i].fine, "%zu", i);
		kb_buf_release(&answer);
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
