/* SPDX-License-Identifier: EUPL-1.2 */
/* Files to and from the people of this party: the command line opens them under its user's own account and hands over pieces. */
#include <inttypes.h>
#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/attachments.h"
#include "agents/runtime/case_board.h"
#include "common/base/text.h"
#include "common/crypto/hash.h"

/* Nobody went on with it for so long. */
#define IDLE_MS ((int64_t)10 * 60 * 1000)

/* A file on its way in, whose chunks stand on disk before its row; or one that is read out after it was logged who reads it. */
struct kb_transfer {
	struct kb_id token;
	uint64_t user_no;
	uint64_t case_no;
	bool upload;
	struct kb_chunk_place place;
	struct kb_datakey key;
	int64_t used_mono_ms;
	bool done; /* nobody needs it any more: its place may be taken at once */
	/* in */
	struct kb_sha256 *hash;
	struct kb_attachment_sniff sniff;
	struct kb_buf parts;
	uint32_t next;
	bool ended;
	struct kb_hash sha256;
	/* out */
	uint32_t item_no;
};

static void
release(struct kb_transfer *transfer)
{
	kb_datakey_wipe(&transfer->key);
	kb_sha256_free(transfer->hash);
	kb_buf_release(&transfer->parts);
	free(transfer);
}

void
kb_transfers_release(struct kb_agent *agent)
{
	for (size_t i = 0; i < KB_TRANSFERS_MAX; i++) {
		if (agent->attachments.transfers[i] != NULL) {
			release(agent->attachments.transfers[i]);
			agent->attachments.transfers[i] = NULL;
		}
	}
}

/* Its files go too, unless a row has taken them over: the look at the case says so. */
static void
forget(struct kb_agent *agent, struct kb_transfer **transfer)
{
	uint64_t case_no = (*transfer)->case_no;
	bool upload = (*transfer)->upload;

	release(*transfer);
	*transfer = NULL;
	if (upload) {
		kb_attachments_wake(agent, case_no);
	}
}

void
kb_transfers_tick(struct kb_agent *agent, int64_t now_mono_ms)
{
	for (size_t i = 0; i < KB_TRANSFERS_MAX; i++) {
		struct kb_transfer **transfer = &agent->attachments.transfers[i];

		if (*transfer != NULL && now_mono_ms - (*transfer)->used_mono_ms > IDLE_MS) {
			forget(agent, transfer);
		}
	}
}

bool
kb_transfer_is_open(const struct kb_agent *agent, const struct kb_id *file_id)
{
	for (size_t i = 0; i < KB_TRANSFERS_MAX; i++) {
		const struct kb_transfer *transfer = agent->attachments.transfers[i];

		if (transfer != NULL && transfer->upload &&
		    kb_id_equal(&transfer->place.file_id, file_id)) {
			return true;
		}
	}
	return false;
}

/* A free place, or that of one that is done; else that of whom nobody heard for longest, if that is some time. */
static struct kb_transfer **
take_place(struct kb_agent *agent, int64_t now_mono_ms)
{
	struct kb_transfer **oldest = NULL;

	for (size_t i = 0; i < KB_TRANSFERS_MAX; i++) {
		struct kb_transfer **at = &agent->attachments.transfers[i];

		if (*at != NULL && (*at)->done) {
			forget(agent, at);
		}
		if (*at == NULL) {
			return at;
		}
		if (oldest == NULL || (*at)->used_mono_ms < (*oldest)->used_mono_ms) {
			oldest = at;
		}
	}
	if (now_mono_ms - (*oldest)->used_mono_ms < IDLE_MS / 10) {
		return NULL;
	}
	forget(agent, oldest);
	return oldest;
}

