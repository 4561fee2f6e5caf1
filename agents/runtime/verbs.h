/* SPDX-License-Identifier: EUPL-1.2 */
/* The functions behind the verbs of every agent. */
#ifndef KB_RUNTIME_VERBS_H
#define KB_RUNTIME_VERBS_H

#include "agents/runtime/desk.h"

enum kb_err kb_verb_help(struct kb_desk_call *call);
enum kb_err kb_verb_status(struct kb_desk_call *call);
enum kb_err kb_verb_doctor(struct kb_desk_call *call);
enum kb_err kb_verb_checkpoint(struct kb_desk_call *call);
enum kb_err kb_verb_parties(struct kb_desk_call *call);
enum kb_err kb_verb_parties_lookup(struct kb_desk_call *call);
enum kb_err kb_verb_user_add(struct kb_desk_call *call);
enum kb_err kb_verb_user_end(struct kb_desk_call *call);
enum kb_err kb_verb_user_list(struct kb_desk_call *call);
enum kb_err kb_verb_inbox(struct kb_desk_call *call);
enum kb_err kb_verb_case_show(struct kb_desk_call *call);
enum kb_err kb_verb_brief_make(struct kb_desk_call *call);
enum kb_err kb_verb_brief_list(struct kb_desk_call *call);
enum kb_err kb_verb_brief_gegeven(struct kb_desk_call *call);
enum kb_err kb_verb_brief_vervallen(struct kb_desk_call *call);
/* The section of 'case show' with the letters that still have to be handed over. */
enum kb_err kb_letters_show_open(struct kb_desk_call *call, uint64_t case_no);
enum kb_err kb_verb_log_show(struct kb_desk_call *call);
enum kb_err kb_verb_log_verify(struct kb_desk_call *call);
enum kb_err kb_verb_outbox(struct kb_desk_call *call);
enum kb_err kb_verb_case_open(struct kb_desk_call *call);
enum kb_err kb_verb_case_place(struct kb_desk_call *call);
enum kb_err kb_verb_case_record(struct kb_desk_call *call);
enum kb_err kb_verb_message_send(struct kb_desk_call *call);
enum kb_err kb_verb_message_kinds(struct kb_desk_call *call);
enum kb_err kb_verb_route_list(struct kb_desk_call *call);
enum kb_err kb_verb_route_start(struct kb_desk_call *call);
enum kb_err kb_verb_act(struct kb_desk_call *call);
enum kb_err kb_verb_regie(struct kb_desk_call *call);
enum kb_err kb_verb_participant_add(struct kb_desk_call *call);
enum kb_err kb_verb_participant_end(struct kb_desk_call *call);
enum kb_err kb_verb_case_new(struct kb_desk_call *call);
enum kb_err kb_verb_assign(struct kb_desk_call *call);
enum kb_err kb_verb_contact_add(struct kb_desk_call *call);
enum kb_err kb_verb_contact_end(struct kb_desk_call *call);
enum kb_err kb_verb_contacts(struct kb_desk_call *call);
enum kb_err kb_verb_note_add(struct kb_desk_call *call);
enum kb_err kb_verb_note_share(struct kb_desk_call *call);
enum kb_err kb_verb_note_list(struct kb_desk_call *call);
enum kb_err kb_verb_task_add(struct kb_desk_call *call);
enum kb_err kb_verb_task_done(struct kb_desk_call *call);
enum kb_err kb_verb_task_list(struct kb_desk_call *call);
enum kb_err kb_verb_appointment_add(struct kb_desk_call *call);
enum kb_err kb_verb_appointment_answer(struct kb_desk_call *call);
enum kb_err kb_verb_appointment_outcome(struct kb_desk_call *call);
enum kb_err kb_verb_appointment_list(struct kb_desk_call *call);
enum kb_err kb_verb_overleg_new(struct kb_desk_call *call);
enum kb_err kb_verb_overleg_lid(struct kb_desk_call *call);
enum kb_err kb_verb_overleg_zaak(struct kb_desk_call *call);
enum kb_err kb_verb_overleg_uitkomst(struct kb_desk_call *call);
enum kb_err kb_verb_overleg_show(struct kb_desk_call *call);
enum kb_err kb_verb_overleg_list(struct kb_desk_call *call);
enum kb_err kb_verb_ask(struct kb_desk_call *call);
enum kb_err kb_verb_answer(struct kb_desk_call *call);
enum kb_err kb_verb_say(struct kb_desk_call *call);
enum kb_err kb_verb_consent_give(struct kb_desk_call *call);
enum kb_err kb_verb_consent_limit(struct kb_desk_call *call);
enum kb_err kb_verb_consent_extend(struct kb_desk_call *call);
enum kb_err kb_verb_consent_withdraw(struct kb_desk_call *call);
enum kb_err kb_verb_consent_show(struct kb_desk_call *call);
enum kb_err kb_verb_access_who(struct kb_desk_call *call);
enum kb_err kb_verb_access_trace(struct kb_desk_call *call);
enum kb_err kb_verb_access_reviews(struct kb_desk_call *call);
enum kb_err kb_verb_access_review(struct kb_desk_call *call);
enum kb_err kb_verb_mandate_add(struct kb_desk_call *call);
enum kb_err kb_verb_mandate_end(struct kb_desk_call *call);
enum kb_err kb_verb_mandate_list(struct kb_desk_call *call);
enum kb_err kb_verb_deputy_add(struct kb_desk_call *call);
enum kb_err kb_verb_deputy_end(struct kb_desk_call *call);
enum kb_err kb_verb_deputy_list(struct kb_desk_call *call);
#ifdef KB_TEST_SWITCHES
enum kb_err kb_verb_bench_fill(struct kb_desk_call *call);
enum kb_err kb_verb_bench_wait(struct kb_desk_call *call);
enum kb_err kb_verb_bench_times(struct kb_desk_call *call);
#endif

/* Codes of ADMINISTRATION records; never reused. */
enum kb_administration {
	KB_ADMINISTRATION_USER_ADDED = 1,
	KB_ADMINISTRATION_USER_ENDED = 2,
	KB_ADMINISTRATION_MANDATE_ADDED = 3,
	KB_ADMINISTRATION_MANDATE_ENDED = 4,
	KB_ADMINISTRATION_DEPUTY_ADDED = 5,
	KB_ADMINISTRATION_DEPUTY_ENDED = 6,
	KB_ADMINISTRATION_REVIEWED = 7,
};
/* number: the user, the mandate or the review; ref_seq: the record it is about, or 0. */
KB_MUST_CHECK enum kb_err kb_log_administration(struct kb_act *act, enum kb_administration code,
						uint64_t number, uint64_t ref_seq);

/* Cells and sections that more than one screen has. */
void kb_cell_party(struct kb_desk_call *call, uint32_t party_no);
void kb_cell_flags(struct kb_desk_call *call, uint32_t inbox_flags);
void kb_cell_user(struct kb_desk_call *call, uint64_t user_no);
KB_MUST_CHECK enum kb_err kb_show_clocks(struct kb_desk_call *call, uint64_t case_no);

#endif
