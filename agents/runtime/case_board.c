/* SPDX-License-Identifier: EUPL-1.2 */
/* What the verbs about a case have in common. */
#include "agents/runtime/case_board.h"

#include "agents/runtime/agent_internal.h"
#include "common/base/text.h"
#include "common/exchange/date.h"
#include "common/store/parties.h"
#include "common/store/users.h"

enum kb_err
kb_board_case(struct kb_desk_call *call, struct kb_case *out)
{
	return kb_case_get(kb_desk_step(call), kb_desk_number_arg(call, "zaak"), out);
}

/* What is in no desk is of the first one, as in authorise.c. */
static uint32_t
desk_of(struct kb_desk_call *call, const struct kb_case *row)
{
	return row->desk != 0 ? row->desk : (uint32_t)kb_agent_role(kb_desk_agent(call))->desks[0];
}

bool
kb_board_sees(struct kb_desk_call *call, const struct kb_case *row, const struct kb_case_item *item)
{
	const struct kb_authority *authority = kb_desk_act(call)->authority;

	if (item->visibility == KB_VISIBILITY_ALL) {
		return true;
	}
	if (item->author_party_no == KB_PARTY_NO_SELF && item->author_user_no != 0 &&
	    item->author_user_no == kb_desk_user_no(call)) {
		return true;
	}
	return item->visibility != KB_VISIBILITY_USER && authority != NULL &&
	       authority->desk == desk_of(call, row);
}

enum kb_err
kb_board_item(struct kb_desk_call *call, const struct kb_case *row, enum kb_case_item_type type,
	      const char *argument, struct kb_case_item *out)
{
	uint64_t number = kb_desk_number_arg(call, argument);
	enum kb_err err = KB_ERR_NOT_FOUND;

	if (number > 0 && number <= UINT32_MAX) {
		err = kb_case_item_get(kb_desk_step(call), row->case_no, type, (uint32_t)number,
				       kb_desk_arena(call), out);
	}
	if (err == KB_OK && !kb_board_sees(call, row, out)) {
		err = KB_ERR_NOT_FOUND;
	}
	return err == KB_ERR_NOT_FOUND
		       ? kb_desk_fail(call, err, "'%s': dit nummer is er in deze zaak niet",
				      argument)
		       : err;
}

enum kb_err
kb_board_next(struct kb_desk_call *call, const struct kb_case *row, enum kb_case_item_type type,
	      struct kb_case_item *item)
{
	enum kb_err err = KB_OK;

	do {
		err = kb_case_item_next(kb_desk_step(call), row->case_no, type, item->item_no,
					kb_desk_arena(call), item);
	} while (err == KB_OK && !kb_board_sees(call, row, item));
	return err;
}

struct kb_case_item
kb_board_new_item(struct kb_desk_call *call, uint64_t case_no, enum kb_case_item_type type,
		  enum kb_visibility visibility)
{
	return (struct kb_case_item){ .case_no = case_no,
				      .type = type,
				      .author_party_no = KB_PARTY_NO_SELF,
				      .author_user_no = kb_desk_user_no(call),
				      .at_utc_ms = kb_desk_act(call)->now_utc_ms,
				      .visibility = visibility };
}

enum kb_err
kb_board_keep(struct kb_act *act, struct kb_case_item *item, enum kb_note code,
	      struct kb_span payload)
{
	struct kb_case *row = NULL;
	enum kb_err err =
		kb_act_note(act, item->case_no, (uint32_t)code, payload, &item->ledger_seq);

	if (err == KB_OK) {
		item->payload = payload;
		err = kb_case_item_put(act->step, item);
	}
	if (err == KB_OK) {
		err = kb_case_edit(act->step, item->case_no, &row);
	}
	if (err == KB_OK) {
		row->last_activity_utc_ms = act->now_utc_ms;
	}
	return err;
}

enum kb_err
kb_board_colleague(struct kb_desk_call *call, const struct kb_case *row, const char *argument,
		   uint64_t *user_no)
{
	int64_t now = kb_desk_now_utc_ms(call);
	struct kb_user user;
	enum kb_err err = kb_user_find(kb_desk_step(call), kb_desk_text_arg(call, argument),
				       kb_desk_arena(call), &user);

	if (err == KB_OK && (!kb_user_active(&user, now, kb_date_local_day(now)) ||
			     (user.roles & KB_USER_DESK) == 0 || user.desk != desk_of(call, row))) {
		err = KB_ERR_UNKNOWN_USER;
	}
	if (err == KB_OK) {
		*user_no = user.user_no;
	}
	/* DATA: the one who asks is known. */
	return err == KB_ERR_UNKNOWN_USER
		       ? kb_desk_fail(call, KB_ERR_DATA,
				      "'%s': deze collega werkt niet (meer) aan het loket van deze "
				      "zaak",
				      argument)
		       : err;
}

enum kb_err
kb_board_text(struct kb_desk_call *call, const char *argument, bool required, size_t max,
	      struct kb_span *out)
{
	*out = kb_text_trim(kb_desk_text_arg(call, argument));
	if (out->len > max) {
		return kb_desk_fail(call, KB_ERR_DATA, "'%s' heeft hoogstens %zu tekens", argument,
				    max);
	}
	return required && out->len == 0 ? kb_desk_fail(call, KB_ERR_DATA, "'%s' is leeg", argument)
					 : KB_OK;
}