static enum kb_err
new_transfer(struct kb_desk_call *call, struct kb_transfer **out)
{
	struct kb_agent *agent = kb_desk_agent(call);
	int64_t now = kb_clock_mono_ms(&agent->clock);
	struct kb_transfer **place = take_place(agent, now);

	if (place == NULL) {
		return kb_desk_fail(call, KB_ERR_BUSY,
				    "er worden al %d bestanden gelezen of geschreven; probeer het "
				    "zo weer",
				    KB_TRANSFERS_MAX);
	}
	*place = calloc(1, sizeof(**place));
	if (*place == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	(*place)->token = kb_id_random(&agent->random);
	(*place)->user_no = kb_desk_user_no(call);
	(*place)->case_no = kb_desk_number_arg(call, "zaak");
	(*place)->used_mono_ms = now;
	*out = *place;
	return KB_OK;
}

/* The one of the argument, of this user and this case: what somebody else has under way does not exist. */
static enum kb_err
find(struct kb_desk_call *call, const char *argument, bool upload, struct kb_transfer ***out)
{
	struct kb_agent *agent = kb_desk_agent(call);
	struct kb_id token = kb_desk_id_arg(call, argument);

	for (size_t i = 0; i < KB_TRANSFERS_MAX; i++) {
		struct kb_transfer *transfer = agent->attachments.transfers[i];

		if (transfer != NULL && transfer->upload == upload &&
		    kb_id_equal(&transfer->token, &token) &&
		    transfer->user_no == kb_desk_user_no(call) &&
		    transfer->case_no == kb_desk_number_arg(call, "zaak")) {
			transfer->used_mono_ms = kb_clock_mono_ms(&agent->clock);
			*out = &agent->attachments.transfers[i];
			return KB_OK;
		}
	}
	return kb_desk_fail(call, KB_ERR_NOT_FOUND,
			    "'%s': dit is er niet (meer); begin opnieuw met het bestand", argument);
}

/* ---- in ---- */

static enum kb_err
refuse(struct kb_desk_call *call, enum kb_attachment_rule rule)
{
	return kb_desk_fail(call, KB_ERR_DATA, "Niet toegevoegd: %s (regel %s)",
			    kb_attachment_rule_label(rule), kb_attachment_rule_name(rule));
}

static enum kb_err
check_room(struct kb_desk_call *call, uint64_t case_no, uint64_t bytes)
{
	struct kb_agent *agent = kb_desk_agent(call);
	enum kb_err err =
		kb_attachment_room(agent, kb_desk_step(call), case_no, bytes, kb_desk_arena(call));

	return err == KB_ERR_OVERSIZE
		       ? kb_desk_fail(
				 call, err,
				 "Niet toegevoegd: deze zaak zou meer dan %" PRIu64
				 " MiB of meer dan %u bijlagen hebben (bijlagen_max in [store])",
				 agent->attachments.case_bytes_max / (1024 * 1024),
				 KB_ATTACHMENTS_OF_CASE_MAX)
		       : err;
}

enum kb_err
kb_verb_document_begin(struct kb_desk_call *call)
{
	struct kb_agent *agent = kb_desk_agent(call);
	struct kb_attachment attachment = { .case_no = kb_desk_number_arg(call, "zaak"),
					    .file_id = kb_id_random(&agent->random),
					    .bytes = kb_desk_number_arg(call, "bytes") };
	struct kb_transfer *transfer = NULL;
	enum kb_err err = KB_OK;

	if (attachment.bytes == 0 || attachment.bytes > KB_ATTACHMENT_BYTES_MAX) {
		return refuse(call, attachment.bytes == 0 ? KB_ATTACHMENT_RULE_LEEG
							  : KB_ATTACHMENT_RULE_TE_GROOT);
	}
	err = check_room(call, attachment.case_no, attachment.bytes);
	if (err == KB_OK) {
		err = new_transfer(call, &transfer);
	}
	if (err == KB_OK && transfer != NULL) {
		transfer->upload = true;
		err = kb_attachment_place(agent, kb_desk_step(call), &attachment, &transfer->place,
					  &transfer->key);
	}
	if (err == KB_OK && transfer != NULL) {
		err = kb_sha256_new(&transfer->hash);
	}
	if (err != KB_OK || transfer == NULL) {
		return err;
	}
	kb_sha256_start(transfer->hash);
	kb_desk_section(call, "bijlage", "upload|delen|bytes_per_deel");
	kb_desk_row(call);
	kb_desk_cell_id(call, &transfer->token);
	kb_desk_cell_number(call, kb_chunk_count(attachment.bytes));
	kb_desk_cell_number(call, KB_CHUNK_BYTES);
	return KB_OK;
}

enum kb_err
kb_verb_document_part(struct kb_desk_call *call)
{
	struct kb_agent *agent = kb_desk_agent(call);
	struct kb_span bytes = kb_desk_content(call);
	struct kb_transfer **at = NULL;
	struct kb_transfer *transfer = NULL;
	struct kb_hash hash;
	enum kb_err err = find(call, "upload", true, &at);

	if (err != KB_OK) {
		return err;
	}
	transfer = *at;
	if (transfer->ended ||
	    bytes.len != kb_chunk_length(transfer->place.bytes, transfer->next) || bytes.len == 0) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "dit deel heeft niet de lengte van deel %u; het bestand is "
				    "misschien veranderd terwijl het werd gelezen",
				    transfer->next + 1);
	}
	err = kb_chunk_put(agent->attachments.chunks, &transfer->key, &transfer->place,
			   transfer->next, bytes);
	kb_sha256(bytes, &hash);
	if (err == KB_OK) {
		err = kb_buf_put(&transfer->parts, KB_SPAN_OF(hash));
	}
	if (err != KB_OK) {
		forget(agent, at); /* a full disk: nothing half stays */
		return err;
	}
	kb_sha256_add(transfer->hash, bytes);
	kb_attachment_sniff_add(&transfer->sniff, bytes);
	transfer->next++;
	if (transfer->next == kb_chunk_count(transfer->place.bytes)) {
		kb_sha256_finish(transfer->hash, &transfer->sha256);
		transfer->ended = true;
	}
	return KB_OK;
}

