/* SPDX-License-Identifier: EUPL-1.2 */
/* The privacy rules of requirements section 4 that the tables carry: of each the refusal, and the neighbour that passes. */
#include "common/exchange/fields.h"
#include "common/exchange/identifier_policy.h"

#include <criterion/criterion.h>

#define TODAY 20500 /* 2026-02-16 */
#define EVERYTHING UINT32_MAX
#define ID_HEX "00112233445566778899aabbccddeeff"
#define HASH_HEX ID_HEX ID_HEX
#define TASKS_OF_SWV                                                                               \
	(KB_PURPOSE_BIT(KB_PURPOSE_ADVIES) | KB_PURPOSE_BIT(KB_PURPOSE_TOELAATBAARHEID) |          \
	 KB_PURPOSE_BIT(KB_PURPOSE_TOEWIJZING))

static const struct kb_permit_party bao = { KB_PARTY_SCHOOL, 1u << KB_SECTOR_BAO, KB_DESK_SCHOOL };
static const struct kb_permit_party so = { KB_PARTY_SCHOOL, 1u << KB_SECTOR_SO, KB_DESK_SCHOOL };
static const struct kb_permit_party vo = { KB_PARTY_VO, 1u << KB_SECTOR_VO, KB_DESK_SCHOOL };
static const struct kb_permit_party pro = { KB_PARTY_VO, 1u << KB_SECTOR_PRO, KB_DESK_SCHOOL };
static const struct kb_permit_party swv = { KB_PARTY_SWV, 0, KB_DESK_SWV };
static const struct kb_permit_party leerplicht = { KB_PARTY_GEMEENTE, 0, KB_DESK_LEERPLICHT };
static const struct kb_permit_party jeugd = { KB_PARTY_GEMEENTE, 0, KB_DESK_JEUGD };
static const struct kb_permit_party doorstroompunt = { KB_PARTY_GEMEENTE, 0,
						       KB_DESK_DOORSTROOMPUNT };
static const struct kb_permit_party jeugdhulp = { KB_PARTY_JEUGDHULP, 0, KB_DESK_JEUGDHULP };

/* A message: where it goes and why, and the fields in it. */
struct letter {
	enum kb_kind kind;
	enum kb_purpose purpose;
	enum kb_ground ground;
	const struct kb_permit_party *from;
	const struct kb_permit_party *to;
	const struct kb_field *fields;
	size_t count;
	uint32_t met; /* what the fields cannot say: toestemming and KB_NEED_LOCAL */
	uint32_t region;
};

static struct kb_field
field(uint32_t number, const char *value)
{
	return (struct kb_field){ number, kb_span_text(value) };
}

#define FIELDS(...)                                                                                \
	.fields = (const struct kb_field[]){ __VA_ARGS__ },                                        \
	.count = sizeof((const struct kb_field[]){ __VA_ARGS__ }) / sizeof(struct kb_field)
#define CHILD field(KB_VELD_LEERLING_NAAM, "Jip"), field(KB_VELD_GEBOORTEDATUM, "2015-05-05")

/* What the sender and the recipient ask of the tables, in their order. */
static enum kb_err
send_it(struct letter letter, struct kb_permit_answer *answer)
{
	struct kb_permit_question question = {
		.kind = (uint32_t)letter.kind,
		.variant = (uint32_t)kb_fields_variant(letter.fields, letter.count),
		.purpose = (uint32_t)letter.purpose,
		.ground = (uint32_t)letter.ground,
		.from = *letter.from,
		.to = *letter.to,
		.categories = kb_fields_categories(letter.fields, letter.count),
		.met = letter.met | kb_fields_needs(letter.fields, letter.count),
		.region = letter.region,
		.day = TODAY,
	};
	enum kb_err err = kb_fields_check(letter.kind, letter.fields, letter.count, NULL);

	*answer = (struct kb_permit_answer){ .err = err };
	if (err == KB_OK) {
		err = kb_permit_decide(&question, answer);
	}
	if (err == KB_OK) {
		err = kb_identifiers_check(&question,
					   kb_fields_identifiers(letter.fields, letter.count));
	}
	return err;
}

static void
expect(struct letter letter, enum kb_err expected, int line)
{
	struct kb_permit_answer answer;
	enum kb_err err = send_it(letter, &answer);

	cr_expect_eq(err, expected, "line %d: %s instead of %s", line, kb_err_name(err),
		     kb_err_name(expected));
}

static void
expect_missing(struct letter letter, uint32_t need, int line)
{
	struct kb_permit_answer answer;

	cr_expect_eq(send_it(letter, &answer), KB_ERR_INCOMPLETE, "line %d", line);
	cr_expect_eq(answer.missing, need, "line %d: missing %x", line, answer.missing);
}

#define ALLOWED(...) expect((struct letter){ __VA_ARGS__ }, KB_OK, __LINE__)
#define REFUSED(err, ...) expect((struct letter){ __VA_ARGS__ }, err, __LINE__)
#define MISSING(need, ...) expect_missing((struct letter){ __VA_ARGS__ }, need, __LINE__)

/* Whether any message at all of these parties may hold category for these purposes, whatever is met and agreed. */
static bool
ever(const struct kb_permit_party *from, const struct kb_permit_party *to, uint32_t category,
     uint32_t purposes, uint32_t met)
{
	size_t kind_count = 0;
	const struct kb_kind_row *kinds = kb_kind_rows(&kind_count);

	for (size_t i = 0; i < kind_count * KB_PURPOSE_COUNT * KB_GROUND_COUNT * KB_VARIANT_COUNT;
	     i++) {
		size_t rest = i / kind_count;
		struct kb_permit_question question = { .kind = (uint32_t)kinds[i % kind_count].kind,
						       .from = *from,
						       .to = *to,
						       .categories = category,
						       .met = met,
						       .day = TODAY };
		struct kb_permit_answer answer;

		question.purpose = (uint32_t)(rest % KB_PURPOSE_COUNT);
		rest /= KB_PURPOSE_COUNT;
		question.ground = (uint32_t)(rest % KB_GROUND_COUNT);
		question.variant = (uint32_t)(rest / KB_GROUND_COUNT);
		for (uint32_t region = 0; (purposes & KB_PURPOSE_BIT(question.purpose)) != 0 &&
					  region < 1u << KB_REGION_COUNT;
		     region++) {
			question.region = region;
			if (kb_permit_decide(&question, &answer) == KB_OK) {
				return true;
			}
		}
	}
	return false;
}

