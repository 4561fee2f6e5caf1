/* SPDX-License-Identifier: EUPL-1.2 */
/* Valid messages of every kind, made from the same tables that the codec reads. */
#include "tests/golden/wire_samples.h"

#include "common/base/random.h"
#include "common/wire/absence.h"
#include "common/wire/bijlage.h"
#include "common/wire/consent.h"
#include "common/wire/content.h"
#include "common/wire/desk.h"
#include "common/wire/envelope.h"
#include "common/wire/prescan.h"
#include "common/wire/session.h"
#include "common/wire/wire_codec.h"
#include "common/wire/zaak_schema.h"

#define TIME_UTC_MS 1795300000000ll /* November 2026 */

struct make {
	struct kb_random random;
	struct kb_arena *arena;
};

#define KB_ROW(T) { #T, &kb_schema_##T },
const struct kb_sample_kind kb_sample_kinds[] = { KB_SAMPLE_TABLE(KB_ROW) };
#undef KB_ROW
const size_t kb_sample_kind_count = sizeof(kb_sample_kinds) / sizeof(kb_sample_kinds[0]);

static void make_message(struct make *make, const struct kb_wire_schema *schema, uint8_t *to);

static uint64_t
draw(struct make *make, uint64_t below)
{
	uint64_t value = 0;

	kb_random_fill(&make->random, &value, sizeof(value));
	return below == 0 ? 0 : value % below;
}

static bool
toss(struct make *make)
{
	return draw(make, 2) == 1;
}

static void *
room(struct make *make, size_t count)
{
	void *at = kb_arena_alloc(make->arena, count);

	KB_INVARIANT(at != NULL);
	return at;
}

/* One draw per statement: the order in which C evaluates two in one expression is not fixed, the golden files are. */
static uint32_t
make_date(struct make *make)
{
	uint64_t date = 2010 + draw(make, 20);

	date = date * 100 + 1 + draw(make, 12);
	date = date * 100 + 1 + draw(make, 28);
	return (uint32_t)date;
}

/* Now and then the very ends of a range: most mistakes are there. */
static uint64_t
make_number(struct make *make, uint64_t min, uint64_t max)
{
	uint64_t low = min > 0 ? min : 1;

	switch (draw(make, 6)) {
	case 0:
		return low;
	case 1:
		return max;
	default:
		break;
	}
	uint64_t width = max - low;

	/* A random bit length, so that every length of varint occurs. */
	uint64_t value = draw(make, UINT64_MAX);

	value >>= draw(make, 64);

	return width == UINT64_MAX ? value : low + value % (width + 1);
}

static uint64_t
make_enum(struct make *make, const ProtobufCFieldDescriptor *descriptor)
{
	const ProtobufCEnumDescriptor *values = descriptor->descriptor;

	return (uint64_t)values->values[1 + draw(make, values->n_values - 1)].value;
}

static void
put_integer(const struct kb_wire_field *field, uint8_t *to, uint64_t value)
{
	uint32_t narrow = (uint32_t)value;
	bool truth = value != 0;

	if (field->form == KB_FORM_BOOL) {
		memcpy(to, &truth, sizeof(truth));
	} else if (field->bytes == sizeof(value)) {
		memcpy(to, &value, sizeof(value));
	} else {
		memcpy(to, &narrow, sizeof(narrow));
	}
}

static void
make_integer(struct make *make, const struct kb_wire_field *field,
	     const ProtobufCFieldDescriptor *descriptor, uint8_t *to)
{
	uint64_t value = 0;

	if (!field->required && toss(make)) {
		return;
	}
	switch (field->form) {
	case KB_FORM_DATE:
		value = make_date(make);
		break;
	case KB_FORM_TIME:
		value = (uint64_t)TIME_UTC_MS + draw(make, 1000000000);
		break;
	case KB_FORM_ENUM:
		value = make_enum(make, descriptor);
		break;
	case KB_FORM_NONE:
	case KB_FORM_U32:
	case KB_FORM_U64:
	case KB_FORM_BOOL:
	case KB_FORM_FIXED:
	case KB_FORM_ID:
	case KB_FORM_PARTY:
	case KB_FORM_CODE:
	case KB_FORM_TEXT:
	case KB_FORM_LINES:
	case KB_FORM_SPAN:
	case KB_FORM_HASHES:
	case KB_FORM_MESSAGE:
	case KB_FORM_COUNT:
	default:
		value = make_number(make, field->min, field->max);
		break;
	}
	put_integer(field, to, value);
}

