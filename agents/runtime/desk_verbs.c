/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of verbs that every agent knows. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/documents.h"
#include "agents/runtime/verbs.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ARGS(table) .args = table, .arg_count = COUNT(table)
/* An act in a case, by somebody who may: access NONE is the strictest check (desk.h). */
#define ACT(verb, table, function, line)                                                           \
	{                                                                                          \
		.name = verb, .mode = KB_VERB_ACT, .needs_user = true, ARGS(table),                \
		.fn = function, .help = line                                                       \
	}

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

static const struct kb_desk_arg case_open_args[] = {
	{ "titel", KB_ARG_TEXT, true, "naam van het kind of van de zaak, alleen voor uw loket" },
	{ "pgn", KB_ARG_TEXT, false,
	  "BSN of onderwijsnummer, om zaken van een kind bij elkaar te zetten" },
};

static const struct kb_desk_arg inbox_args[] = {
	{ "stand", KB_ARG_TEXT, false, "op-tijd, binnenkort, vandaag of te-laat" },
	{ "tot", KB_ARG_DATE, false, "alleen wat uiterlijk die dag moet" },
	{ "van-mij", KB_ARG_FLAG, false, "ja: alleen zaken met u als behandelaar of waarnemer" },
	{ "soort", KB_ARG_TEXT, false, "verzuim, partners of overleg" },
	{ "route", KB_ARG_TEXT, false, "alleen zaken die deze route volgen" },
};

static const struct kb_desk_arg case_new_args[] = {
	{ "leerling", KB_ARG_TEXT, false, "nummer van de leerling in de ingelezen gegevens" },
	{ "van", KB_ARG_NUMBER, false, "eerdere zaak over hetzelfde kind" },
	{ "titel", KB_ARG_TEXT, false, "naam van het kind of van de zaak, alleen voor uw loket" },
	{ "pgn", KB_ARG_TEXT, false, "BSN of onderwijsnummer, bij titel" },
};

static const struct kb_desk_arg assign_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "behandelaar", KB_ARG_TEXT, false, "naam van de collega, of niemand" },
	{ "waarnemer", KB_ARG_TEXT, false, "naam van de collega, of niemand" },
};

/* Of every verb that asks only for the case. */
static const struct kb_desk_arg of_case_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
};

static const struct kb_desk_arg contact_add_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "rol", KB_ARG_TEXT, true, "leerling, ouder, contactpersoon of gast" },
	{ "naam", KB_ARG_TEXT, true, "naam" },
	{ "organisatie", KB_ARG_TEXT, false, "waar deze persoon werkt; een gast heeft er een" },
	{ "functie", KB_ARG_TEXT, false, "functie" },
	{ "telefoon", KB_ARG_TEXT, false, "telefoonnummer" },
	{ "email", KB_ARG_TEXT, false, "e-mailadres" },
	{ "adres", KB_ARG_LINES, false, "eigen adres" },
	{ "taal", KB_ARG_TEXT, false, "taal waarin deze persoon uitleg wil" },
	{ "gezag", KB_ARG_FLAG, false, "bij een ouder: ja of nee; zonder: niet bekend" },
	{ "geboortedatum", KB_ARG_DATE, false, "bij de leerling" },
	{ "vanaf", KB_ARG_DATE, false, "eerste dag" },
	{ "tot", KB_ARG_DATE, false, "laatste dag" },
};

static const struct kb_desk_arg contact_end_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "persoon", KB_ARG_NUMBER, true, "nummer, zoals in case contacts" },
	{ "datum", KB_ARG_DATE, false, "laatste dag; zonder: vandaag" },
};

static const struct kb_desk_arg note_add_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "tekst", KB_ARG_LINES, true, "de notitie" },
	{ "voor", KB_ARG_TEXT, false,
	  "loket (zonder) of allen: wie deze zaak mag zien, ook van een ander loket" },
};

static const struct kb_desk_arg note_share_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "notitie", KB_ARG_NUMBER, true, "nummer, zoals in note list" },
	{ "aan", KB_ARG_PARTY, false, "ook als bericht naar deze partij" },
	{ "onderwerp", KB_ARG_TEXT, false, "waar het over gaat; nodig bij aan" },
	{ "doel", KB_ARG_TEXT, false, "waarvoor; zonder: het gewone doel van deze soort" },
	{ "grond", KB_ARG_TEXT, false, "wettelijke-taak, toestemming of vitaal-belang" },
	{ "loket", KB_ARG_TEXT, false, "loket bij de ontvanger" },
	{ "toestemming", KB_ARG_ID, false, "kenmerk van de toestemming waarop het rust" },
	{ "spoed", KB_ARG_FLAG, false, "voor andere berichten uit" },
};

