/* SPDX-License-Identifier: EUPL-1.2 */
/* consent give, limit, extend, withdraw, show. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/authorise.h"
#include "agents/runtime/consent.h"
#include "agents/runtime/verbs.h"
#include "common/base/file.h"
#include "common/crypto/hash.h"
#include "common/exchange/date.h"
#include "common/store/parties.h"

/* A signed form, scanned: larger is no form, and hashing it would hold up the loop. */
#define EVIDENCE_BYTES_MAX ((size_t)8 * 1024 * 1024)
#define NAME_BYTES_MAX 400

/* ---- arguments ---- */

/* One word of a list with commas; *rest is what follows. */
static struct kb_span
next_word(struct kb_span *rest)
{
	size_t len = 0;
	struct kb_span word;

	while (len < rest->len && rest->at[len] != ',') {
		len++;
	}
	word = kb_span_part(*rest, 0, len);
	*rest = len < rest->len ? kb_span_part(*rest, len + 1, rest->len) : KB_SPAN_NONE;
	while (word.len > 0 && word.at[0] == ' ') {
		word = kb_span_part(word, 1, word.len);
	}
	return word;
}

/* In their place among parties, which rises; one that is there already is left out. */
static bool
insert_party(struct kb_party_id *parties, size_t *count, const struct kb_party_id *party)
{
	size_t at = 0;

	while (at < *count && memcmp(&parties[at], party, sizeof(*party)) < 0) {
		at++;
	}
	if (at < *count && kb_party_id_equal(&parties[at], party)) {
		return true;
	}
	if (*count == KB_TOESTEMMING_PARTIES_MAX) {
		return false;
	}
	memmove(&parties[at + 1], &parties[at], (*count - at) * sizeof(*parties));
	parties[at] = *party;
	(*count)++;
	return true;
}

/* Adds the parties of the argument, and this party itself. */
static enum kb_err
read_parties(struct kb_desk_call *call, struct kb_toestemming *toestemming)
{
	struct kb_span rest = kb_desk_text_arg(call, "partijen");
	bool fits = insert_party(toestemming->parties, &toestemming->party_count,
				 kb_agent_self(kb_desk_agent(call)));

	while (rest.len > 0) {
		struct kb_party_id party;

		if (kb_party_id_parse(next_word(&rest), &party) != KB_OK) {
			return kb_desk_fail(call, KB_ERR_USAGE,
					    "'partijen' is een lijst van partijen met komma's "
					    "ertussen, zoals 00000099000000001000");
		}
		fits = fits &&
		       insert_party(toestemming->parties, &toestemming->party_count, &party);
	}
	return fits ? KB_OK
		    : kb_desk_fail(call, KB_ERR_USAGE,
				   "een toestemming noemt hoogstens %d partijen",
				   KB_TOESTEMMING_PARTIES_MAX);
}

static enum kb_err
read_categories(struct kb_desk_call *call, uint32_t *categories)
{
	struct kb_span rest = kb_desk_text_arg(call, "gegevens");

	while (rest.len > 0) {
		uint32_t category = kb_data_parse(next_word(&rest));

		if (category == 0) {
			return kb_desk_fail(call, KB_ERR_USAGE,
					    "'gegevens' is een lijst met komma's ertussen, zoals "
					    "verzuim,ondersteuning,gezondheid");
		}
		*categories |= category;
	}
	return KB_OK;
}

static enum kb_err
read_until(struct kb_desk_call *call, struct kb_toestemming *toestemming)
{
	if (kb_desk_has(call, "tot")) {
		toestemming->valid_until = kb_date_number(kb_desk_date_arg(call, "tot"));
	}
	return toestemming->valid_until == 0 || toestemming->valid_until >= toestemming->valid_from
		       ? KB_OK
		       : kb_desk_fail(call, KB_ERR_USAGE,
				      "'tot' ligt voor de eerste dag van de toestemming");
}