static enum kb_err
judge(struct kb_desk_call *call, const struct kb_transfer *transfer, struct kb_span name,
      enum kb_attachment_type *type, enum kb_attachment_rule *rule)
{
	struct kb_attachment_window window = { .agent = kb_desk_agent(call),
					       .place = transfer->place,
					       .key = transfer->key,
					       .parts = kb_buf_span(&transfer->parts),
					       .index = UINT32_MAX };
	struct kb_attachment_source source = { .read = kb_attachment_window_read,
					       .state = &window,
					       .bytes = transfer->place.bytes };
	enum kb_err err = kb_attachment_judge(&transfer->sniff, &source, name, type, rule);

	kb_attachment_window_release(&window);
	return err;
}

enum kb_err
kb_transfer_take(struct kb_desk_call *call, struct kb_attachment *attachment)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_attachment known;
	struct kb_transfer **at = NULL;
	struct kb_transfer *transfer = NULL;
	enum kb_attachment_type type = KB_FILE_NONE;
	enum kb_attachment_rule rule = KB_ATTACHMENT_RULE_OK;
	enum kb_err err = find(call, "upload", true, &at);

	if (err != KB_OK) {
		return err;
	}
	transfer = *at;
	if (!transfer->ended) {
		return kb_desk_fail(call, KB_ERR_DATA, "het bestand is nog niet heel overgebracht");
	}
	err = judge(call, transfer, attachment->name, &type, &rule);
	/* A person cannot be asked what the parents opted out of: what they did never leaves, and oso send sees to that (facts D2). */
	if (err == KB_OK && type == KB_FILE_XML && transfer->sniff.has_oso) {
		rule = KB_ATTACHMENT_RULE_OSO;
	}
	if (err == KB_OK && rule != KB_ATTACHMENT_RULE_OK) {
		forget(act->agent, at);
		return refuse(call, rule);
	}
	if (err == KB_OK) {
		err = kb_attachment_find(act->step, transfer->case_no, &transfer->sha256,
					 act->arena, &known);
		if (err == KB_OK &&
		    (known.state == KB_ATTACHMENT_WHOLE || known.state == KB_ATTACHMENT_COMING)) {
			forget(act->agent, at);
			return kb_desk_fail(
				call, KB_ERR_EXISTS,
				"Niet toegevoegd: dit bestand is al bijlage %u van deze "
				"zaak",
				known.item_no);
		}
		err = err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	if (err == KB_OK) {
		err = check_room(call, transfer->case_no, transfer->place.bytes);
	}
	if (err != KB_OK) {
		return err;
	}
	attachment->case_no = transfer->case_no;
	attachment->author_user_no = act->user_no;
	attachment->at_utc_ms = act->now_utc_ms;
	attachment->file_id = transfer->place.file_id;
	attachment->sha256 = transfer->sha256;
	attachment->bytes = transfer->place.bytes;
	attachment->type = (uint32_t)type;
	attachment->parts = kb_buf_span(&transfer->parts);
	attachment->state = KB_ATTACHMENT_WHOLE;
	/* Should the act be rolled back and not run again, the next look removes the files. */
	transfer->done = true;
	return kb_attachment_put(act, attachment);
}

/* ---- out ---- */

static enum kb_err
open_reading(struct kb_desk_call *call, const struct kb_attachment *attachment,
	     struct kb_transfer **out)
{
	struct kb_transfer *transfer = NULL;
	enum kb_err err = new_transfer(call, &transfer);

