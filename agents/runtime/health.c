/* SPDX-License-Identifier: EUPL-1.2 */
/* How the agent does. */
#include "agents/runtime/health.h"

#include <stdarg.h>
#include <stdio.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/consent.h"
#include "common/exchange/date.h"
#include "common/store/held.h"
#include "common/store/reviews.h"

static const struct {
	const char *text;
	enum kb_err exit_as;
} colours[KB_COLOUR_COUNT] = {

#define KB_ROW(name, word, err) [KB_COLOUR_##name] = { (word), (err) },
	KB_COLOUR_TABLE(KB_ROW)
#undef KB_ROW
};

const char *
kb_colour_text(enum kb_colour colour)
{
	return (unsigned)colour < KB_COLOUR_COUNT ? colours[colour].text : "";
}

int
kb_colour_exit_code(enum kb_colour colour)
{
	return kb_err_exit_code((unsigned)colour < KB_COLOUR_COUNT ? colours[colour].exit_as
								   : KB_ERR_INTERNAL);
}

__attribute__((format(printf, 5, 6))) static void
find(struct kb_health *health, enum kb_colour colour, const char *code, const char *advice,
     const char *format, ...)
{
	struct kb_finding finding = { .colour = colour, .code = code, .advice = advice };
	size_t at = health->count;
	va_list args;

	if (health->count == KB_FINDINGS_MAX) {
		return;
	}
	va_start(args, format);
	(void)vsnprintf(finding.sentence, sizeof(finding.sentence), format, args);
	va_end(args);
	/* The worst first; among equals in the order of looking, which is the order of cause and effect. */
	while (at > 0 && health->at[at - 1].colour < colour) {
		health->at[at] = health->at[at - 1];
		at--;
	}
	health->at[at] = finding;
	health->count++;
}

static void
date_of(int64_t utc_ms, char out[KB_DATE_TEXT])
{
	kb_date_format(kb_date_local_day(utc_ms), out);
}

static void
look_store(struct kb_agent *agent, struct kb_health *health)
{
	struct kb_store_health store;

	kb_store_health(agent->store, &store);
	if (store.env.state != KB_OK) {
		find(health, KB_COLOUR_RED, "store-damaged",
		     "laat de beheerder een reservekopie terugzetten; lezen gaat nog",
		     "in de administratie is schade gevonden: %s", store.env.reason);
	}
	if (store.keys.state != KB_OK) {
		find(health, KB_COLOUR_RED, "keys-damaged",
		     "laat de beheerder een reservekopie van de gegevenssleutels terugzetten",
		     "in de gegevenssleutels is schade gevonden: %s", store.keys.reason);
	}
	if (kb_commit_clock_back(agent)) {
		find(health, KB_COLOUR_RED, "clock-back", "zet de klok van deze machine goed",
		     "de klok loopt achter: hij is meer dan vijf minuten vroeger dan wat hier het "
		     "laatst is vastgelegd");
	}
	if (kb_commit_clock_ahead(agent)) {
		find(health, KB_COLOUR_RED, "clock-ahead",
		     "zet de klok van deze machine goed; staat hij goed, wacht dan op de broker",
		     "de klok staat meer dan 400 dagen later dan wat hier het laatst is "
		     "vastgelegd; er wordt niets vastgelegd tot de broker dezelfde tijd noemt");
	}
	if (agent->commit.last_err == KB_ERR_NO_SPACE) {
		find(health, KB_COLOUR_RED, "disk-full",
		     "maak ruimte op de schijf; daarna gaat het vanzelf verder",
		     "de schijf is vol, er kan niets worden vastgelegd");
	} else if (agent->commit.last_err == KB_ERR_STORE_FULL) {
		find(health, KB_COLOUR_RED, "store-full",
		     "verhoog size_max in [store] en start opnieuw",
		     "de administratie heeft haar ingestelde grootte bereikt");
	} else if (agent->commit.last_err != KB_OK && store.env.state == KB_OK) {
		find(health, KB_COLOUR_RED, "commit-failed", "lees het logboek van dit programma",
		     "het vastleggen mislukte (%s)", kb_err_name(agent->commit.last_err));
	}
}