static void
make_party(struct make *make, uint8_t *to)
{
	struct kb_party_id id = { "00000099000000000000" };

	for (size_t i = 8; i < KB_OIN_CHARS - 3; i++) {
		id.text[i] = (char)('0' + draw(make, 10));
	}
	if (toss(make)) {
		memcpy(id.text + KB_OIN_CHARS, "/12AB03", 7);
	}
	memcpy(to, &id, sizeof(id));
}

static size_t
make_len(struct make *make, const struct kb_wire_field *field)
{
	uint64_t min = field->min;
	uint64_t width = field->max - min;

	return (size_t)(min + (draw(make, 20) == 0 && field->max <= 512
				       ? width
				       : draw(make, (width < 60 ? width : 60) + 1)));
}

static struct kb_span
make_span(struct make *make, const struct kb_wire_field *field)
{
	static const char *const words[] = { "Iris ",  "Zoë ", "van der ", "Ætna ",
					     "naïef ", "weg ", "€12 ",	   "\U0001F3EB " };
	size_t len = make_len(make, field);
	uint8_t *at = room(make, len);
	size_t used = 0;

	if (field->form == KB_FORM_HASHES) {
		len -= len % KB_HASH_BYTES;
	}
	if (field->form != KB_FORM_TEXT && field->form != KB_FORM_LINES) {
		kb_random_fill(&make->random, at, len);
		return kb_span(at, len);
	}
	while (used < len) {
		const char *word = words[draw(make, sizeof(words) / sizeof(words[0]))];
		size_t size = strlen(word);

		/* The rest in single characters: a text is never cut inside one. */
		if (size > len - used) {
			at[used++] = field->form == KB_FORM_LINES && toss(make) ? '\n' : 'x';
			continue;
		}
		memcpy(at + used, word, size);
		used += size;
	}
	return kb_span(at, len);
}

static void
make_code(struct make *make, const struct kb_wire_field *field, uint8_t *to)
{
	for (size_t i = 0; field->pattern[i] != 0; i++) {
		to[i] = (uint8_t)(field->pattern[i] == '9' ? '0' + draw(make, 10)
							   : 'A' + draw(make, 26));
	}
}

static void
make_value(struct make *make, const struct kb_wire_field *field,
	   const ProtobufCFieldDescriptor *descriptor, uint8_t *to)
{
	struct kb_span span = KB_SPAN_NONE;

	if (field->form <= KB_FORM_ENUM) {
		make_integer(make, field, descriptor, to);
		return;
	}
	if (!field->required && field->count_max == 0 && field->form != KB_FORM_MESSAGE &&
	    toss(make)) {
		return;
	}
	switch (field->form) {
	case KB_FORM_FIXED:
	case KB_FORM_ID:
		kb_random_fill(&make->random, to, field->bytes);
		break;
	case KB_FORM_PARTY:
		make_party(make, to);
		break;
	case KB_FORM_CODE:
		make_code(make, field, to);
		break;
	case KB_FORM_MESSAGE:
		make_message(make, field->schema, to);
		break;
	case KB_FORM_NONE:
	case KB_FORM_U32:
	case KB_FORM_U64:
	case KB_FORM_TIME:
	case KB_FORM_DATE:
	case KB_FORM_BOOL:
	case KB_FORM_ENUM:
	case KB_FORM_TEXT:
	case KB_FORM_LINES:
	case KB_FORM_SPAN:
	case KB_FORM_HASHES:
	case KB_FORM_COUNT:
	default:
		span = make_span(make, field);
		memcpy(to, &span, sizeof(span));
		break;
	}
}

static void
make_list(struct make *make, const struct kb_wire_field *field,
	  const ProtobufCFieldDescriptor *descriptor, uint8_t *to)
{
	uint64_t width = field->count_max - field->count_min;
	size_t count = field->count_min + (size_t)draw(make, (width < 5 ? width : 5) + 1);
	uint8_t *list = room(make, count * field->bytes);

	for (size_t i = 0; i < count; i++) {
		make_value(make, field, descriptor, list + i * field->bytes);
	}
	memcpy(to + field->offset, &list, sizeof(list));
	memcpy(to + field->extra_offset, &count, sizeof(count));
}

