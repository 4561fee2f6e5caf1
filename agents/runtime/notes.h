/* SPDX-License-Identifier: EUPL-1.2 */
/* Numbers of CASE_ACT records that the runtime itself writes (kb_act_note); those of roles and of letters.h stay below. Never reused. */
#ifndef KB_RUNTIME_NOTES_H
#define KB_RUNTIME_NOTES_H

enum kb_note {
	KB_NOTE_NONE = 0,
	KB_NOTE_PLACE = 1001,	   /* where the child stands with a school (places.h) */
	KB_NOTE_DUTY_ENDED = 1002, /* the zorgplicht ended: information was refused (R18) */
	KB_NOTE_DOCUMENT = 1201,   /* a paper of the case (documents.h) */
	KB_NOTE_KIND =
		2000, /* and the number of a kind: what it says happened here, with no other agent to tell (parents) */
};

#endif
