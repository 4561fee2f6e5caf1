/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables of an agent with their fixed numbers. */
#ifndef KB_STORE_AGENT_TABLES_H
#define KB_STORE_AGENT_TABLES_H

/* The number of a table is its place; it is part of every stored hash: add at the end, never reorder (env.h). */
#define KB_AGENT_TABLE_LIST(X)                                                                     \
	X(META, "meta")                                                                            \
	X(LOG, "log")                                                                              \
	X(TREE, "tree")                                                                            \
	X(LOOKUPS, "lookups")                                                                      \
	X(EPOCHS, "epochs")                                                                        \
	X(EPOCH_IDS, "epoch_ids")                                                                  \
	X(PARTIES, "parties")                                                                      \
	X(PARTY_IDS, "party_ids")                                                                  \
	X(PARTY_ENTRIES, "party_entries")                                                          \
	X(PARTY_GEMEENTEN, "party_gemeenten")                                                      \
	X(WITNESSES, "witnesses")                                                                  \
	X(EDGES, "edges")                                                                          \
	X(OUTBOX, "outbox")                                                                        \
	X(SENT, "sent")                                                                            \
	X(RECEIPTS_OUT, "receipts_out")                                                            \
	X(SEEN, "seen")                                                                            \
	X(HELD, "held")                                                                            \
	X(CASES, "cases")                                                                          \
	X(CASE_IDS, "case_ids")                                                                    \
	X(CASE_TEXTS, "case_texts")                                                                \
	X(CASE_RECORDS, "case_records")                                                            \
	X(CASE_ITEMS, "case_items")                                                                \
	X(DOSSIERS, "dossiers")                                                                    \
	X(DEADLINES, "deadlines")                                                                  \
	X(CASE_CLOCKS, "case_clocks")                                                              \
	X(CONSENT, "consent")                                                                      \
	X(SUBJECTS, "subjects")                                                                    \
	X(SUBJECT_LINKS, "subject_links")                                                          \
	X(PUPILS, "pupils")                                                                        \
	X(ATTENDANCE, "attendance")                                                                \
	X(MELDINGEN, "meldingen")                                                                  \
	X(SCHOOL_YEARS, "school_years")                                                            \
	X(USERS, "users")                                                                          \
	X(ACCESS, "access")                                                                        \
	X(MANDATES, "mandates")                                                                    \
	X(REVIEWS, "reviews")                                                                      \
	X(CHAIN, "chain")                                                                          \
	X(PROFILES, "profiles")

enum kb_agent_table {

#define KB_ROW(name, text) KB_TABLE_##name,
	KB_AGENT_TABLE_LIST(KB_ROW)
#undef KB_ROW
		KB_TABLE_COUNT,
};

#endif