static struct kb_span
random_span(struct make *make, size_t len)
{
	uint8_t *at = room(make, len);

	kb_random_fill(&make->random, at, len);
	return len > 0 ? kb_span(at, len) : KB_SPAN_NONE;
}

/* The rules between fields: what random fields do not meet by themselves is mended here. */

static void
mend_header(struct make *make, void *message)
{
	struct kb_header *header = message;

	header->expires_at_utc_ms =
		header->sent_at_utc_ms + 1 + (int64_t)draw(make, 400ull * 86400000);
	header->sender.text[9] = '1';
	header->recipient.text[9] = '2';
}

static void
mend_seal(struct make *make, void *message)
{
	struct kb_wire_seal *seal = message;

	seal->leaf_index = (uint32_t)draw(make, seal->tree_size);
	seal->path = random_span(make, kb_wire_path_levels(seal->leaf_index, seal->tree_size) *
					       KB_HASH_BYTES);
}

static void
mend_envelope(struct make *make, void *message)
{
	struct kb_envelope *envelope = message;
	size_t base = toss(make) ? 512 : 768;

	envelope->sealed = random_span(make, (base << draw(make, 3)) + KB_WIRE_TAG_BYTES);
}

static void
mend_author(struct make *make, void *message)
{
	struct kb_author *author = message;

	(void)make;
	if (author->person.len > 0) {
		author->function = kb_span_text("administratie");
	}
}

static void
mend_body(struct make *make, void *message)
{
	struct kb_body *body = message;
	static const struct kb_epoch none;

	body->after_number = draw(make, 1000);
	if (body->after_number == 0) {
		body->after_epoch = none;
	} else {
		kb_random_fill(&make->random, &body->after_epoch, sizeof(body->after_epoch));
	}
	if (body->ground == KB_GROUND_TOESTEMMING || body->toestemming.len > 0) {
		body->consent_ref = kb_id_random(&make->random);
	}
}

static void
mend_consistency(struct make *make, void *message)
{
	struct kb_consistency_proof *proof = message;

	proof->to_size = draw(make, 100000);
	proof->from_size = draw(make, proof->to_size + 1);
	proof->path = proof->from_size == 0 || proof->from_size == proof->to_size
			      ? KB_SPAN_NONE
			      : random_span(make, (1 + draw(make, 17)) * KB_HASH_BYTES);
}

static void
mend_receipt_item(struct make *make, void *message)
{
	struct kb_receipt_item *item = message;

	item->stored_at_utc_ms = TIME_UTC_MS;
	item->reason = item->outcome == KB_OUTCOME_STORED ? 0 : 1 + (uint32_t)draw(make, 60);
}

static void
mend_range(struct make *make, void *message)
{
	struct kb_epoch_range *range = message;

	range->first = 1 + draw(make, 1000000);
	range->last = range->first + draw(make, 1000);
}

static void
mend_receipt(struct make *make, void *message)
{
	struct kb_receipt *receipt = message;

	if (receipt->item_count + receipt->missing_count == 0 && !receipt->has_checkpoint) {
		receipt->has_checkpoint = true;
		make_message(make, &kb_schema_signed_checkpoint, (uint8_t *)&receipt->checkpoint);
	}
}

static void
mend_gemeente(struct make *make, void *message)
{
	struct kb_served_gemeente *served = message;

	served->valid_until = toss(make) ? 0 : served->valid_from;
}

static void
mend_descriptor(struct make *make, void *message)
{
	struct kb_descriptor *descriptor = message;

	descriptor->valid_until_utc_ms =
		descriptor->valid_from_utc_ms + 1 + (int64_t)draw(make, 1000000);
	for (size_t i = 0; i < descriptor->swv_count; i++) {
		descriptor->swv[i] = kb_span_text(toss(make) ? "PO2301" : "VO3102");
	}
	for (size_t i = 0; i < descriptor->desk_count; i++) {
		descriptor->desks[i] = (enum kb_desk)(i + 1);
	}
}

