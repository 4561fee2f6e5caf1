/* SPDX-License-Identifier: EUPL-1.2 */
/* What a school does with verzuim, the same in po and vo: the tables that its role is made of. */
#ifndef KB_INTAKE_SCHOOL_ROLE_H
#define KB_INTAKE_SCHOOL_ROLE_H

#include "agents/runtime/role.h"

/* Rows of the school behind those of every agent (role.h, config_keys). */
enum kb_school_key {
	KB_SCHOOL_SPOOL,      /* [verzuim] spool: folder that data sets are renamed into */
	KB_SCHOOL_LESDUUR,    /* [verzuim] lesduur: minutes of a lesson; vo only, 60 in po */
	KB_SCHOOL_OSO_SCHEMA, /* [oso] schema: the XSD of the set */
	KB_SCHOOL_KEY_COUNT,
};
extern const struct kb_config_key kb_school_config_keys[KB_SCHOOL_KEY_COUNT];

#define KB_SCHOOL_HANDLER_COUNT 2
extern const struct kb_role_handler kb_school_handlers[KB_SCHOOL_HANDLER_COUNT];
#define KB_SCHOOL_VERB_COUNT 10
extern const struct kb_desk_verb kb_school_verbs[KB_SCHOOL_VERB_COUNT];

enum kb_err kb_school_start(struct kb_agent *agent, const struct kb_config *config, void **state,
			    struct kb_error_text *where);
void kb_school_stop(struct kb_agent *agent, void *state);
enum kb_err kb_school_fate(struct kb_act *act, const struct kb_sent_fate *fate);
enum kb_err kb_school_clock(struct kb_act *act, const struct kb_deadline *due);
enum kb_err kb_school_move(struct kb_act *act, struct kb_case *row,
			   const struct kb_case_move *move);
void kb_school_register_change(struct kb_agent *agent, void *state);
void kb_school_tick(struct kb_agent *agent, void *state, int64_t now_utc_ms);
enum kb_err kb_school_health(struct kb_agent *agent, struct kb_step *step, kb_trouble_fn say,
			     void *to);
enum kb_err kb_school_inbox(struct kb_desk_call *call);
enum kb_err kb_school_child(struct kb_act *act, struct kb_span number, struct kb_role_child *out);
const struct kb_clock_text *kb_school_clock_text(uint32_t rule);
enum kb_err kb_school_case(struct kb_desk_call *call, uint64_t case_no);

#endif
