/* SPDX-License-Identifier: EUPL-1.2 */
/* Mailboxes as sorted lists in memory; small sizes only. */
#include "broker/mailbox_memory.h"

#include <stdlib.h>

/* A message of the open transaction is fresh, a removed one gone; end makes either final. */
struct node {
	struct node *next;
	struct kb_mail mail;
	bool fresh;
	bool gone;
	uint8_t bytes[];
};

struct box {
	struct box *next;
	uint32_t recipient_no;
	uint64_t next_seq;
	uint64_t committed_seq;
	int64_t oldest_expiry_utc_ms;
	int64_t committed_oldest;
	bool committed; /* a transaction that made it was committed */
	struct node *lanes[KB_LANE_COUNT];
};

struct memory_mailbox {
	struct kb_mailbox base;
	struct box *boxes; /* by recipient_no */
};

static struct memory_mailbox *
of_base(struct kb_mailbox *mailbox)
{
	return (struct memory_mailbox *)mailbox;
}

static struct box *
find_box(struct memory_mailbox *m, uint32_t recipient_no)
{
	for (struct box *box = m->boxes; box != NULL; box = box->next) {
		if (box->recipient_no == recipient_no) {
			return box;
		}
	}
	return NULL;
}

static struct box *
take_box(struct memory_mailbox *m, uint32_t recipient_no)
{
	struct box **at = &m->boxes;
	struct box *box = find_box(m, recipient_no);

	if (box != NULL) {
		return box;
	}
	box = calloc(1, sizeof(*box));
	if (box == NULL) {
		return NULL;
	}
	while (*at != NULL && (*at)->recipient_no < recipient_no) {
		at = &(*at)->next;
	}
	box->recipient_no = recipient_no;
	box->next_seq = 1;
	box->committed_seq = 1;
	box->oldest_expiry_utc_ms = INT64_MAX;
	box->committed_oldest = INT64_MAX;
	box->next = *at;
	*at = box;
	return box;
}

static void
memory_begin(struct kb_mailbox *mailbox, struct kb_txn *txn)
{
	(void)mailbox;
	(void)txn;
}

static enum kb_err
memory_flush(struct kb_mailbox *mailbox)
{
	(void)mailbox;
	return KB_OK;
}

static void
memory_end(struct kb_mailbox *mailbox, bool committed)
{
	struct memory_mailbox *m = of_base(mailbox);

	for (struct box *box = m->boxes; box != NULL; box = box->next) {
		for (size_t lane = 0; lane < KB_LANE_COUNT; lane++) {
			struct node **at = &box->lanes[lane];

			while (*at != NULL) {
				struct node *node = *at;

				if (committed ? node->gone : node->fresh) {
					*at = node->next;
					free(node);
				} else {
					node->fresh = false;
					node->gone = false;
					at = &node->next;
				}
			}
		}
		if (committed) {
			box->committed_seq = box->next_seq;
			box->committed_oldest = box->oldest_expiry_utc_ms;
			box->committed = box->committed || box->next_seq > 1;
		} else {
			box->next_seq = box->committed_seq;
			box->oldest_expiry_utc_ms = box->committed_oldest;
		}
	}
}

static enum kb_err
memory_counts(struct kb_mailbox *mailbox, uint32_t recipient_no, struct kb_mailbox_counts *out)
{
	const struct box *box = find_box(of_base(mailbox), recipient_no);
	struct kb_mailbox_counts counts = { .oldest_expiry_utc_ms = INT64_MAX };

	for (size_t lane = 0; box != NULL && lane < KB_LANE_COUNT; lane++) {
		for (const struct node *node = box->lanes[lane]; node != NULL; node = node->next) {
			counts.messages[lane] += !node->gone;
			counts.bytes += node->gone ? 0 : node->mail.envelope_bytes;
		}
	}
	if (counts.messages[KB_LANE_URGENT] + counts.messages[KB_LANE_NORMAL] > 0) {
		counts.oldest_expiry_utc_ms = box->oldest_expiry_utc_ms;
	}
	*out = counts;
	return KB_OK;
}

static uint64_t
from_sender(const struct box *box, uint32_t sender_no)
{
	uint64_t count = 0;

	for (size_t lane = 0; lane < KB_LANE_COUNT; lane++) {
		for (const struct node *node = box->lanes[lane]; node != NULL; node = node->next) {
			count += !node->gone && node->mail.sender_no == sender_no;
		}
	}
	return count;
}

