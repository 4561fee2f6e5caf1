/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of verbs that every agent knows. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/verbs.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct kb_desk_arg lookup_args[] = {
	{ "partij", KB_ARG_PARTY, false, "de partij" },
	{ "gemeente", KB_ARG_TEXT, false, "gemeentecode van vier cijfers" },
	{ "datum", KB_ARG_DATE, false, "peildatum; zonder: vandaag" },
};

static const struct kb_desk_arg user_add_args[] = {
	{ "naam", KB_ARG_TEXT, true, "naam van de medewerker" },
	{ "functie", KB_ARG_TEXT, true, "functie van de medewerker" },
	{ "loket", KB_ARG_TEXT, false, "loket waar de medewerker werkt" },
	{ "account", KB_ARG_NUMBER, false, "nummer van het systeemaccount (uid)" },
	{ "tot", KB_ARG_DATE, false, "laatste dag" },
	{ "rol", KB_ARG_TEXT, false, "beheerder, medewerker of fg; zonder: medewerker" },
	{ "organisatie", KB_ARG_PARTY, false,
	  "partij die de medewerker in dienst heeft; zonder: deze" },
};

static const struct kb_desk_arg user_end_args[] = {
	{ "naam", KB_ARG_TEXT, true, "naam van de medewerker" },
};

static const struct kb_desk_arg case_show_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak, zoals in de inbox" },
	{ "noodgeval", KB_ARG_FLAG, false, "ja: vitaal belang, ook van een ander loket" },
	{ "reden", KB_ARG_TEXT, false, "waarom; bij een noodgeval minstens 10 tekens" },
};

static const struct kb_desk_arg who_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
};

static const struct kb_desk_arg trace_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "voor", KB_ARG_TEXT, false, "voor wie het is: ouder of deelnemer" },
};

static const struct kb_desk_arg reviews_args[] = {
	{ "alles", KB_ARG_FLAG, false, "ja: ook wat al beoordeeld is" },
};

static const struct kb_desk_arg review_args[] = {
	{ "regel", KB_ARG_NUMBER, true, "regel van het logboek, zoals in 'access reviews'" },
	{ "oordeel", KB_ARG_TEXT, true, "terecht of onterecht" },
	{ "toelichting", KB_ARG_LINES, true, "waarom" },
};

static const struct kb_desk_arg mandate_add_args[] = {
	{ "naam", KB_ARG_TEXT, true, "naam van de medewerker" },
	{ "mandaat", KB_ARG_TEXT, true, "actietafel, doa, deskundige of voorzitter" },
	{ "zaak", KB_ARG_NUMBER, false,
	  "alleen voor deze zaak; een deskundige heeft er altijd een" },
	{ "vanaf", KB_ARG_DATE, false, "eerste dag; zonder: vandaag" },
	{ "tot", KB_ARG_DATE, true, "laatste dag" },
	{ "door", KB_ARG_TEXT, true, "wie het gaf: naam en functie" },
};

static const struct kb_desk_arg deputy_add_args[] = {
	{ "naam", KB_ARG_TEXT, true, "wie waarneemt" },
	{ "voor", KB_ARG_TEXT, true, "voor wie" },
	{ "vanaf", KB_ARG_DATE, false, "eerste dag; zonder: vandaag" },
	{ "tot", KB_ARG_DATE, true, "laatste dag" },
	{ "door", KB_ARG_TEXT, true, "wie het regelde: naam en functie" },
};

static const struct kb_desk_arg mandate_end_args[] = {
	{ "nummer", KB_ARG_NUMBER, true, "nummer, zoals in de lijst" },
};

static const struct kb_desk_arg log_show_args[] = {
	{ "van", KB_ARG_NUMBER, false, "eerste regel; zonder: de laatste" },
	{ "aantal", KB_ARG_NUMBER, false, "aantal regels; zonder: 50, hoogstens 4000" },
	{ "zaak", KB_ARG_NUMBER, false, "alleen van deze zaak" },
};

static const struct kb_desk_arg outbox_args[] = {
	{ "aantal", KB_ARG_NUMBER, false, "aantal regels; zonder: 200, hoogstens 4000" },
};