static const struct kb_desk_arg task_add_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "wat", KB_ARG_LINES, true, "wat er moet gebeuren" },
	{ "wie", KB_ARG_TEXT, false, "naam van de collega; zonder: u" },
	{ "tot", KB_ARG_DATE, false, "laatste dag" },
};

static const struct kb_desk_arg task_done_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "taak", KB_ARG_NUMBER, true, "nummer van de taak, zoals in task list" },
	{ "tekst", KB_ARG_LINES, false, "wat ervan kwam" },
};

static const struct kb_desk_arg task_list_args[] = {
	{ "zaak", KB_ARG_NUMBER, false, "nummer van de zaak; zonder: wat open staat in alle" },
};

static const struct kb_desk_arg appointment_add_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "soort", KB_ARG_TEXT, true, "wat voor afspraak, bijvoorbeeld gesprek met ouders" },
	{ "datum", KB_ARG_DATE, true, "welke dag" },
	{ "tijd", KB_ARG_TEXT, true, "hoe laat, als 14:05" },
	{ "plaats", KB_ARG_TEXT, false, "waar" },
	{ "genodigd", KB_ARG_LINES, false, "namen, met ; ertussen" },
};

static const struct kb_desk_arg appointment_answer_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "afspraak", KB_ARG_NUMBER, true, "nummer, zoals in appointment list" },
	{ "naam", KB_ARG_TEXT, true, "wie van de genodigden" },
	{ "antwoord", KB_ARG_TEXT, true, "ja, nee of misschien" },
};

static const struct kb_desk_arg overleg_new_args[] = {
	{ "tafel", KB_ARG_TEXT, true, "naam van de tafel, bijvoorbeeld actietafel thuiszitters" },
	{ "datum", KB_ARG_DATE, true, "welke dag" },
	{ "tijd", KB_ARG_TEXT, true, "hoe laat, als 14:05" },
	{ "plaats", KB_ARG_TEXT, false, "waar" },
	{ "mandaat", KB_ARG_TEXT, false, "actietafel of doa: dan heeft elk lid zo'n mandaat" },
};

static const struct kb_desk_arg overleg_lid_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van het overleg" },
	{ "naam", KB_ARG_TEXT, true, "een gebruiker hier, of iemand van een partner" },
	{ "functie", KB_ARG_TEXT, false, "functie" },
	{ "partij", KB_ARG_PARTY, false, "de partner, als die een eigen agent heeft" },
	{ "organisatie", KB_ARG_TEXT, false, "de partner, als die er geen heeft" },
	{ "door", KB_ARG_TEXT, false, "wie dit lid het mandaat gaf" },
	{ "voorzitter", KB_ARG_FLAG, false, "ja: zit voor" },
};

static const struct kb_desk_arg overleg_zaak_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van het overleg" },
	{ "bespreken", KB_ARG_NUMBER, true, "nummer van de zaak die op de agenda komt" },
	{ "punt", KB_ARG_LINES, false, "waarover het gaat" },
};

static const struct kb_desk_arg overleg_uitkomst_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van het overleg" },
	{ "punt", KB_ARG_NUMBER, true, "nummer van het agendapunt" },
	{ "uitkomst", KB_ARG_LINES, true, "wat is afgesproken" },
};

static const struct kb_desk_arg overleg_show_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van het overleg" },
	{ "voor", KB_ARG_NUMBER, false, "alleen wat dit lid mag weten, om te geven" },
};

static const struct kb_desk_arg appointment_outcome_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "afspraak", KB_ARG_NUMBER, true, "nummer, zoals in appointment list" },
	{ "uitkomst", KB_ARG_LINES, true, "wat ervan kwam" },
	{ "aanwezig", KB_ARG_LINES, false, "namen van wie er waren, met ; ertussen" },
};

