/* SPDX-License-Identifier: EUPL-1.2 */
/* What the items of a case hold (common/store/case_items.h): notes, tasks, appointments, persons; each with a version of its own. */
#ifndef KB_RUNTIME_CASE_FORMS_H
#define KB_RUNTIME_CASE_FORMS_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/ids.h"
#include "common/exchange/access_rules.h"

/* Rules of all _pack and _unpack: every field stands in the bytes, texts with their length first. _pack appends to out. _unpack
 * gives KB_ERR_CORRUPT for a version that is not known, a value outside its table, and for bytes too few or too many; spans point into
 * payload. */

struct kb_note_form {
	struct kb_span text;
};

struct kb_task_form {
	struct kb_span what;
	uint64_t who_no;       /* user of this party */
	uint64_t done_by_no;   /* user; 0: open */
	struct kb_span result; /* may be empty */
};

/* X(NAME, number in the store, word): the answer to an invitation */
#define KB_INVITE_TABLE(X)                                                                         \
	X(NONE, 0, "")                                                                             \
	X(JA, 1, "ja")                                                                             \
	X(NEE, 2, "nee")                                                                           \
	X(MISSCHIEN, 3, "misschien")

enum kb_invite {

#define KB_ROW(name, number, text) KB_INVITE_##name = (number),
	KB_INVITE_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_INVITE_COUNT 4

const char *kb_invite_word(enum kb_invite answer);
/* NONE when word is not in the table. */
enum kb_invite kb_invite_parse(struct kb_span word);

/* Those who are invited to, or were at, one appointment. */
#define KB_GUESTS_MAX 64

struct kb_guest {
	struct kb_span name;
	enum kb_invite answer;
	bool invited; /* false: came all the same */
	bool present;
};

/* Its time is the due time of the item, its end the done time. */
struct kb_appointment_form {
	struct kb_span kind;
	struct kb_span place;
	struct kb_guest guests[KB_GUESTS_MAX];
	size_t guest_count;
	struct kb_span outcome;
};

/* X(NAME, number in the store, word) */
#define KB_PERSON_ROLE_TABLE(X)                                                                    \
	X(NONE, 0, "")                                                                             \
	X(LEERLING, 1, "leerling")                                                                 \
	X(OUDER, 2, "ouder")                                                                       \
	X(CONTACT, 3, "contactpersoon")                                                            \
	X(GAST, 4, "gast") /* of a partner without an agent (design 7) */

enum kb_person_role {

#define KB_ROW(name, number, text) KB_PERSON_##name = (number),
	KB_PERSON_ROLE_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_PERSON_ROLE_COUNT 5

const char *kb_person_role_word(enum kb_person_role role);
/* NONE when word is not in the table. */
enum kb_person_role kb_person_role_parse(struct kb_span word);

/* X(NAME, number in the store, word): whether a parent has parental authority */
#define KB_AUTHORITY_TABLE(X)                                                                      \
	X(ONBEKEND, 0, "")                                                                         \
	X(JA, 1, "ja")                                                                             \
	X(NEE, 2, "nee")

enum kb_gezag {

#define KB_ROW(name, number, text) KB_GEZAG_##name = (number),
	KB_AUTHORITY_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_GEZAG_COUNT 3

const char *kb_gezag_word(enum kb_gezag gezag);

/* Texts may be empty but the name. Days: KB_DAY_NONE when not given. */
struct kb_person_form {
	enum kb_person_role role;
	struct kb_span name;
	struct kb_span function;
	struct kb_span organisation;
	struct kb_span phone;
	struct kb_span email;
	struct kb_span address; /* lines */
	struct kb_span language;
	enum kb_gezag gezag;
	int32_t birth_day;
	int32_t from_day;
	int32_t until_day; /* the last day; KB_DAY_NONE: takes part */
};

/* A meeting of a table; when and where is its appointment. */
struct kb_overleg_form {
	struct kb_span table;
	enum kb_mandate_kind mandate; /* that its members need (R31); NONE: none */
};

struct kb_lid_form {
	struct kb_span name;
	struct kb_span function;
	struct kb_span
		organisation;	  /* of somebody without an account here; may be empty with party */
	struct kb_party_id party; /* that employs the member; empty: has no agent */
	uint64_t user_no;	  /* 0: has no account here */
	struct kb_span
		given_by; /* who gave the mandate; of a user the register of mandates says it */
	bool chair;
};

/* A case on the agenda; done when its item is. */
struct kb_agenda_form {
	uint64_t case_no;
	struct kb_span point;	/* what is asked; may be empty */
	struct kb_span outcome; /* empty: not discussed yet */
};

KB_MUST_CHECK enum kb_err kb_overleg_form_pack(const struct kb_overleg_form *form,
					       struct kb_buf *out);
KB_MUST_CHECK enum kb_err kb_overleg_form_unpack(struct kb_span payload,
						 struct kb_overleg_form *out);
KB_MUST_CHECK enum kb_err kb_lid_form_pack(const struct kb_lid_form *form, struct kb_buf *out);
KB_MUST_CHECK enum kb_err kb_lid_form_unpack(struct kb_span payload, struct kb_lid_form *out);
KB_MUST_CHECK enum kb_err kb_agenda_form_pack(const struct kb_agenda_form *form,
					      struct kb_buf *out);
KB_MUST_CHECK enum kb_err kb_agenda_form_unpack(struct kb_span payload, struct kb_agenda_form *out);
KB_MUST_CHECK enum kb_err kb_note_form_pack(const struct kb_note_form *form, struct kb_buf *out);
KB_MUST_CHECK enum kb_err kb_note_form_unpack(struct kb_span payload, struct kb_note_form *out);
KB_MUST_CHECK enum kb_err kb_task_form_pack(const struct kb_task_form *form, struct kb_buf *out);
KB_MUST_CHECK enum kb_err kb_task_form_unpack(struct kb_span payload, struct kb_task_form *out);
KB_MUST_CHECK enum kb_err kb_appointment_form_pack(const struct kb_appointment_form *form,
						   struct kb_buf *out);
KB_MUST_CHECK enum kb_err kb_appointment_form_unpack(struct kb_span payload,
						     struct kb_appointment_form *out);
KB_MUST_CHECK enum kb_err kb_person_form_pack(const struct kb_person_form *form,
					      struct kb_buf *out);
KB_MUST_CHECK enum kb_err kb_person_form_unpack(struct kb_span payload, struct kb_person_form *out);

#endif