static void
look_trust(struct kb_agent *agent, struct kb_health *health, int64_t now)
{
	const struct kb_entry *own = NULL;
	int64_t expires = kb_directory_expires_utc_ms(agent->directory);
	char date[KB_DATE_TEXT];

	if (agent->counts.broker_fork) {
		find(health, KB_COLOUR_RED, "broker-fork",
		     "bel de beheerder van de broker; uw berichten zijn veilig",
		     "de broker toont een ander logboek dan eerder");
	}
	if (agent->counts.witness_forks > 0) {
		find(health, KB_COLOUR_RED, "partner-fork", "bel de beheerder van die partij",
		     "een partner toont een ander logboek dan eerder");
	}
	if (agent->counts.equivocations > 0) {
		find(health, KB_COLOUR_RED, "equivocation", "bel de beheerder van die partij",
		     "een partner gebruikte %llu keer een nummer voor twee verschillende berichten",
		     (unsigned long long)agent->counts.equivocations);
	}
	date_of(expires, date);
	if (kb_directory_fresh(agent->directory, now) != KB_OK) {
		find(health, KB_COLOUR_RED, "register-expired",
		     "vraag de registerhouder om een nieuw register",
		     "het register is verlopen op %s; er wordt niets meer verzonden", date);
	} else if (now >= expires) {
		find(health, KB_COLOUR_YELLOW, "register-expired-grace",
		     "vraag de registerhouder vandaag nog om een nieuw register",
		     "het register is verlopen op %s; verzenden gaat nog %lld uur door", date,
		     (long long)((kb_directory_grace_ends_utc_ms(agent->directory) - now) /
				 3600000));
	} else if (expires - now < KB_HEALTH_REGISTER_WARN_MS) {
		find(health, KB_COLOUR_YELLOW, "register-expires",
		     "vraag de registerhouder om een nieuw register", "het register verloopt op %s",
		     date);
	}
	if (kb_directory_version(agent->directory, &agent->identity->self,
				 agent->identity->key_version, &own) != KB_OK) {
		return;
	}
	enum kb_err usable = kb_directory_usable(agent->directory, own, now);

	date_of(own->descriptor.valid_until_utc_ms, date);
	if (usable != KB_OK && usable != KB_ERR_OFFLINE) {
		find(health, KB_COLOUR_RED, "own-key-invalid",
		     "maak nieuwe sleutels met 'ketenbode pki request' en laat ze toelaten",
		     "de eigen sleutels gelden niet (meer): %s", kb_err_name(usable));
	} else if (own->descriptor.valid_until_utc_ms - now < KB_HEALTH_KEY_WARN_MS) {
		find(health, KB_COLOUR_YELLOW, "own-key-expires",
		     "maak nieuwe sleutels met 'ketenbode pki request' en laat ze voor die dag "
		     "toelaten",
		     "de eigen sleutels gelden tot %s", date);
	}
}

