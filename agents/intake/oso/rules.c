/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of the business rules, and the walk over it. */
#include "agents/intake/oso/rules.h"

#define FACTS "facts D2"
#define OVA "Edustandaard, overstapprofielen"
#define OVB "Edustandaard, overdracht binnen brin"
#define PAO "Edustandaard, SWV-profielen"
/* The validators of edustandaard/oso-gegevensset; seen in their edition of 2018.1, and the examples of 2019.1 keep to them. */
#define OV_XSL "OV/ValideerOverstapprofielen.xsl"
#define PAO_XSL "PaO/ValideerSwvPaO-profielen.xsl"
#define SET_XSL "common/ValideerOSOgegevensset.xsl"
#define ALWAYS .from_day = KB_DAY_NONE, .until_day = KB_DAY_NONE
/* Wet Sterk beroepsonderwijs: no toestemming between VO schools since 1 August 2020 (facts D5). Days since 1970. */
#define UNTIL_2020_07_31 .from_day = KB_DAY_NONE, .until_day = 18474

#define RULE(name_, source_, soorten_, overstap_, check_, path_, text_)                            \
	{                                                                                          \
		.name = (name_), .source = (source_), .soorten = (soorten_),                       \
		.overstap = (overstap_), .check = kb_oso_##check_, .path = (path_),                \
		.text = (text_), ALWAYS                                                            \
	}