/* Everybody at the overlegtafel, in every direction: no message without the toestemming of the parents. */
Test(privacy_rules, the_overlegtafel_rests_on_toestemming_R01)
{
	const struct kb_permit_party *const table[] = { &bao, &vo, &swv, &jeugd, &jeugdhulp };
	const uint32_t doa = KB_PURPOSE_BIT(KB_PURPOSE_DOA);
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);

	for (size_t i = 0; i < count; i++) {
		if (rows[i].purpose == KB_PURPOSE_DOA ||
		    (rows[i].kind >= KB_KIND_DOA_HULPVRAAG &&
		     rows[i].kind <= KB_KIND_DOA_TERUGKOPPELING)) {
			cr_expect_eq(rows[i].ground, KB_GROUND_TOESTEMMING, "%s", rows[i].name);
			cr_expect((rows[i].needs & KB_NEED_TOESTEMMING) != 0, "%s", rows[i].name);
		}
	}
	for (size_t i = 0; i < 25; i++) {
		cr_expect_not(ever(table[i / 5], table[i % 5], 0, doa,
				   EVERYTHING & ~(uint32_t)KB_NEED_TOESTEMMING));
	}
	cr_expect(ever(&bao, &swv, 0, doa, KB_NEED_TOESTEMMING));
	REFUSED(KB_ERR_NO_CONSENT, KB_KIND_DOA_HULPVRAAG, KB_PURPOSE_DOA, KB_GROUND_TOESTEMMING,
		&bao, &swv, FIELDS(CHILD, field(KB_VELD_ONDERSTEUNINGSBEHOEFTE, "rust")));
	REFUSED(KB_ERR_NO_GROUND, KB_KIND_DOA_HULPVRAAG, KB_PURPOSE_DOA, KB_GROUND_WETTELIJKE_TAAK,
		&bao, &swv, FIELDS(CHILD, field(KB_VELD_ONDERSTEUNINGSBEHOEFTE, "rust")),
		.met = KB_NEED_TOESTEMMING);
	REFUSED(KB_ERR_NO_CONSENT, KB_KIND_DOA_UITNODIGING, KB_PURPOSE_DOA, KB_GROUND_TOESTEMMING,
		&swv, &jeugdhulp, FIELDS(field(KB_VELD_GESPREK_OP, "2026-03-01")));
	ALLOWED(KB_KIND_DOA_HULPVRAAG, KB_PURPOSE_DOA, KB_GROUND_TOESTEMMING, &jeugdhulp, &swv,
		FIELDS(CHILD, field(KB_VELD_ONDERSTEUNINGSBEHOEFTE, "rust")),
		.met = KB_NEED_TOESTEMMING);
	ALLOWED(KB_KIND_DOA_UITNODIGING, KB_PURPOSE_DOA, KB_GROUND_TOESTEMMING, &swv, &jeugdhulp,
		FIELDS(field(KB_VELD_GESPREK_OP, "2026-03-01")), .met = KB_NEED_TOESTEMMING);
}

Test(privacy_rules, a_cluster_1_notice_needs_instemming_R03)
{
	MISSING(KB_NEED_INSTEMMING, KB_KIND_CLUSTER1_MELDING, KB_PURPOSE_TOEWIJZING,
		KB_GROUND_WETTELIJKE_TAAK, &bao, &swv,
		FIELDS(CHILD, field(KB_VELD_DATUM, "2026-02-01")));
	MISSING(KB_NEED_INSTEMMING, KB_KIND_CLUSTER1_MELDING, KB_PURPOSE_TOEWIJZING,
		KB_GROUND_WETTELIJKE_TAAK, &bao, &swv,
		FIELDS(CHILD, field(KB_VELD_INSTEMMING_OP, "2026-02-01"),
		       field(KB_VELD_DATUM, "2026-02-01")));
	ALLOWED(KB_KIND_CLUSTER1_MELDING, KB_PURPOSE_TOEWIJZING, KB_GROUND_WETTELIJKE_TAAK, &bao,
		&swv,
		FIELDS(CHILD, field(KB_VELD_BEWIJS, HASH_HEX),
		       field(KB_VELD_INSTEMMING_OP, "2026-02-01"),
		       field(KB_VELD_DATUM, "2026-02-01")));
}

#define TLV_TO_SWV KB_KIND_TLV_AANVRAAG, KB_PURPOSE_TOELAATBAARHEID, KB_GROUND_WETTELIJKE_TAAK

Test(privacy_rules, a_tlv_asks_for_the_instemming_that_its_region_agreed_R04)
{
	MISSING(KB_NEED_INSTEMMING, TLV_TO_SWV, &bao, &swv,
		FIELDS(CHILD, field(KB_VELD_SOORT, "sbo"),
		       field(KB_VELD_HANDTEKENING_OUDERS_OP, "2026-02-01")),
		.met = KB_NEED_GEEN_PROEFPLAATSING, .region = KB_REGION_TLV_INSTEMMING);
	/* The date alone is no evidence. */
	MISSING(KB_NEED_INSTEMMING, TLV_TO_SWV, &bao, &swv,
		FIELDS(CHILD, field(KB_VELD_SOORT, "sbo"),
		       field(KB_VELD_INSTEMMING_OP, "2026-02-01")),
		.met = KB_NEED_GEEN_PROEFPLAATSING, .region = KB_REGION_TLV_INSTEMMING);
	ALLOWED(TLV_TO_SWV, &bao, &swv,
		FIELDS(CHILD, field(KB_VELD_SOORT, "sbo"), field(KB_VELD_BEWIJS, HASH_HEX),
		       field(KB_VELD_INSTEMMING_OP, "2026-02-01")),
		.met = KB_NEED_GEEN_PROEFPLAATSING, .region = KB_REGION_TLV_INSTEMMING);
	/* Elsewhere it is the signature of the parents. */
	MISSING(KB_NEED_HANDTEKENING_OUDERS, TLV_TO_SWV, &bao, &swv,
		FIELDS(CHILD, field(KB_VELD_SOORT, "so"), field(KB_VELD_BEWIJS, HASH_HEX),
		       field(KB_VELD_INSTEMMING_OP, "2026-02-01")),
		.met = KB_NEED_GEEN_PROEFPLAATSING);
	ALLOWED(TLV_TO_SWV, &bao, &swv,
		FIELDS(CHILD, field(KB_VELD_SOORT, "so"),
		       field(KB_VELD_HANDTEKENING_OUDERS_OP, "2026-02-01")),
		.met = KB_NEED_GEEN_PROEFPLAATSING);
}

