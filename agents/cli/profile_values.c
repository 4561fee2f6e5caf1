/* SPDX-License-Identifier: EUPL-1.2 */
/* The values of a region profile as sections of an answer. */
#include "agents/cli/profile.h"
#include "common/base/text.h"

#define CELL_BYTES 128
#define NOT_AGREED "niet vastgelegd"

static enum kb_err
put_region(struct kb_output *output, const struct kb_profile *profile)
{
	char hash[2 * KB_HASH_BYTES + 1];
	const char *rows[][2] = { { "id", profile->id },
				  { "naam", profile->name },
				  { "swv", profile->swv },
				  { "hash", hash } };
	enum kb_err err = kb_output_section(output, "regio", KB_PROFILE_REGION_COLUMNS);

	kb_hex_encode(KB_SPAN_OF(profile->hash.bytes), hash);
	for (size_t i = 0; err == KB_OK && i < sizeof(rows) / sizeof(rows[0]); i++) {
		err = kb_output_row(output, rows[i], 2);
	}
	return err;
}

static const struct {
	const char *key;
	const char *unit;
} verzuim_keys[] = {

#define KB_ROW(name, key, unit, least, most, open) { (key), (unit) },
	KB_PROFILE_VERZUIM(KB_ROW)
#undef KB_ROW
};

static enum kb_err
put_verzuim(struct kb_output *output, const struct kb_profile *profile)
{
	enum kb_err err = kb_output_section(output, "verzuim", KB_PROFILE_VALUE_COLUMNS);

	for (size_t i = 0; err == KB_OK && i < KB_PROFILE_VERZUIM_COUNT; i++) {
		const struct kb_profile_value *value = &profile->verzuim[i];
		char text[CELL_BYTES];
		const char *cells[] = { verzuim_keys[i].key, value->vastgelegd ? text : NOT_AGREED,
					kb_profile_kind_name(value->kind), value->source };

		(void)snprintf(text, sizeof(text), "%u %s", value->value, verzuim_keys[i].unit);
		err = kb_output_row(output, cells, 4);
	}
	return err;
}

static const char *const agreement_labels[KB_REGION_COUNT] = {

#define KB_ROW(name, bit, key, label) [(bit)] = (label),
	KB_REGION_TABLE(KB_ROW)
#undef KB_ROW
};

static enum kb_err
put_agreements(struct kb_output *output, const struct kb_profile *profile)
{
	enum kb_err err = kb_output_section(output, "afspraken", KB_PROFILE_VALUE_COLUMNS);

	for (size_t i = 0; err == KB_OK && i < KB_REGION_COUNT; i++) {
		const struct kb_profile_agreement *agreement = &profile->afspraken[i];
		const char *cells[] = { agreement_labels[i],
					!agreement->vastgelegd ? NOT_AGREED
					: agreement->yes       ? "ja"
							       : "nee",
					"", agreement->source };

		err = kb_output_row(output, cells, 4);
	}
	return err;
}

static enum kb_err
put_rules(struct kb_output *output, const struct kb_profile *profile)
{
	enum kb_err err = kb_output_section(output, "onderwerpen", KB_PROFILE_RULE_COLUMNS);

	for (size_t i = 0; err == KB_OK && i < KB_PROFILE_RULE_COUNT; i++) {
		const struct kb_profile_rule *rule = &profile->rules[i];
		const struct kb_profile_rule_row *row =
			kb_profile_rule_row((enum kb_profile_rule_nr)i);
		char name[CELL_BYTES];
		char number[CELL_BYTES] = "";
		const char *cells[] = { name, rule->text,
					kb_profile_kind_name((enum kb_profile_kind)rule->term.kind),
					rule->source, number };

		(void)snprintf(name, sizeof(name), "%s, %s", row->section, row->key);
		if (row->row > 0) {
			(void)snprintf(number, sizeof(number), "%u", row->row);
		}
		err = kb_output_row(output, cells, 5);
	}
	return err;
}

static enum kb_err
put_routes(struct kb_output *output, const struct kb_profile *profile)
{
	enum kb_err err = kb_output_section(output, "routes", KB_PROFILE_ROUTES_COLUMNS);

	for (size_t i = 0; err == KB_OK && i < profile->route_count; i++) {
		const struct kb_route *route = &profile->routes[i];
		const char *cells[] = { route->id,
					route->label,
					route->rows,
					kb_purpose_label(route->purpose),
					kb_ground_label(route->ground),
					route->source };

		err = kb_output_row(output, cells, 6);
	}
	return err;
}

enum kb_err
kb_profile_put_values(struct kb_output *output, const struct kb_profile *profile)
{
	static enum kb_err (*const put[])(struct kb_output *, const struct kb_profile *) = {
		put_region, put_verzuim, put_agreements, put_rules, put_routes,
	};
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < sizeof(put) / sizeof(put[0]); i++) {
		err = put[i](output, profile);
	}
	return err;
}