/* ask and say; answer has one of its own. */
static const struct kb_desk_arg talk_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "onderwerp", KB_ARG_TEXT, true, "waar het over gaat" },
	{ "tekst", KB_ARG_LINES, true, "de tekst" },
	{ "aan", KB_ARG_PARTY, false, "aan wie; zonder: de andere partij van de zaak" },
	{ "velden", KB_ARG_LINES, false, "meer gegevens, per regel naam=waarde" },
	{ "doel", KB_ARG_TEXT, false, "waarvoor; zonder: het gewone doel van deze soort" },
	{ "grond", KB_ARG_TEXT, false, "wettelijke-taak, toestemming of vitaal-belang" },
	{ "loket", KB_ARG_TEXT, false, "loket bij de ontvanger" },
	{ "toestemming", KB_ARG_ID, false, "kenmerk van de toestemming waarop het rust" },
	{ "spoed", KB_ARG_FLAG, false, "voor andere berichten uit" },
};

static const struct kb_desk_arg answer_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "tekst", KB_ARG_LINES, true, "het antwoord" },
	{ "vraag", KB_ARG_ID, false, "kenmerk van de vraag; zonder: de laatste van deze zaak" },
	{ "velden", KB_ARG_LINES, false, "meer gegevens, per regel naam=waarde" },
	{ "doel", KB_ARG_TEXT, false,
	  "waarvoor; zonder: waarvoor de vraag was, op dezelfde grond" },
	{ "grond", KB_ARG_TEXT, false, "wettelijke-taak, toestemming of vitaal-belang" },
	{ "loket", KB_ARG_TEXT, false, "loket bij de ontvanger" },
	{ "toestemming", KB_ARG_ID, false, "kenmerk van de toestemming waarop het rust" },
	{ "spoed", KB_ARG_FLAG, false, "voor andere berichten uit" },
};

static const struct kb_desk_arg case_place_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "stand", KB_ARG_TEXT, true, "aangemeld, ingeschreven, proefplaatsing of uitgeschreven" },
	{ "partij", KB_ARG_PARTY, false, "de school; zonder: deze partij" },
	{ "datum", KB_ARG_DATE, false, "vanaf welke dag; zonder: vandaag" },
};

static const struct kb_desk_arg case_record_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "soort", KB_ARG_TEXT, true, "wat er gebeurde, zie message kinds" },
	{ "velden", KB_ARG_LINES, true, "per regel naam=waarde" },
};

static const struct kb_desk_arg message_send_args[] = {
	{ "soort", KB_ARG_TEXT, true, "soort bericht, zie message kinds" },
	{ "aan", KB_ARG_PARTY, true, "de partij die het krijgt" },
	{ "velden", KB_ARG_LINES, true,
	  "per regel naam=waarde; een regel met een spatie vooraan hoort bij de vorige" },
	{ "zaak", KB_ARG_NUMBER, false, "nummer van de zaak" },
	{ "doel", KB_ARG_TEXT, false, "waarvoor; zonder: het gewone doel van deze soort" },
	{ "grond", KB_ARG_TEXT, false, "wettelijke-taak, toestemming of vitaal-belang" },
	{ "loket", KB_ARG_TEXT, false, "loket bij de ontvanger" },
	{ "toestemming", KB_ARG_ID, false, "kenmerk van de toestemming waarop het rust" },
	{ "spoed", KB_ARG_FLAG, false, "voor andere berichten uit" },
};

static const struct kb_desk_arg message_kinds_args[] = {
	{ "soort", KB_ARG_TEXT, false, "noemt de velden van deze soort" },
};

static const struct kb_desk_arg route_start_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "route", KB_ARG_TEXT, true, "welke route, zie route list" },
	{ "rol", KB_ARG_TEXT, true, "wat deze organisatie in de zaak is, zoals school of swv" },
};

static const struct kb_desk_arg act_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "stap", KB_ARG_TEXT, true, "welke stap; case show noemt wat nu kan" },
	{ "feiten", KB_ARG_LINES, false,
	  "per regel wat is gebeurd: naam=JJJJ-MM-DD; wie erbij waren" },
	{ "velden", KB_ARG_LINES, false, "van het bericht bij de stap: per regel naam=waarde" },
	{ "toestemming", KB_ARG_ID, false, "kenmerk; zonder: die van de zaak voor dit doel" },
};

static const struct kb_desk_arg regie_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "stap", KB_ARG_TEXT, true, "aanbieden, terugnemen, aanvaarden, weigeren of overnemen" },
	{ "aan", KB_ARG_PARTY, false, "bij aanbieden: aan welke partij" },
};