/* Where the region has it: never refused for lack of consent alone, and never without the reason. */
Test(privacy_rules, a_tlv_without_consent_passes_with_its_reason_R07)
{
	const uint32_t region = KB_REGION_TLV_ZONDER_TOESTEMMING;

	ALLOWED(TLV_TO_SWV, &bao, &swv,
		FIELDS(CHILD, field(KB_VELD_SOORT, "so"), field(KB_VELD_GEZONDHEID, "epilepsie"),
		       field(KB_VELD_REDEN, "zonder toestemming (zorgplicht)")),
		.met = KB_NEED_GEEN_PROEFPLAATSING, .region = region);
	ALLOWED(TLV_TO_SWV, &bao, &swv,
		FIELDS(CHILD, field(KB_VELD_SOORT, "so"),
		       field(KB_VELD_HANDTEKENING_OUDERS_OP, "2026-02-01")),
		.met = KB_NEED_GEEN_PROEFPLAATSING, .region = region);
	REFUSED(KB_ERR_INCOMPLETE, TLV_TO_SWV, &bao, &swv,
		FIELDS(CHILD, field(KB_VELD_SOORT, "so"), field(KB_VELD_REDEN, "  ")),
		.met = KB_NEED_GEEN_PROEFPLAATSING, .region = region);
	REFUSED(KB_ERR_INCOMPLETE, TLV_TO_SWV, &bao, &swv,
		FIELDS(CHILD, field(KB_VELD_SOORT, "so"),
		       field(KB_VELD_REDEN, "zonder toestemming (zorgplicht)")),
		.met = KB_NEED_GEEN_PROEFPLAATSING);
}

Test(privacy_rules, health_goes_to_an_swv_for_its_three_tasks_and_for_nothing_else_R08)
{
	const struct kb_permit_party *const senders[] = {
		&bao, &so, &vo, &swv, &leerplicht, &jeugd, &doorstroompunt, &jeugdhulp
	};

	for (size_t i = 0; i < sizeof(senders) / sizeof(senders[0]); i++) {
		cr_expect_not(ever(senders[i], &swv, KB_DATA_GEZONDHEID, ~TASKS_OF_SWV, EVERYTHING),
			      "sender %zu", i);
	}
	/* Without toestemming, on each of the three. */
	for (uint32_t purpose = 0; purpose < KB_PURPOSE_COUNT; purpose++) {
		cr_expect_eq(ever(&bao, &swv, KB_DATA_GEZONDHEID, KB_PURPOSE_BIT(purpose),
				  EVERYTHING & ~(uint32_t)KB_NEED_TOESTEMMING),
			     (KB_PURPOSE_BIT(purpose) & TASKS_OF_SWV) != 0, "%s",
			     kb_purpose_name((enum kb_purpose)purpose));
	}
	ALLOWED(KB_KIND_VRAAG, KB_PURPOSE_ADVIES, KB_GROUND_WETTELIJKE_TAAK, &bao, &swv,
		FIELDS(field(KB_VELD_ONDERWERP, "advies"), field(KB_VELD_GEZONDHEID, "epilepsie")));
	REFUSED(KB_ERR_FIELD_NOT_ALLOWED, KB_KIND_VRAAG, KB_PURPOSE_DOA, KB_GROUND_TOESTEMMING,
		&bao, &swv,
		FIELDS(field(KB_VELD_ONDERWERP, "advies"), field(KB_VELD_GEZONDHEID, "epilepsie")),
		.met = KB_NEED_TOESTEMMING);
	REFUSED(KB_ERR_FIELD_NOT_ALLOWED, KB_KIND_BERICHT, KB_PURPOSE_VEILIGHEID,
		KB_GROUND_VITAAL_BELANG, &bao, &swv,
		FIELDS(field(KB_VELD_ONDERWERP, "gevaar"), field(KB_VELD_GEZONDHEID, "letsel"),
		       field(KB_VELD_REDEN, "acuut")));
	ALLOWED(KB_KIND_BERICHT, KB_PURPOSE_VEILIGHEID, KB_GROUND_VITAAL_BELANG, &bao, &leerplicht,
		FIELDS(field(KB_VELD_ONDERWERP, "gevaar"), field(KB_VELD_GEZONDHEID, "letsel"),
		       field(KB_VELD_REDEN, "acuut")));
	MISSING(KB_NEED_REDEN, KB_KIND_BERICHT, KB_PURPOSE_VEILIGHEID, KB_GROUND_VITAAL_BELANG,
		&bao, &leerplicht,
		FIELDS(field(KB_VELD_ONDERWERP, "gevaar"),
		       field(KB_VELD_VEILIGHEID, "weggelopen")));
}

/* Whatever an SWV knows from its tasks: to the bevoegd gezag of the pupil, and to nobody else. */
Test(privacy_rules, an_swv_passes_on_to_the_own_bevoegd_gezag_alone_R09)
{
	const struct kb_permit_party *const others[] = { &swv, &leerplicht, &jeugd, &doorstroompunt,
							 &jeugdhulp };
	const uint32_t file[] = { KB_DATA_TOELAATBAARHEID, KB_DATA_GEZONDHEID };
	const uint32_t support = KB_DATA_ONDERSTEUNING;
	const struct kb_permit_party *const schools[] = { &bao, &so, &vo, &pro };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		for (size_t j = 0; j < 2; j++) {
			cr_expect_not(ever(&swv, others[i], file[j], EVERYTHING, EVERYTHING),
				      "receiver %zu", i);
		}
		cr_expect_not(ever(&swv, others[i], support, TASKS_OF_SWV, EVERYTHING));
	}
	cr_expect_not(ever(&swv, &swv, support, EVERYTHING, EVERYTHING));
	for (size_t i = 0; i < 4; i++) {
		const uint32_t stranger = EVERYTHING & ~(uint32_t)KB_NEED_AANGEMELD;

		for (size_t j = 0; j < 2; j++) {
			cr_expect_not(ever(&swv, schools[i], file[j], EVERYTHING, stranger));
			cr_expect(ever(&swv, schools[i], file[j], TASKS_OF_SWV, KB_NEED_AANGEMELD));
		}
		cr_expect_not(ever(&swv, schools[i], support, TASKS_OF_SWV, stranger));
	}
	MISSING(KB_NEED_AANGEMELD, KB_KIND_TLV_BESLUIT, KB_PURPOSE_TOELAATBAARHEID,
		KB_GROUND_WETTELIJKE_TAAK, &swv, &bao,
		FIELDS(field(KB_VELD_TLV_NUMMER, "12"), field(KB_VELD_DATUM, "2026-02-01"),
		       field(KB_VELD_BESLUIT, "toegekend")));
	ALLOWED(KB_KIND_TLV_BESLUIT, KB_PURPOSE_TOELAATBAARHEID, KB_GROUND_WETTELIJKE_TAAK, &swv,
		&bao,
		FIELDS(field(KB_VELD_TLV_NUMMER, "12"), field(KB_VELD_DATUM, "2026-02-01"),
		       field(KB_VELD_BESLUIT, "toegekend")),
		.met = KB_NEED_AANGEMELD);
	REFUSED(KB_ERR_NOT_ALLOWED, KB_KIND_TLV_BESLUIT, KB_PURPOSE_TOELAATBAARHEID,
		KB_GROUND_WETTELIJKE_TAAK, &swv, &leerplicht,
		FIELDS(field(KB_VELD_TLV_NUMMER, "12"), field(KB_VELD_DATUM, "2026-02-01"),
		       field(KB_VELD_BESLUIT, "toegekend")),
		.met = EVERYTHING);
	ALLOWED(KB_KIND_OVERDRACHT_AANKONDIGING, KB_PURPOSE_OVERDRACHT, KB_GROUND_TOESTEMMING, &swv,
		&swv, FIELDS(CHILD, field(KB_VELD_LEERJAAR, "8")), .met = KB_NEED_TOESTEMMING);
	REFUSED(KB_ERR_FIELD_NOT_ALLOWED, KB_KIND_OVERDRACHT_AANKONDIGING, KB_PURPOSE_OVERDRACHT,
		KB_GROUND_TOESTEMMING, &swv, &swv,
		FIELDS(CHILD, field(KB_VELD_ONDERSTEUNINGSBEHOEFTE, "rust")),
		.met = KB_NEED_TOESTEMMING);
}

