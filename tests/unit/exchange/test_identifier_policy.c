/* SPDX-License-Identifier: EUPL-1.2 */
/* Which identifier may stand on which edge. */
#include "common/exchange/identifier_policy.h"

#include "common/exchange/date.h"
#include "common/exchange/fields.h"

#include <criterion/criterion.h>

#define TODAY 20500 /* 2026-02-16 */

static const struct kb_permit_party school = { KB_PARTY_SCHOOL, 1u << KB_SECTOR_BAO,
					       KB_DESK_SCHOOL };
static const struct kb_permit_party vo = { KB_PARTY_VO, 1u << KB_SECTOR_VO, KB_DESK_SCHOOL };
static const struct kb_permit_party swv = { KB_PARTY_SWV, 0, KB_DESK_SWV };
static const struct kb_permit_party leerplicht = { KB_PARTY_GEMEENTE, 0, KB_DESK_LEERPLICHT };
static const struct kb_permit_party jeugd = { KB_PARTY_GEMEENTE, 0, KB_DESK_JEUGD };
static const struct kb_permit_party doorstroompunt = { KB_PARTY_GEMEENTE, 0,
						       KB_DESK_DOORSTROOMPUNT };
static const struct kb_permit_party jeugdhulp = { KB_PARTY_JEUGDHULP, 0, KB_DESK_JEUGDHULP };
static const struct kb_permit_party *const everybody[] = { &school,	&vo,	&swv,
							   &leerplicht, &jeugd, &doorstroompunt,
							   &jeugdhulp };
#define EVERYBODY (sizeof(everybody) / sizeof(everybody[0]))

static struct kb_permit_question
edge(enum kb_kind kind, enum kb_purpose purpose, const struct kb_permit_party *from,
     const struct kb_permit_party *to)
{
	return (struct kb_permit_question){ .kind = (uint32_t)kind,
					    .purpose = (uint32_t)purpose,
					    .from = *from,
					    .to = *to,
					    .day = TODAY };
}

static bool
may(struct kb_permit_question question, uint32_t identifier)
{
	return kb_identifiers_check(&question, identifier) == KB_OK;
}

Test(identifier_policy, rows_are_named_once_and_say_what_they_rest_on)
{
	size_t count = 0;
	const struct kb_identifier_row *rows = kb_identifier_rows(&count);

	cr_assert_gt(count, 0u);
	for (size_t i = 0; i < count; i++) {
		cr_assert_gt(strlen(rows[i].source), 0u);
		cr_assert_gt(strlen(kb_identifier_name(rows[i].allowed)), 0u);
		cr_assert_leq(rows[i].kinds_from, rows[i].kinds_to);
		for (size_t j = 0; j < i; j++) {
			cr_assert_str_neq(rows[i].name, rows[j].name);
		}
	}
	cr_assert_str_eq(kb_identifier_name(KB_IDENTIFIER_ECK), "eck-id");
	cr_assert_str_eq(kb_identifier_name(0), "");
	cr_assert_str_eq(kb_identifier_name(3), "");
}

Test(identifier_policy, a_pgn_goes_with_the_overstap_from_school_to_school)
{
	cr_assert(may(edge(KB_KIND_OVERDRACHTSDOSSIER, KB_PURPOSE_OVERDRACHT, &school, &vo),
		      KB_IDENTIFIER_PGN));
	cr_assert(may(edge(KB_KIND_OVERDRACHT_GEACCEPTEERD, KB_PURPOSE_OVERDRACHT, &vo, &school),
		      KB_IDENTIFIER_PGN));
	cr_assert_not(may(edge(KB_KIND_OVERSTAP_EVALUATIE, KB_PURPOSE_OVERDRACHT, &vo, &school),
			  KB_IDENTIFIER_PGN));
	cr_assert_not(may(edge(KB_KIND_AANMELDING_ONTVANGEN, KB_PURPOSE_ZORGPLICHT, &vo, &school),
			  KB_IDENTIFIER_PGN));
	cr_assert_not(
		may(edge(KB_KIND_VRAAG, KB_PURPOSE_OVERDRACHT, &vo, &school), KB_IDENTIFIER_PGN));
	cr_assert_not(may(edge(KB_KIND_OVERDRACHTSDOSSIER, KB_PURPOSE_ZORGPLICHT, &school, &vo),
			  KB_IDENTIFIER_PGN));
}