static const struct kb_desk_arg participant_add_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "rol", KB_ARG_TEXT, true, "wat zij in de zaak is, zoals leerplicht of jeugdhulp" },
	{ "partij", KB_ARG_PARTY, false, "een partij met een eigen agent" },
	{ "gast", KB_ARG_TEXT, false, "naam van een organisatie zonder agent" },
};

static const struct kb_desk_arg participant_end_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "partij", KB_ARG_PARTY, false, "een partij met een eigen agent" },
	{ "gast", KB_ARG_TEXT, false, "naam van een organisatie zonder agent" },
};

static const struct kb_desk_arg document_add_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "soort", KB_ARG_TEXT, true, "wat voor stuk het is, zoals zienswijze ouders" },
	{ "pad", KB_ARG_PATH, false, "het stuk, op deze machine; het blijft waar het is" },
	{ "naam", KB_ARG_TEXT, false, "hoe u het noemt" },
	{ "datum", KB_ARG_DATE, false, "van het stuk; zonder: vandaag" },
	{ "upload", KB_ARG_ID, false, "het bestand, zoals document begin het noemde" },
	{ "gegevens", KB_ARG_TEXT, false,
	  "wat erin staat, met komma's ertussen; zonder gaat een bijlage naar niemand" },
	{ "inzage", KB_ARG_DATE, false, "dag waarop de ouders het zagen" },
};

static const struct kb_desk_arg document_begin_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "bytes", KB_ARG_NUMBER, true, "lengte van het bestand" },
};

static const struct kb_desk_arg document_part_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "upload", KB_ARG_ID, true, "zoals document begin het noemde" },
};

static const struct kb_desk_arg document_list_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
};

static const struct kb_desk_arg document_get_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "nummer", KB_ARG_NUMBER, true, "van de bijlage, zoals in document list" },
};

static const struct kb_desk_arg document_read_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "sleutel", KB_ARG_ID, true, "zoals document get het noemde" },
	{ "deel", KB_ARG_NUMBER, true, "welk deel, vanaf 1" },
};

static const struct kb_desk_arg document_send_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "nummer", KB_ARG_NUMBER, true, "van de bijlage, zoals in document list" },
	{ "aan", KB_ARG_PARTY, true, "de partij die haar mag ophalen" },
	{ "doel", KB_ARG_TEXT, false, "zonder: dat van de route van de zaak" },
	{ "grond", KB_ARG_TEXT, false, "zonder: wettelijke-taak als dat kan, anders toestemming" },
	{ "loket", KB_ARG_TEXT, false, "bij de ontvanger; zonder: dat van zijn rol" },
	{ "toestemming", KB_ARG_ID, false, "kenmerk; zonder: een van de zaak die dit toestaat" },
};

static const struct kb_desk_arg brief_make_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "soort", KB_ARG_TEXT, true, "welke brief, bijvoorbeeld afschrift" },
	{ "aan", KB_ARG_TEXT, true, "naam van wie de brief krijgt" },
	{ "adres", KB_ARG_LINES, true, "adres, een regel per regel" },
	{ "uit", KB_ARG_PATH, true, "het bestand dat wordt gemaakt; het eindigt op .html" },
	{ "veld", KB_ARG_LINES, false, "wat de brief zegt, per regel naam=waarde" },
	{ "taal", KB_ARG_TEXT, false, "taal waarin de ouders uitleg willen; zonder: Nederlands" },
};

static const struct kb_desk_arg brief_list_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
};

static const struct kb_desk_arg brief_gegeven_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "brief", KB_ARG_NUMBER, true, "nummer van de brief, zoals in brief list" },
	{ "datum", KB_ARG_DATE, true, "dag waarop de brief is gegeven" },
	{ "wijze", KB_ARG_TEXT, true, "per post, meegegeven, aan tafel of anders" },
	{ "ontvanger", KB_ARG_TEXT, true, "wie de brief kreeg" },
};

static const struct kb_desk_arg brief_vervallen_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak" },
	{ "brief", KB_ARG_NUMBER, true, "nummer van de brief, zoals in brief list" },
	{ "reden", KB_ARG_TEXT, true, "waarom de brief niet wordt gegeven" },
};

