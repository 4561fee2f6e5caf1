/* SPDX-License-Identifier: EUPL-1.2 */
/* What the readers of a route file share: its sections, and the keys of one as a table. */
#ifndef KB_DAEMON_PROFILE_ROUTE_INTERNAL_H
#define KB_DAEMON_PROFILE_ROUTE_INTERNAL_H

#include "common/daemon/profile_internal.h"

/* One route that is being read. */
struct kb_route_reader {
	struct kb_profile_reader *file;
	struct kb_route route; /* its lists are the arrays below until all is read */
	struct kb_route_state states[KB_ROUTE_STATES_MAX];
	struct kb_route_clock clocks[KB_ROUTE_CLOCKS_MAX];
	struct kb_route_step steps[KB_ROUTE_STEPS_MAX];
	uint32_t route_line; /* of [route]; 0: not seen */
};

/* "toestand: ingebracht" */
struct kb_route_section {
	const char *title;   /* whole */
	struct kb_span name; /* after the colon */
	uint32_t line;
};

/* A key of a section: how it is taken into the struct of that section. */
struct kb_route_key {
	const char *key;
	bool required;
	void (*take)(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out);
	size_t offset;
};

void kb_route_take_keys(struct kb_route_reader *reader, const struct kb_route_section *section,
			const struct kb_route_key *keys, size_t count, void *out);
/* "doa: ingebracht -> uitgenodigd": a step for each event. */
void kb_route_take_step(struct kb_route_reader *reader, const struct kb_route_section *section);
/* 1 to KB_ROUTE_NAME_MAX of a-z, 0-9 and '-'. */
bool kb_route_name_ok(struct kb_span name);

/* The forms of a value; out is what offset points to. A word that is not known is a fault. */
void kb_route_take_text(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			void *out); /* const char * */
void kb_route_take_source(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			  void *out); /* const char * */
void kb_route_take_rows(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			void *out); /* const char *, rows of requirements section 2 */
void kb_route_take_rules(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			 void *out); /* const char *, rules of section 4 */
void kb_route_take_function(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			    void *out); /* const char * */
void kb_route_take_flag(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			void *out); /* bool */
void kb_route_take_roles(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			 void *out); /* uint32_t, roles */
void kb_route_take_held_roles(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			      void *out); /* uint32_t, roles that a participant can hold */
void kb_route_take_one_role(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			    void *out); /* uint32_t, one role but not allen */
void kb_route_take_purpose(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			   void *out); /* enum kb_purpose */
void kb_route_take_ground(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			  void *out); /* enum kb_ground */
void kb_route_take_state(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			 void *out); /* uint8_t, place */
void kb_route_take_clocks(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			  void *out); /* uint32_t, 1 << place */
void kb_route_take_facts(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			 void *out); /* uint64_t, KB_FACT_BIT */
void kb_route_take_kind(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			void *out); /* uint32_t, enum kb_kind */
void kb_route_take_letter(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			  void *out); /* uint32_t, enum kb_letter_kind */
void kb_route_take_grace(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			 void *out); /* struct kb_term */

#endif