static void
mend_revocations(struct make *make, void *message)
{
	struct kb_revocation_list *list = message;

	(void)make;
	for (size_t i = 0; i < list->item_count; i++) {
		list->items[i].party.text[8] = (char)('A' + i / 2);
		list->items[i].party.text[KB_OIN_CHARS] = 0;
		memcpy(list->items[i].party.text + 9, "00000000000\0\0\0\0\0\0\0\0", 19);
		list->items[i].key_version = 1 + (uint32_t)i;
	}
}

static void
mend_head(struct make *make, void *message)
{
	struct kb_register_head *head = message;

	head->expires_at_utc_ms = head->issued_at_utc_ms + 1 + (int64_t)draw(make, 1000000);
}

static void
mend_join_request(struct make *make, void *message)
{
	struct kb_join_request *request = message;

	request->certificate = toss(make) ? random_span(make, 40) : KB_SPAN_NONE;
	request->csr = request->certificate.len > 0 ? KB_SPAN_NONE : random_span(make, 50);
}

static void
mend_join_file(struct make *make, void *message)
{
	struct kb_join_file *file = message;

	file->broker_address = kb_span_text(toss(make) ? "tcp://bode.example.nl:5670"
						       : "ipc:///run/ketenbode/broker");
}

static void
mend_hello(struct make *make, void *message)
{
	struct kb_hello *hello = message;

	hello->oldest_version = 1;
	hello->newest_version = 1 + (uint32_t)draw(make, 3);
}

static void
mend_publish_result(struct make *make, void *message)
{
	struct kb_publish_result *result = message;

	for (size_t i = 0; i < result->refused_count; i++) {
		result->refused[i].index = (uint32_t)(i * 3 + draw(make, 3));
	}
}

static void
mend_query(struct make *make, void *message)
{
	struct kb_register_query *query = message;
	struct kb_register_query empty = { .query = query->query };

	switch (draw(make, 4)) {
	case 1:
		make_party(make, (uint8_t *)&empty.party);
		empty.key_version = (uint32_t)draw(make, 3);
		break;
	case 2:
		memcpy(empty.gemeente, "0363", 4);
		empty.on_date = make_date(make);
		break;
	case 3:
		empty.all = true;
		empty.first = draw(make, 100);
		break;
	default:
		break;
	}
	*query = empty;
}

static void
mend_leerling(struct make *make, void *message)
{
	struct kb_melding_leerling *leerling = message;

	(void)make;
	leerling->adres_geheim = !leerling->has_adres;
}

static void
mend_melding(struct make *make, void *message)
{
	struct kb_verzuim_melding *melding = message;
	uint32_t month = 202601 + (uint32_t)draw(make, 12);

	melding->begindatum = month * 100 + 1;
	melding->einddatum = month * 100 + 28;
	for (size_t i = 0; i < melding->dag_count; i++) {
		melding->dagen[i].datum = month * 100 + 1 + (uint32_t)i * 5;
	}
}

static void
mend_aanvulling(struct make *make, void *message)
{
	struct kb_verzuim_aanvulling *aanvulling = message;

	if (aanvulling->stap_count == 0) {
		aanvulling->ouders_ingelicht_op = make_date(make);
	}
}

static void
mend_inhoud(struct make *make, void *message)
{
	struct kb_inhoud *inhoud = message;
	uint32_t number = 0;

	for (size_t i = 0; i < inhoud->field_count; i++) {
		number += 1 + (uint32_t)draw(make, 20);
		inhoud->fields[i].number = number;
	}
}

static void
mend_toestemming(struct make *make, void *message)
{
	struct kb_toestemming *toestemming = message;

	for (size_t i = 0; i < toestemming->party_count; i++) {
		toestemming->parties[i].text[8] = (char)('A' + i / 10);
		toestemming->parties[i].text[9] = (char)('0' + i % 10);
	}
	toestemming->recorder = toestemming->parties[draw(make, toestemming->party_count)];
	toestemming->ouders = (uint32_t)draw(make, toestemming->gezag + 1);
	toestemming->valid_until = toss(make) ? 0 : toestemming->valid_from;
}

