/* SPDX-License-Identifier: EUPL-1.2 */
/* case open, case new: a case about a child that is typed in, is known from the own list, or had a case before. */
#include "agents/runtime/case_new.h"
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/case_board.h"
#include "agents/runtime/case_persons.h"
#include "agents/runtime/verbs.h"
#include "common/base/text.h"
#include "common/exchange/date.h"
#include "common/exchange/identifiers.h"
#include "common/store/parties.h"
#include "common/store/subjects.h"
#include "common/store/users.h"

/* The child by its PGN; without one a child that is only known by this case. An SWV may not have the number (facts D4). */
static enum kb_err
take_subject(struct kb_desk_call *call, uint64_t *subject_no)
{
	struct kb_span text = kb_desk_text_arg(call, "pgn");
	char pgn[KB_PGN_CHARS + 1];

	if (text.len == 0) {
		return kb_subject_create(kb_desk_step(call), subject_no);
	}
	if (kb_desk_act(call)->own_kind == KB_PARTY_SWV) {
		return kb_desk_fail(call, KB_ERR_NOT_ALLOWED,
				    "een samenwerkingsverband mag geen 'pgn' gebruiken; open de "
				    "zaak zonder nummer");
	}
	if (kb_pgn_parse(text, pgn) != KB_OK) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "'pgn' is geen geldig nummer (9 cijfers die aan de elfproef "
				    "voldoen)");
	}
	return kb_subject_take(kb_desk_step(call), kb_span_text(pgn), subject_no);
}

/* A case of the desk of the user about that child. */
static enum kb_err
open_case(struct kb_act *act, uint64_t subject_no, struct kb_span title, struct kb_case *out)
{
	struct kb_case_text text = { .title = title };
	struct kb_user user = { 0 };
	struct kb_case row = { .kind = KB_CASE_KIND_PARTNERS,
			       .counterparty_no = KB_PARTY_NO_SELF,
			       .subject_no = subject_no };
	enum kb_err err = kb_user_get(act->step, act->user_no, act->arena, &user);

	row.desk = user.desk;
	if (err == KB_OK) {
		err = kb_act_case_open(act, &row);
	}
	if (err == KB_OK) {
		err = kb_case_text_put(act->step, row.case_no, &text);
	}
	if (err == KB_OK) {
		err = kb_subject_case_add(act->step, row.subject_no, row.case_no);
	}
	*out = row;
	return err;
}

void
kb_case_new_say(struct kb_desk_call *call, const struct kb_case *row)
{
	kb_desk_section(call, "zaak", "zaak|kenmerk");
	kb_desk_row(call);
	kb_desk_cell_number(call, row->case_no);
	kb_desk_cell_id(call, &row->case_id);
	kb_desk_say(call, "Zaak %llu is geopend.", (unsigned long long)row->case_no);
}

enum kb_err
kb_verb_case_open(struct kb_desk_call *call)
{
	struct kb_case row;
	uint64_t subject_no = 0;
	enum kb_err err = take_subject(call, &subject_no);

	if (err == KB_OK) {
		err = open_case(kb_desk_act(call), subject_no, kb_desk_text_arg(call, "titel"),
				&row);
	}
	if (err == KB_OK) {
		kb_case_new_say(call, &row);
	}
	return err;
}

/* ---- case new, from the own list ---- */

/* One sentence for a child that is not in the list and for one that this user may not see: the list is of the first desk. */
static enum kb_err
find_child(struct kb_desk_call *call, struct kb_role_child *out)
{
	const struct kb_role *role = kb_agent_role(kb_desk_agent(call));
	bool sees = false;
	enum kb_err err = KB_OK;

	if (role->on_child == NULL) {
		return kb_desk_fail(call, KB_ERR_USAGE,
				    "deze partij heeft geen lijst van leerlingen; geef 'titel' of "
				    "'van'");
	}
	err = kb_authorise_row(call, 0, &sees);
	if (err == KB_OK) {
		err = sees ? role->on_child(kb_desk_act(call), kb_desk_text_arg(call, "leerling"),
					    out)
			   : KB_ERR_NOT_FOUND;
	}
	return err == KB_ERR_NOT_FOUND
		       ? kb_desk_fail(call, KB_ERR_DATA,
				      "'leerling': dit nummer staat niet in de ingelezen gegevens")
		       : err;
}