	if (err == KB_OK && transfer != NULL) {
		transfer->item_no = attachment->item_no;
		err = kb_attachment_place(kb_desk_agent(call), kb_desk_step(call), attachment,
					  &transfer->place, &transfer->key);
	}
	if (err == KB_OK && transfer != NULL) {
		err = kb_buf_put(&transfer->parts, attachment->parts);
	}
	*out = transfer;
	return err;
}

enum kb_err
kb_verb_document_get(struct kb_desk_call *call)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_attachment attachment;
	struct kb_transfer *transfer = NULL;
	uint64_t case_no = kb_desk_number_arg(call, "zaak");
	uint64_t number = kb_desk_number_arg(call, "nummer");
	char hex[KB_HASH_BYTES * 2 + 1];
	bool sees = false;
	enum kb_err err = number > 0 && number <= UINT32_MAX
				  ? kb_attachment_get(act->step, case_no, (uint32_t)number,
						      act->arena, &attachment)
				  : KB_ERR_NOT_FOUND;

	if (err == KB_OK) {
		err = kb_attachment_sees(call, &attachment, &sees);
		err = err == KB_OK && !sees ? KB_ERR_NOT_FOUND : err;
	}
	if (err == KB_ERR_NOT_FOUND) {
		return kb_desk_fail(call, err,
				    "'nummer': deze bijlage is er niet; 'ketenbode document list' "
				    "noemt ze");
	}
	if (err == KB_OK && attachment.state != KB_ATTACHMENT_WHOLE) {
		return kb_desk_fail(call, KB_ERR_STATE,
				    "deze bijlage is er niet heel, of is geweigerd; 'ketenbode "
				    "document list' zegt hoe het staat");
	}
	if (err == KB_OK) {
		err = kb_act_accessed(act, KB_RECORD_EXPORT, "document get", case_no, 1);
	}
	if (err == KB_OK) {
		err = open_reading(call, &attachment, &transfer);
	}
	if (err != KB_OK) {
		return err;
	}
	kb_hex_encode(KB_SPAN_OF(attachment.sha256), hex);
	kb_desk_section(call, "bijlage", "sleutel|nummer|soort|naam|type|bytes|delen|sha256");
	kb_desk_row(call);
	kb_desk_cell_id(call, &transfer->token);
	kb_desk_cell_number(call, attachment.item_no);
	kb_desk_cell(call, attachment.sort);
	kb_desk_cell(call, attachment.name);
	kb_desk_cell_text(call, kb_attachment_type_name(attachment.type));
	kb_desk_cell_number(call, attachment.bytes);
	kb_desk_cell_number(call, kb_chunk_count(attachment.bytes));
	kb_desk_cell_text(call, hex);
	return KB_OK;
}

enum kb_err
kb_verb_document_read(struct kb_desk_call *call)
{
	struct kb_agent *agent = kb_desk_agent(call);
	struct kb_attachment shown = { .case_no = kb_desk_number_arg(call, "zaak") };
	struct kb_transfer **at = NULL;
	uint64_t part = kb_desk_number_arg(call, "deel");
	struct kb_hash hash;
	struct kb_buf plain = { 0 };
	enum kb_err err = find(call, "sleutel", false, &at);

	if (err != KB_OK) {
		return err;
	}
	if (part == 0 || part > kb_chunk_count((*at)->place.bytes)) {
		return kb_desk_fail(call, KB_ERR_USAGE, "'deel': zo veel delen zijn er niet");
	}
	memcpy(hash.bytes, (*at)->parts.at + (part - 1) * KB_HASH_BYTES, KB_HASH_BYTES);
	err = kb_chunk_get(agent->attachments.chunks, &(*at)->key, &(*at)->place,
			   (uint32_t)part - 1, &hash, &plain);
	if (err == KB_ERR_CORRUPT || err == KB_ERR_NOT_FOUND) {
		shown.item_no = (*at)->item_no;
		kb_attachments_broken(agent, &shown, (uint32_t)part - 1, err);
		err = kb_desk_fail(call, KB_ERR_CORRUPT,
				   "deel %" PRIu64 " van deze bijlage ontbreekt of is beschadigd; "
				   "vraag de beheerder om een reservekopie, of de afzender om haar "
				   "opnieuw",
				   part);
	}
	if (err == KB_OK) {
		(*at)->done = part == kb_chunk_count((*at)->place.bytes);
		err = kb_desk_give(call, kb_buf_span(&plain));
	}
	kb_buf_wipe(&plain);
	return err;
}
