/* SPDX-License-Identifier: EUPL-1.2 */
/* One message of a publish: admission against the store, then mailbox, duplicates, edge and log. */
#include "broker/broker_internal.h"
#include "broker/duplicates.h"
#include "common/base/bytes.h"
#include "common/base/log.h"

#include "broker/tables.h"

/* What the questions of admission need; lives on the stack of one message. */
struct asking {
	struct kb_broker *broker;
	struct kb_txn *txn;
	struct kb_duplicate earlier; /* valid for SAME, AGAIN and OTHER */
	bool waits;		     /* it still stands in the mailbox */
	uint32_t sender_no;
	uint32_t epoch_no; /* 0: this epoch was never seen */
};

static enum kb_err
ask_recipient(void *state, const struct kb_party_id *recipient, uint32_t *recipient_no)
{
	const struct asking *asking = state;
	const struct kb_broker *broker = asking->broker;

	if (!kb_broker_register_is_agent(broker->reg, recipient)) {
		return KB_ERR_UNKNOWN_RECIPIENT;
	}
	*recipient_no = kb_numbers_find(&broker->numbers, recipient);
	return *recipient_no != 0 ? KB_OK : KB_ERR_UNKNOWN_RECIPIENT;
}

/* The number of the sender's epoch; 0 when it is new. The messages of a batch share it. */
static enum kb_err
find_epoch(struct asking *asking, const struct kb_epoch *epoch)
{
	struct kb_broker *broker = asking->broker;
	enum kb_err err = KB_OK;

	if (broker->epoch_cache.valid && broker->epoch_cache.party_no == asking->sender_no &&
	    memcmp(broker->epoch_cache.epoch.bytes, epoch->bytes, KB_EPOCH_BYTES) == 0) {
		asking->epoch_no = broker->epoch_cache.epoch_no;
		return KB_OK;
	}
	err = kb_epoch_no_find(asking->txn, asking->sender_no, epoch, &asking->epoch_no);
	if (err == KB_ERR_NOT_FOUND) {
		asking->epoch_no = 0;
		err = KB_OK;
	}
	if (err == KB_OK) {
		broker->epoch_cache.valid = true;
		broker->epoch_cache.party_no = asking->sender_no;
		broker->epoch_cache.epoch = *epoch;
		broker->epoch_cache.epoch_no = asking->epoch_no;
	}
	return err;
}

/* A message that came before: does it wait still, and what does the same number mean now? */
static enum kb_err
judge_earlier(struct asking *asking, const struct kb_admission_message *message,
	      enum kb_admission_earlier *out)
{
	struct kb_mail mail;
	int64_t age = kb_broker_utc_ms(asking->broker) - asking->earlier.accepted_at_utc_ms;
	enum kb_err err = kb_mailbox_get(asking->broker->mailbox, &asking->earlier.place, &mail);

	if (err != KB_OK && err != KB_ERR_NOT_FOUND) {
		return err;
	}
	asking->waits = err == KB_OK;
	bool later_attempt = message->header.attempt > asking->earlier.attempt;
	/* Its sender asks long after the recipient took it: the receipt is lost, and only a delivery brings a new one.
	 * Accepted in the future: our clock was ahead then, and nobody knows how long ago it was. */
	bool receipt_lost = !asking->waits && (age > KB_BROKER_AGAIN_MS || age < 0) &&
			    message->header.attempt == asking->earlier.attempt;

	if (!kb_hash_equal(&asking->earlier.commitment, &message->header.commitment)) {
		*out = KB_EARLIER_OTHER;
	} else {
		*out = later_attempt || receipt_lost ? KB_EARLIER_AGAIN : KB_EARLIER_SAME;
	}
	return KB_OK;
}

static enum kb_err
ask_earlier(void *state, const struct kb_admission_message *message, enum kb_admission_earlier *out)
{
	struct asking *asking = state;
	const struct kb_header *header = &message->header;
	struct kb_mail_edge *edge = NULL;

	*out = KB_EARLIER_NEW;
	if (header->number == 0) {
		return KB_OK;
	}
	enum kb_err err = find_epoch(asking, &header->epoch);

	if (err != KB_OK || asking->epoch_no == 0) {
		return err;
	}
	err = kb_mail_edge_of(&asking->broker->edges, message->recipient_no, asking->sender_no,
			      asking->epoch_no, &edge);
	/* Above the highest there is nothing to look up: the common case costs no search. */
	if (err != KB_OK || header->number > edge->highest) {
		return err;
	}
	struct kb_duplicate_key key = {
		.sender_no = asking->sender_no,
		.epoch_no = asking->epoch_no,
		.recipient_no = message->recipient_no,
		.number = header->number,
	};

	err = kb_duplicate_get(asking->txn, &key, &asking->earlier);
	if (err == KB_ERR_NOT_FOUND) {
		return KB_OK;
	}
	return err != KB_OK ? err : judge_earlier(asking, message, out);
}

static enum kb_err
ask_sender_key(void *state, const struct kb_party_id *sender, uint32_t key_version,
	       const struct kb_verify_key **out)
{
	const struct asking *asking = state;
	struct kb_broker *broker = asking->broker;
	const struct kb_broker_entry *entry =
		kb_broker_register_find(broker->reg, sender, key_version);

	if (entry == NULL) {
		return KB_ERR_UNKNOWN_SENDER;
	}
	enum kb_err err = kb_broker_entry_check(entry, kb_broker_utc_ms(broker));

	return err != KB_OK ? err : kb_broker_register_key(broker->reg, entry, out);
}