/* A name as a route file gives it, at most len characters. */
static struct kb_span
make_word(struct make *make, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	size_t count = 1 + draw(make, len);
	char *at = room(make, count);

	for (size_t i = 0; i < count; i++) {
		at[i] = letters[draw(make, sizeof(letters) - 1)];
	}
	return kb_span(at, count);
}

static struct kb_span
make_event(struct make *make)
{
	struct kb_span word = make_word(make, KB_ROUTE_NAME_MAX);
	char *at = room(make, word.len + 5);

	if (toss(make)) {
		return word;
	}
	memcpy(at, "klok:", 5);
	memcpy(at + 5, word.at, word.len);
	return kb_span(at, word.len + 5);
}

static void
mend_deelnemer(struct make *make, void *message)
{
	struct kb_wire_deelnemer *deelnemer = message;

	if (deelnemer->gast.len > 0) {
		memset(&deelnemer->party, 0, sizeof(deelnemer->party));
	} else if (kb_party_id_empty(&deelnemer->party)) {
		make_party(make, (uint8_t *)&deelnemer->party);
	}
	if (deelnemer->tot_utc_ms != 0) {
		deelnemer->tot_utc_ms = TIME_UTC_MS + 1000000000 + (int64_t)draw(make, 1000000000);
	}
}

static void
mend_feit(struct make *make, void *message)
{
	struct kb_wire_feit *feit = message;
	bool people = kb_fact_wants_people((enum kb_fact_nr)(feit->feit - 1));

	(void)make;
	if (people && feit->personen.len == 0) {
		feit->personen = kb_span_text("Iris van der Weg, Zoë Ætna");
	}
	if (!people) {
		feit->personen = KB_SPAN_NONE;
	}
}

static void
mend_klok(struct make *make, void *message)
{
	struct kb_wire_klok *klok = message;

	klok->naam = make_word(make, KB_ROUTE_NAME_MAX);
}

/* Other facts, each with the people that it asks for. */
static void
mend_feiten(struct make *make, struct kb_wire_feit *feiten, size_t count)
{
	uint32_t number = 0;

	for (size_t i = 0; i < count; i++) {
		number += 1 + (uint32_t)draw(make, 2);
		feiten[i].feit = number;
		mend_feit(make, &feiten[i]);
	}
}

static void
mend_regel(struct make *make, void *message)
{
	struct kb_wire_regel *regel = message;

	regel->route = make_word(make, KB_ROUTE_NAME_MAX);
	regel->toestand = make_word(make, KB_ROUTE_NAME_MAX);
	regel->gebeurtenis = make_event(make);
	if (regel->revisie == 1) {
		memset(&regel->vorige, 0, sizeof(regel->vorige));
	} else {
		regel->vorige.bytes[0] |= 1;
	}
	if (regel->persoon.len > 0) {
		regel->functie = kb_span_text("intern begeleider");
	}
	mend_feiten(make, regel->feiten, regel->feit_count);
	for (size_t i = 0; i < regel->deelnemer_count; i++) {
		struct kb_wire_deelnemer *here = &regel->deelnemers[i];

		here->rol += here->rol == 0 ? 1 : 0;
		here->van_utc_ms = here->van_utc_ms != 0 ? here->van_utc_ms : TIME_UTC_MS;
		/* One takes part once: the others are told apart by their number. */
		if (here->gast.len == 0) {
			here->party.text[8] = (char)('A' + i);
		} else {
			here->gast = make_word(make, 20);
			here->tot_utc_ms = TIME_UTC_MS + 2000000000;
		}
	}
	for (size_t i = 0; i < regel->gestart_count; i++) {
		*(char *)(uintptr_t)regel->gestart[i].naam.at = (char)('a' + i);
	}
	for (size_t i = 0; i < regel->gestopt_count; i++) {
		regel->gestopt[i] = make_word(make, KB_ROUTE_NAME_MAX);
		*(char *)(uintptr_t)regel->gestopt[i].at = (char)('a' + i);
	}
}

static void
mend_voorstel(struct make *make, void *message)
{
	struct kb_wire_voorstel *voorstel = message;

	voorstel->gebeurtenis = make_event(make);
	voorstel->voldaan &= ~KB_GUARDS_OF_CASE;
	mend_feiten(make, voorstel->feiten, voorstel->feit_count);
}

