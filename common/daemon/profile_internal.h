/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of the profile module share. */
#ifndef KB_DAEMON_PROFILE_INTERNAL_H
#define KB_DAEMON_PROFILE_INTERNAL_H

#include "common/daemon/ini_file.h"
#include "common/daemon/profile.h"

#define KB_PROFILE_NOT_AGREED "niet vastgelegd"
#define KB_PROFILE_SOORT ".soort"
#define KB_PROFILE_BRON ".bron"
#define KB_PROFILE_SOURCE_FORM                                                                     \
	"must be a document and the place in it, such as \"plan PO 22-02, regel 483\""
/* No agreed term or number is longer. */
#define KB_PROFILE_NUMBER_MAX 1000

/* One file that is being read. */
struct kb_profile_reader {
	const char *name; /* without folder */
	const char *file; /* as shown in faults */
	const struct kb_ini *ini;
	uint32_t last_line;
	bool *used; /* by entry */
	struct kb_faults *faults;
	struct kb_profile *profile; /* texts go to its arena */
	bool no_memory;
};

/* Opens bytes as INI: the faults of form are told, what could be read is there. list: see kb_ini_parse_list(). Release in every
 * case; KB_ERR_NO_MEMORY only. */
KB_MUST_CHECK enum kb_err kb_profile_reader_open(struct kb_profile_reader *reader,
						 struct kb_span bytes, bool list,
						 struct kb_ini *ini);
void kb_profile_reader_release(struct kb_profile_reader *reader, struct kb_ini *ini);

/* Line of the heading of that section, 0 when there is none. */
uint32_t kb_profile_heading(const struct kb_profile_reader *reader, const char *section);
/* The entry key+suffix of the section whose heading stands in that line, marked as used; NULL when there is none. */
const struct kb_ini_entry *kb_profile_take(struct kb_profile_reader *reader, uint32_t heading,
					   const char *key, const char *suffix);
/* The line to look at when something is missing: of the key that it belongs to, without one the heading of its section, without that
 * the last line of the file. */
uint32_t kb_profile_missing_line(const struct kb_profile_reader *reader, uint32_t heading,
				 const struct kb_ini_entry *belongs_to);
/* A copy in the arena of the profile; "" (and no_memory) when that fails. */
const char *kb_profile_keep(struct kb_profile_reader *reader, struct kb_span text);
/* The next part of a comma list without the spaces around it; false at the end. */
bool kb_profile_next_word(struct kb_span *rest, struct kb_span *word);
/* "16 lessen": number and rest. False when it does not begin with a number of at most KB_PROFILE_NUMBER_MAX. */
bool kb_profile_number(struct kb_span text, uint32_t *number, struct kb_span *unit);

/* key.soort. A fault when it is none. */
enum kb_profile_kind kb_profile_take_kind(struct kb_profile_reader *reader, const char *key,
					  const struct kb_ini_entry *entry);
/* False (and a fault) unless entry names a source. */
bool kb_profile_source_ok(struct kb_profile_reader *reader, const char *key,
			  const struct kb_ini_entry *entry);
/* "4 weken". A fault when it is none. */
bool kb_profile_term(struct kb_profile_reader *reader, const struct kb_ini_entry *entry,
		     struct kb_term *out);
/* key, key.soort and key.bron of that section (its title in faults). Returns the entry of the value, NULL when it is missing. */
const struct kb_ini_entry *kb_profile_take_term(struct kb_profile_reader *reader, uint32_t heading,
						const char *section, const char *key,
						struct kb_term *out);

/* "C01": a row of requirements section 2. "R02": a rule of section 4. A word of KB_PROFILE_FUNCTIONS. */
bool kb_profile_is_row(struct kb_span word);
bool kb_profile_is_rule(struct kb_span word);
bool kb_profile_is_function(struct kb_span word);
/* Whether it is a document and, behind a comma or a colon, the place in it: a number, or at least two words ("plan PO 22-02, regel 483",
 * "001:608", "plan PO 22-02: niet genoemd"). Whether it says so is for who reads it. */
bool kb_profile_is_source(const char *text);

/* profile.ini: faults are counted by the caller. */
KB_MUST_CHECK enum kb_err kb_profile_read_values(struct kb_profile_reader *reader,
						 struct kb_span bytes);
/* Its themes (enum kb_profile_rule_nr), and whether a section is one of them. */
void kb_profile_read_rules(struct kb_profile_reader *reader);
bool kb_profile_rule_section(const char *section);

/* One *.route. On faults out is half filled and must not be used. */
KB_MUST_CHECK enum kb_err kb_profile_read_route(struct kb_profile_reader *reader,
						struct kb_span bytes, struct kb_route *out);
/* profiel.zegel, into the seal of the profile. */
KB_MUST_CHECK enum kb_err kb_profile_read_seal(struct kb_profile_reader *reader,
					       struct kb_span bytes);

/* A route that could be read, as a whole. region: enum kb_region_flag bits of the profile. */
void kb_profile_check_route(const struct kb_route *route, uint32_t region,
			    struct kb_faults *faults);

/* Its part about the message of one step. */
void kb_profile_check_message(const struct kb_route *route, const struct kb_route_step *step,
			      uint32_t region, struct kb_faults *faults);

#endif
