/* SPDX-License-Identifier: EUPL-1.2 */
/* A route as sections of an answer, and as a drawing. */
#include "agents/cli/profile.h"
#include "common/exchange/letters.h"

#define CELL_BYTES 1024

/* A cell that grows word by word; what does not fit is left out. */
struct cell {
	char text[CELL_BYTES];
	size_t len;
};

static void
add(struct cell *cell, const char *word)
{
	int put = snprintf(cell->text + cell->len, sizeof(cell->text) - cell->len, "%s%s",
			   cell->len > 0 ? ", " : "", word);

	if (put > 0 && (size_t)put < sizeof(cell->text) - cell->len) {
		cell->len += (size_t)put;
	} else {
		cell->text[cell->len] = '\0';
	}
}

static void
add_bits(struct cell *cell, uint32_t set, const char *(*label_of)(uint32_t bit))
{
	for (uint32_t bit = 1; bit != 0; bit <<= 1) {
		if ((set & bit) != 0) {
			add(cell, label_of(bit));
		}
	}
}

static void
add_facts(struct cell *cell, uint64_t facts)
{
	for (size_t fact = 0; fact < KB_FACT_COUNT; fact++) {
		if ((facts >> fact & 1u) != 0) {
			add(cell, kb_fact_label((enum kb_fact_nr)fact));
		}
	}
}

static void
add_clocks(struct cell *cell, const struct kb_route *route, uint32_t clocks)
{
	for (size_t i = 0; i < route->clock_count; i++) {
		if ((clocks >> i & 1u) != 0) {
			add(cell, route->clocks[i].name);
		}
	}
}

static void
put_term(char out[CELL_BYTES], const struct kb_term *term)
{
	if (term->vastgelegd) {
		(void)snprintf(out, CELL_BYTES, "%u %s", term->length,
			       kb_term_unit_word(term->unit));
	} else {
		(void)snprintf(out, CELL_BYTES, "niet vastgelegd");
	}
}

static const char *
from_label(const struct kb_route *route, const struct kb_route_step *step)
{
	return step->from != KB_ROUTE_ANY_STATE ? route->states[step->from].label
						: "elke open toestand";
}

static const char *
to_label(const struct kb_route *route, const struct kb_route_step *step)
{
	return step->to != KB_ROUTE_ANY_STATE ? route->states[step->to].label
					      : "de toestand blijft";
}

/* ---- sections ---- */

static enum kb_err
put_head(struct kb_output *output, const struct kb_route *route)
{
	struct cell openers = { .len = 0 };
	const char *cells[] = { route->id,
				route->label,
				route->rows,
				kb_purpose_label(route->purpose),
				kb_ground_label(route->ground),
				openers.text,
				route->automatic ? "ja" : "nee",
				route->states[route->begin].label,
				route->source };
	enum kb_err err = kb_output_section(output, "route", KB_PROFILE_ROUTE_COLUMNS);

	add_bits(&openers, route->openers, kb_route_role_label);
	return err == KB_OK ? kb_output_row(output, cells, sizeof(cells) / sizeof(cells[0])) : err;
}

static enum kb_err
put_states(struct kb_output *output, const struct kb_route *route)
{
	enum kb_err err = kb_output_section(output, "toestanden", KB_PROFILE_STATE_COLUMNS);

	for (size_t i = 0; err == KB_OK && i < route->state_count; i++) {
		const struct kb_route_state *state = &route->states[i];
		const char *cells[] = { state->name, state->label,
					state->end	    ? "einde"
					: state->stays_open ? "blijft open"
					: state->excused    ? "geen ongeoorloofd verzuim"
							    : "" };

		err = kb_output_row(output, cells, 3);
	}
	return err;
}

static enum kb_err
put_clocks(struct kb_output *output, const struct kb_route *route)
{
	enum kb_err err = kb_output_section(output, "klokken", KB_PROFILE_CLOCK_COLUMNS);

	for (size_t i = 0; err == KB_OK && i < route->clock_count; i++) {
		const struct kb_route_clock *clock = &route->clocks[i];
		char term[CELL_BYTES];
		char grace[CELL_BYTES];
		const char *cells[] = { clock->name,
					clock->label,
					term,
					kb_profile_kind_name(
						(enum kb_profile_kind)clock->term.kind),
					kb_route_role_label(clock->task),
					kb_route_role_label(clock->vangnet),
					grace,
					clock->escalation ? "ja" : "nee",
					clock->term.source };

		put_term(term, &clock->term);
		put_term(grace, &clock->grace);
		err = kb_output_row(output, cells, sizeof(cells) / sizeof(cells[0]));
	}
	return err;
}

static enum kb_err
put_step(struct kb_output *output, const struct kb_route *route, const struct kb_route_step *step)
{
	struct cell by = { .len = 0 };
	struct cell to = { .len = 0 };
	struct cell needs = { .len = 0 };
	struct cell records = { .len = 0 };
	struct cell starts = { .len = 0 };
	struct cell stops = { .len = 0 };
	const char *cells[] = { step->event,
				step->label,
				from_label(route, step),
				to_label(route, step),
				by.text,
				step->function != NULL ? step->function : "",
				kb_kind_label(step->kind),
				to.text,
				needs.text,
				records.text,
				starts.text,
				stops.text,
				kb_route_role_label(step->regie),
				kb_letter_kind_label((enum kb_letter_kind)step->letter),
				step->rule,
				step->source };

	add_bits(&by, step->by, kb_route_role_label);
	add_bits(&to, step->to_roles, kb_route_role_label);
	add_bits(&needs, step->guards, kb_guard_label);
	add_facts(&needs, step->facts);
	add_facts(&records, step->records);
	add_clocks(&starts, route, step->starts);
	add_clocks(&stops, route, step->stops);
	return kb_output_row(output, cells, sizeof(cells) / sizeof(cells[0]));
}

