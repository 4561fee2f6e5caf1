/* SPDX-License-Identifier: EUPL-1.2 */
/* A case out of a set of records: which chain survives, and what becomes of the others. */
#include "common/exchange/chain_internal.h"

#include <stdlib.h>

#define NODE_NONE SIZE_MAX

/* One record, however often it came. In order of revision, then hash. */
struct node {
	const struct kb_chain_record *record;
	size_t parent;		    /* NODE_NONE: not here, or the first record */
	size_t children;	    /* that have not been judged yet */
	struct kb_chain_view *view; /* after it; NULL once its last child took it over */
	uint32_t best;		    /* highest regie epoch of it and of what builds on it */
	enum kb_chain_mark mark;
};

static int
by_place(const void *a, const void *b)
{
	const struct node *x = a;
	const struct node *y = b;

	if (x->record->revision != y->record->revision) {
		return x->record->revision < y->record->revision ? -1 : 1;
	}
	return memcmp(x->record->hash.bytes, y->record->hash.bytes, KB_HASH_BYTES);
}

/* Sorted and without doubles. */
static size_t
nodes_make(const struct kb_chain_record *records, size_t count, struct node *nodes)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		nodes[i] = (struct node){ .record = &records[i], .parent = NODE_NONE };
	}
	if (count > 0) {
		qsort(nodes, count, sizeof(*nodes), by_place);
	}
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || by_place(&nodes[kept - 1], &nodes[i]) != 0) {
			nodes[kept++] = nodes[i];
		}
	}
	return kept;
}

static size_t
node_of(const struct node *nodes, size_t count, uint32_t revision, const struct kb_hash *hash)
{
	struct kb_chain_record wanted = { .revision = revision, .hash = *hash };
	struct node key = { .record = &wanted };
	const struct node *found =
		count > 0 ? bsearch(&key, nodes, count, sizeof(*nodes), by_place) : NULL;

	return found != NULL ? (size_t)(found - nodes) : NODE_NONE;
}

static void
nodes_link(struct node *nodes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct kb_chain_record *record = nodes[i].record;

		nodes[i].parent = record->revision > 1 ? node_of(nodes, count, record->revision - 1,
								 &record->previous)
						       : NODE_NONE;
		if (nodes[i].parent != NODE_NONE) {
			nodes[nodes[i].parent].children++;
		}
	}
}

/* The view that node i starts from: its own copy, or the one of its parent when no other child needs it. */
static struct kb_chain_view *
view_before(const struct kb_route *route, struct node *nodes, size_t i, struct kb_arena *arena)
{
	struct node *parent = nodes[i].parent != NODE_NONE ? &nodes[nodes[i].parent] : NULL;

	if (parent != NULL && --parent->children == 0) {
		return parent->view;
	}
	struct kb_chain_view *view = kb_arena_alloc(arena, sizeof(*view));

	if (view != NULL) {
		*view = parent != NULL ? *parent->view : (struct kb_chain_view){ .route = route };
	}
	return view;
}

/* Parents come before children. VOID stands for "holds" until the surviving chain is known. */
static enum kb_err
nodes_judge(const struct kb_route *route, struct node *nodes, size_t count, struct kb_arena *arena)
{
	for (size_t i = 0; i < count; i++) {
		struct node *node = &nodes[i];
		struct node *parent = node->parent != NODE_NONE ? &nodes[node->parent] : NULL;

		if (node->record->revision > 1 &&
		    (parent == NULL || parent->mark != KB_CHAIN_MARK_VOID)) {
			node->mark = parent == NULL ? KB_CHAIN_MARK_WAITS : parent->mark;
			continue;
		}
		struct kb_chain_view *view = view_before(route, nodes, i, arena);

		if (view == NULL) {
			return KB_ERR_NO_MEMORY;
		}
		node->mark = KB_CHAIN_MARK_WRONG;
		if (kb_chain_apply(view, node->record) == KB_OK) {
			node->mark = KB_CHAIN_MARK_VOID;
			node->view = view;
			if (parent != NULL && parent->view == view) {
				parent->view = NULL;
			}
		}
	}
	return KB_OK;
}