/* Parents are no party of the register, so what is left to guard is that nobody but a school is, and no field names them. */
Test(privacy_rules, a_tlv_is_asked_by_a_school_and_never_by_parents_R14)
{
	size_t required = 0;
	const uint32_t *list = kb_kind_fields(KB_KIND_TLV_AANVRAAG, &required);

	for (unsigned kind = 0; kind < 32; kind++) {
		const struct kb_permit_party sender = { (enum kb_party_kind)kind, EVERYTHING, 0 };
		const struct kb_permit_question question = { .kind = KB_KIND_TLV_AANVRAAG,
							     .variant = kind == KB_PARTY_VO
										? KB_VARIANT_VSO
										: KB_VARIANT_SO,
							     .purpose = KB_PURPOSE_TOELAATBAARHEID,
							     .ground = KB_GROUND_WETTELIJKE_TAAK,
							     .from = sender,
							     .to = swv,
							     .met = EVERYTHING,
							     .day = TODAY };
		struct kb_permit_answer answer;

		cr_expect_eq(kb_permit_decide(&question, &answer),
			     kind == KB_PARTY_SCHOOL || kind == KB_PARTY_VO ? KB_OK
									    : KB_ERR_NOT_ALLOWED,
			     "kind %u", kind);
	}
	for (; *list != 0; list++) {
		const struct kb_field_row *row = kb_field_find(*list);

		cr_expect_neq(row->form, KB_FIELD_PARTY, "%s names a party", row->name);
		cr_expect(strstr(row->name, "ouders") == NULL || row->form == KB_FIELD_DATE ||
				  row->category == KB_DATA_CONTACT,
			  "%s is more than a date or how to reach the parents", row->name);
		cr_expect_null(strstr(row->name, "aanvrager"));
	}
}

Test(privacy_rules, a_tlv_pro_is_asked_by_a_school_for_pro_R15)
{
	const struct kb_permit_party both = { KB_PARTY_VO, 1u << KB_SECTOR_VO | 1u << KB_SECTOR_PRO,
					      KB_DESK_SCHOOL };
	const struct kb_field fields[] = { CHILD, field(KB_VELD_SOORT, "pro"),
					   field(KB_VELD_HANDTEKENING_OUDERS_OP, "2026-02-01") };
	struct letter letter = { TLV_TO_SWV, &pro, &swv, fields, 4, .met = EVERYTHING };

	expect(letter, KB_OK, __LINE__);
	letter.from = &both;
	expect(letter, KB_OK, __LINE__);
	letter.from = &vo;
	expect(letter, KB_ERR_NOT_ALLOWED, __LINE__);
	letter.from = &bao;
	expect(letter, KB_ERR_NOT_ALLOWED, __LINE__);
	/* And the other way round: SBO and SO are asked by the school of the pupil, not by VO. */
	ALLOWED(TLV_TO_SWV, &bao, &swv, FIELDS(CHILD, field(KB_VELD_SOORT, "sbo")),
		.met = EVERYTHING);
	REFUSED(KB_ERR_NOT_ALLOWED, TLV_TO_SWV, &vo, &swv,
		FIELDS(CHILD, field(KB_VELD_SOORT, "sbo")), .met = EVERYTHING);
}

/* Every field of the table in every kind: in its list, or refused. */
Test(privacy_rules, a_kind_holds_the_fields_of_its_closed_list_alone_R16)
{
	size_t kind_count = 0;
	const struct kb_kind_row *kinds = kb_kind_rows(&kind_count);
	unsigned in_list = 0;

	for (size_t k = 0; k < kind_count; k++) {
		for (uint32_t number = 1; number <= KB_FIELD_COUNT + 1; number++) {
			const struct kb_field one = field(number, "?");
			size_t required = 0;
			const uint32_t *list = kb_kind_fields(kinds[k].kind, &required);
			enum kb_err err = kb_fields_check(kinds[k].kind, &one, 1, NULL);

			while (list != NULL && *list != 0 && *list != number) {
				list++;
			}
			cr_expect_eq(err == KB_ERR_FIELD_NOT_ALLOWED, list == NULL || *list == 0,
				     "%s, field %u", kb_kind_name((uint32_t)kinds[k].kind), number);
			in_list += list != NULL && *list != 0;
		}
	}
	cr_expect_gt(in_list, kind_count);
	REFUSED(KB_ERR_FIELD_NOT_ALLOWED, KB_KIND_OST_AANVRAAG, KB_PURPOSE_TOEWIJZING,
		KB_GROUND_WETTELIJKE_TAAK, &bao, &swv,
		FIELDS(field(KB_VELD_LEERLING_NAAM, "Jip"), field(KB_VELD_TOELICHTING, "team 3")));
	ALLOWED(KB_KIND_OST_AANVRAAG, KB_PURPOSE_TOEWIJZING, KB_GROUND_WETTELIJKE_TAAK, &bao, &swv,
		FIELDS(field(KB_VELD_TOELICHTING, "team 3")));
	/* In the list, but not for this recipient: the part of the dossier that is beyond the OKR. */
	REFUSED(KB_ERR_FIELD_NOT_ALLOWED, KB_KIND_OVERDRACHTSDOSSIER, KB_PURPOSE_OVERDRACHT,
		KB_GROUND_WETTELIJKE_TAAK, &bao, &vo,
		FIELDS(CHILD, field(KB_VELD_GEZONDHEID, "astma"),
		       field(KB_VELD_INZAGE_OP, "2026-02-01")),
		.met = KB_NEED_AANGEMELD);
	ALLOWED(KB_KIND_OVERDRACHTSDOSSIER, KB_PURPOSE_OVERDRACHT, KB_GROUND_WETTELIJKE_TAAK, &bao,
		&vo, FIELDS(CHILD, field(KB_VELD_INZAGE_OP, "2026-02-01")),
		.met = KB_NEED_AANGEMELD);
}