static const struct kb_desk_arg log_show_args[] = {
	{ "van", KB_ARG_NUMBER, false, "eerste regel; zonder: de laatste" },
	{ "aantal", KB_ARG_NUMBER, false, "aantal regels; zonder: 50, hoogstens 4000" },
	{ "zaak", KB_ARG_NUMBER, false, "alleen van deze zaak" },
};

static const struct kb_desk_arg outbox_args[] = {
	{ "aantal", KB_ARG_NUMBER, false, "aantal regels; zonder: 200, hoogstens 4000" },
};

static const struct kb_desk_arg consent_give_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak, zoals in de inbox" },
	{ "doel", KB_ARG_TEXT, true, "waarvoor, zoals doa, overdracht of jeugdhulp" },
	{ "partijen", KB_ARG_TEXT, true, "wie gegevens mogen delen, met komma's ertussen" },
	{ "gegevens", KB_ARG_TEXT, true, "welke gegevens, met komma's ertussen" },
	{ "leeftijd", KB_ARG_TEXT, true, "onder-12, 12-15 of 16-plus" },
	{ "gezag", KB_ARG_NUMBER, true, "hoeveel ouders of voogden gezag hebben: 1 of 2" },
	{ "ouders", KB_ARG_NUMBER, true, "hoeveel van hen toestemming gaven: 0 tot 2" },
	{ "jongere", KB_ARG_FLAG, false, "ja: de jongere gaf toestemming" },
	{ "bewijs", KB_ARG_PATH, true, "het ondertekende document, op deze machine" },
	{ "tot", KB_ARG_DATE, false, "laatste dag; zonder: tot intrekking" },
	{ "naam", KB_ARG_TEXT, false, "wie toestemming gaf" },
	{ "hoe", KB_ARG_TEXT, false, "hoe: op papier, in een gesprek ..." },
	{ "deel", KB_ARG_FLAG, false, "ja: stuur haar meteen naar de genoemde partijen" },
};

static const struct kb_desk_arg consent_limit_args[] = {
	{ "toestemming", KB_ARG_NUMBER, true, "nummer, zoals in consent show" },
	{ "partijen", KB_ARG_TEXT, false, "wie overblijven, met komma's ertussen" },
	{ "gegevens", KB_ARG_TEXT, false, "welke gegevens overblijven" },
	{ "tot", KB_ARG_DATE, false, "eerdere laatste dag" },
	{ "naam", KB_ARG_TEXT, false, "wie haar beperkte" },
	{ "hoe", KB_ARG_TEXT, false, "hoe" },
};

static const struct kb_desk_arg consent_extend_args[] = {
	{ "toestemming", KB_ARG_NUMBER, true, "nummer, zoals in consent show" },
	{ "bewijs", KB_ARG_PATH, true, "het nieuwe ondertekende document, op deze machine" },
	{ "partijen", KB_ARG_TEXT, false, "wie erbij komen, met komma's ertussen" },
	{ "gegevens", KB_ARG_TEXT, false, "welke gegevens erbij komen" },
	{ "ouders", KB_ARG_NUMBER, false, "hoeveel ouders met gezag nu toestemming gaven" },
	{ "jongere", KB_ARG_FLAG, false, "ja: de jongere gaf toestemming" },
	{ "tot", KB_ARG_DATE, false, "nieuwe laatste dag" },
	{ "naam", KB_ARG_TEXT, false, "wie toestemming gaf" },
	{ "hoe", KB_ARG_TEXT, false, "hoe" },
	{ "deel", KB_ARG_FLAG, false, "ja: stuur haar meteen naar de genoemde partijen" },
};

static const struct kb_desk_arg consent_withdraw_args[] = {
	{ "toestemming", KB_ARG_NUMBER, true, "nummer, zoals in consent show" },
	{ "naam", KB_ARG_TEXT, false, "wie haar introk" },
	{ "hoe", KB_ARG_TEXT, false, "hoe" },
};

