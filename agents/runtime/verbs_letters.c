/* SPDX-License-Identifier: EUPL-1.2 */
/* brief make, list, gegeven, vervallen: the paper route to parents. */
#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/letter_file.h"
#include "agents/runtime/letter_page.h"
#include "agents/runtime/verbs.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/crypto/hash.h"
#include "common/exchange/date.h"
#include "common/store/failpoint.h"
#include "common/store/users.h"

#define ADDRESS_LINE_BYTES_MAX 100u

/* ---- brief make ---- */

enum making_stage {
	MAKING_PAGE = 0, /* page and nameless file; nothing is logged yet */
	MAKING_STORED,	 /* the act has run, or is about to */
	MAKING_VOID,	 /* the page could not get its name: the letter is being declared void */
};

struct making {
	struct kb_desk_call *call;
	enum making_stage stage;
	struct kb_letter_order order;
	struct kb_letter_file file;
	bool placed;
	enum kb_err place_err;
	struct kb_error_text where;
};

/* One to six lines, none empty; the same bytes without the empty ones at the end. */
static enum kb_err
read_address(struct kb_desk_call *call, struct kb_span *out)
{
	struct kb_span rest = kb_desk_text_arg(call, "adres");
	size_t lines = 0;
	bool bad = false;

	while (rest.len > 0 && rest.at[rest.len - 1] == '\n') {
		rest.len--;
	}
	*out = rest;
	while (rest.len > 0) {
		const uint8_t *end = memchr(rest.at, '\n', rest.len);
		size_t len = end != NULL ? (size_t)(end - rest.at) : rest.len;

		bad = bad || len > ADDRESS_LINE_BYTES_MAX ||
		      kb_text_trim(kb_span_part(rest, 0, len)).len == 0;
		lines++;
		rest = kb_span_part(rest, len + 1, rest.len);
	}
	if (bad || lines == 0 || lines > KB_LETTER_ADDRESS_LINES_MAX) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "'adres' heeft 1 tot %u regels van hoogstens %u tekens, geen "
				    "ervan leeg",
				    KB_LETTER_ADDRESS_LINES_MAX, ADDRESS_LINE_BYTES_MAX);
	}
	return KB_OK;
}

static enum kb_err
read_kind(struct kb_desk_call *call, enum kb_letter_kind *out)
{
	struct kb_buf names = { 0 };
	enum kb_err err = KB_OK;

	*out = kb_letter_kind_parse(kb_desk_text_arg(call, "soort"));
	if (*out != KB_LETTER_NONE) {
		return KB_OK;
	}
	for (unsigned i = 1; err == KB_OK && i < KB_LETTER_KIND_COUNT; i++) {
		err = kb_buf_putf(&names, "%s%s", i > 1 ? ", " : "",
				  kb_letter_kind_name((enum kb_letter_kind)i));
	}
	if (err == KB_OK) {
		err = kb_desk_fail(call, KB_ERR_DATA, "deze soort brief is er niet; wel: %s",
				   kb_buf_text(&names));
	}
	kb_buf_release(&names);
	return err;
}

static enum kb_err
read_order(struct kb_desk_call *call, struct kb_letter_order *order)
{
	struct kb_letter_row *letter = &order->letter;
	enum kb_err err = read_kind(call, &letter->kind);

	letter->case_no = kb_desk_number_arg(call, "zaak");
	letter->name = kb_text_trim(kb_desk_text_arg(call, "aan"));
	letter->language = kb_text_trim(kb_desk_text_arg(call, "taal"));
	order->given = kb_desk_text_arg(call, "veld");
	order->user_no = kb_desk_user_no(call);
	order->now_utc_ms = kb_desk_now_utc_ms(call);
	if (err == KB_OK && (letter->name.len == 0 || letter->name.len > KB_LETTER_NAME_BYTES_MAX ||
			     letter->language.len > KB_LETTER_LANGUAGE_BYTES_MAX)) {
		err = kb_desk_fail(call, KB_ERR_DATA,
				   "'aan' heeft 1 tot %u tekens, 'taal' hoogstens %u",
				   KB_LETTER_NAME_BYTES_MAX, KB_LETTER_LANGUAGE_BYTES_MAX);
	}
	return err == KB_OK ? read_address(call, &letter->address) : err;
}