Test(privacy_rules, an_opp_is_active_after_the_signature_of_the_parents_R21)
{
	const struct kb_permit_party *const receivers[] = { &swv, &vo };

	const enum kb_purpose purposes[] = { KB_PURPOSE_TOEWIJZING, KB_PURPOSE_OVERDRACHT };

	const enum kb_ground grounds[] = { KB_GROUND_WETTELIJKE_TAAK, KB_GROUND_TOESTEMMING };

	for (size_t i = 0; i < 2; i++) {
		MISSING(KB_NEED_HANDTEKENING_OUDERS, KB_KIND_OPP_STATUS, purposes[i], grounds[i],
			&bao, receivers[i],
			FIELDS(field(KB_VELD_SOORT, "actief"), field(KB_VELD_OPP_VERSIE, "2")),
			.met = KB_NEED_TOESTEMMING);
		ALLOWED(KB_KIND_OPP_STATUS, purposes[i], grounds[i], &bao, receivers[i],
			FIELDS(field(KB_VELD_SOORT, "actief"), field(KB_VELD_OPP_VERSIE, "2"),
			       field(KB_VELD_HANDTEKENING_OUDERS_OP, "2026-02-01")),
			.met = KB_NEED_TOESTEMMING);
		ALLOWED(KB_KIND_OPP_STATUS, purposes[i], grounds[i], &bao, receivers[i],
			FIELDS(field(KB_VELD_SOORT, "opgesteld"), field(KB_VELD_OPP_VERSIE, "2")),
			.met = KB_NEED_TOESTEMMING);
		ALLOWED(KB_KIND_OPP_STATUS, purposes[i], grounds[i], &bao, receivers[i],
			FIELDS(field(KB_VELD_SOORT, "gestopt"), field(KB_VELD_OPP_VERSIE, "2")),
			.met = KB_NEED_TOESTEMMING);
	}
	/* Neither without saying which, nor with a word of another kind. */
	REFUSED(KB_ERR_INCOMPLETE, KB_KIND_OPP_STATUS, KB_PURPOSE_TOEWIJZING,
		KB_GROUND_WETTELIJKE_TAAK, &bao, &swv, FIELDS(field(KB_VELD_OPP_VERSIE, "2")));
	REFUSED(KB_ERR_NOT_ALLOWED, KB_KIND_OPP_STATUS, KB_PURPOSE_TOEWIJZING,
		KB_GROUND_WETTELIJKE_TAAK, &bao, &swv,
		FIELDS(field(KB_VELD_SOORT, "sbo"), field(KB_VELD_OPP_VERSIE, "2")),
		.met = EVERYTHING);
}

Test(privacy_rules, parents_and_pupil_are_involved_in_a_tlv_vso_R23)
{
	const struct kb_permit_party *const senders[] = { &vo, &so };

	for (size_t i = 0; i < 2; i++) {
		MISSING(KB_NEED_BETROKKEN, TLV_TO_SWV, senders[i], &swv,
			FIELDS(CHILD, field(KB_VELD_SOORT, "vso"),
			       field(KB_VELD_HANDTEKENING_OUDERS_OP, "2026-02-01"),
			       field(KB_VELD_OUDERS_BETROKKEN_OP, "2026-02-01")),
			.met = KB_NEED_GEEN_PROEFPLAATSING);
		MISSING(KB_NEED_BETROKKEN, TLV_TO_SWV, senders[i], &swv,
			FIELDS(CHILD, field(KB_VELD_SOORT, "vso"), field(KB_VELD_BEWIJS, HASH_HEX),
			       field(KB_VELD_INSTEMMING_OP, "2026-02-01")),
			.met = KB_NEED_GEEN_PROEFPLAATSING, .region = KB_REGION_TLV_INSTEMMING);
		/* The reason replaces the toestemming, not the talk with parents and pupil. */
		REFUSED(KB_ERR_INCOMPLETE, TLV_TO_SWV, senders[i], &swv,
			FIELDS(CHILD, field(KB_VELD_SOORT, "vso"),
			       field(KB_VELD_REDEN, "zorgplicht")),
			.met = KB_NEED_GEEN_PROEFPLAATSING,
			.region = KB_REGION_TLV_ZONDER_TOESTEMMING);
		ALLOWED(TLV_TO_SWV, senders[i], &swv,
			FIELDS(CHILD, field(KB_VELD_SOORT, "vso"),
			       field(KB_VELD_HANDTEKENING_OUDERS_OP, "2026-02-01"),
			       field(KB_VELD_OUDERS_BETROKKEN_OP, "2026-02-01"),
			       field(KB_VELD_LEERLING_BETROKKEN_OP, "2026-02-01")),
			.met = KB_NEED_GEEN_PROEFPLAATSING);
	}
	REFUSED(KB_ERR_NOT_ALLOWED, TLV_TO_SWV, &bao, &swv,
		FIELDS(CHILD, field(KB_VELD_SOORT, "vso")), .met = EVERYTHING);
}

#define COUNTS                                                                                     \
	field(KB_VELD_AANTAL_THUISZITTERS, "3"), field(KB_VELD_AANTAL_ABSOLUUT_VERZUIM, "0"),      \
		field(KB_VELD_PERIODE_VAN, "2026-01-01"), field(KB_VELD_PERIODE_TOT, "2026-02-28")

Test(privacy_rules, the_inventory_holds_counts_and_nobody_R28)
{
	const uint32_t others = KB_DATA_ALL & ~(uint32_t)KB_DATA_AANTALLEN;
	const uint32_t of_child[] = { KB_VELD_LEERLING_NAAM, KB_VELD_GEBOORTEDATUM,
				      KB_VELD_PSEUDONIEM,    KB_VELD_PGN,
				      KB_VELD_VOLGNUMMER,    KB_VELD_TOELICHTING };
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);

	ALLOWED(KB_KIND_INVENTARISATIE_ANTWOORD, KB_PURPOSE_MONITOR, KB_GROUND_WETTELIJKE_TAAK,
		&bao, &swv, FIELDS(COUNTS));
	ALLOWED(KB_KIND_INVENTARISATIE_ANTWOORD, KB_PURPOSE_MONITOR, KB_GROUND_WETTELIJKE_TAAK,
		&leerplicht, &swv, FIELDS(COUNTS));
	ALLOWED(KB_KIND_INVENTARISATIE_VERZOEK, KB_PURPOSE_MONITOR, KB_GROUND_WETTELIJKE_TAAK, &swv,
		&leerplicht, FIELDS(field(KB_VELD_DATUM, "2026-02-28")));
	for (size_t i = 0; i < sizeof(of_child) / sizeof(of_child[0]); i++) {
		const struct kb_field one = field(of_child[i], "x");

		cr_expect_eq(kb_fields_check(KB_KIND_INVENTARISATIE_ANTWOORD, &one, 1, NULL),
			     KB_ERR_FIELD_NOT_ALLOWED);
		cr_expect_eq(kb_fields_check(KB_KIND_INVENTARISATIE_VERZOEK, &one, 1, NULL),
			     KB_ERR_FIELD_NOT_ALLOWED);
	}
	/* And were it in the list, no row would let it through. */
	for (size_t i = 0; i < count; i++) {
		if (rows[i].kind == KB_KIND_INVENTARISATIE_ANTWOORD) {
			cr_expect_eq(rows[i].categories & others, 0u, "%s", rows[i].name);
		}
		if (rows[i].kind == KB_KIND_INVENTARISATIE_VERZOEK) {
			cr_expect_eq(rows[i].categories, (uint32_t)KB_DATA_PROCES, "%s",
				     rows[i].name);
		}
	}
	cr_expect_not(kb_kind_find(KB_KIND_INVENTARISATIE_ANTWOORD)->has_case);
}