/* The same rule has a name of its own in each set of Edustandaard. */
static const struct kb_oso_rule rules[] = {
	/* metadata */
	RULE("OVa.OS03", OVA, 0, NULL, soort_known, "",
	     "De overdrachtsoort is geen overstapdossier, overdrachtbinnenbrin of swv-dossier."),
	RULE("OVa.MD01", OVA, KB_OSO_OVERSTAP, NULL, las, "",
	     "Het dossier moet een LAS-deel bevatten."),
	RULE("PaO.MD01", PAO, KB_OSO_SWV, NULL, las, "", "Het dossier moet een LAS-deel bevatten."),
	RULE("OVa.MD03", OVA, KB_OSO_OVERSTAP, NULL, needs, "/metadata/categorie_uitlevering",
	     "Het blok categorie_uitlevering ontbreekt."),
	RULE("OVb.MD03", OVB, KB_OSO_BINNEN, NULL, needs, "/metadata/categorie_uitlevering",
	     "Het blok categorie_uitlevering ontbreekt."),
	RULE("PaO.MD03", PAO, KB_OSO_SWV, NULL, needs, "/metadata/categorie_uitlevering",
	     "Het blok categorie_uitlevering ontbreekt."),
	RULE("OVa.OS01", OVA, KB_OSO_OVERSTAP, NULL, needs, "/metadata/overstap",
	     "De soort overstap ontbreekt."),
	RULE("PaO.SO01", PAO, KB_OSO_SWV, NULL, needs, "/metadata/overstap",
	     "De soort overstap ontbreekt."),
	RULE("OVa.OS02", OVA, KB_OSO_OVERSTAP, NULL, overstap_known, " POPO POVO VOVO ",
	     "In een overstapdossier is de overstap POPO, POVO of VOVO."),
	RULE("PaO.SO02", PAO, KB_OSO_SWV, NULL, overstap_known, " POSWV VOSWV ",
	     "In een swv-dossier is de overstap POSWV of VOSWV."),
	/* inzage: akkoord Nee blocks nothing, it travels (facts D2) */
	RULE("OVa.IZ01", FACTS, KB_OSO_OVERSTAP, NULL, needs, "/inzage",
	     "Het blok inzage ontbreekt."),
	RULE("OVa.IZ02", FACTS, KB_OSO_OVERSTAP, NULL, needs_true, "/inzage/inzage",
	     "De ouders hebben het dossier nog niet ingezien."),
	RULE("OVa.IZ03", FACTS, KB_OSO_OVERSTAP, NULL, needs_if_seen, "/inzage/inzagedatum",
	     "De datum van de inzage ontbreekt."),
	RULE("OVa.IZ04", FACTS, KB_OSO_OVERSTAP, NULL, needs_if_seen, "/inzage/akkoord",
	     "Of de ouders het eens zijn met de inhoud ontbreekt."),
	{ .name = "OVa.IZ05",
	  .source = FACTS ", D5: up to 31 July 2020",
	  .soorten = KB_OSO_OVERSTAP,
	  .overstap = "VOVO",
	  UNTIL_2020_07_31,
	  .check = kb_oso_needs,
	  .path = "/inzage/toestemming",
	  .text = "Bij een overstap van vo naar vo ontbreekt de toestemming." },
	RULE("akkoord-waarde", FACTS ", codelijst 37 in " SET_XSL, 0, NULL, akkoord_words,
	     "/inzage/akkoord", "Akkoord is Ja, Nee of Onbekend."),
	RULE("toestemming-waarde", FACTS ", codelijst 37 in " SET_XSL, 0, NULL, akkoord_words,
	     "/inzage/toestemming", "Toestemming is Ja, Nee of Onbekend."),
	/* categories */
	RULE("categorie-waarde", FACTS, 0, NULL, category_words, "",
	     "Een categorie is VERPLICHT, OPTIONEEL, VERBODEN of OPT-UIT."),
	RULE("categorie-verplicht", FACTS, 0, NULL, category_needs, "",
	     "Deze categorie is verplicht, maar leeg."),
	RULE("categorie-verboden", FACTS, 0, NULL, category_forbids, "",
	     "Deze categorie is verboden, maar staat in het dossier."),
	RULE("categorie-opt-uit", FACTS, 0, NULL, category_opt_out, "",
	     "De ouders willen deze categorie niet meegeven, maar zij staat in het dossier."),
	RULE("categorie-onbekend", FACTS, 0, NULL, all_known, "",
	     "Dit element hoort bij geen enkele categorie."),
	/* the number of the child */
	RULE("OVa.LL12", FACTS, KB_OSO_OVERSTAP, NULL, needs_number, "",
	     "Het BSN of onderwijsnummer ontbreekt."),
	RULE("PaO.LL12", FACTS, KB_OSO_SWV, NULL, forbids, "bsn",
	     "Een BSN mag niet in een swv-dossier staan."),
	RULE("PaO.LL12", FACTS, KB_OSO_SWV, NULL, forbids, "onderwijsnummer",
	     "Een onderwijsnummer mag niet in een swv-dossier staan."),
	RULE("elfproef", "facts D4", 0, NULL, elfproef, "",
	     "Dit is geen nummer van 9 cijfers dat aan de elfproef voldoet: een BSN heeft rest 0, "
	     "een onderwijsnummer begint met 10 en heeft rest 5."),
	RULE("OVa.LL13", FACTS, KB_OSO_OVERSTAP, "POVO", needs, "leerlingid",
	     "De code van de leerling in de schooladministratie (LAS) ontbreekt."),
	/* who the child is */
	RULE("OVa.LL01", FACTS, KB_OSO_OVERSTAP, NULL, needs, "voornaam",
	     "Een voornaam ontbreekt."),
	RULE("PaO.LL01", FACTS, KB_OSO_SWV, NULL, needs, "voornaam", "Een voornaam ontbreekt."),
	RULE("OVa.LL02", FACTS, KB_OSO_OVERSTAP, NULL, needs, "geboortedatum",
	     "De geboortedatum ontbreekt."),
	RULE("PaO.LL02", FACTS, KB_OSO_SWV, NULL, needs, "geboortedatum",
	     "De geboortedatum ontbreekt."),
	RULE("OVa.LL03", FACTS, KB_OSO_OVERSTAP, NULL, forbids, "geboortemaand",
	     "De geboortemaand mag niet in het dossier staan."),
	RULE("OVb.LL01", FACTS, KB_OSO_BINNEN, NULL, forbids, "geboortemaand",
	     "De geboortemaand mag niet in het dossier staan."),
	RULE("PaO.LL03", FACTS, KB_OSO_SWV, NULL, forbids, "geboortemaand",
	     "De geboortemaand mag niet in het dossier staan."),
	RULE("OVa.LL10", FACTS, KB_OSO_OVERSTAP, NULL, forbids, "geboorteplaats",
	     "De geboorteplaats mag niet in het dossier staan."),
	RULE("PaO.LL10", FACTS, KB_OSO_SWV, NULL, forbids, "geboorteplaats",
	     "De geboorteplaats mag niet in het dossier staan."),
	RULE("OVa.LL11", FACTS, KB_OSO_OVERSTAP, NULL, forbids, "nationaliteit",
	     "De nationaliteit mag niet in het dossier staan."),
	RULE("PaO.LL11", FACTS, KB_OSO_SWV, NULL, forbids, "nationaliteit",
	     "De nationaliteit mag niet in het dossier staan."),
	/* address, telephone, mail */
	RULE("OVa.LL04", FACTS, KB_OSO_OVERSTAP, NULL, needs, "adresgeheim",
	     "Of het adres geheim is ontbreekt."),
	RULE("PaO.LL04", FACTS, KB_OSO_SWV, NULL, needs, "adresgeheim",
	     "Of het adres geheim is ontbreekt."),
	RULE("OVa.LL05", OV_XSL, KB_OSO_OVERSTAP, NULL, needs_address, "",
	     "Het adres is niet geheim, maar ontbreekt."),
	RULE("PaO.LL05", PAO_XSL, KB_OSO_SWV, NULL, needs_address, "",
	     "Het adres is niet geheim, maar ontbreekt."),
	RULE("OVa.LL06", FACTS, KB_OSO_OVERSTAP, NULL, secret_forbids, "adreslijst",
	     "Het adres is geheim, maar staat in het dossier."),
	RULE("OVb.LL02", FACTS, KB_OSO_BINNEN, NULL, secret_forbids, "adreslijst",
	     "Het adres is geheim, maar staat in het dossier."),
	RULE("PaO.LL06", FACTS, KB_OSO_SWV, NULL, secret_forbids, "adreslijst",
	     "Het adres is geheim, maar staat in het dossier."),
	RULE("OVa.LL07", FACTS, KB_OSO_OVERSTAP, NULL, forbids, "postcode4adres",
	     "De postcode van vier cijfers mag niet in het dossier staan."),
	RULE("OVb.LL03", FACTS, KB_OSO_BINNEN, NULL, forbids, "postcode4adres",
	     "De postcode van vier cijfers mag niet in het dossier staan."),
	RULE("PaO.LL07", FACTS, KB_OSO_SWV, NULL, forbids, "postcode4adres",
	     "De postcode van vier cijfers mag niet in het dossier staan."),
	RULE("OVa.LL08", FACTS, KB_OSO_OVERSTAP, NULL, secret_reach, "",
	     "Een geheim nummer of e-mailadres staat in het dossier."),
	RULE("OVb.LL04", FACTS, KB_OSO_BINNEN, NULL, secret_reach, "",
	     "Een geheim nummer of e-mailadres staat in het dossier."),
	RULE("PaO.LL08", FACTS, KB_OSO_SWV, NULL, secret_reach, "",
	     "Een geheim nummer of e-mailadres staat in het dossier."),
	RULE("OVa.LL09", FACTS, KB_OSO_OVERSTAP, NULL, secret_forbids, "adresbuitenland",
	     "Het adres is geheim, maar staat in het dossier."),
	RULE("OVb.LL05", FACTS, KB_OSO_BINNEN, NULL, secret_forbids, "adresbuitenland",
	     "Het adres is geheim, maar staat in het dossier."),
	RULE("PaO.LL09", FACTS, KB_OSO_SWV, NULL, secret_forbids, "adresbuitenland",
	     "Het adres is geheim, maar staat in het dossier."),
	RULE("OVa.OV03", FACTS, KB_OSO_OVERSTAP, NULL, secret_verzorger, "",
	     "Het adres van een verzorger is geheim, maar staat in het dossier."),
	RULE("OVb.OV01", FACTS, KB_OSO_BINNEN, NULL, secret_verzorger, "",
	     "Het adres van een verzorger is geheim, maar staat in het dossier."),
	RULE("PaO.OV03", FACTS, KB_OSO_SWV, NULL, secret_verzorger, "",
	     "Het adres van een verzorger is geheim, maar staat in het dossier."),
	RULE("OVa.OV04", FACTS, KB_OSO_OVERSTAP, NULL, verzorger_reach, "",
	     "Een geheim nummer of e-mailadres van een verzorger staat in het dossier."),
	RULE("OVb.OV02", FACTS, KB_OSO_BINNEN, NULL, verzorger_reach, "",
	     "Een geheim nummer of e-mailadres van een verzorger staat in het dossier."),
	RULE("PaO.OV04", FACTS, KB_OSO_SWV, NULL, verzorger_reach, "",
	     "Een geheim nummer of e-mailadres van een verzorger staat in het dossier."),
	RULE("adres-geheim", FACTS, 0, NULL, secret_person, "",
	     "Het adres van deze persoon is geheim, maar staat in het dossier."),
	RULE("PaO.OV05", FACTS, KB_OSO_SWV, NULL, verzorger_forbids, "banknummer",
	     "Een banknummer mag niet in een swv-dossier staan."),
	/* who is liable for the child */
	RULE("OVa.LL15", OV_XSL, KB_OSO_OVERSTAP, NULL, needs_liable, "verzorgersaansprakelijk",
	     "Of de verzorgers aansprakelijk zijn ontbreekt."),
	RULE("OVa.AI01", OV_XSL, KB_OSO_OVERSTAP, "POPO", needs_institution,
	     "aansprakelijkeinstelling",
	     "De verzorgers zijn niet aansprakelijk, maar de instelling die dat wel is "
	     "ontbreekt."),
	RULE("OVa.AI01", OV_XSL, KB_OSO_OVERSTAP, "POVO", needs_institution,
	     "aansprakelijkeinstelling",
	     "De verzorgers zijn niet aansprakelijk, maar de instelling die dat wel is "
	     "ontbreekt."),
	/* the school: Edustandaard gave SL01 to its address and to the school career */
	RULE("OVa.SL01", OV_XSL, KB_OSO_OVERSTAP, NULL, needs, "/huidigeschool/adreslijst/adres",
	     "Het adres van de school ontbreekt."),
	RULE("PaO.SL01", PAO_XSL, KB_OSO_SWV, NULL, needs, "/huidigeschool/adreslijst/adres",
	     "Het adres van de school ontbreekt."),
	RULE("OVa.SL02", OV_XSL, KB_OSO_OVERSTAP, NULL, needs,
	     "/huidigeschool/communicatielijst/communicatie",
	     "Het telefoonnummer of e-mailadres van de school ontbreekt."),
	RULE("PaO.SL02", PAO_XSL, KB_OSO_SWV, NULL, needs,
	     "/huidigeschool/communicatielijst/communicatie",
	     "Het telefoonnummer of e-mailadres van de school ontbreekt."),
	/* school career, advice, tests */
	RULE("OVa.SL01", FACTS, KB_OSO_OVERSTAP, NULL, needs, "schoolloopbaanlijst/schoolloopbaan",
	     "De schoolloopbaan ontbreekt."),
	RULE("PaO.SL01", FACTS, KB_OSO_SWV, NULL, needs, "schoolloopbaanlijst/schoolloopbaan",
	     "De schoolloopbaan ontbreekt."),
	RULE("OVa.OA01", FACTS, KB_OSO_OVERSTAP, NULL, needs, "overstapadvies",
	     "Het overstapadvies ontbreekt."),
	RULE("OVa.OA02", FACTS, KB_OSO_OVERSTAP, "POVO", advies, "", "Het schooladvies ontbreekt."),
	RULE("OVa.OA03", OV_XSL, KB_OSO_OVERSTAP, NULL, needs_in_advies,
	     "overstapadvies/contactnodig", "Of er contact nodig is ontbreekt."),
	RULE("OVa.OA04", FACTS, KB_OSO_OVERSTAP, NULL, needs_contact,
	     "overstapadvies/contactpersoon",
	     "Er is contact nodig, maar de contactpersoon ontbreekt."),
	RULE("OVa.OA05", FACTS, KB_OSO_OVERSTAP, NULL, needs_contact,
	     "overstapadvies/contacttelefoon",
	     "Er is contact nodig, maar het telefoonnummer ontbreekt."),
	RULE("OVa.TR04", FACTS, KB_OSO_OVERSTAP, "POVO", tests, "",
	     "Deze toets is van voor de twee vorige schooljaren."),
	/* attachments */
	RULE("bijlage-type", FACTS, 0, NULL, attachments, "",
	     "Deze soort bijlage mag niet; wel PDF, JPG, PNG, DOC, DOCX, ODF, XLS, XLSX, TXT, PPT "
	     "en "
	     "PPTX."),
	RULE("bijlage-zip", FACTS, 0, NULL, attachment_zip, "",
	     "Een bijlage moet een ZIP in Base64 zijn."),
};