static const struct kb_desk_arg consent_show_args[] = {
	{ "zaak", KB_ARG_NUMBER, true, "nummer van de zaak, zoals in de inbox" },
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
	  ARGS(inbox_args),
	  .fn = kb_verb_inbox,
	  .help = "zaken die aandacht vragen, wat het eerst moet bovenaan" },
	{ .name = "case show",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_SHOW,
	  .args = case_show_args,
	  .arg_count = COUNT(case_show_args),
	  .fn = kb_verb_case_show,
	  .help = "een zaak met haar tijdlijn en klokken" },
	{ .name = "case open",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = case_open_args,
	  .arg_count = COUNT(case_open_args),
	  .fn = kb_verb_case_open,
	  .help = "opent een zaak over een kind" },
	ACT("case new", case_new_args, kb_verb_case_new,
	    "opent een zaak, met wat van het kind al bekend is"),
	ACT("case contact add", contact_add_args, kb_verb_contact_add,
	    "een persoon bij een zaak: leerling, ouder, contactpersoon of gast"),
	ACT("case contact end", contact_end_args, kb_verb_contact_end,
	    "een persoon die niet meer meedoet"),
	ACT("case contacts", of_case_args, kb_verb_contacts, "de personen van een zaak"),
	ACT("assign", assign_args, kb_verb_assign, "wie een zaak behandelt en wie waarneemt"),
	ACT("note add", note_add_args, kb_verb_note_add, "een notitie bij een zaak"),
	ACT("note share", note_share_args, kb_verb_note_share,
	    "deelt een notitie: hier, of ook met een andere partij"),
	ACT("note list", of_case_args, kb_verb_note_list, "de notities van een zaak"),
	ACT("task add", task_add_args, kb_verb_task_add, "een taak in een zaak"),
	ACT("task done", task_done_args, kb_verb_task_done, "een taak is klaar"),
	ACT("task list", task_list_args, kb_verb_task_list, "de taken van een zaak, of van alle"),
	ACT("appointment add", appointment_add_args, kb_verb_appointment_add,
	    "een afspraak in een zaak"),
	ACT("appointment answer", appointment_answer_args, kb_verb_appointment_answer,
	    "wat een genodigde antwoordde"),
	ACT("appointment outcome", appointment_outcome_args, kb_verb_appointment_outcome,
	    "wie er waren en wat ervan kwam"),
	ACT("appointment list", of_case_args, kb_verb_appointment_list,
	    "de afspraken van een zaak"),
	ACT("overleg new", overleg_new_args, kb_verb_overleg_new, "een overleg van een tafel"),
	ACT("overleg lid", overleg_lid_args, kb_verb_overleg_lid, "wie erbij zijn"),
	ACT("overleg zaak", overleg_zaak_args, kb_verb_overleg_zaak, "een zaak op de agenda"),
	ACT("overleg uitkomst", overleg_uitkomst_args, kb_verb_overleg_uitkomst,
	    "wat bij een punt is afgesproken"),
	{ .name = "overleg show",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_SHOW,
	  ARGS(overleg_show_args),
	  .fn = kb_verb_overleg_show,
	  .help = "een overleg met leden en agenda" },
	{ .name = "overleg list",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_LIST,
	  .fn = kb_verb_overleg_list,
	  .help = "de overleggen" },
	ACT("ask", talk_args, kb_verb_ask, "stuurt een vraag in een zaak"),
	ACT("answer", answer_args, kb_verb_answer, "beantwoordt een vraag die binnenkwam"),
	ACT("say", talk_args, kb_verb_say, "stuurt een bericht met tekst in een zaak"),
	{ .name = "case place",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = case_place_args,
	  .arg_count = COUNT(case_place_args),
	  .fn = kb_verb_case_place,
	  .help = "legt vast waar het kind is aangemeld of ingeschreven" },
	{ .name = "case record",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = case_record_args,
	  .arg_count = COUNT(case_record_args),
	  .fn = kb_verb_case_record,
	  .help = "legt vast wat met de ouders gebeurde" },
	{ .name = "message send",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = message_send_args,
	  .arg_count = COUNT(message_send_args),
	  .fn = kb_verb_message_send,
	  .help = "stuurt een bericht in een zaak" },
	{ .name = "message kinds",
	  .mode = KB_VERB_READ,
	  .args = message_kinds_args,
	  .arg_count = COUNT(message_kinds_args),
	  .fn = kb_verb_message_kinds,
	  .help = "de soorten bericht, of de velden van een soort" },
	{ .name = "route list",
	  .mode = KB_VERB_READ,
	  .fn = kb_verb_route_list,
	  .help = "de routes van deze regio" },
	{ .name = "route start",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = route_start_args,
	  .arg_count = COUNT(route_start_args),
	  .fn = kb_verb_route_start,
	  .help = "laat een zaak een route volgen" },
	{ .name = "act",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = act_args,
	  .arg_count = COUNT(act_args),
	  .fn = kb_verb_act,
	  .help = "doet een stap in de route van een zaak" },
	{ .name = "regie",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = regie_args,
	  .arg_count = COUNT(regie_args),
	  .fn = kb_verb_regie,
	  .help = "geeft de regie door, neemt haar aan of over" },
	{ .name = "participant add",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = participant_add_args,
	  .arg_count = COUNT(participant_add_args),
	  .fn = kb_verb_participant_add,
	  .help = "voegt een deelnemer toe aan een zaak" },
	{ .name = "participant end",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = participant_end_args,
	  .arg_count = COUNT(participant_end_args),
	  .fn = kb_verb_participant_end,
	  .help = "laat een deelnemer uit een zaak vertrekken" },
	{ .name = "document add",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = document_add_args,
	  .arg_count = COUNT(document_add_args),
	  .fn = kb_verb_document_add,
	  .help = "legt een stuk van een zaak vast" },
	{ .name = "document begin",
	  .mode = KB_VERB_READ,
	  .needs_user = true,
	  ARGS(document_begin_args),
	  .fn = kb_verb_document_begin,
	  .help = "begint een bestand over te brengen" },
	{ .name = "document part",
	  .mode = KB_VERB_READ,
	  .needs_user = true,
	  ARGS(document_part_args),
	  .fn = kb_verb_document_part,
	  .help = "brengt het volgende deel van een bestand over" },
	{ .name = "document list",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_SHOW,
	  ARGS(document_list_args),
	  .fn = kb_verb_document_list,
	  .help = "de bijlagen van een zaak" },
	{ .name = "document get",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_SHOW,
	  ARGS(document_get_args),
	  .fn = kb_verb_document_get,
	  .help = "opent een bijlage om haar te lezen" },
	{ .name = "document read",
	  .mode = KB_VERB_READ,
	  .needs_user = true,
	  .access = KB_ACCESS_SHOW,
	  ARGS(document_read_args),
	  .fn = kb_verb_document_read,
	  .help = "een deel van een geopende bijlage" },
	ACT("document send", document_send_args, kb_verb_document_send,
	    "kondigt een bijlage aan bij een deelnemer"),
	{ .name = "consent give",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = consent_give_args,
	  .arg_count = COUNT(consent_give_args),
	  .fn = kb_verb_consent_give,
	  .help = "legt een toestemming vast in een zaak" },
	{ .name = "consent limit",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = consent_limit_args,
	  .arg_count = COUNT(consent_limit_args),
	  .fn = kb_verb_consent_limit,
	  .help = "maakt een toestemming kleiner" },
	{ .name = "consent extend",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = consent_extend_args,
	  .arg_count = COUNT(consent_extend_args),
	  .fn = kb_verb_consent_extend,
	  .help = "maakt een toestemming groter, met nieuw bewijs" },
	{ .name = "consent withdraw",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = consent_withdraw_args,
	  .arg_count = COUNT(consent_withdraw_args),
	  .fn = kb_verb_consent_withdraw,
	  .help = "trekt een toestemming in en haalt terug wat nog onderweg is" },
	{ .name = "consent show",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = consent_show_args,
	  .arg_count = COUNT(consent_show_args),
	  .fn = kb_verb_consent_show,
	  .help = "de toestemmingen van een zaak, en wie er iets onder kreeg" },
	{ .name = "brief make",
	  .mode = KB_VERB_JOB,
	  .needs_user = true,
	  .args = brief_make_args,
	  .arg_count = COUNT(brief_make_args),
	  .fn = kb_verb_brief_make,
	  .help = "maakt een brief aan ouders om te printen" },
	{ .name = "brief list",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = brief_list_args,
	  .arg_count = COUNT(brief_list_args),
	  .fn = kb_verb_brief_list,
	  .help = "de brieven van een zaak" },
	{ .name = "brief gegeven",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = brief_gegeven_args,
	  .arg_count = COUNT(brief_gegeven_args),
	  .fn = kb_verb_brief_gegeven,
	  .help = "legt vast dat een brief is gegeven" },
	{ .name = "brief vervallen",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .args = brief_vervallen_args,
	  .arg_count = COUNT(brief_vervallen_args),
	  .fn = kb_verb_brief_vervallen,
	  .help = "een brief die niet wordt gegeven" },
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