/* Only the hash and its salt are kept; the document stays where it is. */
static enum kb_err
read_evidence(struct kb_desk_call *call, struct kb_toestemming *toestemming, struct kb_consent *row)
{
	struct kb_agent *agent = kb_desk_agent(call);
	struct kb_error_text where = { "" };
	struct kb_buf document = { 0 };
	struct kb_span parts[2];
	enum kb_err err = kb_file_read(kb_desk_path_arg(call, "bewijs"), EVIDENCE_BYTES_MAX,
				       &document, &where);

	if (err == KB_OK && document.len == 0) {
		err = KB_ERR_DATA;
	}
	if (err == KB_OK) {
		kb_random_fill(&agent->random, row->evidence_salt, sizeof(row->evidence_salt));
		parts[0] = KB_SPAN_OF(row->evidence_salt);
		parts[1] = kb_buf_span(&document);
		kb_sha256_parts(parts, 2, &toestemming->evidence_hash);
	} else {
		err = kb_desk_fail(call, KB_ERR_DATA,
				   "het bewijs kan niet worden gelezen, of is leeg of te groot");
	}
	kb_buf_release(&document);
	return err;
}

static enum kb_err
read_givers(struct kb_desk_call *call, struct kb_toestemming *toestemming)
{
	if (kb_desk_has(call, "ouders")) {
		uint64_t ouders = kb_desk_number_arg(call, "ouders");

		if (ouders > toestemming->gezag) {
			return kb_desk_fail(call, KB_ERR_USAGE,
					    "'ouders' is hoeveel van de ouders met gezag "
					    "toestemming gaven: hoogstens %u",
					    toestemming->gezag);
		}
		toestemming->ouders = (uint32_t)ouders;
	}
	toestemming->jongere = toestemming->jongere || kb_desk_flag_arg(call, "jongere");
	return KB_OK;
}

static enum kb_err
read_names(struct kb_desk_call *call, struct kb_consent *row)
{
	if (kb_desk_has(call, "naam")) {
		row->giver_name = kb_desk_text_arg(call, "naam");
	}
	if (kb_desk_has(call, "hoe")) {
		row->how = kb_desk_text_arg(call, "hoe");
	}
	return row->giver_name.len <= NAME_BYTES_MAX && row->how.len <= NAME_BYTES_MAX
		       ? KB_OK
		       : kb_desk_fail(call, KB_ERR_USAGE,
				      "'naam' en 'hoe' hebben hoogstens %d tekens", NAME_BYTES_MAX);
}

/* ---- sentences ---- */

static void
say_missing(struct kb_desk_call *call, const struct kb_toestemming *toestemming)
{
	uint32_t missing = kb_toestemming_missing(toestemming);

	if ((missing & KB_GIVER_OUDERS) != 0) {
		kb_desk_say(call,
			    "Deze toestemming telt nog niet: de handtekening van %s met gezag "
			    "ontbreekt.",
			    toestemming->gezag - toestemming->ouders == 1
				    ? toestemming->gezag == 1 ? "de ouder" : "een van de ouders"
				    : "beide ouders");
	}
	if ((missing & KB_GIVER_JONGERE) != 0) {
		kb_desk_say(call, "Deze toestemming telt nog niet: de handtekening van de jongere "
				  "ontbreekt.");
	}
}

static void
say_told(struct kb_desk_call *call, const struct kb_consent_counts *counts)
{
	if (counts->recalled > 0) {
		kb_desk_say(call, "%u berichten die nog niet waren opgeslagen zijn teruggehaald.",
			    counts->recalled);
	}
	if (counts->told > 0) {
		kb_desk_say(call, "%u partijen krijgen hiervan bericht.", counts->told);
	}
	if (counts->owed > 0) {
		kb_desk_say(call,
			    "%u partijen zijn nu niet te bereiken; zij krijgen bericht zodra het "
			    "register hen weer kent.",
			    counts->owed);
	}
}

/* ---- give ---- */

static enum kb_err
read_new(struct kb_desk_call *call, struct kb_toestemming *toestemming,
	 struct kb_consent_held *held)
{
	uint64_t gezag = kb_desk_number_arg(call, "gezag");
	enum kb_err err = read_parties(call, toestemming);