static void
mend_opvraag(struct make *make, void *message)
{
	struct kb_zaak_opvraag *opvraag = message;

	if (toss(make)) {
		memset(opvraag, 0, sizeof(*opvraag));
		kb_random_fill(&make->random, &opvraag->profile_hash,
			       sizeof(opvraag->profile_hash));
	} else {
		memset(&opvraag->profile_hash, 0, sizeof(opvraag->profile_hash));
		opvraag->regie_epoch += opvraag->regie_epoch == 0 ? 1 : 0;
	}
}

/* All four or none, and after none nothing follows. */
static void
mend_bewijs(struct make *make, void *message)
{
	struct kb_zaak_bewijs *bewijs = message;

	if (toss(make)) {
		*bewijs = (struct kb_zaak_bewijs){ .left = 1 };
		return;
	}
	bewijs->header = make_word(make, 40);
	bewijs->seal = make_word(make, 40);
	bewijs->body = make_word(make, 40);
	bewijs->salt.at = room(make, KB_HASH_BYTES);
	bewijs->salt.len = KB_HASH_BYTES;
	kb_random_fill(&make->random, (void *)(uintptr_t)bewijs->salt.at, KB_HASH_BYTES);
}

static void
mend_bestand(struct make *make, void *message)
{
	struct kb_profiel_bestand *bestand = message;
	struct kb_span word = make_word(make, KB_ROUTE_NAME_MAX);
	const char *end = toss(make) ? ".route" : ".ini";
	char *at = room(make, word.len + strlen(end));

	memcpy(at, word.at, word.len);
	memcpy(at + word.len, end, strlen(end));
	bestand->name = kb_span(at, word.len + strlen(end));
}

static void
mend_profiel(struct make *make, void *message)
{
	struct kb_profiel *profiel = message;

	(void)make;
	for (size_t i = 0; i < profiel->file_count; i++) {
		*(char *)(uintptr_t)profiel->files[i].name.at = (char)('a' + i);
	}
}

/* As many hashes as the size asks for. */
static void
mend_bijlage(struct make *make, void *message)
{
	struct kb_bijlage *bijlage = message;
	uint32_t count = 1 + (uint32_t)draw(make, 3);
	size_t len = (size_t)count * KB_HASH_BYTES;
	char *at = room(make, len);

	kb_random_fill(&make->random, at, len);
	bijlage->parts = kb_span(at, len);
	bijlage->bytes = (count - 1) * KB_WIRE_DEEL_BYTES_MAX + 1 +
			 (uint32_t)draw(make, KB_WIRE_DEEL_BYTES_MAX);
}

static void
mend_section(struct make *make, void *message)
{
	struct kb_desk_section *section = message;

	for (size_t i = 0; i < section->row_count; i++) {
		section->rows[i].cells = section->columns;
		section->rows[i].cell_count = section->column_count;
	}
	(void)make;
}

static const struct {
	const struct kb_wire_schema *schema;
	void (*mend)(struct make *make, void *message);
} menders[] = {
	{ &kb_schema_header, mend_header },
	{ &kb_schema_wire_seal, mend_seal },
	{ &kb_schema_envelope, mend_envelope },
	{ &kb_schema_author, mend_author },
	{ &kb_schema_body, mend_body },
	{ &kb_schema_consistency_proof, mend_consistency },
	{ &kb_schema_receipt_item, mend_receipt_item },
	{ &kb_schema_epoch_range, mend_range },
	{ &kb_schema_receipt, mend_receipt },
	{ &kb_schema_served_gemeente, mend_gemeente },
	{ &kb_schema_descriptor, mend_descriptor },
	{ &kb_schema_revocation_list, mend_revocations },
	{ &kb_schema_register_head, mend_head },
	{ &kb_schema_join_request, mend_join_request },
	{ &kb_schema_join_file, mend_join_file },
	{ &kb_schema_hello, mend_hello },
	{ &kb_schema_publish_result, mend_publish_result },
	{ &kb_schema_register_query, mend_query },
	{ &kb_schema_melding_leerling, mend_leerling },
	{ &kb_schema_verzuim_melding, mend_melding },
	{ &kb_schema_verzuim_aanvulling, mend_aanvulling },
	{ &kb_schema_inhoud, mend_inhoud },
	{ &kb_schema_toestemming, mend_toestemming },
	{ &kb_schema_wire_deelnemer, mend_deelnemer },
	{ &kb_schema_wire_feit, mend_feit },
	{ &kb_schema_wire_klok, mend_klok },
	{ &kb_schema_wire_regel, mend_regel },
	{ &kb_schema_wire_voorstel, mend_voorstel },
	{ &kb_schema_zaak_opvraag, mend_opvraag },
	{ &kb_schema_zaak_bewijs, mend_bewijs },
	{ &kb_schema_profiel_bestand, mend_bestand },
	{ &kb_schema_profiel, mend_profiel },
	{ &kb_schema_bijlage, mend_bijlage },
	{ &kb_schema_desk_section, mend_section },
};