Test(identifier_policy, the_steps_of_a_case_have_the_pseudonym_alone_also_where_a_pgn_may_go)
{
	for (uint32_t kind = KB_KIND_ZAAK_REGEL; kind <= KB_KIND_PROFIEL; kind++) {
		enum kb_kind of = (enum kb_kind)kind;
		const struct kb_permit_question edges[] = {
			edge(of, KB_PURPOSE_LEERPLICHT, &school, &leerplicht),
			edge(of, KB_PURPOSE_THUISZITTERS, &leerplicht, &vo),
			edge(of, KB_PURPOSE_JEUGDHULP, &jeugd, &jeugdhulp),
			edge(of, KB_PURPOSE_JEUGDHULP, &jeugdhulp, &jeugd),
			edge(of, KB_PURPOSE_OVERDRACHT, &school, &vo),
		};

		for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
			cr_assert_eq(kb_identifiers_allowed(&edges[i], NULL),
				     (uint32_t)KB_IDENTIFIER_PSEUDONIEM, "kind %u, edge %zu", kind,
				     i);
		}
	}
}

Test(identifier_policy, a_pgn_goes_to_and_from_leerplicht_and_between_jeugd_and_jeugdhulp)
{
	cr_assert(may(
		edge(KB_KIND_THUISZITTER_MELDING, KB_PURPOSE_THUISZITTERS, &school, &leerplicht),
		KB_IDENTIFIER_PGN));
	cr_assert(may(edge(KB_KIND_VRAAG, KB_PURPOSE_LEERPLICHT, &leerplicht, &vo),
		      KB_IDENTIFIER_PGN));
	cr_assert_not(may(edge(KB_KIND_VRAAG, KB_PURPOSE_VEILIGHEID, &leerplicht, &vo),
			  KB_IDENTIFIER_PGN));
	cr_assert_not(may(edge(KB_KIND_VRAAG, KB_PURPOSE_LEERPLICHT, &school, &jeugd),
			  KB_IDENTIFIER_PGN));
	cr_assert(may(edge(KB_KIND_VRAAG, KB_PURPOSE_JEUGDHULP, &jeugd, &jeugdhulp),
		      KB_IDENTIFIER_PGN));
	cr_assert(may(edge(KB_KIND_VRAAG, KB_PURPOSE_JEUGDHULP, &jeugdhulp, &jeugd),
		      KB_IDENTIFIER_PGN));
	cr_assert_not(may(edge(KB_KIND_VRAAG, KB_PURPOSE_JEUGDHULP, &jeugdhulp, &leerplicht),
			  KB_IDENTIFIER_PGN));
	cr_assert_not(may(edge(KB_KIND_VRAAG, KB_PURPOSE_JEUGDHULP, &school, &jeugdhulp),
			  KB_IDENTIFIER_PGN));
	cr_assert_not(may(edge(KB_KIND_VRAAG, KB_PURPOSE_JEUGDHULP, &jeugdhulp, &school),
			  KB_IDENTIFIER_PGN));
}

Test(identifier_policy, no_pgn_to_or_from_an_swv_and_no_eck_id_anywhere)
{
	size_t kind_count = 0;
	const struct kb_kind_row *kinds = kb_kind_rows(&kind_count);

	for (size_t k = 0; k < kind_count; k++) {
		for (uint32_t purpose = 0; purpose < KB_PURPOSE_COUNT; purpose++) {
			for (size_t i = 0; i < EVERYBODY * EVERYBODY; i++) {
				struct kb_permit_question question =
					edge(kinds[k].kind, (enum kb_purpose)purpose,
					     everybody[i / EVERYBODY], everybody[i % EVERYBODY]);

				cr_assert_not(may(question, KB_IDENTIFIER_ECK));
				cr_assert(may(question, KB_IDENTIFIER_PSEUDONIEM));
				cr_assert(!may(question, KB_IDENTIFIER_PGN) ||
					  (question.from.kind != KB_PARTY_SWV &&
					   question.to.kind != KB_PARTY_SWV));
			}
		}
	}
}

/* Exactly where a permission row may hold IDENTITEIT: a kind that names nobody has no name either. */
Test(identifier_policy, a_name_stands_in_the_kinds_that_may_hold_identity_and_in_no_other)
{
	size_t kind_count = 0;
	size_t row_count = 0;
	const struct kb_kind_row *kinds = kb_kind_rows(&kind_count);
	const struct kb_permit_row *rows = kb_permit_rows(&row_count);

	for (size_t k = 0; k < kind_count; k++) {
		uint32_t categories = 0;

		for (size_t i = 0; i < row_count; i++) {
			categories |= rows[i].kind == kinds[k].kind ? rows[i].categories : 0;
		}
		cr_expect_eq(may(edge(kinds[k].kind, KB_PURPOSE_OVERDRACHT, &school, &vo),
				 KB_IDENTIFIER_NAAM),
			     (categories & KB_DATA_IDENTITEIT) != 0, "%s",
			     kb_kind_name((uint32_t)kinds[k].kind));
	}
}