	toestemming->purpose = kb_purpose_parse(kb_desk_text_arg(call, "doel"));
	toestemming->leeftijd = kb_leeftijd_parse(kb_desk_text_arg(call, "leeftijd"));
	toestemming->gezag = (uint32_t)gezag;
	if (err == KB_OK && toestemming->purpose == KB_PURPOSE_UNSPECIFIED) {
		err = kb_desk_fail(call, KB_ERR_USAGE,
				   "dit doel bestaat niet; noem er een zoals doa of overdracht");
	}
	if (err == KB_OK && toestemming->leeftijd == KB_LEEFTIJD_NONE) {
		err = kb_desk_fail(call, KB_ERR_USAGE,
				   "'leeftijd' moet onder-12, 12-15 of 16-plus zijn");
	}
	if (err == KB_OK && (gezag < 1 || gezag > KB_TOESTEMMING_GUARDIANS_MAX)) {
		err = kb_desk_fail(call, KB_ERR_USAGE,
				   "'gezag' is hoeveel ouders of voogden gezag hebben: 1 of 2");
	}
	if (err == KB_OK) {
		err = read_categories(call, &toestemming->categories);
	}
	if (err == KB_OK && toestemming->categories == 0) {
		err = kb_desk_fail(call, KB_ERR_USAGE, "'gegevens' noemt ten minste een soort");
	}
	if (err == KB_OK) {
		err = read_givers(call, toestemming);
	}
	if (err == KB_OK) {
		err = read_until(call, toestemming);
	}
	if (err == KB_OK) {
		err = read_names(call, &held->row);
	}
	return err == KB_OK ? read_evidence(call, toestemming, &held->row) : err;
}

/* To every party that it names: they then know it before anything under it comes. */
static enum kb_err
share(struct kb_desk_call *call, const struct kb_consent_held *held)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_consent_counts counts = { 0 };
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < held->statement.party_count; i++) {
		uint32_t party_no = 0;
		bool owed = false;

		err = kb_party_take(act->step, &held->statement.parties[i], &party_no);
		if (err == KB_OK && party_no != KB_PARTY_NO_SELF) {
			err = kb_consent_tell(act, &held->row, held->row.statement,
					      KB_KIND_TOESTEMMING_VERLEEND, party_no, &owed);
			counts.told += owed ? 0 : 1;
		}
		if (err == KB_OK && owed) {
			kb_desk_say(call,
				    "Partij %s is hier nog niet bekend; zij krijgt de toestemming "
				    "met het eerste bericht.",
				    held->statement.parties[i].text);
		}
	}
	say_told(call, &counts);
	return err;
}

enum kb_err
kb_verb_consent_give(struct kb_desk_call *call)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_party_id parties[KB_TOESTEMMING_PARTIES_MAX];
	struct kb_toestemming toestemming = {
		.toestemming_id = kb_id_random(&act->agent->random),
		.versie = 1,
		.status = KB_TOESTEMMING_GEGEVEN,
		.parties = parties,
		.valid_from = kb_date_number(kb_date_local_day(act->now_utc_ms)),
	};
	struct kb_consent_held held = { .row = { .case_no = kb_desk_number_arg(call, "zaak") } };
	struct kb_span ondertekend = KB_SPAN_NONE;
	struct kb_case owner;
	enum kb_err err = kb_case_get(act->step, held.row.case_no, &owner);

	if (err == KB_ERR_NOT_FOUND) {
		return kb_desk_fail(call, err, "deze zaak is hier niet bekend");
	}
	if (err == KB_OK) {
		toestemming.case_id = owner.case_id;
		err = read_new(call, &toestemming, &held);
	}
	if (err == KB_OK) {
		err = kb_consent_sign(act, &toestemming, &ondertekend);
	}
	if (err == KB_OK) {
		err = kb_consent_store(act, &held, &toestemming, ondertekend, KB_TOESTEMMING_NEWER,
				       KB_PARTY_NO_SELF);
	}
	if (err == KB_OK) {
		kb_desk_say(call, "Toestemming %llu is vastgelegd in zaak %llu.",
			    (unsigned long long)held.row.consent_no,
			    (unsigned long long)held.row.case_no);
		say_missing(call, &toestemming);
	}
	return err == KB_OK && kb_desk_flag_arg(call, "deel") ? share(call, &held) : err;
}