static void
mend(struct make *make, const struct kb_wire_schema *schema, void *message)
{
	for (size_t i = 0; i < sizeof(menders) / sizeof(menders[0]); i++) {
		if (menders[i].schema == schema) {
			menders[i].mend(make, message);
		}
	}
}

static void
make_message(struct make *make, const struct kb_wire_schema *schema, uint8_t *to)
{
	uint32_t kind = 0;
	bool has = false;

	if (schema->oneof) {
		kind = schema->fields[1 + draw(make, schema->field_count - 1)].tag;
		memcpy(to + schema->kind_offset, &kind, sizeof(kind));
	}
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct kb_wire_field *field = &schema->fields[i];
		const ProtobufCFieldDescriptor *descriptor = &schema->descriptor->fields[i];

		if (field->count_max != 0) {
			make_list(make, field, descriptor, to);
			continue;
		}
		if (field->form == KB_FORM_MESSAGE && field->extra_offset != KB_NO_OFFSET) {
			has = toss(make);
			memcpy(to + field->extra_offset, &has, sizeof(has));
		}
		if (kb_wire_present(schema, field, to)) {
			make_value(make, field, descriptor, to + field->offset);
		}
	}
	mend(make, schema, to);
}

void *
kb_sample_make(const struct kb_wire_schema *schema, uint64_t seed, struct kb_arena *arena)
{
	struct kb_random_seeded seeded = { .state = seed };
	struct make make = { .random = kb_random_of_seed(&seeded), .arena = arena };
	uint8_t *message = room(&make, schema->struct_bytes);

	make_message(&make, schema, message);
	return message;
}

static bool
equal_value(const struct kb_wire_field *field, const uint8_t *a, const uint8_t *b)
{
	struct kb_span span_a = KB_SPAN_NONE;
	struct kb_span span_b = KB_SPAN_NONE;

	if (field->form == KB_FORM_MESSAGE) {
		return kb_sample_equal(field->schema, a, b);
	}
	if (field->form >= KB_FORM_TEXT && field->form <= KB_FORM_HASHES) {
		memcpy(&span_a, a, sizeof(span_a));
		memcpy(&span_b, b, sizeof(span_b));
		return kb_span_equal(span_a, span_b);
	}
	return memcmp(a, b, field->bytes) == 0;
}

static bool
equal_list(const struct kb_wire_field *field, const uint8_t *a, const uint8_t *b)
{
	size_t count_a = 0;
	size_t count_b = 0;
	const uint8_t *list_a = NULL;
	const uint8_t *list_b = NULL;

	memcpy(&count_a, a + field->extra_offset, sizeof(count_a));
	memcpy(&count_b, b + field->extra_offset, sizeof(count_b));
	memcpy(&list_a, a + field->offset, sizeof(list_a));
	memcpy(&list_b, b + field->offset, sizeof(list_b));
	if (count_a != count_b) {
		return false;
	}
	for (size_t i = 0; i < count_a; i++) {
		if (!equal_value(field, list_a + i * field->bytes, list_b + i * field->bytes)) {
			return false;
		}
	}
	return true;
}