#define PERIOD field(KB_VELD_PERIODE_VAN, "2025-08-01"), field(KB_VELD_PERIODE_TOT, "2026-07-31")

Test(privacy_rules, a_list_for_the_monitor_has_ordinals_and_no_identity_R29)
{
	struct kb_permit_question question = { .kind = KB_KIND_MONITOR_LIJST,
					       .purpose = KB_PURPOSE_MONITOR,
					       .ground = KB_GROUND_WETTELIJKE_TAAK,
					       .from = bao,
					       .to = swv,
					       .categories = KB_DATA_IDENTITEIT,
					       .met = EVERYTHING,
					       .day = TODAY };
	struct kb_permit_answer answer;

	ALLOWED(KB_KIND_MONITOR_LIJST, KB_PURPOSE_MONITOR, KB_GROUND_WETTELIJKE_TAAK, &bao, &swv,
		FIELDS(field(KB_VELD_VOLGNUMMER, "1"), field(KB_VELD_UITKOMST, "nee"), PERIOD));
	REFUSED(KB_ERR_FIELD_NOT_ALLOWED, KB_KIND_MONITOR_LIJST, KB_PURPOSE_MONITOR,
		KB_GROUND_WETTELIJKE_TAAK, &bao, &swv,
		FIELDS(field(KB_VELD_LEERLING_NAAM, "Jip"), field(KB_VELD_VOLGNUMMER, "1"),
		       PERIOD));
	REFUSED(KB_ERR_FIELD_NOT_ALLOWED, KB_KIND_MONITOR_LIJST, KB_PURPOSE_MONITOR,
		KB_GROUND_WETTELIJKE_TAAK, &bao, &swv,
		FIELDS(field(KB_VELD_PSEUDONIEM, ID_HEX), field(KB_VELD_VOLGNUMMER, "1"), PERIOD));
	cr_expect_eq(kb_permit_decide(&question, &answer), KB_ERR_FIELD_NOT_ALLOWED);
	cr_expect_eq(kb_identifiers_check(&question, KB_IDENTIFIER_NAAM), KB_ERR_FIELD_NOT_ALLOWED);
	cr_expect_eq(kb_identifiers_check(&question, KB_IDENTIFIER_VOLGNUMMER), KB_OK);
}

Test(privacy_rules, leerplicht_comes_after_a_fitting_offer_R30)
{
	MISSING(KB_NEED_AANBOD, KB_KIND_LEERPLICHT_INSCHAKELING, KB_PURPOSE_LEERPLICHT,
		KB_GROUND_WETTELIJKE_TAAK, &bao, &leerplicht,
		FIELDS(CHILD, field(KB_VELD_SOORT, "aanbod-geweigerd")));
	ALLOWED(KB_KIND_LEERPLICHT_INSCHAKELING, KB_PURPOSE_LEERPLICHT, KB_GROUND_WETTELIJKE_TAAK,
		&bao, &leerplicht,
		FIELDS(CHILD, field(KB_VELD_SOORT, "aanbod-geweigerd"),
		       field(KB_VELD_AANBOD, ID_HEX)));
	ALLOWED(KB_KIND_LEERPLICHT_INSCHAKELING, KB_PURPOSE_LEERPLICHT, KB_GROUND_WETTELIJKE_TAAK,
		&bao, &leerplicht, FIELDS(CHILD, field(KB_VELD_SOORT, "vroeg")));
	/* Not by leaving out which of the two it is. */
	REFUSED(KB_ERR_INCOMPLETE, KB_KIND_LEERPLICHT_INSCHAKELING, KB_PURPOSE_LEERPLICHT,
		KB_GROUND_WETTELIJKE_TAAK, &bao, &leerplicht, FIELDS(CHILD));
}

Test(privacy_rules, a_payment_stops_after_an_announcement_with_reasons_R33)
{
	const struct kb_field fields[] = { field(KB_VELD_REDEN, "geen aanbod gedaan"),
					   field(KB_VELD_AANKONDIGING_OP, "2026-02-01"),
					   field(KB_VELD_DATUM, "2026-03-01") };
	struct kb_permit_question question = { .kind = KB_KIND_BETALING_STOP,
					       .purpose = KB_PURPOSE_BEKOSTIGING,
					       .ground = KB_GROUND_WETTELIJKE_TAAK,
					       .from = swv,
					       .to = bao,
					       .categories = KB_DATA_PROCES,
					       .day = TODAY };
	struct kb_permit_answer answer;

	ALLOWED(KB_KIND_BETALING_STOP, KB_PURPOSE_BEKOSTIGING, KB_GROUND_WETTELIJKE_TAAK, &swv,
		&bao, .fields = fields, .count = 3);
	REFUSED(KB_ERR_INCOMPLETE, KB_KIND_BETALING_STOP, KB_PURPOSE_BEKOSTIGING,
		KB_GROUND_WETTELIJKE_TAAK, &swv, &bao, .fields = fields, .count = 1);
	REFUSED(KB_ERR_INCOMPLETE, KB_KIND_BETALING_STOP, KB_PURPOSE_BEKOSTIGING,
		KB_GROUND_WETTELIJKE_TAAK, &swv, &bao, .fields = fields + 1, .count = 2);
	/* The row asks for both too, whatever the list does. */
	question.met = KB_NEED_REDEN;
	cr_expect_eq(kb_permit_decide(&question, &answer), KB_ERR_INCOMPLETE);
	cr_expect_eq(answer.missing, (uint32_t)KB_NEED_AANKONDIGING);
	question.met = KB_NEED_AANKONDIGING;
	cr_expect_eq(kb_permit_decide(&question, &answer), KB_ERR_INCOMPLETE);
	cr_expect_eq(answer.missing, (uint32_t)KB_NEED_REDEN);
	question.met = EVERYTHING;
	question.categories = KB_DATA_IDENTITEIT;
	cr_expect_eq(kb_permit_decide(&question, &answer), KB_ERR_FIELD_NOT_ALLOWED);
}