/* ---- limit, extend, withdraw: the next version of one that is held ---- */

struct version {
	struct kb_consent_held held;
	struct kb_party_id parties[KB_TOESTEMMING_PARTIES_MAX];
	struct kb_toestemming next;
};

/* own: only who recorded it may make the next version. */
static enum kb_err
start_version(struct kb_desk_call *call, bool own, struct version *version)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_consent row;
	enum kb_err err = kb_consent_get(act->step, kb_desk_number_arg(call, "toestemming"),
					 act->arena, &row);

	version->next.parties = version->parties;
	/* A toestemming is named by its own number: whether the user may act in its case is asked here. */
	if (err == KB_OK || err == KB_ERR_NOT_FOUND) {
		err = kb_authorise_case(call, err == KB_OK ? row.case_no : 0);
	}
	if (err == KB_OK) {
		err = kb_consent_decode(act, &row, &version->held);
	}
	if (err != KB_OK) {
		return err;
	}
	if (version->held.has_withdrawal || !version->held.has_statement) {
		return kb_desk_fail(call, KB_ERR_CONSENT_WITHDRAWN,
				    "deze toestemming is al ingetrokken; leg een nieuwe vast");
	}
	version->next = version->held.statement;
	if (own && !kb_party_id_equal(&version->next.recorder, &act->agent->identity->self)) {
		return kb_desk_fail(call, KB_ERR_NOT_ALLOWED,
				    "deze toestemming is vastgelegd door %s; alleen daar kan zij "
				    "worden gewijzigd. Intrekken kan hier wel.",
				    version->next.recorder.text);
	}
	memcpy(version->parties, version->next.parties,
	       version->next.party_count * sizeof(version->parties[0]));
	version->next.parties = version->parties;
	version->next.versie++;
	return KB_OK;
}

/* Signs, checks that the rules take it as the next version, stores it and tells who had anything under it. */
static enum kb_err
finish_version(struct kb_desk_call *call, struct version *version)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_consent_counts counts = { 0 };
	struct kb_span ondertekend = KB_SPAN_NONE;
	enum kb_err err = kb_consent_sign(act, &version->next, &ondertekend);

	if (err == KB_OK &&
	    kb_toestemming_next(&version->held.statement, &version->next) != KB_TOESTEMMING_NEWER) {
		err = kb_desk_fail(call, KB_ERR_USAGE,
				   "beperken voegt niets toe; gebruik daarvoor consent extend, met "
				   "nieuw bewijs");
	}
	if (err == KB_OK) {
		err = kb_consent_store(act, &version->held, &version->next, ondertekend,
				       KB_TOESTEMMING_NEWER, KB_PARTY_NO_SELF);
	}
	if (err == KB_OK) {
		say_missing(call, &version->next);
	}
	/* To all that it names; an extension leaves nothing to recall. */
	if (err == KB_OK && version->next.status == KB_TOESTEMMING_GEGEVEN &&
	    kb_desk_flag_arg(call, "deel")) {
		return share(call, &version->held);
	}
	if (err == KB_OK) {
		err = kb_consent_changed(act, &version->held, true, &counts);
	}
	if (err == KB_OK) {
		say_told(call, &counts);
	}
	return err;
}

enum kb_err
kb_verb_consent_limit(struct kb_desk_call *call)
{
	struct version version = { 0 };
	enum kb_err err = start_version(call, true, &version);

	if (err == KB_OK && kb_desk_has(call, "partijen")) {
		version.next.party_count = 0;
		err = read_parties(call, &version.next);
	}
	if (err == KB_OK && kb_desk_has(call, "gegevens")) {
		version.next.categories = 0;
		err = read_categories(call, &version.next.categories);
	}
	if (err == KB_OK && version.next.categories == 0) {
		err = kb_desk_fail(call, KB_ERR_USAGE,
				   "er blijft niets over; gebruik daarvoor consent withdraw");
	}
	if (err == KB_OK) {
		err = read_until(call, &version.next);
	}
	if (err == KB_OK) {
		err = read_names(call, &version.held.row);
	}
	if (err == KB_OK) {
		version.next.status = KB_TOESTEMMING_BEPERKT;
		kb_desk_say(call, "Toestemming %llu is beperkt.",
			    (unsigned long long)version.held.row.consent_no);
		err = finish_version(call, &version);
	}
	return err;
}

