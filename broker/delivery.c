/* SPDX-License-Identifier: EUPL-1.2 */
/* Filling a delivery. */
#include "broker/delivery.h"

static const struct kb_in_flight *
free_place(const struct kb_broker_session *session)
{
	for (size_t i = 0; i < KB_IN_FLIGHT_MAX; i++) {
		if (session->in_flight[i].batch == 0) {
			return &session->in_flight[i];
		}
	}
	return NULL;
}

bool
kb_delivery_possible(const struct kb_broker_session *session)
{
	return !session->dead && session->welcomed && !session->blocked && session->credit > 0 &&
	       free_place(session) != NULL;
}

struct filling {
	struct kb_delivery *delivery;
	size_t room; /* messages */
	int64_t expire_at_utc_ms;
};

static bool
take_one(void *state, const struct kb_mail *mail)
{
	struct filling *filling = state;
	struct kb_delivery *d = filling->delivery;
	enum kb_lane lane = mail->place.lane;

	if (filling->expire_at_utc_ms != 0 &&
	    mail->expires_at_utc_ms <= filling->expire_at_utc_ms) {
		d->met_expired = true;
		return false;
	}
	if (d->count == filling->room || d->bytes + mail->envelope.len > KB_DELIVERY_BYTES_MAX) {
		d->more = true;
		return false;
	}
	d->envelopes[d->count++] = mail->envelope;
	d->bytes += mail->envelope.len;
	d->batch.first[lane] = d->batch.first[lane] != 0 ? d->batch.first[lane] : mail->place.seq;
	d->batch.last[lane] = mail->place.seq;
	return true;
}

enum kb_err
kb_delivery_collect(const struct kb_broker_session *session, struct kb_mailbox *mailbox,
		    int64_t expire_at_utc_ms, struct kb_delivery *delivery)
{
	struct filling filling = { .delivery = delivery, .expire_at_utc_ms = expire_at_utc_ms };
	enum kb_err err = KB_OK;

	delivery->count = 0;
	delivery->bytes = 0;
	delivery->batch = (struct kb_in_flight){ .batch = session->next_batch };
	delivery->more = false;
	delivery->met_expired = false;
	if (!kb_delivery_possible(session)) {
		return KB_OK;
	}
	filling.room = session->credit < KB_WIRE_BATCH_MAX ? session->credit : KB_WIRE_BATCH_MAX;
	for (int lane = 0; lane < KB_LANE_COUNT && err == KB_OK; lane++) {
		struct kb_mail_place from = {
			.recipient_no = session->party_no,
			.lane = (enum kb_lane)lane,
			.seq = session->next_seq[lane],
		};

		if (delivery->more || delivery->met_expired) {
			break;
		}
		err = kb_mailbox_scan(mailbox, &from, true, take_one, &filling);
	}
	return err;
}

void
kb_delivery_sent(struct kb_broker_session *session, const struct kb_delivery *delivery)
{
	size_t place = (size_t)(free_place(session) - session->in_flight);

	session->in_flight[place] = delivery->batch;
	session->next_batch++;
	session->credit -= (uint32_t)delivery->count;
	for (size_t lane = 0; lane < KB_LANE_COUNT; lane++) {
		if (delivery->batch.last[lane] != 0) {
			session->next_seq[lane] = delivery->batch.last[lane] + 1;
		}
	}
}

struct kb_in_flight *
kb_delivery_find(struct kb_broker_session *session, uint64_t batch)
{
	for (size_t i = 0; i < KB_IN_FLIGHT_MAX && batch != 0; i++) {
		if (session->in_flight[i].batch == batch) {
			return &session->in_flight[i];
		}
	}
	return NULL;
}