static void
look_session(struct kb_agent *agent, struct kb_health *health, int64_t now)
{
	const struct kb_session *session = &agent->session;
	int64_t skew = agent->counts.broker_skew_ms;

	if (session->state != KB_SESSION_UP && session->down_why == KB_ERR_NOT_ENROLLED) {
		find(health, KB_COLOUR_RED, "not-enrolled",
		     "laat de registerhouder de aansluiting nakijken",
		     "de broker kent de sleutel van deze partij niet");
	} else if (session->state != KB_SESSION_UP && session->down_why == KB_ERR_REPLACED) {
		find(health, KB_COLOUR_RED, "replaced",
		     "zoek uit waar dit programma nog een keer draait en stop dat",
		     "een tweede programma gebruikt dezelfde sleutels");
	} else if (session->state != KB_SESSION_UP &&
		   now - session->down_since_utc_ms > KB_HEALTH_OFFLINE_MS) {
		find(health, KB_COLOUR_YELLOW, "offline",
		     "controleer het netwerk en of de broker draait; er gaat niets verloren",
		     "er is al %lld minuten geen verbinding met de broker",
		     (long long)((now - session->down_since_utc_ms) / 60000));
	}
	if (skew > 5 * 60000 || skew < -5 * 60000) {
		find(health, KB_COLOUR_YELLOW, "clock-skew",
		     "vergelijk de klok van deze machine met een goede klok",
		     "de klok van de broker verschilt %lld minuten",
		     (long long)((skew < 0 ? -skew : skew) / 60000));
	}
	if (agent->restore_pending) {
		find(health, KB_COLOUR_YELLOW, "restored",
		     "wacht tot de verbinding met de broker er is; het herstel gaat vanzelf",
		     "deze administratie is teruggezet; wat ontbreekt wordt opgevraagd");
	}
	if (agent->counts.unknown_receipts > 0) {
		find(health, KB_COLOUR_YELLOW, "unknown-receipts",
		     "vraag de partners welke berichten zij na de reservekopie kregen",
		     "partners bevestigen %llu berichten die hier niet meer bekend zijn",
		     (unsigned long long)agent->counts.unknown_receipts);
	}
}

static enum kb_err
look_mail(struct kb_agent *agent, struct kb_step *step, struct kb_health *health)
{
	struct kb_edge_out edge = { 0 };
	enum kb_err err = kb_edge_out_next(step, &edge);

	while (err == KB_OK) {
		health->waiting.unsealed_count += edge.unsealed_count;
		health->waiting.ready_count += edge.ready_count;
		health->waiting.at_broker_count += edge.at_broker_count;
		health->waiting.undelivered_count += edge.undelivered_count;
		health->waiting.waiting_bytes += edge.waiting_bytes;
		err = kb_edge_out_next(step, &edge);
	}
	if (err == KB_ERR_NOT_FOUND) {
		err = kb_held_count(step, &health->held_count);
	}
	if (err != KB_OK) {
		return err;
	}
	if (health->waiting.undelivered_count > 0) {
		find(health, KB_COLOUR_YELLOW, "undelivered",
		     "bekijk 'ketenbode outbox' en bel de ontvanger",
		     "%llu berichten zijn niet bezorgd",
		     (unsigned long long)health->waiting.undelivered_count);
	}
	if (health->held_count > 0) {
		find(health, KB_COLOUR_YELLOW, "held",
		     "dit lost zich op als de afzender het eerdere bericht opnieuw stuurt",
		     "%llu berichten wachten op een eerder bericht van dezelfde zaak",
		     (unsigned long long)health->held_count);
	}
	if (agent->counts.parked > 0) {
		find(health, KB_COLOUR_YELLOW, "parked",
		     "meld dit aan de leverancier; de afzender probeert het opnieuw",
		     "%llu keer kon een bericht niet verwerkt worden",
		     (unsigned long long)agent->counts.parked);
	}
	return KB_OK;
}

static enum kb_err
look_consent(struct kb_step *step, struct kb_health *health)
{
	uint64_t differing = 0;
	uint64_t owed = 0;
	enum kb_err err = kb_consent_troubles(step, &differing, &owed);

	if (err == KB_OK && differing > 0) {
		find(health, KB_COLOUR_YELLOW, "consent-differs",
		     "bekijk ze met 'ketenbode consent show' en laat wie haar vastlegde een nieuwe "
		     "versie maken; tot dan geldt de strengste",
		     "van %llu toestemmingen hebben partijen een verschillende tekst",
		     (unsigned long long)differing);
	}
	if (err == KB_OK && owed > 0) {
		find(health, KB_COLOUR_YELLOW, "withdrawal-not-told",
		     "bel de partij die in 'ketenbode consent show' geen intrekking kreeg",
		     "van %llu ingetrokken toestemmingen is een partij nog niet te bereiken",
		     (unsigned long long)owed);
	}
	return err;
}