/* The page in memory, its number and its hash. */
static enum kb_err
make_page(struct making *making, struct kb_buf *page)
{
	struct kb_agent *agent = kb_desk_agent(making->call);
	struct kb_arena *arena = kb_desk_arena(making->call);
	struct kb_letter_row *letter = &making->order.letter;
	struct kb_step *step = NULL;
	enum kb_err err = kb_step_begin(agent->store, KB_STEP_READ, &step);

	if (err == KB_OK) {
		err = kb_letter_next_number(step, letter->case_no, arena, &letter->letter_no);
		if (err == KB_ERR_NOT_FOUND) {
			(void)kb_fail(&making->where, err, "er is geen zaak met dit nummer");
		}
	}
	if (err == KB_OK) {
		err = kb_letter_page(agent, step, arena, &making->order, page, &making->where);
	}
	kb_step_abort(&step);
	if (err == KB_OK) {
		kb_sha256(kb_buf_span(page), &letter->page);
	}
	return err;
}

static enum kb_err
store_act(struct kb_act *act, void *arg)
{
	const struct making *making = arg;
	struct kb_letter_row letter = making->order.letter; /* this may run again */
	enum kb_err err = kb_letter_add(act, &letter);

	/* The page says its number; only this verb makes letters, and it runs once at a time. */
	return err == KB_OK && letter.letter_no != making->order.letter.letter_no ? KB_ERR_BUSY
										  : err;
}

static enum kb_err
void_act(struct kb_act *act, void *arg)
{
	const struct making *making = arg;
	const struct kb_letter_row letter = {
		.case_no = making->order.letter.case_no,
		.letter_no = making->order.letter.letter_no,
		.state = KB_LETTER_VERVALLEN,
		.text = kb_span_text("de pagina kon niet in het bestand worden gezet")
	};

	return kb_letter_close(act, &letter);
}

/* Gives the page its name, once. */
static void
place(struct making *making)
{
	if (!making->placed) {
		making->placed = true;
		making->place_err = kb_letter_file_place(&making->file, &making->where);
	}
}

/* Also when the one who asked went away: what was logged gets its page all the same. */
static void
making_release(void *state)
{
	struct making *making = state;

	if (making->stage == MAKING_STORED && kb_desk_job_act_err(making->call) == KB_OK) {
		place(making);
		if (making->place_err != KB_OK) {
			kb_log(KB_LOG_WARNING, "letter-no-page", "reason=%s",
			       kb_err_name(making->place_err));
		}
	}
	kb_letter_file_release(&making->file);
	free(making);
}