enum kb_err
kb_verb_consent_extend(struct kb_desk_call *call)
{
	struct version version = { 0 };
	enum kb_err err = start_version(call, true, &version);

	if (err == KB_OK) {
		err = read_parties(call, &version.next);
	}
	if (err == KB_OK) {
		err = read_categories(call, &version.next.categories);
	}
	if (err == KB_OK) {
		err = read_until(call, &version.next);
	}
	if (err == KB_OK) {
		err = read_givers(call, &version.next);
	}
	if (err == KB_OK) {
		err = read_names(call, &version.held.row);
	}
	if (err == KB_OK) {
		err = read_evidence(call, &version.next, &version.held.row);
	}
	if (err == KB_OK) {
		version.next.status = KB_TOESTEMMING_GEGEVEN;
		kb_desk_say(call, "Toestemming %llu is uitgebreid.",
			    (unsigned long long)version.held.row.consent_no);
		err = finish_version(call, &version);
	}
	return err;
}

enum kb_err
kb_verb_consent_withdraw(struct kb_desk_call *call)
{
	struct kb_act *act = kb_desk_act(call);
	struct version version = { 0 };
	struct kb_consent_counts counts = { 0 };
	struct kb_span ondertekend = KB_SPAN_NONE;
	enum kb_err err = start_version(call, false, &version);

	if (err == KB_OK && !kb_toestemming_names(&version.next, &act->agent->identity->self)) {
		err = kb_desk_fail(
			call, KB_ERR_NOT_ALLOWED,
			"deze toestemming noemt uw organisatie niet; de intrekking hoort "
			"bij %s",
			version.next.recorder.text);
	}
	if (err == KB_OK) {
		err = read_names(call, &version.held.row);
	}
	if (err == KB_OK) {
		version.next.status = KB_TOESTEMMING_INGETROKKEN;
		err = kb_consent_sign(act, &version.next, &ondertekend);
	}
	if (err == KB_OK) {
		err = kb_consent_end(act, &version.held, &version.next, ondertekend,
				     KB_PARTY_NO_SELF, &counts);
	}
	if (err == KB_OK) {
		kb_desk_say(call, "Toestemming %llu is ingetrokken. Er gaat niets meer onder uit.",
			    (unsigned long long)version.held.row.consent_no);
		say_told(call, &counts);
	}
	return err;
}

/* ---- show ---- */

/* What passed between us and one party, for one toestemming. */
struct party_line {
	uint32_t party_no;
	uint32_t sent;
	uint32_t stored;
	uint32_t recalled;
	uint32_t received;
	int64_t told_utc_ms; /* of the withdrawal */
	int64_t told_stored_utc_ms;
	int64_t confirmed_utc_ms;
	struct party_line *next;
};

static struct party_line *
line_of(struct kb_act *act, struct party_line **first, uint32_t party_no)
{
	struct party_line *line = NULL;

	while (*first != NULL) {
		if ((*first)->party_no == party_no) {
			return *first;
		}
		first = &(*first)->next;
	}
	line = kb_arena_alloc(act->arena, sizeof(*line));
	if (line != NULL) {
		line->party_no = party_no;
		*first = line;
	}
	return line;
}

/* Closed by us, or refused by a recipient that heard of the withdrawal before the message: its receipt wins (design rule 4). */
static bool
was_recalled(const struct kb_sent_row *sent)
{
	return sent != NULL && (sent->state == KB_SENT_VERVALLEN ||
				(sent->state == KB_SENT_GEWEIGERD &&
				 (sent->reason == kb_err_reason(KB_ERR_CONSENT_WITHDRAWN) ||
				  sent->reason == kb_err_reason(KB_ERR_RECALLED))));
}

