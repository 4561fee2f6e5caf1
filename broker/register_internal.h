/* SPDX-License-Identifier: EUPL-1.2 */
/* Layout of the register in memory, shared by loading and answering. */
#ifndef KB_BROKER_REGISTER_INTERNAL_H
#define KB_BROKER_REGISTER_INTERNAL_H

#include "broker/register.h"

struct kb_register_gemeente {
	char code[KB_WIRE_GEMEENTECODE_CHARS + 1];
	uint32_t valid_from;
	uint32_t valid_until; /* 0: open */
	size_t place;	      /* of the entry */
};

/* Everything is in arena but keys. entries are ordered by (party, key version); by_transport and gemeenten hold places in
 * it and are ordered by their keys. leaves are in tree order. */
struct kb_broker_register {
	struct kb_arena arena;
	struct kb_register_file file;
	struct kb_register_head head;
	struct kb_hash hash;
	struct kb_broker_entry *entries;
	struct kb_verify_key **keys; /* per place; NULL until needed */
	size_t count;
	size_t *by_transport;
	struct kb_register_gemeente *gemeenten;
	size_t gemeente_count;
	struct kb_hash *leaves;
};

#endif