static enum kb_err
note_number(struct asking *asking, const struct kb_admission_message *message,
	    const struct kb_mail *mail)
{
	struct kb_mail_edge *edge = NULL;
	struct kb_duplicate_key key = {
		.sender_no = asking->sender_no,
		.epoch_no = mail->epoch_no,
		.recipient_no = message->recipient_no,
		.number = message->header.number,
	};
	struct kb_duplicate row = {
		.attempt = message->header.attempt,
		.place = mail->place,
		.accepted_at_utc_ms = kb_broker_utc_ms(asking->broker),
		.commitment = message->header.commitment,
	};
	enum kb_err err = kb_duplicate_put(asking->txn, &key, &row);

	if (err == KB_OK) {
		err = kb_mail_edge_of(&asking->broker->edges, message->recipient_no,
				      asking->sender_no, mail->epoch_no, &edge);
	}
	if (err == KB_OK && message->header.number > edge->highest) {
		edge->highest = message->header.number;
		edge->changed = true;
	}
	return err;
}

/* A new epoch gets its number only with its first good message. */
static enum kb_err
take_epoch(struct asking *asking, const struct kb_epoch *epoch)
{
	if (asking->epoch_no != 0) {
		return KB_OK;
	}
	enum kb_err err =
		kb_epoch_no_take(asking->txn, asking->sender_no, epoch, &asking->epoch_no);

	asking->broker->epoch_cache.valid = false;
	return err;
}

static enum kb_err
put_message(struct asking *asking, const struct kb_admission_message *message, struct kb_span bytes,
	    enum kb_admission_earlier earlier)
{
	struct kb_broker *broker = asking->broker;
	const struct kb_header *header = &message->header;
	struct kb_mail mail = {
		.place = { .recipient_no = message->recipient_no,
			   .lane = header->priority == KB_PRIORITY_URGENT ? KB_LANE_URGENT
									  : KB_LANE_NORMAL },
		.sender_no = asking->sender_no,
		.number = header->number,
		.attempt = header->attempt,
		.expires_at_utc_ms = header->expires_at_utc_ms,
		.envelope = bytes,
	};
	enum kb_err err = take_epoch(asking, &header->epoch);

	mail.epoch_no = asking->epoch_no;
	if (err == KB_OK) {
		err = kb_mailbox_put(broker->mailbox, &mail);
	}
	if (err != KB_OK) {
		return err;
	}
	if (earlier == KB_EARLIER_AGAIN && asking->waits) {
		err = kb_mailbox_remove(broker->mailbox, &asking->earlier.place,
					asking->earlier.place.seq, NULL);
	}
	if (err == KB_OK && header->number != 0) {
		err = note_number(asking, message, &mail);
	}
	if (err == KB_OK) {
		err = kb_broker_log_append(&broker->log, asking->txn, kb_broker_utc_ms(broker),
					   message->parts.header);
	}
	if (broker->expiry.in_box && broker->expiry.box_no == message->recipient_no &&
	    header->expires_at_utc_ms < broker->expiry.oldest_kept_utc_ms) {
		broker->expiry.oldest_kept_utc_ms = header->expires_at_utc_ms;
	}
	/* Half of it is written: whatever went wrong, it may not end as the refusal of one message. */
	return err == KB_OK || kb_err_reason(err) == 0 || err == KB_ERR_STORE_FULL
		       ? err
		       : KB_ERR_INTERNAL;
}

static void
alarm_equivocation(const struct kb_broker_session *session,
		   const struct kb_admission_message *message)
{
	char id[KB_ID_TEXT];

	kb_id_text(&message->header.message_id, id);
	kb_log(KB_LOG_ERROR, "broker-equivocation", "message=%s sender=%s recipient=%s number=%llu",
	       id, session->party.text, message->header.recipient.text,
	       (unsigned long long)message->header.number);
}

/* Whether this code can be told to the sender of one message. Disk and memory concern the whole step. */
static bool
is_refusal(enum kb_err err)
{
	return err == KB_ERR_DUPLICATE || (kb_err_reason(err) != 0 && err != KB_ERR_STORE_FULL);
}

enum kb_err
kb_broker_take_message(struct kb_broker *broker, struct kb_txn *txn,
		       const struct kb_admission *like, const struct kb_broker_session *session,
		       struct kb_span bytes, struct kb_publish_item *item)
{
	struct kb_admission_message message = { 0 };
	struct kb_admission admission = *like;
	enum kb_admission_earlier earlier = KB_EARLIER_NEW;
	struct asking asking = { .broker = broker, .txn = txn, .sender_no = session->party_no };

	admission.asks = (struct kb_admission_asks){
		.recipient = ask_recipient,
		.earlier = ask_earlier,
		.sender_key = ask_sender_key,
		.state = &asking,
	};
	item->requeued = false;
	if (broker->refuse_publishes) {
		item->err = KB_ERR_STORE_FULL;
		return KB_OK;
	}
	enum kb_err err = kb_admission_check(&admission, &session->party, bytes, &broker->arena,
					     &message, &earlier);

	if (err == KB_OK) {
		err = put_message(&asking, &message, bytes, earlier);
		item->requeued = earlier == KB_EARLIER_AGAIN;
	}
	if (err == KB_ERR_EQUIVOCATION) {
		alarm_equivocation(session, &message);
	}
	if (err != KB_OK && !is_refusal(err)) {
		return err;
	}
	item->err = err;
	item->recipient_no = message.recipient_no;
	return KB_OK;
}

void
kb_broker_admission(struct kb_broker *broker, struct kb_admission *admission)
{
	const struct kb_register_head *head = kb_broker_register_head(broker->reg);
	int64_t now = kb_broker_utc_ms(broker);

	*admission = (struct kb_admission){
		.cache = broker->seals,
		.now_utc_ms = now,
		.clock_trusted = broker->clock_verdict == KB_CLOCK_TRUSTED,
	};
	admission->register_expired = now - KB_REGISTER_GRACE_MS > head->expires_at_utc_ms;
}