const struct kb_oso_rule *
kb_oso_rules(size_t *count)
{
	*count = sizeof(rules) / sizeof(rules[0]);
	return rules;
}

static uint32_t
soort_of(const xmlDoc *doc)
{
	const xmlNode *soort = kb_oso_find(doc, "overdrachtsoort");

	if (kb_oso_is(soort, "overstapdossier")) {
		return KB_OSO_OVERSTAP;
	}
	if (kb_oso_is(soort, "overdrachtbinnenbrin")) {
		return KB_OSO_BINNEN;
	}
	return kb_oso_is(soort, "swv-dossier") ? (uint32_t)KB_OSO_SWV : 0;
}

/* A dossier without its day is judged by the rules that have no dates. */
static bool
holds_on(const struct kb_oso_rule *rule, int32_t day)
{
	return (rule->from_day == KB_DAY_NONE || (day != KB_DAY_NONE && day >= rule->from_day)) &&
	       (rule->until_day == KB_DAY_NONE || (day != KB_DAY_NONE && day <= rule->until_day));
}

enum kb_err
kb_oso_rules_check(const xmlDoc *doc, struct kb_oso_report *report)
{
	struct kb_oso_view view = { .doc = doc,
				    .leerling = kb_oso_find(doc, "huidigeschool/leerling"),
				    .day = KB_DAY_NONE,
				    .report = report };
	const xmlNode *overstap = kb_oso_find(doc, "metadata/overstap");
	uint32_t soort = soort_of(doc);
	size_t before = report->finding_count;

	if (kb_date_parse(kb_span_part(kb_oso_text(kb_oso_find(doc, "metadata/datum")), 0, 10),
			  &view.day) != KB_OK) {
		view.day = KB_DAY_NONE;
	}
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct kb_oso_rule *rule = &rules[i];

		if ((rule->soorten == 0 || (rule->soorten & soort) != 0) &&
		    (rule->overstap == NULL || kb_oso_is(overstap, rule->overstap)) &&
		    holds_on(rule, view.day)) {
			rule->check(&view, rule);
		}
	}
	return report->finding_count == before ? KB_OK : KB_ERR_DATA;
}