bool
kb_sample_equal(const struct kb_wire_schema *schema, const void *a, const void *b)
{
	const uint8_t *at_a = a;
	const uint8_t *at_b = b;
	bool equal = true;

	for (size_t i = 0; equal && i < schema->field_count; i++) {
		const struct kb_wire_field *field = &schema->fields[i];

		if (field->count_max != 0) {
			equal = equal_list(field, at_a, at_b);
			continue;
		}
		bool present = kb_wire_present(schema, field, at_a);

		equal = present == kb_wire_present(schema, field, at_b) &&
			(!present ||
			 equal_value(field, at_a + field->offset, at_b + field->offset));
	}
	return equal;
}

static bool has_unknown(const ProtobufCMessage *message);

static bool
field_has_unknown(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	const uint8_t *at = (const uint8_t *)message;
	ProtobufCMessage *const *inner = NULL;
	ProtobufCMessage *single = NULL;
	size_t count = 1;
	bool unknown = false;

	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		memcpy(&count, at + field->quantifier_offset, sizeof(count));
		memcpy(&inner, at + field->offset, sizeof(inner));
	} else {
		uint32_t kind = field->id;

		if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
			memcpy(&kind, at + field->quantifier_offset, sizeof(kind));
		}
		if (kind == field->id) {
			memcpy(&single, at + field->offset, sizeof(single));
		}
		inner = &single;
	}
	for (size_t i = 0; i < count; i++) {
		unknown = unknown || (inner[i] != NULL && has_unknown(inner[i]));
	}
	return unknown;
}

static bool
has_unknown(const ProtobufCMessage *message)
{
	bool unknown = message->n_unknown_fields > 0;

	for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];

		unknown = unknown || (field->type == PROTOBUF_C_TYPE_MESSAGE &&
				      field_has_unknown(message, field));
	}
	return unknown;
}

bool
kb_sample_repack(const struct kb_wire_schema *schema, struct kb_span bytes, struct kb_buf *out)
{
	ProtobufCMessage *message =
		protobuf_c_message_unpack(schema->descriptor, NULL, bytes.len, bytes.at);
	uint8_t *at = NULL;
	size_t size = 0;

	if (message == NULL) {
		return false;
	}
	/* It keeps what it does not know, in whatever form, and gives it back. */
	if (has_unknown(message)) {
		protobuf_c_message_free_unpacked(message, NULL);
		return false;
	}
	size = protobuf_c_message_get_packed_size(message);
	if (size > 0) {
		KB_INVARIANT(kb_buf_extend(out, size, &at) == KB_OK);
		KB_INVARIANT(protobuf_c_message_pack(message, at) == size);
	}
	protobuf_c_message_free_unpacked(message, NULL);
	return true;
}

/* Refusals after which protobuf-c may still give the same bytes: it has no limits, no rules, and keeps unknown fields. */
static bool
is_form_error(enum kb_err err)
{
	return err == KB_ERR_TRUNCATED || err == KB_ERR_MALFORMED || err == KB_ERR_NOT_CANONICAL;
}

const char *
kb_sample_contradiction(const struct kb_wire_schema *schema, struct kb_span bytes, bool *accepted)
{
	struct kb_arena arena = { 0 };
	struct kb_buf again = { 0 };
	struct kb_buf packed = { 0 };
	const char *found = NULL;
	enum kb_err scan_err = kb_prescan(schema, bytes);
	void *message = kb_arena_alloc(&arena, schema->struct_bytes);
	enum kb_err err =
		message != NULL ? kb_wire_decode(schema, bytes, &arena, message) : KB_ERR_NO_MEMORY;
	bool unpacked = kb_sample_repack(schema, bytes, &packed);
	bool same = unpacked && kb_span_equal(kb_buf_span(&packed), bytes);

	*accepted = err == KB_OK;
	if (scan_err == KB_OK && !same) {
		found = "the pre-scanner takes what protobuf-c packs otherwise";
	} else if (is_form_error(scan_err) && same) {
		found = "the pre-scanner refuses the form that protobuf-c itself packs";
	} else if (scan_err != KB_OK && err != scan_err) {
		found = "decode does not report what the pre-scanner found";
	} else if (err == KB_OK && (kb_wire_encode(schema, message, &again) != KB_OK ||
				    !kb_span_equal(kb_buf_span(&again), bytes))) {
		found = "encode does not give back what decode took";
	}
	kb_buf_release(&packed);
	kb_buf_release(&again);
	kb_arena_release(&arena);
	return found;
}
