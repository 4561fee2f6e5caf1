/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables of the broker's store. */
#ifndef KB_BROKER_TABLES_H
#define KB_BROKER_TABLES_H

/* Number of the layout; newer data is refused. */
#define KB_BROKER_SCHEMA 1

/*
 * X(name, name in the file). The number of a table is part of every stored hash: add at the end only. Keys are big endian:
 *   meta        text
 *   parties     party id                                           -> party no
 *   epochs      0 party no, epoch (8) -> epoch no;  1 party no, epoch no -> epoch
 *   mail        recipient no, lane, seq                            -> envelope
 *   mail_index  recipient no, lane, seq                            -> sender, epoch no, number, attempt, expiry, bytes
 *   boxes       recipient no                                       -> next seq and totals of a mailbox
 *   quotas      recipient no, sender no                            -> messages and bytes waiting
 *   duplicates  sender no, epoch no, recipient no, number          -> attempt, place in the mailbox, time, commitment
 *   edges       recipient no, sender no, epoch no                  -> highest number
 *   log, tree   the ledger of accepted headers (common/store/ledger.h)
 *   witness     party no                                           -> newest checkpoint of that agent
 *   returns     sender no, seq                                     -> what could not be delivered
 */
#define KB_BROKER_TABLES(X)                                                                        \
	X(META, "meta")                                                                            \
	X(PARTIES, "parties")                                                                      \
	X(EPOCHS, "epochs")                                                                        \
	X(MAIL, "mail")                                                                            \
	X(MAIL_INDEX, "mail_index")                                                                \
	X(BOXES, "boxes")                                                                          \
	X(QUOTAS, "quotas")                                                                        \
	X(DUPLICATES, "duplicates")                                                                \
	X(EDGES, "edges")                                                                          \
	X(LOG, "log")                                                                              \
	X(TREE, "tree")                                                                            \
	X(WITNESS, "witness")                                                                      \
	X(RETURNS, "returns")

enum kb_broker_table {

#define KB_BROKER_TABLE_ENUM(name, text) KB_BROKER_##name,
	KB_BROKER_TABLES(KB_BROKER_TABLE_ENUM)
#undef KB_BROKER_TABLE_ENUM
		KB_BROKER_TABLE_COUNT,
};

#endif
