/* SPDX-License-Identifier: EUPL-1.2 */
/* Numbers of CASE_ACT records that the runtime itself writes (kb_act_note); those of roles and of letters.h stay below. Never reused. */
#ifndef KB_RUNTIME_NOTES_H
#define KB_RUNTIME_NOTES_H

enum kb_note {
	KB_NOTE_NONE = 0,
	KB_NOTE_PLACE = 1001,	   /* where the child stands with a school (places.h) */
	KB_NOTE_DUTY_ENDED = 1002, /* the zorgplicht ended: information was refused (R18) */
	/* 1101 to 1199: what people keep in a case (case_forms.h); what they hold is the item as it became */
	KB_NOTE_NOTE = 1101,
	KB_NOTE_NOTE_SHARED = 1102,
	KB_NOTE_TASK = 1103,
	KB_NOTE_TASK_DONE = 1104,
	KB_NOTE_APPOINTMENT = 1105,
	KB_NOTE_APPOINTMENT_ANSWER = 1106,
	KB_NOTE_APPOINTMENT_OUTCOME = 1107,
	KB_NOTE_PERSON = 1108,
	KB_NOTE_PERSON_ENDED = 1109,
	KB_NOTE_ASSIGNED = 1110,   /* behandelaar and waarnemer, two numbers of users */
	KB_NOTE_OVERLEG = 1111,	   /* an overleg was called: its table and mandate */
	KB_NOTE_LID = 1112,	   /* somebody is a member of it */
	KB_NOTE_AGENDAPUNT = 1113, /* a case is on its agenda, or what came of it there */
	KB_NOTE_DOCUMENT = 1201,   /* a paper of the case (documents.h) */
	KB_NOTE_KIND =
		2000, /* and the number of a kind: what it says happened here, with no other agent to tell (parents) */
};

#endif