/* A field that no edge of its kind may carry should not be in the list of that kind. */
Test(identifier_policy, an_identifier_in_a_list_of_fields_has_an_edge_on_which_it_may_go)
{
	size_t row_count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&row_count);
	size_t kind_count = 0;
	const struct kb_kind_row *kinds = kb_kind_rows(&kind_count);

	for (size_t k = 0; k < kind_count; k++) {
		size_t required = 0;
		uint32_t wanted = 0;
		uint32_t possible = 0;
		const uint32_t *list = kb_kind_fields(kinds[k].kind, &required);

		for (; list != NULL && *list != 0; list++) {
			wanted |= kb_field_find(*list)->identifier;
		}
		for (size_t r = 0; r < row_count; r++) {
			for (size_t i = 0;
			     rows[r].kind == kinds[k].kind && i < EVERYBODY * EVERYBODY; i++) {
				const struct kb_permit_party *from = everybody[i / EVERYBODY];
				const struct kb_permit_party *to = everybody[i % EVERYBODY];
				struct kb_permit_question question =
					edge(rows[r].kind, rows[r].purpose, from, to);

				if ((rows[r].from.kinds & KB_PARTY_BIT(from->kind)) != 0 &&
				    (rows[r].to.kinds & KB_PARTY_BIT(to->kind)) != 0 &&
				    rows[r].to.desk == to->desk) {
					possible |= kb_identifiers_allowed(&question, NULL);
				}
			}
		}
		cr_expect_eq(wanted & ~possible, 0u, "%s: %x",
			     kb_kind_name((uint32_t)kinds[k].kind), wanted & ~possible);
	}
}

Test(identifier_policy, a_volgnummer_stands_in_the_monitor_list_only)
{
	cr_assert(may(edge(KB_KIND_MONITOR_LIJST, KB_PURPOSE_MONITOR, &school, &swv),
		      KB_IDENTIFIER_VOLGNUMMER));
	cr_assert_not(may(edge(KB_KIND_MONITOR_LIJST, KB_PURPOSE_MONITOR, &school, &swv),
			  KB_IDENTIFIER_NAAM));
	cr_assert_not(may(edge(KB_KIND_MONITOR_RAPPORT, KB_PURPOSE_MONITOR, &school, &swv),
			  KB_IDENTIFIER_VOLGNUMMER));
	cr_assert_not(may(edge(KB_KIND_MONITOR_LIJST, KB_PURPOSE_MONITOR, &swv, &leerplicht),
			  KB_IDENTIFIER_VOLGNUMMER));
}

Test(identifier_policy, the_row_that_answers_follows_the_law_of_the_day)
{
	struct kb_permit_question question =
		edge(KB_KIND_OVERDRACHTSDOSSIER, KB_PURPOSE_OVERDRACHT, &school, &vo);
	const struct kb_identifier_row *row = NULL;

	cr_assert_eq(kb_date_parse(kb_span_text("2022-07-31"), &question.day), KB_OK);
	cr_assert_eq(kb_identifiers_allowed(&question, &row),
		     (uint32_t)(KB_IDENTIFIER_PSEUDONIEM | KB_IDENTIFIER_PGN | KB_IDENTIFIER_NAAM));
	cr_assert_str_eq(row->name, "pgn-overstap-2022");
	question.day++;
	cr_assert_eq(kb_identifiers_allowed(&question, &row),
		     (uint32_t)(KB_IDENTIFIER_PSEUDONIEM | KB_IDENTIFIER_PGN | KB_IDENTIFIER_NAAM));
	cr_assert_str_eq(row->name, "pgn-overstap");
	question.kind = KB_KIND_RECEIPT;
	cr_assert_eq(kb_identifiers_allowed(&question, &row), (uint32_t)KB_IDENTIFIER_PSEUDONIEM);
	cr_assert_null(row);
}

Test(identifier_policy, numbers_from_the_wire_that_mean_nothing_get_a_pseudonym_at_most)
{
	struct kb_permit_question question =
		edge((enum kb_kind)UINT32_MAX, (enum kb_purpose)UINT32_MAX, &school, &vo);

	cr_assert_eq(kb_identifiers_allowed(&question, NULL), (uint32_t)KB_IDENTIFIER_PSEUDONIEM);
	question = edge(KB_KIND_OVERDRACHTSDOSSIER, (enum kb_purpose)40, &school, &vo);
	cr_assert_not(may(question, KB_IDENTIFIER_PGN));
	question.from.kind = (enum kb_party_kind)1000;
	cr_assert_eq(kb_identifiers_allowed(&question, NULL), (uint32_t)KB_IDENTIFIER_PSEUDONIEM);
	cr_assert_eq(kb_identifiers_check(&question, UINT32_MAX), KB_ERR_FIELD_NOT_ALLOWED);
	cr_assert_eq(kb_identifiers_check(&question, 0), KB_OK);
}