enum kb_err
kb_profile_put_route(struct kb_output *output, const struct kb_route *route)
{
	enum kb_err err = put_head(output, route);

	if (err == KB_OK) {
		err = put_states(output, route);
	}
	if (err == KB_OK) {
		err = put_clocks(output, route);
	}
	if (err == KB_OK) {
		err = kb_output_section(output, "stappen", KB_PROFILE_STEP_COLUMNS);
	}
	for (size_t i = 0; err == KB_OK && i < route->step_count; i++) {
		err = put_step(output, route, &route->steps[i]);
	}
	return err;
}

/* ---- Graphviz ---- */

/* Between quotes, with what would end them taken care of. */
static enum kb_err
put_quoted(struct kb_buf *out, const char *text)
{
	enum kb_err err = KB_OK;

	for (; err == KB_OK && *text != '\0'; text++) {
		if (*text == '"' || *text == '\\') {
			err = kb_buf_put_u8(out, '\\');
		}
		if (err == KB_OK) {
			err = kb_buf_put_u8(out, (uint8_t)*text);
		}
	}
	return err;
}

static enum kb_err
put_node(struct kb_buf *out, const char *name, const char *label, const char *more)
{
	enum kb_err err = kb_buf_putf(out, "\t\"%s\" [label=\"", name);

	if (err == KB_OK) {
		err = put_quoted(out, label);
	}
	return err == KB_OK ? kb_buf_putf(out, "\"%s];\n", more) : err;
}

static enum kb_err
put_clock_node(struct kb_buf *out, const struct kb_route_clock *clock)
{
	char name[KB_ROUTE_NAME_MAX + 8];
	char term[CELL_BYTES];
	char label[2 * CELL_BYTES];

	put_term(term, &clock->term);
	(void)snprintf(name, sizeof(name), "klok:%s", clock->name);
	(void)snprintf(label, sizeof(label), "%s: %s", clock->label, term);
	return put_node(out, name, label, " shape=ellipse style=dashed");
}

/* "* -> *" goes from the node of every state to itself. */
static enum kb_err
put_edges(struct kb_buf *out, const struct kb_route *route, const struct kb_route_step *step)
{
	const char *from = step->from != KB_ROUTE_ANY_STATE ? route->states[step->from].name : "*";
	const char *to = step->to != KB_ROUTE_ANY_STATE ? route->states[step->to].name : "*";
	struct cell by = { .len = 0 };
	enum kb_err err = kb_buf_putf(out, "\t\"%s\" -> \"%s\" [label=\"", from, to);

	add_bits(&by, step->by, kb_route_role_word);
	if (err == KB_OK) {
		err = put_quoted(out, step->label);
	}
	if (err == KB_OK) {
		err = kb_buf_putf(out, "\\n%s: %s\"];\n", step->event, by.text);
	}
	for (size_t i = 0; err == KB_OK && i < route->clock_count; i++) {
		if ((step->starts >> i & 1u) != 0) {
			err = kb_buf_putf(
				out, "\t\"%s\" -> \"klok:%s\" [style=dotted label=\"start\"];\n",
				to, route->clocks[i].name);
		}
	}
	if (err == KB_OK && step->clock != 0) {
		err = kb_buf_putf(out, "\t\"%s\" -> \"%s\" [style=dotted label=\"voorbij\"];\n",
				  step->event, to);
	}
	return err;
}

static bool
has_any(const struct kb_route *route)
{
	for (size_t i = 0; i < route->step_count; i++) {
		if (route->steps[i].from == KB_ROUTE_ANY_STATE) {
			return true;
		}
	}
	return false;
}

enum kb_err
kb_profile_put_dot(struct kb_buf *out, const struct kb_route *route)
{
	enum kb_err err = kb_buf_putf(out, "digraph \"%s\" {\n\trankdir=LR;\n\tnode [shape=box];\n",
				      route->id);

	for (size_t i = 0; err == KB_OK && i < route->state_count; i++) {
		const struct kb_route_state *state = &route->states[i];

		err = put_node(out, state->name, state->label,
			       state->end	   ? " peripheries=2"
			       : i == route->begin ? " style=bold"
						   : "");
	}
	if (err == KB_OK && has_any(route)) {
		err = put_node(out, "*", "elke open toestand", " shape=plaintext");
	}
	for (size_t i = 0; err == KB_OK && i < route->clock_count; i++) {
		err = put_clock_node(out, &route->clocks[i]);
	}
	for (size_t i = 0; err == KB_OK && i < route->step_count; i++) {
		err = put_edges(out, route, &route->steps[i]);
	}
	return err == KB_OK ? kb_buf_put_text(out, "}\n") : err;
}