static enum kb_err
memory_put(struct kb_mailbox *mailbox, struct kb_mail *mail)
{
	struct memory_mailbox *m = of_base(mailbox);
	struct box *box = take_box(m, mail->place.recipient_no);
	struct kb_mailbox_counts counts;

	if (box == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	enum kb_err err = memory_counts(mailbox, mail->place.recipient_no, &counts);

	if (err != KB_OK) {
		return err;
	}
	uint64_t messages = counts.messages[KB_LANE_URGENT] + counts.messages[KB_LANE_NORMAL];

	if (messages >= m->base.limits.messages_max ||
	    counts.bytes + mail->envelope.len > m->base.limits.bytes_max ||
	    from_sender(box, mail->sender_no) >= m->base.limits.sender_messages_max) {
		return KB_ERR_MAILBOX_FULL;
	}
	struct node *node = malloc(sizeof(*node) + mail->envelope.len);

	if (node == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	if (messages == 0 || mail->expires_at_utc_ms < box->oldest_expiry_utc_ms) {
		box->oldest_expiry_utc_ms = mail->expires_at_utc_ms;
	}
	mail->place.seq = box->next_seq++;
	mail->envelope_bytes = (uint32_t)mail->envelope.len;
	memcpy(node->bytes, mail->envelope.at, mail->envelope.len);
	node->mail = *mail;
	node->mail.envelope = kb_span(node->bytes, mail->envelope.len);
	node->fresh = true;
	node->gone = false;
	node->next = NULL;
	struct node **at = &box->lanes[mail->place.lane];

	while (*at != NULL) {
		at = &(*at)->next;
	}
	*at = node;
	return KB_OK;
}

static enum kb_err
memory_scan(struct kb_mailbox *mailbox, const struct kb_mail_place *from, bool with_envelope,
	    kb_mail_scan_fn fn, void *state)
{
	const struct box *box = find_box(of_base(mailbox), from->recipient_no);
	const struct node *node = box != NULL ? box->lanes[from->lane] : NULL;

	for (; node != NULL; node = node->next) {
		struct kb_mail mail = node->mail;

		if (node->gone || mail.place.seq < from->seq) {
			continue;
		}
		mail.envelope = with_envelope ? mail.envelope : KB_SPAN_NONE;
		if (!fn(state, &mail)) {
			break;
		}
	}
	return KB_OK;
}

static enum kb_err
memory_get(struct kb_mailbox *mailbox, const struct kb_mail_place *place, struct kb_mail *out)
{
	const struct box *box = find_box(of_base(mailbox), place->recipient_no);
	const struct node *node = box != NULL ? box->lanes[place->lane] : NULL;

	for (; node != NULL; node = node->next) {
		if (!node->gone && node->mail.place.seq == place->seq) {
			*out = node->mail;
			out->envelope = KB_SPAN_NONE;
			return KB_OK;
		}
	}
	return KB_ERR_NOT_FOUND;
}

static enum kb_err
memory_remove(struct kb_mailbox *mailbox, const struct kb_mail_place *first, uint64_t last_seq,
	      uint64_t *count)
{
	struct box *box = find_box(of_base(mailbox), first->recipient_no);
	struct node *node = box != NULL ? box->lanes[first->lane] : NULL;
	uint64_t removed = 0;

	if (last_seq < first->seq || last_seq == UINT64_MAX) {
		return KB_ERR_BAD_VALUE;
	}
	for (; node != NULL; node = node->next) {
		if (!node->gone && node->mail.place.seq >= first->seq &&
		    node->mail.place.seq <= last_seq) {
			node->gone = true;
			removed++;
		}
	}
	if (count != NULL) {
		*count = removed;
	}
	return KB_OK;
}

static enum kb_err
memory_set_oldest(struct kb_mailbox *mailbox, uint32_t recipient_no, int64_t oldest_expiry_utc_ms)
{
	struct box *box = find_box(of_base(mailbox), recipient_no);

	if (box != NULL) {
		box->oldest_expiry_utc_ms = oldest_expiry_utc_ms;
	}
	return KB_OK;
}

static enum kb_err
memory_next_box(struct kb_mailbox *mailbox, uint32_t after_no, uint32_t *recipient_no)
{
	for (const struct box *box = of_base(mailbox)->boxes; box != NULL; box = box->next) {
		if (box->recipient_no > after_no && box->committed) {
			*recipient_no = box->recipient_no;
			return KB_OK;
		}
	}
	return KB_ERR_NOT_FOUND;
}

static void
memory_free(struct kb_mailbox *mailbox)
{
	struct memory_mailbox *m = of_base(mailbox);

	while (m->boxes != NULL) {
		struct box *box = m->boxes;

		m->boxes = box->next;
		for (size_t lane = 0; lane < KB_LANE_COUNT; lane++) {
			while (box->lanes[lane] != NULL) {
				struct node *node = box->lanes[lane];

				box->lanes[lane] = node->next;
				free(node);
			}
		}
		free(box);
	}
	free(m);
}

enum kb_err
kb_mailbox_memory_new(const struct kb_mailbox_limits *limits, struct kb_mailbox **out)
{
	static const struct kb_mailbox_ops ops = {
		.begin = memory_begin,
		.flush = memory_flush,
		.end = memory_end,
		.put = memory_put,
		.get = memory_get,
		.scan = memory_scan,
		.remove = memory_remove,
		.counts = memory_counts,
		.set_oldest = memory_set_oldest,
		.next_box = memory_next_box,
		.free = memory_free,
	};
	struct memory_mailbox *m = calloc(1, sizeof(*m));

	if (m == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	m->base.ops = &ops;
	m->base.limits = *limits;
	*out = &m->base;
	return KB_OK;
}