#ifdef KB_TEST_SWITCHES
static const struct kb_desk_arg bench_fill_args[] = {
	{ "ontvanger", KB_ARG_PARTY, true, "partij die de berichten krijgt" },
	{ "aantal", KB_ARG_NUMBER, true, "aantal berichten" },
	{ "bytes", KB_ARG_NUMBER, false, "bytes tekst per bericht; zonder: 1024" },
	{ "zaken", KB_ARG_NUMBER, false, "aantal zaken; zonder: 1000" },
	{ "zonder_wachten", KB_ARG_FLAG, false, "ja: klaar zodra alles in de uitbak ligt" },
};
#endif

static const struct kb_desk_verb verbs[] = {
	{ .name = "help", .mode = KB_VERB_READ, .fn = kb_verb_help, .help = "wat deze agent kent" },
	{ .name = "status",
	  .mode = KB_VERB_READ,
	  .fn = kb_verb_status,
	  .help = "hoe het gaat: verbinding, wachtrijen, register" },
	{ .name = "doctor",
	  .mode = KB_VERB_READ,
	  .fn = kb_verb_doctor,
	  .help = "wat er mis is en het ene dat u kunt doen" },
	{ .name = "checkpoint",
	  .mode = KB_VERB_READ,
	  .fn = kb_verb_checkpoint,
	  .help = "grootte en wortel van het logboek, ondertekend" },
	{ .name = "parties",
	  .mode = KB_VERB_READ,
	  .fn = kb_verb_parties,
	  .help = "partijen die hier bekend zijn" },
	{ .name = "parties lookup",
	  .mode = KB_VERB_JOB,
	  .args = lookup_args,
	  .arg_count = COUNT(lookup_args),
	  .fn = kb_verb_parties_lookup,
	  .help = "zoekt een partij of de gemeente van een code in het register" },
	{ .name = "user add",
	  .mode = KB_VERB_ACT,
	  .needs_admin = true,
	  .args = user_add_args,
	  .arg_count = COUNT(user_add_args),
	  .fn = kb_verb_user_add,
	  .help = "voegt een medewerker toe" },
	{ .name = "user end",
	  .mode = KB_VERB_ACT,
	  .needs_admin = true,
	  .args = user_end_args,
	  .arg_count = COUNT(user_end_args),
	  .fn = kb_verb_user_end,
	  .help = "beeindigt de toegang van een medewerker" },
	{ .name = "user list",
	  .mode = KB_VERB_READ,
	  .needs_admin = true,
	  .fn = kb_verb_user_list,
	  .help = "de medewerkers" },
	{ .name = "inbox",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_LIST,
	  .fn = kb_verb_inbox,
	  .help = "zaken die aandacht vragen" },
	{ .name = "case show",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_SHOW,
	  .args = case_show_args,
	  .arg_count = COUNT(case_show_args),
	  .fn = kb_verb_case_show,
	  .help = "een zaak met haar tijdlijn en klokken" },
	{ .name = "access who",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_WHO,
	  .args = who_args,
	  .arg_count = COUNT(who_args),
	  .fn = kb_verb_access_who,
	  .help = "wie een zaak heeft gezien" },
	{ .name = "access trace",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_TRACE,
	  .args = trace_args,
	  .arg_count = COUNT(trace_args),
	  .fn = kb_verb_access_trace,
	  .help = "het verloop van een zaak, zonder inhoud, om mee te geven" },
	{ .name = "access reviews",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_REVIEW,
	  .args = reviews_args,
	  .arg_count = COUNT(reviews_args),
	  .fn = kb_verb_access_reviews,
	  .help = "inzagen met de noodknop (fg)" },
	{ .name = "access review",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_REVIEW,
	  .args = review_args,
	  .arg_count = COUNT(review_args),
	  .fn = kb_verb_access_review,
	  .help = "een inzage met de noodknop beoordelen (fg)" },
	{ .name = "access mandate add",
	  .mode = KB_VERB_ACT,
	  .needs_admin = true,
	  .args = mandate_add_args,
	  .arg_count = COUNT(mandate_add_args),
	  .fn = kb_verb_mandate_add,
	  .help = "legt een mandaat van een medewerker vast" },
	{ .name = "access mandate end",
	  .mode = KB_VERB_ACT,
	  .needs_admin = true,
	  .args = mandate_end_args,
	  .arg_count = COUNT(mandate_end_args),
	  .fn = kb_verb_mandate_end,
	  .help = "beeindigt een mandaat" },
	{ .name = "access mandate list",
	  .mode = KB_VERB_READ,
	  .needs_admin = true,
	  .fn = kb_verb_mandate_list,
	  .help = "de mandaten" },
	{ .name = "access deputy add",
	  .mode = KB_VERB_ACT,
	  .needs_admin = true,
	  .args = deputy_add_args,
	  .arg_count = COUNT(deputy_add_args),
	  .fn = kb_verb_deputy_add,
	  .help = "legt vast wie voor een collega waarneemt" },
	{ .name = "access deputy end",
	  .mode = KB_VERB_ACT,
	  .needs_admin = true,
	  .args = mandate_end_args,
	  .arg_count = COUNT(mandate_end_args),
	  .fn = kb_verb_deputy_end,
	  .help = "beeindigt een waarneming" },
	{ .name = "access deputy list",
	  .mode = KB_VERB_READ,
	  .needs_admin = true,
	  .fn = kb_verb_deputy_list,
	  .help = "wie voor wie waarneemt" },
	{ .name = "log show",
	  .mode = KB_VERB_READ,
	  .args = log_show_args,
	  .arg_count = COUNT(log_show_args),
	  .fn = kb_verb_log_show,
	  .help = "regels van het logboek, zonder inhoud" },
	{ .name = "log verify",
	  .mode = KB_VERB_JOB,
	  .fn = kb_verb_log_verify,
	  .help = "rekent het hele logboek na" },
	{ .name = "outbox",
	  .mode = KB_VERB_READ,
	  .args = outbox_args,
	  .arg_count = COUNT(outbox_args),
	  .fn = kb_verb_outbox,
	  .help = "berichten zonder ontvangstbewijs" },
#ifdef KB_TEST_SWITCHES
	{ .name = "bench fill",
	  .mode = KB_VERB_JOB,
	  .args = bench_fill_args,
	  .arg_count = COUNT(bench_fill_args),
	  .needs_admin = true,
	  .fn = kb_verb_bench_fill,
	  .help = "maakt berichten voor een meting" },
	{ .name = "bench wait",
	  .mode = KB_VERB_JOB,
	  .needs_admin = true,
	  .fn = kb_verb_bench_wait,
	  .help = "wacht tot alle berichten een ontvangstbewijs hebben" },
	{ .name = "bench times",
	  .mode = KB_VERB_READ,
	  .needs_admin = true,
	  .fn = kb_verb_bench_times,
	  .help = "wanneer het laatste ontvangen bericht op schijf stond" },
#endif
};

const struct kb_desk_verb *
kb_desk_general_verbs(size_t *count)
{
	*count = COUNT(verbs);
	return verbs;
}

static const char *const modes[] = {
	[KB_VERB_NONE] = "",
	[KB_VERB_READ] = "lezen",
	[KB_VERB_ACT] = "handeling",
	[KB_VERB_JOB] = "lang werk",
};

static void
list_verbs(struct kb_desk_call *call, const struct kb_desk_verb *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		kb_desk_row(call);
		kb_desk_cell_text(call, list[i].name);
		kb_desk_cell_text(call, modes[list[i].mode]);
		kb_desk_cell_text(call, list[i].needs_user    ? "gebruiker"
					: list[i].needs_admin ? "beheer"
							      : "");
		kb_desk_cell_text(call, list[i].help);
	}
}

enum kb_err
kb_verb_help(struct kb_desk_call *call)
{
	const struct kb_role *role = kb_agent_role(kb_desk_agent(call));

	kb_desk_section(call, "opdrachten", "opdracht|soort|vraagt|uitleg");
	list_verbs(call, verbs, COUNT(verbs));
	list_verbs(call, role->verbs, role->verb_count);
	return KB_OK;
}