static enum kb_err
on_message(struct kb_act *act, const struct kb_consent_message *message, void *state)
{
	struct party_line *line = line_of(act, state, message->party_no);
	bool out = message->direction == KB_DIRECTION_OUT;
	bool stored = message->sent != NULL && message->sent->state == KB_SENT_OPGESLAGEN;

	if (line == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	switch (message->about) {
	case KB_CONSENT_UNDER:
		line->sent += out ? 1 : 0;
		line->stored += out && stored ? 1 : 0;
		line->recalled += out && was_recalled(message->sent) ? 1 : 0;
		line->received += out ? 0 : 1;
		break;
	case KB_CONSENT_WITHDRAWAL:
		if (out) {
			line->told_utc_ms = message->at_utc_ms;
			line->told_stored_utc_ms = stored ? message->sent->stored_at_utc_ms : 0;
		}
		break;
	case KB_CONSENT_CONFIRMATION:
		line->confirmed_utc_ms = out ? line->confirmed_utc_ms : message->at_utc_ms;
		break;
	case KB_CONSENT_STATEMENT:
	case KB_CONSENT_ABOUT_NONE:
		break;
	}
	return KB_OK;
}

static void
cell_parties(struct kb_desk_call *call, const struct kb_toestemming *toestemming)
{
	struct kb_buf text = { 0 };

	for (size_t i = 0; i < toestemming->party_count; i++) {
		kb_ignore(
			kb_buf_putf(&text, "%s%s", i > 0 ? ", " : "", toestemming->parties[i].text),
			"a list that is cut is still a list");
	}
	kb_desk_cell(call, kb_buf_span(&text));
	kb_buf_release(&text);
}

static void
cell_categories(struct kb_desk_call *call, uint32_t categories)
{
	struct kb_buf text = { 0 };

	for (uint32_t bit = 0; bit < KB_DATA_COUNT; bit++) {
		if ((categories & 1u << bit) != 0) {
			kb_ignore(kb_buf_putf(&text, "%s%s", text.len > 0 ? ", " : "",
					      kb_data_name(1u << bit)),
				  "a list that is cut is still a list");
		}
	}
	kb_desk_cell(call, kb_buf_span(&text));
	kb_buf_release(&text);
}

static void
cell_date(struct kb_desk_call *call, uint32_t number)
{
	int32_t day = KB_DAY_NONE;

	kb_ignore(kb_date_of_number(number, &day), "an open end has no date");
	kb_desk_cell_day(call, day);
}

static const char *
counts_word(const struct kb_consent_held *held, const struct kb_toestemming *toestemming,
	    int32_t today)
{
	uint32_t date = kb_date_number(today);

	if (held->has_withdrawal) {
		return "nee, ingetrokken";
	}
	if (kb_toestemming_missing(toestemming) != 0) {
		return "nee, een handtekening ontbreekt";
	}
	if (toestemming->valid_until != 0 && date > toestemming->valid_until) {
		return "nee, verlopen";
	}
	return date < toestemming->valid_from ? "nee, nog niet begonnen" : "ja";
}

static void
show_statement(struct kb_desk_call *call, const char *which,
	       const struct kb_toestemming *toestemming)
{
	kb_desk_row(call);
	kb_desk_cell_text(call, which);
	kb_desk_cell_number(call, toestemming->versie);
	kb_desk_cell_text(call, kb_toestemming_status_label(toestemming->status));
	kb_desk_cell_text(call, toestemming->recorder.text);
	kb_desk_cell_time(call, toestemming->recorded_at_utc_ms);
	cell_parties(call, toestemming);
	cell_categories(call, toestemming->categories);
	cell_date(call, toestemming->valid_from);
	cell_date(call, toestemming->valid_until);
}

/* What stands, then every statement that was seen. */
static void
show_one(struct kb_desk_call *call, const struct kb_consent_held *held)
{
	struct kb_toestemming_merged merged;
	const struct kb_toestemming *stands = &merged.toestemming;
	int32_t today = kb_date_local_day(kb_desk_now_utc_ms(call));

	kb_consent_standing(held, &merged);
	kb_desk_section(
		call, "toestemming",
		"toestemming|kenmerk|stand|telt|doel|leeftijd|gezag|ouders|jongere|partijen|"
		"gegevens|van|tot|naam|hoe|verschil");
	kb_desk_row(call);
	kb_desk_cell_number(call, held->row.consent_no);
	kb_desk_cell_id(call, &held->row.consent_id);
	kb_desk_cell_text(call, kb_toestemming_status_label(stands->status));
	kb_desk_cell_text(call, counts_word(held, stands, today));
	kb_desk_cell_text(call, kb_purpose_label(stands->purpose));
	kb_desk_cell_text(call, kb_leeftijd_label(stands->leeftijd));
	kb_desk_cell_number(call, stands->gezag);
	kb_desk_cell_number(call, stands->ouders);
	kb_desk_cell_text(call, stands->jongere ? "ja" : "nee");
	cell_parties(call, stands);
	cell_categories(call, stands->categories);
	cell_date(call, stands->valid_from);
	cell_date(call, stands->valid_until);
	kb_desk_cell(call, held->row.giver_name);
	kb_desk_cell(call, held->row.how);
	kb_desk_cell_text(call, held->has_other ? "ja" : "nee");
	kb_desk_section(call, "verklaringen",
			"verklaring|versie|stand|door|vastgelegd|partijen|gegevens|van|tot");
	if (held->has_statement) {
		show_statement(call, "geldt", &held->statement);
	}
	if (held->has_other) {
		show_statement(call, "verschilt", &held->other);
		kb_desk_say(
			call,
			"Van toestemming %llu zijn twee verklaringen gezien die verschillen. De "
			"strengste geldt; laat %s een nieuwe versie vastleggen.",
			(unsigned long long)held->row.consent_no, held->statement.recorder.text);
	}
	if (held->has_withdrawal) {
		show_statement(call, "intrekking", &held->withdrawal);
	}
}

static enum kb_err
show_parties(struct kb_desk_call *call, const struct kb_consent_held *held)
{
	struct kb_act *act = kb_desk_act(call);
	struct party_line *lines = NULL;
	enum kb_err err =
		kb_consent_each(act, held->row.case_no, &held->row.consent_id, on_message, &lines);

	kb_desk_section(call, "partijen",
			"partij|verzonden|opgeslagen|teruggehaald|ontvangen|intrekking verzonden|"
			"intrekking opgeslagen|intrekking bevestigd");
	for (const struct party_line *at = lines; err == KB_OK && at != NULL; at = at->next) {
		struct kb_party party;

		err = kb_party_get(act->step, at->party_no, &party);
		if (err == KB_OK) {
			kb_desk_row(call);
			kb_desk_cell_text(call, party.id.text);
			kb_desk_cell_number(call, at->sent);
			kb_desk_cell_number(call, at->stored);
			kb_desk_cell_number(call, at->recalled);
			kb_desk_cell_number(call, at->received);
			kb_desk_cell_time(call, at->told_utc_ms);
			kb_desk_cell_time(call, at->told_stored_utc_ms);
			kb_desk_cell_time(call, at->confirmed_utc_ms);
		}
	}
	return err;
}

enum kb_err
kb_verb_consent_show(struct kb_desk_call *call)
{
	struct kb_act *act = kb_desk_act(call);
	uint64_t case_no = kb_desk_number_arg(call, "zaak");
	struct kb_consent row = { 0 };
	struct kb_case owner;
	uint32_t count = 0;
	enum kb_err err = kb_case_get(act->step, case_no, &owner);

	if (err == KB_ERR_NOT_FOUND) {
		return kb_desk_fail(call, err, "deze zaak is hier niet bekend");
	}
	if (err == KB_OK) {
		err = kb_consent_next_of_case(act->step, case_no, 0, act->arena, &row);
	}
	while (err == KB_OK) {
		struct kb_consent_held held;

		count++;
		err = kb_consent_decode(act, &row, &held);
		if (err == KB_OK) {
			show_one(call, &held);
			err = show_parties(call, &held);
		}
		if (err == KB_OK) {
			err = kb_consent_next_of_case(act->step, case_no, row.consent_no,
						      act->arena, &row);
		}
	}
	if (err == KB_ERR_NOT_FOUND) {
		err = kb_act_viewed(act, "consent show", case_no, count);
	}
	if (err == KB_OK && count == 0) {
		kb_desk_say(call, "In deze zaak is geen toestemming vastgelegd.");
	}
	return err;
}