Test(privacy_rules, a_gemeente_gets_the_monitor_in_counts_R37)
{
	const struct kb_permit_party *const desks[] = { &leerplicht, &jeugd, &doorstroompunt };
	const uint32_t monitor = KB_PURPOSE_BIT(KB_PURPOSE_MONITOR);

	ALLOWED(KB_KIND_MONITOR_RAPPORT, KB_PURPOSE_MONITOR, KB_GROUND_WETTELIJKE_TAAK, &swv,
		&jeugd, FIELDS(field(KB_VELD_AANTAL, "12"), PERIOD));
	/* The remark that a board gets with it, a gemeente does not. */
	REFUSED(KB_ERR_FIELD_NOT_ALLOWED, KB_KIND_MONITOR_RAPPORT, KB_PURPOSE_MONITOR,
		KB_GROUND_WETTELIJKE_TAAK, &swv, &jeugd,
		FIELDS(field(KB_VELD_TOELICHTING, "een jongen op school X"),
		       field(KB_VELD_AANTAL, "12"), PERIOD),
		.met = EVERYTHING);
	ALLOWED(KB_KIND_MONITOR_RAPPORT, KB_PURPOSE_MONITOR, KB_GROUND_WETTELIJKE_TAAK, &swv, &bao,
		FIELDS(field(KB_VELD_TOELICHTING, "zie de bijlage"), field(KB_VELD_AANTAL, "12"),
		       PERIOD));
	for (size_t i = 0; i < 3; i++) {
		REFUSED(KB_ERR_NOT_ALLOWED, KB_KIND_MONITOR_LIJST, KB_PURPOSE_MONITOR,
			KB_GROUND_WETTELIJKE_TAAK, &swv, desks[i],
			FIELDS(field(KB_VELD_VOLGNUMMER, "1"), PERIOD), .met = EVERYTHING);
		REFUSED(KB_ERR_NOT_ALLOWED, KB_KIND_MONITOR_LIJST, KB_PURPOSE_MONITOR,
			KB_GROUND_WETTELIJKE_TAAK, &bao, desks[i],
			FIELDS(field(KB_VELD_VOLGNUMMER, "1"), PERIOD), .met = EVERYTHING);
		cr_expect_not(ever(&swv, desks[i], KB_DATA_IDENTITEIT, monitor, EVERYTHING));
		cr_expect_not(ever(&swv, desks[i], KB_DATA_ONDERWIJS, monitor, EVERYTHING));
	}
}

/* School and jeugdhulp: only in a region with a regeling, and then only with toestemming; danger and toestemming aside. */
Test(privacy_rules, school_and_jeugdhulp_exchange_by_regeling_and_toestemming_R38)
{
	const struct kb_permit_party *const schools[] = { &bao, &so, &vo };
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);
	const uint32_t party = KB_PARTY_BIT(KB_PARTY_JEUGDHULP);
	const uint32_t school = KB_PARTY_BIT(KB_PARTY_SCHOOL) | KB_PARTY_BIT(KB_PARTY_VO);
	const struct kb_field fields[] = { field(KB_VELD_DATUM, "2026-02-01") };
	struct letter letter = { .kind = KB_KIND_INFO_ANTWOORD,
				 .purpose = KB_PURPOSE_JEUGDHULP,
				 .ground = KB_GROUND_TOESTEMMING,
				 .to = &jeugdhulp,
				 .fields = fields,
				 .count = 1 };

	for (size_t i = 0; i < count; i++) {
		bool between =
			((rows[i].from.kinds & school) != 0 && (rows[i].to.kinds & party) != 0) ||
			((rows[i].from.kinds & party) != 0 && (rows[i].to.kinds & school) != 0);

		if (between && rows[i].purpose != KB_PURPOSE_BERICHTENVERKEER &&
		    rows[i].purpose != KB_PURPOSE_TOESTEMMING &&
		    rows[i].purpose != KB_PURPOSE_VEILIGHEID) {
			cr_expect_eq(rows[i].ground, KB_GROUND_TOESTEMMING, "%s", rows[i].name);
			cr_expect((rows[i].region_on & KB_REGION_JEUGDHULP_REGELING) != 0, "%s",
				  rows[i].name);
		}
	}
	for (size_t i = 0; i < 3; i++) {
		letter.from = schools[i];
		letter.met = KB_NEED_TOESTEMMING;
		letter.region = 0;
		expect(letter, KB_ERR_NOT_ALLOWED, __LINE__);
		letter.region = KB_REGION_JEUGDHULP_REGELING;
		expect(letter, KB_OK, __LINE__);
		letter.met = 0;
		expect(letter, KB_ERR_NO_CONSENT, __LINE__);
	}
	letter.from = &jeugdhulp;
	letter.to = &bao;
	letter.met = KB_NEED_TOESTEMMING;
	letter.region = 0;
	expect(letter, KB_ERR_NOT_ALLOWED, __LINE__);
	letter.region = KB_REGION_JEUGDHULP_REGELING;
	expect(letter, KB_OK, __LINE__);
}

#define TRIAL KB_KIND_PROEFPLAATSING_JA_NEE, KB_PURPOSE_ZORGPLICHT, KB_GROUND_WETTELIJKE_TAAK

Test(privacy_rules, a_trial_ends_with_yes_or_no_and_no_referral_before_R39)
{
	const uint32_t in_trial = EVERYTHING & ~(uint32_t)KB_NEED_GEEN_PROEFPLAATSING;
	size_t required = 0;
	const uint32_t *list = kb_kind_fields(KB_KIND_PROEFPLAATSING_JA_NEE, &required);

	const enum kb_kind referrals[] = { KB_KIND_TLV_AANVRAAG, KB_KIND_TERUGPLAATSING_VOORSTEL,
					   KB_KIND_CRISISPLAATSING };

	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);

	ALLOWED(TRIAL, &bao, &so,
		FIELDS(field(KB_VELD_PSEUDONIEM, ID_HEX), field(KB_VELD_UITKOMST, "nee")));
	REFUSED(KB_ERR_FIELD_NOT_ALLOWED, TRIAL, &bao, &so,
		FIELDS(field(KB_VELD_REDEN, "te druk"), field(KB_VELD_UITKOMST, "nee")));
	REFUSED(KB_ERR_OVERSIZE, TRIAL, &bao, &so, FIELDS(field(KB_VELD_UITKOMST, "nee, te druk")));
	REFUSED(KB_ERR_BAD_VALUE, TRIAL, &bao, &so, FIELDS(field(KB_VELD_UITKOMST, "bos")));
	for (; *list != 0; list++) {
		cr_expect(kb_field_find(*list)->form == KB_FIELD_FLAG ||
			  kb_field_find(*list)->form == KB_FIELD_ID);
	}
	for (size_t i = 0; i < count; i++) {
		if (rows[i].kind == KB_KIND_PROEFPLAATSING_JA_NEE) {
			cr_expect_eq(rows[i].categories, (uint32_t)KB_DATA_PROCES);
		}
		for (size_t j = 0; j < 3; j++) {
			cr_expect(rows[i].kind != referrals[j] ||
					  (rows[i].needs & KB_NEED_GEEN_PROEFPLAATSING) != 0,
				  "%s", rows[i].name);
		}
	}
	MISSING(KB_NEED_GEEN_PROEFPLAATSING, TLV_TO_SWV, &bao, &swv,
		FIELDS(CHILD, field(KB_VELD_SOORT, "so")), .met = in_trial);
	MISSING(KB_NEED_GEEN_PROEFPLAATSING, KB_KIND_OVERDRACHTSDOSSIER, KB_PURPOSE_TOELAATBAARHEID,
		KB_GROUND_WETTELIJKE_TAAK, &bao, &swv,
		FIELDS(CHILD, field(KB_VELD_INZAGE_OP, "2026-02-01")), .met = in_trial);
	ALLOWED(TLV_TO_SWV, &bao, &swv, FIELDS(CHILD, field(KB_VELD_SOORT, "so")),
		.met = EVERYTHING);
}