/* Only how many: whose letters they are is for who works on the case. */
static enum kb_err
look_letters(struct kb_agent *agent, struct kb_step *step, struct kb_health *health, int64_t now)
{
	uint64_t count = 0;
	enum kb_err err =
		kb_letter_watch_count(&agent->letters, step, now - KB_LETTER_OPEN_MAX_MS, &count);

	if (err == KB_OK && count > 0) {
		find(health, KB_COLOUR_YELLOW, "letters-open",
		     "geef ze aan de ouders en leg dat vast met 'ketenbode brief gegeven'; 'case "
		     "show' noemt ze per zaak",
		     "%llu brieven aan ouders zijn na een week nog niet gegeven",
		     (unsigned long long)count);
	}
	return err;
}

/* Found at the start, when read, or by 'log verify'. Only how many. */
static void
look_attachments(struct kb_agent *agent, struct kb_health *health)
{
	if (agent->attachments.broken > 0) {
		find(health, KB_COLOUR_YELLOW, "attachments-broken",
		     "laat de beheerder de map bijlagen uit een reservekopie terugzetten; wat van "
		     "een andere partij kwam wordt vanzelf opnieuw opgehaald",
		     "%llu delen van bijlagen ontbreken of zijn beschadigd",
		     (unsigned long long)agent->attachments.broken);
	}
}

/* Views with the noodknop that the fg has not judged yet: told at once, yellow when it takes too long. Numbers only. */
static enum kb_err
look_reviews(struct kb_step *step, struct kb_health *health, int64_t now)
{
	struct kb_review review = { .ledger_seq = 0 };
	uint64_t open_count = 0;
	uint64_t first_seq = 0;
	int64_t oldest_utc_ms = now;
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_review_next(step, review.ledger_seq, kb_step_arena(step), &review);
		if (err == KB_OK && review.judgement == KB_JUDGEMENT_NONE) {
			first_seq = open_count == 0 ? review.ledger_seq : first_seq;
			oldest_utc_ms = open_count == 0 ? review.at_utc_ms : oldest_utc_ms;
			open_count++;
		}
	}
	if (err == KB_ERR_NOT_FOUND && open_count > 0) {
		find(health,
		     now - oldest_utc_ms > KB_HEALTH_REVIEW_MS ? KB_COLOUR_YELLOW : KB_COLOUR_GREEN,
		     "reviews-open",
		     "vraag de functionaris gegevensbescherming om ze te beoordelen: "
		     "'ketenbode access reviews'",
		     "%llu inzagen met de noodknop wachten op een beoordeling, de oudste op regel "
		     "%llu van het logboek",
		     (unsigned long long)open_count, (unsigned long long)first_seq);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static void
role_finding(void *to, const char *code, const char *sentence, const char *advice)
{
	find(to, KB_COLOUR_YELLOW, code, advice, "%s", sentence);
}

enum kb_err
kb_health_look(struct kb_agent *agent, struct kb_step *step, struct kb_health *out)
{
	int64_t now = kb_clock_utc_ms(&agent->clock);

	*out = (struct kb_health){ 0 };
	look_store(agent, out);
	look_trust(agent, out, now);
	look_session(agent, out, now);
	look_attachments(agent, out);
	enum kb_err err = look_mail(agent, step, out);

	if (err == KB_OK) {
		err = look_consent(step, out);
	}
	if (err == KB_OK) {
		err = look_letters(agent, step, out, now);
	}
	if (err == KB_OK) {
		err = look_reviews(step, out, now);
	}
	if (err == KB_OK && agent->role->on_health != NULL) {
		err = agent->role->on_health(agent, step, role_finding, out);
	}
	if (err == KB_ERR_CORRUPT) {
		/* What could not be read is itself the finding, and the store now knows its place. */
		*out = (struct kb_health){ 0 };
		look_store(agent, out);
		look_trust(agent, out, now);
		look_session(agent, out, now);
		return KB_OK;
	}
	return err;
}