/* The child itself, and the contactpersoon of the list. */
static enum kb_err
add_child(struct kb_act *act, uint64_t case_no, const struct kb_role_child *child)
{
	struct kb_person_form form = { .role = KB_PERSON_LEERLING,
				       .name = child->name,
				       .address = child->address,
				       .birth_day = child->birth_day,
				       .from_day = KB_DAY_NONE,
				       .until_day = KB_DAY_NONE };
	enum kb_err err = kb_case_person_add(act, case_no, &form, NULL);

	if (err == KB_OK && child->contact.len > 0) {
		form = (struct kb_person_form){ .role = KB_PERSON_CONTACT,
						.name = child->contact,
						.phone = child->phone,
						.birth_day = KB_DAY_NONE,
						.from_day = KB_DAY_NONE,
						.until_day = KB_DAY_NONE };
		err = kb_case_person_add(act, case_no, &form, NULL);
	}
	return err;
}

enum kb_err
kb_case_new_child(struct kb_act *act, const struct kb_role_child *child, struct kb_case *out)
{
	uint64_t subject_no = child->subject_no;
	enum kb_err err = subject_no == 0 ? kb_subject_create(act->step, &subject_no) : KB_OK;

	if (err == KB_OK) {
		err = open_case(act, subject_no, child->name, out);
	}
	return err == KB_OK ? add_child(act, out->case_no, child) : err;
}

static enum kb_err
new_from_list(struct kb_desk_call *call, struct kb_case *row)
{
	struct kb_role_child child = { .birth_day = KB_DAY_NONE };
	enum kb_err err = find_child(call, &child);

	if (err == KB_OK && child.name.len == 0) {
		err = kb_desk_fail(call, KB_ERR_DATA,
				   "'leerling': de naam van deze leerling is niet ingelezen "
				   "(personen.csv)");
	}
	return err == KB_OK ? kb_case_new_child(kb_desk_act(call), &child, row) : err;
}

/* ---- case new, from an earlier case ---- */

static enum kb_err
new_from_case(struct kb_desk_call *call, struct kb_case *row)
{
	uint64_t from = kb_desk_number_arg(call, "van");
	struct kb_case_text text = { .title = KB_SPAN_NONE };
	struct kb_case earlier;
	enum kb_err err = kb_case_get(kb_desk_step(call), from, &earlier);

	if (err == KB_OK || err == KB_ERR_NOT_FOUND) {
		/* One that is not there is refused in the words of one that may not be seen. */
		err = kb_authorise_case(call, err == KB_OK ? from : 0);
	}
	if (err == KB_OK) {
		err = kb_case_text_get(kb_desk_step(call), from, kb_desk_arena(call), &text);
	}
	if (err == KB_ERR_NOT_FOUND) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "de gegevens van zaak %llu zijn gewist; open een zaak met "
				    "'titel'",
				    (unsigned long long)from);
	}
	if (err == KB_OK) {
		err = kb_act_viewed(kb_desk_act(call), "case new", from, 1);
	}
	if (err == KB_OK) {
		err = open_case(kb_desk_act(call), earlier.subject_no, text.title, row);
	}
	return err == KB_OK ? kb_case_persons_copy(kb_desk_act(call), from, row->case_no) : err;
}

static enum kb_err
new_typed(struct kb_desk_call *call, struct kb_case *row)
{
	uint64_t subject_no = 0;
	enum kb_err err = take_subject(call, &subject_no);

	return err == KB_OK ? open_case(kb_desk_act(call), subject_no,
					kb_desk_text_arg(call, "titel"), row)
			    : err;
}

static const struct {
	const char *argument;
	enum kb_err (*open)(struct kb_desk_call *call, struct kb_case *row);
} ways[] = {
	{ "leerling", new_from_list },
	{ "van", new_from_case },
	{ "titel", new_typed },
};

#define WAY_COUNT (sizeof(ways) / sizeof(ways[0]))

enum kb_err
kb_verb_case_new(struct kb_desk_call *call)
{
	size_t chosen = WAY_COUNT;
	size_t count = 0;
	struct kb_case row;
	enum kb_err err = KB_OK;

	for (size_t i = 0; i < WAY_COUNT; i++) {
		if (kb_desk_has(call, ways[i].argument)) {
			chosen = i;
			count++;
		}
	}
	if (count != 1) {
		return kb_desk_fail(call, KB_ERR_USAGE,
				    "geef een van deze drie: 'leerling', 'van' of 'titel'");
	}
	if (kb_desk_has(call, "pgn") && !kb_desk_has(call, "titel")) {
		return kb_desk_fail(call, KB_ERR_USAGE, "'pgn' hoort bij 'titel'");
	}
	err = ways[chosen].open(call, &row);
	if (err == KB_OK) {
		kb_case_new_say(call, &row);
	}
	return err;
}