/* Everything that can go wrong goes wrong here, before anything is logged. */
static enum kb_err
begin(struct kb_desk_call *call)
{
	struct making *making = calloc(1, sizeof(*making));
	struct kb_buf page = { .ceiling = KB_TEMPLATE_PAGE_MAX };
	enum kb_err err = KB_OK;

	if (making == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	making->call = call;
	making->file = KB_LETTER_FILE_NONE;
	kb_desk_job_state(call, making, making_release);
	err = read_order(call, &making->order);
	if (err != KB_OK) {
		return err;
	}
	err = make_page(making, &page);
	if (err == KB_OK) {
		err = kb_letter_file_write(kb_desk_path_arg(call, "uit"), kb_buf_span(&page),
					   &making->file, &making->where);
	}
	kb_buf_wipe(&page);
	if (err == KB_OK) {
		err = kb_failpoint(KB_FAILPOINT_LETTER_WRITTEN);
	}
	if (err == KB_OK) {
		err = kb_desk_job_act(call, store_act, making);
	}
	if (err == KB_OK) {
		making->stage = MAKING_STORED;
	} else if (making->where.text[0] != '\0') {
		err = kb_desk_fail(call, err, "%s", making->where.text);
	}
	return err;
}

static void
answer(struct kb_desk_call *call, const struct kb_letter_row *letter)
{
	kb_desk_section(call, "brief", "zaak|brief|soort|kenmerk");
	kb_desk_row(call);
	kb_desk_cell_number(call, letter->case_no);
	kb_desk_cell_number(call, letter->letter_no);
	kb_desk_cell_text(call, kb_letter_kind_name(letter->kind));
	kb_desk_cellf(call, "Z%llu-B%u", (unsigned long long)letter->case_no, letter->letter_no);
	kb_desk_say(call,
		    "De brief is gemaakt. Print hem en geef hem aan de ouders; leg dat vast met: "
		    "brief gegeven %llu %u",
		    (unsigned long long)letter->case_no, letter->letter_no);
	kb_desk_job_done(call);
}

enum kb_err
kb_verb_brief_make(struct kb_desk_call *call)
{
	struct making *making = kb_desk_job_state_get(call);
	enum kb_err err = KB_OK;

	if (making == NULL) {
		return begin(call);
	}
	err = kb_desk_job_act_err(call);
	if (making->stage == MAKING_VOID) {
		return kb_desk_fail(call, making->place_err, "%s; de brief %s", making->where.text,
				    err == KB_OK ? "is vervallen"
						 : "staat nog open: maak hem vervallen");
	}
	if (err != KB_OK) {
		return err;
	}
	err = kb_failpoint(KB_FAILPOINT_LETTER_STORED);
	if (err != KB_OK) {
		return err;
	}
	place(making);
	if (making->place_err != KB_OK) {
		making->stage = MAKING_VOID;
		return kb_desk_job_act(call, void_act, making);
	}
	answer(call, &making->order.letter);
	return KB_OK;
}

/* ---- brief list, and the open ones of case show ---- */

static void
user_cell(struct kb_desk_call *call, uint64_t user_no)
{
	struct kb_user user;

	if (kb_user_get(kb_desk_step(call), user_no, kb_desk_arena(call), &user) == KB_OK) {
		kb_desk_cell(call, user.name);
	} else {
		kb_desk_cell_text(call, "");
	}
}

static void
letter_row(struct kb_desk_call *call, const struct kb_letter_row *letter)
{
	kb_desk_row(call);
	kb_desk_cell_number(call, letter->letter_no);
	kb_desk_cell_text(call, kb_letter_kind_name(letter->kind));
	kb_desk_cell(call, letter->name);
	kb_desk_cell(call, letter->language);
	kb_desk_cell_time(call, letter->made_utc_ms);
	user_cell(call, letter->made_by_no);
	kb_desk_cell_text(call, kb_letter_state_label(letter->state));
	kb_desk_cell_day(call, letter->handed_day);
	kb_desk_cell_text(call, kb_letter_way_name(letter->way));
	kb_desk_cell(call, letter->text);
	if (letter->state == KB_LETTER_OPEN) {
		kb_desk_cell_text(call, "");
	} else {
		user_cell(call, letter->closed_by_no);
	}
}

enum kb_err
kb_verb_brief_list(struct kb_desk_call *call)
{
	uint64_t case_no = kb_desk_number_arg(call, "zaak");
	struct kb_letter_row letter = { .letter_no = 0 };
	struct kb_case row;
	enum kb_err err = kb_case_get(kb_desk_step(call), case_no, &row);

	if (err == KB_ERR_NOT_FOUND) {
		return kb_desk_fail(call, err, "er is geen zaak met dit nummer");
	}
	if (err == KB_OK) {
		err = kb_act_viewed(kb_desk_act(call), "brief list", case_no, 1);
	}
	kb_desk_section(
		call, "brieven",
		"brief|soort|aan|taal|gemaakt|door|stand|gegeven op|wijze|ontvanger of reden|"
		"vastgelegd door");
	while (err == KB_OK) {
		err = kb_letter_next(kb_desk_step(call), case_no, letter.letter_no,
				     kb_desk_arena(call), &letter);
		if (err == KB_OK) {
			letter_row(call, &letter);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_letters_show_open(struct kb_desk_call *call, uint64_t case_no)
{
	struct kb_letter_row letter = { .letter_no = 0 };
	enum kb_err err = KB_OK;

	kb_desk_section(call, "brieven te geven", "brief|soort|aan|gemaakt");
	while (err == KB_OK) {
		err = kb_letter_next(kb_desk_step(call), case_no, letter.letter_no,
				     kb_desk_arena(call), &letter);
		if (err == KB_OK && letter.state == KB_LETTER_OPEN) {
			kb_desk_row(call);
			kb_desk_cell_number(call, letter.letter_no);
			kb_desk_cell_text(call, kb_letter_kind_label(letter.kind));
			kb_desk_cell(call, letter.name);
			kb_desk_cell_time(call, letter.made_utc_ms);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* ---- brief gegeven, brief vervallen ---- */

/* The letter that the arguments name, which must be open. */
static enum kb_err
open_letter(struct kb_desk_call *call, struct kb_letter_row *out)
{
	uint64_t number = kb_desk_number_arg(call, "brief");
	enum kb_err err = number == 0 || number > UINT32_MAX ? KB_ERR_NOT_FOUND : KB_OK;

	if (err == KB_OK) {
		err = kb_letter_get(kb_desk_step(call), kb_desk_number_arg(call, "zaak"),
				    (uint32_t)number, kb_desk_arena(call), out);
	}
	if (err == KB_ERR_NOT_FOUND) {
		return kb_desk_fail(call, err, "deze zaak heeft geen brief met dit nummer");
	}
	if (err == KB_OK && out->state != KB_LETTER_OPEN) {
		return kb_desk_fail(call, KB_ERR_STATE, "deze brief is al %s",
				    kb_letter_state_label(out->state));
	}
	return err;
}

static enum kb_err
read_text(struct kb_desk_call *call, const char *name, struct kb_span *out)
{
	*out = kb_text_trim(kb_desk_text_arg(call, name));
	return out->len > 0 && out->len <= KB_LETTER_TEXT_BYTES_MAX
		       ? KB_OK
		       : kb_desk_fail(call, KB_ERR_DATA, "'%s' heeft 1 tot %u tekens", name,
				      KB_LETTER_TEXT_BYTES_MAX);
}

static enum kb_err
read_handed(struct kb_desk_call *call, struct kb_letter_row *letter)
{
	int32_t today = kb_date_local_day(kb_desk_now_utc_ms(call));

	letter->state = KB_LETTER_GEGEVEN;
	letter->handed_day = kb_desk_date_arg(call, "datum");
	letter->way = kb_letter_way_parse(kb_desk_text_arg(call, "wijze"));
	if (letter->way == KB_LETTER_WAY_NONE) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "'wijze' is per post, meegegeven, aan tafel of anders");
	}
	if (letter->handed_day > today ||
	    letter->handed_day < kb_date_local_day(letter->made_utc_ms)) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "'datum' ligt niet voor de dag waarop de brief is gemaakt en "
				    "niet na vandaag");
	}
	return read_text(call, "ontvanger", &letter->text);
}

enum kb_err
kb_verb_brief_gegeven(struct kb_desk_call *call)
{
	struct kb_letter_row letter = { .letter_no = 0 };
	enum kb_err err = open_letter(call, &letter);

	if (err == KB_OK) {
		err = read_handed(call, &letter);
	}
	if (err == KB_OK) {
		err = kb_letter_close(kb_desk_act(call), &letter);
	}
	if (err == KB_OK) {
		kb_desk_say(call, "Vastgelegd: brief %u is gegeven.", letter.letter_no);
	}
	return err;
}

enum kb_err
kb_verb_brief_vervallen(struct kb_desk_call *call)
{
	struct kb_letter_row letter = { .letter_no = 0 };
	enum kb_err err = open_letter(call, &letter);

	letter.state = KB_LETTER_VERVALLEN;
	if (err == KB_OK) {
		err = read_text(call, "reden", &letter.text);
	}
	if (err == KB_OK) {
		err = kb_letter_close(kb_desk_act(call), &letter);
	}
	if (err == KB_OK) {
		kb_desk_say(call, "Vastgelegd: brief %u is vervallen.", letter.letter_no);
	}
	return err;
}