/* Whether a row gives what lies between a party of kind from and one of kind to, at these desks. */
static bool
goes_between(const struct kb_permit_row *row, uint32_t from, uint32_t from_desk, uint32_t to,
	     uint32_t to_desk)
{
	return (row->from.kinds & from) != 0 && (row->to.kinds & to) != 0 &&
	       (row->from.desk == 0 || from_desk == 0 || row->from.desk == from_desk) &&
	       (to_desk == 0 || row->to.desk == to_desk);
}

static bool
is_of_a_case(enum kb_kind kind)
{
	return kind >= KB_KIND_ZAAK_REGEL && kind <= KB_KIND_ZAAK_OPVRAAG;
}

/* Whether another message of that purpose and ground goes between them, one way or the other, in no more regions. */
static bool
speak_to_each_other(const struct kb_permit_row *record, uint32_t from, uint32_t to)
{
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);
	bool speak = false;

	for (size_t i = 0; i < count && !speak; i++) {
		speak = !is_of_a_case(rows[i].kind) && rows[i].purpose == record->purpose &&
			rows[i].ground == record->ground &&
			(rows[i].region_on & ~record->region_on) == 0 &&
			(goes_between(&rows[i], from, record->from.desk, to, record->to.desk) ||
			 goes_between(&rows[i], to, record->to.desk, from, record->from.desk));
	}
	return speak;
}

Test(privacy_rules, a_case_record_names_no_child_and_goes_only_where_the_case_is_spoken_of)
{
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);
	size_t seen = 0;

	for (size_t i = 0; i < count; i++) {
		if (!is_of_a_case(rows[i].kind)) {
			continue;
		}
		seen++;
		cr_expect_eq(rows[i].categories, (uint32_t)KB_DATA_PROCES, "%s", rows[i].name);
		for (uint32_t pair = 0; pair < KB_PARTY_KIND_COUNT * KB_PARTY_KIND_COUNT; pair++) {
			uint32_t from = KB_PARTY_BIT(pair / KB_PARTY_KIND_COUNT);
			uint32_t to = KB_PARTY_BIT(pair % KB_PARTY_KIND_COUNT);

			if ((rows[i].from.kinds & from) != 0 && (rows[i].to.kinds & to) != 0) {
				cr_expect(speak_to_each_other(&rows[i], from, to), "%s",
					  rows[i].name);
			}
		}
	}
	cr_assert_gt(seen, 0u);
}

#define DOA_BY_CONSENT KB_PURPOSE_DOA, KB_GROUND_TOESTEMMING
#define OVERDRACHT_BY_TASK KB_PURPOSE_OVERDRACHT, KB_GROUND_WETTELIJKE_TAAK
#define TLV_BY_TASK KB_PURPOSE_TOELAATBAARHEID, KB_GROUND_WETTELIJKE_TAAK
#define LEERPLICHT_BY_TASK KB_PURPOSE_LEERPLICHT, KB_GROUND_WETTELIJKE_TAAK

static const struct {
	enum kb_purpose purpose;
	enum kb_ground ground;
	const struct kb_permit_party *from;
	const struct kb_permit_party *to;
	uint32_t met;
	uint32_t region;
	enum kb_err expected;
} records[] = {
	{ DOA_BY_CONSENT, &bao, &swv, KB_NEED_TOESTEMMING, 0, KB_OK },
	{ DOA_BY_CONSENT, &bao, &swv, EVERYTHING & ~(uint32_t)KB_NEED_TOESTEMMING, 0,
	  KB_ERR_NO_CONSENT },
	{ KB_PURPOSE_DOA, KB_GROUND_WETTELIJKE_TAAK, &bao, &swv, EVERYTHING, 0, KB_ERR_NO_GROUND },
	/* Two schools at one overlegtafel: through the SWV. */
	{ DOA_BY_CONSENT, &bao, &vo, EVERYTHING, KB_REGION_JEUGDHULP_REGELING, KB_ERR_NO_GROUND },
	{ DOA_BY_CONSENT, &bao, &jeugdhulp, KB_NEED_TOESTEMMING, 0, KB_ERR_NOT_ALLOWED },
	{ DOA_BY_CONSENT, &bao, &jeugdhulp, KB_NEED_TOESTEMMING, KB_REGION_JEUGDHULP_REGELING,
	  KB_OK },
	{ OVERDRACHT_BY_TASK, &bao, &vo, 0, 0, KB_ERR_INCOMPLETE },
	{ OVERDRACHT_BY_TASK, &bao, &vo, KB_NEED_AANGEMELD, 0, KB_OK },
	{ TLV_BY_TASK, &bao, &swv, 0, 0, KB_OK },
	{ TLV_BY_TASK, &swv, &bao, 0, 0, KB_ERR_INCOMPLETE },
	{ TLV_BY_TASK, &swv, &leerplicht, EVERYTHING, 0, KB_ERR_NO_GROUND },
	{ LEERPLICHT_BY_TASK, &vo, &leerplicht, 0, 0, KB_OK },
	{ LEERPLICHT_BY_TASK, &vo, &jeugd, EVERYTHING, 0, KB_ERR_NO_GROUND },
	{ LEERPLICHT_BY_TASK, &vo, &doorstroompunt, EVERYTHING, 0, KB_ERR_NOT_ALLOWED },
};

Test(privacy_rules, a_case_record_goes_where_its_toestemming_and_the_aanmelding_let_it)
{
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		for (uint32_t kind = KB_KIND_ZAAK_REGEL; kind <= KB_KIND_ZAAK_OPVRAAG; kind++) {
			struct kb_permit_question question = {
				.kind = kind,
				.purpose = (uint32_t)records[i].purpose,
				.ground = (uint32_t)records[i].ground,
				.from = *records[i].from,
				.to = *records[i].to,
				.categories = KB_DATA_PROCES,
				.met = records[i].met,
				.region = records[i].region,
				.day = TODAY,
			};
			struct kb_permit_answer answer;

			cr_expect_eq(kb_permit_decide(&question, &answer), records[i].expected,
				     "record %zu: %s", i, kb_err_name(answer.err));
			question.categories |= KB_DATA_IDENTITEIT;
			cr_expect_neq(kb_permit_decide(&question, &answer), KB_OK, "record %zu", i);
		}
	}
}