static void
nodes_weigh(struct node *nodes, size_t count)
{
	for (size_t i = count; i > 0; i--) {
		struct node *node = &nodes[i - 1];

		if (node->mark != KB_CHAIN_MARK_VOID) {
			continue;
		}
		if (node->best < node->record->regie_epoch) {
			node->best = node->record->regie_epoch;
		}
		if (node->parent != NODE_NONE && nodes[node->parent].best < node->best) {
			nodes[node->parent].best = node->best;
		}
	}
}

/* Of a and b that build on the same record. The later in order has the larger hash. */
static bool
goes_before(const struct node *a, const struct node *b)
{
	if (a->best != b->best) {
		return a->best > b->best;
	}
	return a->record->regie_epoch > b->record->regie_epoch;
}

/* The child of parent that survives; the first record for NODE_NONE. */
static size_t
survivor(const struct node *nodes, size_t count, size_t parent, uint32_t revision)
{
	size_t found = NODE_NONE;

	for (size_t i = parent == NODE_NONE ? 0 : parent + 1;
	     i < count && nodes[i].record->revision <= revision; i++) {
		if (nodes[i].record->revision == revision && nodes[i].parent == parent &&
		    nodes[i].mark == KB_CHAIN_MARK_VOID &&
		    (found == NODE_NONE || goes_before(&nodes[i], &nodes[found]))) {
			found = i;
		}
	}
	return found;
}

/* Also what waits is void when a takeover stands at or before its place. */
static void
nodes_void(struct node *nodes, size_t count, const uint32_t *epoch_at, uint32_t last)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t at = nodes[i].record->revision < last ? nodes[i].record->revision : last;

		if (nodes[i].mark == KB_CHAIN_MARK_WAITS && at > 0 &&
		    nodes[i].record->regie_epoch < epoch_at[at]) {
			nodes[i].mark = KB_CHAIN_MARK_VOID;
		}
	}
}

enum kb_err
kb_chain_replay(const struct kb_route *route, const struct kb_chain_record *records, size_t count,
		struct kb_arena *arena, struct kb_chain_view *view, enum kb_chain_mark *marks)
{
	uint32_t epoch_at[KB_CHAIN_RECORDS_MAX + 1] = { 0 };
	struct kb_chain_view made = { .route = route };

	if (count > KB_CHAIN_RECORDS_MAX) {
		return KB_ERR_OVERSIZE;
	}
	struct node *nodes = kb_arena_alloc(arena, (count + 1) * sizeof(*nodes));

	if (nodes == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	size_t kept = nodes_make(records, count, nodes);

	nodes_link(nodes, kept);
	enum kb_err err = nodes_judge(route, nodes, kept, arena);

	if (err != KB_OK) {
		return err;
	}
	nodes_weigh(nodes, kept);
	uint32_t last = 0;
	size_t tip = NODE_NONE;

	for (size_t at = survivor(nodes, kept, NODE_NONE, 1); at != NODE_NONE;
	     at = survivor(nodes, kept, at, last + 1)) {
		tip = at;
		last++;
		nodes[at].mark = KB_CHAIN_MARK_STANDS;
		epoch_at[last] = nodes[at].record->regie_epoch;
	}
	nodes_void(nodes, kept, epoch_at, last);
	if (tip != NODE_NONE) {
		made = *nodes[tip].view;
	}
	for (size_t i = 0; i < count && marks != NULL; i++) {
		marks[i] = nodes[node_of(nodes, kept, records[i].revision, &records[i].hash)].mark;
	}
	*view = made;
	return KB_OK;
}

bool
kb_chain_missing(const struct kb_chain_record *records, const enum kb_chain_mark *marks,
		 size_t count, uint32_t *after)
{
	uint32_t lowest = UINT32_MAX;

	for (size_t i = 0; i < count; i++) {
		if (marks[i] == KB_CHAIN_MARK_WAITS && records[i].revision < lowest) {
			lowest = records[i].revision;
		}
	}
	if (lowest == UINT32_MAX) {
		return false;
	}
	/* Only a record that has a past waits: the one before it is missing. */
	*after = lowest >= 2 ? lowest - 2 : 0;
	return true;
}
