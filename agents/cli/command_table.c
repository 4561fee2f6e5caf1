/* SPDX-License-Identifier: EUPL-1.2 */
/* The one table of subcommands: what --help prints, what runs, and what the completion of the shell knows. */
#include "agents/cli/command.h"

#include "agents/cli/brief.h"
#include "agents/cli/completion.h"
#include "agents/cli/desk_client.h"
#include "agents/cli/document_file.h"
#include "agents/cli/explain.h"
#include "agents/cli/oso_check.h"
#include "agents/cli/overdracht.h"
#include "agents/cli/pki.h"
#include "agents/cli/profile.h"
#include "agents/cli/verzuim_check.h"
#include "agents/cli/verzuim_export.h"

/* The rule with the national numbers; a region profile gives an agent its own. */
static int
run_verzuim_check(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		  char **argv)
{
	const struct kb_verzuim_settings settings = kb_verzuim_settings_default();
	char json[] = "--json";
	char *words[16] = { NULL };
	int count = 0;

	(void)command;
	if (argc > 14) {
		return kb_cli_fail(
			cli, KB_ERR_USAGE,
			"er zijn te veel argumenten; zie ketenbode verzuim check --help");
	}
	for (int i = 1; i < argc; i++) {
		words[count++] = argv[i];
	}
	if (cli->json) {
		words[count++] = json;
	}
	return kb_cli_verzuim_check(count, words, &settings, stdout, stderr);
}

#define DUO                                                                                        \
	"Een melding hier vervangt de melding van de school aan het verzuimregister van DUO niet."

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define ASK(verb, form, line, names, more)                                                         \
	{                                                                                          \
		.words = verb, .arguments = form, .help = line, .explanation = more,               \
		.run = kb_cli_ask, .positional = names                                             \
	}

/* The same, and with --lijst once for every line of a file. */
#define ASK_LIST(verb, form, line, names, more)                                                    \
	{                                                                                          \
		.words = verb, .arguments = form, .help = line,                                    \
		.explanation = more "\n" LIST_HELP, .run = kb_cli_ask, .positional = names,        \
		.lists = true                                                                      \
	}
#define LIST_HELP                                                                                  \
	"Met --lijst BESTAND in plaats van ZAAK: eens per regel van het bestand, met het nummer "  \
	"van een zaak.\nBegint de eerste regel met zaak, dan noemt zij de kolommen: argumenten "   \
	"die per zaak verschillen\n(in feiten en velden begint \\n een nieuwe regel).\nElke "      \
	"regel wordt helemaal gedaan of niet; een tabel zegt wat "                                 \
	"er gebeurde. Klopt het bestand niet (65), dan gebeurt er niets."

#define HERE(verb, form, line, function, more)                                                     \
	{                                                                                          \
		.words = verb, .arguments = form, .help = line, .explanation = more,               \
		.run = function                                                                    \
	}

/* Kept in the order in which people meet them. */
static const struct kb_cli_command commands[] = {
	HERE("pki init", "--dir MAP --oin OIN --name NAAM [--days N]",
	     "een nieuw register maken (registerhouder)", kb_pki_init,
	     "Maakt in MAP de sleutels van de registerhouder, een certificaatautoriteit en een "
	     "leeg "
	     "register.\nMAP wordt gemaakt en is alleen voor u leesbaar; een register dat er al is "
	     "blijft staan."),
	HERE("pki request",
	     "--keys MAP --party ID --kind SOORT --name NAAM --out BESTAND [--swv LIJST] "
	     "[--vestiging LIJST] [--gemeente LIJST] [--desk LIJST] [--days N] [--key-version N "
	     "--previous-keys MAP] [--certificate PEM]",
	     "sleutels maken en toelating vragen", kb_pki_request,
	     "De sleutels ontstaan in MAP en verlaten haar nooit; BESTAND is voor de "
	     "registerhouder.\n"
	     "  --party      OIN van 20 tekens; een school zet er /BRIN+vestiging achter: "
	     "00000099000000001000/99AA00\n"
	     "  --kind       school, vo, swv, gemeente, jeugdhulp of broker\n"
	     "  --vestiging  CODE:SECTOR:NAAM,... met sector bao, sbo, so, vso, vo of pro\n"
	     "  --gemeente   CODE[:JJJJMMDD[:JJJJMMDD]],... welke gemeentecodes u bedient, en van "
	     "wanneer tot en met wanneer\n"
	     "  --desk       leerplicht, jeugd, doorstroompunt, school, swv, jeugdhulp (zonder: "
	     "wat "
	     "bij de soort hoort)\n"
	     "Sleutels vervangen: een nieuwe MAP, --key-version met het volgende nummer en "
	     "--previous-keys met de oude MAP.\n"
	     "Lees de registerhouder daarna de vingerafdruk voor."),
	HERE("pki admit",
	     "--dir MAP --broker-address ADRES --out MAP [--fingerprint GETALLEN|--yes] [--days N] "
	     "AANVRAAG...",
	     "partijen toelaten (registerhouder)", kb_pki_admit,
	     "Vergelijk eerst wat de partij voorleest; zonder --fingerprint of --yes wordt ernaar "
	     "gevraagd.\nEen aanvraag die al is toegelaten levert opnieuw haar toetredingsbestand "
	     "op.\nGeef register.kb daarna aan de broker."),
	HERE("pki join", "--keys MAP [--fingerprint GETALLEN|--yes] BESTAND",
	     "toetreden met het antwoord van de registerhouder", kb_pki_join,
	     "De vingerafdruk is die welke 'pki admit' of 'pki show' bij de registerhouder toont: "
	     "zij "
	     "dekt zijn sleutel,\nde certificaatautoriteit en de sleutel van de broker."),
	HERE("pki show", "BESTAND", "laten zien wat in een toetredingsbestand staat", kb_pki_show,
	     NULL),
	HERE("pki renew", "--dir MAP [--days N] [--crl-days N]",
	     "het register opnieuw ondertekenen (registerhouder)", kb_pki_renew,
	     "Doe dit voor de versie verloopt (standaard 30 dagen): daarna verzendt niemand meer."),
	HERE("pki revoke", "--dir MAP --party ID --key-version N [--since-ms N]",
	     "sleutels intrekken (registerhouder)", kb_pki_revoke,
	     "Wat na dat moment met deze sleutels is ondertekend geldt niet meer. Geef register.kb "
	     "meteen aan de broker."),
	ASK("status", "", "hoe het met de agent gaat", NULL,
	    "Einde: 0 als de agent antwoordt, ook als er iets mis is (dat zegt doctor); 69 als hij "
	    "niet antwoordt."),
	ASK("doctor", "", "wat u nu moet doen, als er iets is", NULL,
	    "Noemt het ene ding dat u kunt doen; de kleur staat vooraan, met --json in "
	    "'toestand'.\n"
	    "Einde: 0 groen, alles werkt; 75 geel, het werkt maar er is iets te doen of af te "
	    "wachten; "
	    "69 rood,\ner werkt iets niet, en als de agent niet antwoordt."),
	ASK("checkpoint", "", "grootte en wortel van het logboek, ondertekend", NULL, NULL),
	ASK("help", "", "wat deze agent kan", NULL, NULL),
	ASK("parties", "", "met wie u kunt uitwisselen", NULL, NULL),
	ASK("parties lookup", "[--partij ID] [--gemeente CODE [--datum JJJJ-MM-DD]]",
	    "een partij, of de partij van een gemeentecode, in het register zoeken", NULL, NULL),
	ASK("user list", "", "wie er met deze agent werken (beheer)", NULL, NULL),
	ASK("user add",
	    "NAAM --functie TEKST [--loket LOKET] [--account NAAM] [--tot JJJJ-MM-DD] [--rol ROL] "
	    "[--organisatie ID]",
	    "een gebruiker toevoegen (beheer)", WORDS("naam"),
	    "  --account      het systeemaccount van deze gebruiker (zonder: uw eigen)\n"
	    "  --loket        waar hij werkt (zonder: het eerste loket van deze agent)\n"
	    "  --tot          laatste dag; in sommige regio's verplicht\n"
	    "  --rol          medewerker (standaard), beheerder of fg; beheerder en fg zien geen "
	    "zaken\n"
	    "  --organisatie  de partij die hem in dienst heeft, als hij hier gedetacheerd is"),
	ASK("user end", "NAAM", "een gebruiker beeindigen (beheer)", WORDS("naam"), NULL),
	ASK("inbox",
	    "[--stand STAND] [--tot JJJJ-MM-DD] [--van-mij] [--soort SOORT] [--route ROUTE]",
	    "wat er ligt, wat het eerst moet bovenaan", NULL,
	    "Vraagt --user. Wat u ziet komt in het inzagelog.\n"
	    "  --stand    op-tijd, binnenkort (binnen vijf werkdagen), vandaag of te-laat\n"
	    "  --tot      wat uiterlijk die dag moet\n"
	    "  --van-mij  zaken waarvan u behandelaar of waarnemer bent\n"
	    "  --soort    verzuim, partners of overleg\n"
	    "  --route    alleen zaken die deze route volgen\n"
	    "Met een van deze ziet u een lijst van alle zaken."),
	ASK("case show", "ZAAK [--noodgeval --reden TEKST]",
	    "een zaak: wat er staat, tijdlijn, klokken", WORDS("zaak"),
	    "Vraagt --user. Wat u ziet komt in het inzagelog. U ziet de zaken van uw loket; een "
	    "zaak "
	    "van een ander loket en\neen zaak die er niet is krijgen hetzelfde antwoord.\n"
	    "  --noodgeval  vitaal belang: ook een zaak van een ander loket, met een reden van "
	    "minstens 10 tekens.\n"
	    "               De functionaris gegevensbescherming beoordeelt iedere inzage zo."),
	ASK("case act",
	    "ZAAK HANDELING [--tekst TEKST] [--datum JJJJ-MM-DD] [--melding N] [--vraag KENMERK]",
	    "iets doen in een zaak", WORDS("zaak", "handeling"),
	    "Vraagt --user. Handelingen van een school:\n"
	    "  gezien            gelezen; uit de lijst van nieuwe zaken\n"
	    "  stap              een ondernomen stap (--tekst, --datum)\n"
	    "  ouders-ingelicht  wanneer de ouders het hoorden (--datum, --melding)\n"
	    "  weer-op-school    de leerling is er weer, of toch niet uitgeschreven (--datum)\n"
	    "  uitgeschreven     daarna wordt deze leerling niet meer gemeld (--datum)\n"
	    "  antwoord          op een vraag van leerplicht (--tekst, --vraag)\n"
	    "  kenmerk           het DUO-kenmerk van een melding (--melding, --tekst)\n"
	    "Handelingen van leerplicht:\n"
	    "  gezien            gelezen; uit de lijst van nieuwe zaken\n"
	    "  in-behandeling    het dossier, of met --melding een melding (--tekst)\n"
	    "  afgesloten        klaar (--tekst, --melding)\n"
	    "  ter-kennisgeving  gelezen, er volgt niets (--tekst, --melding)\n"
	    "  vraag             aan de school (--tekst)\n"
	    "  kenmerk           het DUO-kenmerk van een melding (--melding, --tekst)"),
	ASK("consent give",
	    "ZAAK --doel DOEL --partijen ID,ID --gegevens SOORT,SOORT --leeftijd KLASSE --gezag N "
	    "--ouders N [--jongere] --bewijs BESTAND [--tot JJJJ-MM-DD] [--naam TEKST] [--hoe "
	    "TEKST] "
	    "[--deel]",
	    "een toestemming vastleggen", WORDS("zaak"),
	    "Vraagt --user. Geldt voor een zaak en een doel, tussen de partijen die u noemt en de "
	    "uwe.\n"
	    "  --leeftijd  onder-12 (ouders), 12-15 (ouders en jongere) of 16-plus (jongere)\n"
	    "  --gezag     hoeveel ouders of voogden gezag hebben; --ouders hoeveel van hen "
	    "tekenden\n"
	    "  --bewijs    het ondertekende document; het blijft waar het is, alleen zijn hash "
	    "telt\n"
	    "  --deel      stuur haar meteen; zonder gaat zij mee met het eerste bericht"),
	ASK("consent limit",
	    "TOESTEMMING [--partijen ID,ID] [--gegevens SOORT,SOORT] [--tot JJJJ-MM-DD] [--naam "
	    "TEKST] [--hoe TEKST]",
	    "een toestemming kleiner maken", WORDS("toestemming"),
	    "Vraagt --user. Noem wat overblijft. Wat daar niet meer onder valt en nog onderweg is "
	    "wordt teruggehaald."),
	ASK("consent extend",
	    "TOESTEMMING --bewijs BESTAND [--partijen ID,ID] [--gegevens SOORT,SOORT] [--ouders N] "
	    "[--jongere] [--tot JJJJ-MM-DD] [--naam TEKST] [--hoe TEKST] [--deel]",
	    "een toestemming groter maken", WORDS("toestemming"),
	    "Vraagt --user. Noem wat erbij komt; er is nieuw bewijs voor nodig."),
	ASK("consent withdraw", "TOESTEMMING [--naam TEKST] [--hoe TEKST]",
	    "een toestemming intrekken", WORDS("toestemming"),
	    "Vraagt --user. Kan bij iedere partij die de toestemming noemt, en is voorgoed. Wat "
	    "nog "
	    "onderweg is wordt\nteruggehaald; wie iets kreeg hoort het met spoed en bevestigt "
	    "het."),
	ASK("consent show", "ZAAK", "de toestemmingen van een zaak en wie er iets onder kreeg",
	    WORDS("zaak"), "Vraagt --user. Wat u ziet komt in het inzagelog."),
	HERE("brief make",
	     "ZAAK SOORT --aan NAAM --adres REGEL... --veld NAAM=WAARDE... --uit BESTAND [--taal "
	     "TAAL]",
	     "een brief aan ouders maken om te printen", kb_cli_brief_make,
	     "Vraagt --user. SOORT is uitnodiging, afschrift, toestemming, intrekking, melding, "
	     "zienswijze, inzage of overdracht.\n"
	     "--adres en --veld geeft u zo vaak als nodig; wat er aan velden ontbreekt, zegt de "
	     "agent. Elke brief vraagt\nleerling en bereikbaar (telefoon of e-mail).\n"
	     "BESTAND eindigt op .html, wordt gemaakt door de agent (0600) en wordt nooit "
	     "overschreven.\n"
	     "De brief is pas af als u met brief gegeven vastlegt wanneer en hoe de ouders hem "
	     "kregen.\n"
	     "Einde: 65 als een veld of de map met brieven niet klopt (bestand:regel); er is dan "
	     "niets vastgelegd."),
	ASK("brief list", "ZAAK", "de brieven van een zaak", WORDS("zaak"),
	    "Vraagt --user. Wat u ziet komt in het inzagelog."),
	ASK("brief gegeven", "ZAAK BRIEF --datum JJJJ-MM-DD --wijze WIJZE --ontvanger NAAM",
	    "vastleggen dat de ouders een brief kregen", WORDS("zaak", "brief"),
	    "Vraagt --user. WIJZE is 'per post', meegegeven, 'aan tafel' of anders."),
	ASK("brief vervallen", "ZAAK BRIEF --reden TEKST",
	    "een brief die niet wordt gegeven, bijvoorbeeld door een fout", WORDS("zaak", "brief"),
	    "Vraagt --user. De brief blijft in de lijst staan."),
	HERE("brief check", "MAP", "de brieven van een regio nakijken, zonder agent",
	     kb_cli_brief_check,
	     "Leest uit MAP het blad van alle brieven (blad.html, met een regel {{brief}}) en de "
	     "tekst per\nsoort brief (uitnodiging.html ...) en noemt alle fouten met "
	     "bestand:regel.\n"
	     "Einde: 0 goed, 65 fouten, 69 de map is niet te lezen."),
	HERE("profile check", "MAP [--sleutel BESTAND]",
	     "het profiel van een regio nakijken, zonder agent", kb_cli_profile_check,
	     "Leest profile.ini, de routes (*.route) en het zegel in MAP en noemt alle fouten met "
	     "bestand:regel.\n"
	     "  --sleutel  de openbare sleutel van het samenwerkingsverband (64 hexadecimale "
	     "cijfers): het zegel moet\n"
	     "             er zijn en met deze sleutel zijn getekend\n"
	     "Einde: 0 in orde, 65 fouten of een zegel dat niet klopt."),
	HERE("profile show", "MAP [--route ID] [--dot]",
	     "laten zien wat een regio heeft afgesproken", kb_cli_profile_show,
	     "Zonder --route de waarden en de lijst van routes, met --route de toestanden, klokken "
	     "en stappen van een route;\nsteeds met de bron.\n"
	     "  --dot  als tekening: ketenbode profile show MAP --route ID --dot | dot -Tsvg\n"
	     "Einde: 0 goed, 65 fouten in het profiel of geen route met die naam."),
	HERE("profile sign", "MAP --sleutels MAP", "een profiel tekenen (samenwerkingsverband)",
	     kb_cli_profile_sign,
	     "Schrijft MAP/profiel.zegel, over wat er nu in het profiel staat; na iedere wijziging "
	     "opnieuw.\n"
	     "  --sleutels  de map van pki request waarin ook het toetredingsbestand van pki join "
	     "ligt\n"
	     "Alleen het samenwerkingsverband van het profiel kan tekenen. Einde: 65 fouten in het "
	     "profiel, 77 een andere\npartij, 78 sleutels die niet kloppen."),
	ASK("access who", "ZAAK", "wie een zaak heeft gezien", WORDS("zaak"),
	    "Vraagt --user. Voor het loket van de zaak en de functionaris gegevensbescherming; "
	    "deze "
	    "vraag komt er zelf ook in."),
	ASK("access trace", "ZAAK [--voor ouder|deelnemer]",
	    "het verloop van een zaak, zonder inhoud, om mee te geven", WORDS("zaak"),
	    "Vraagt --user. Stappen, data en ontvangers; in het inzagelog staat dat het is "
	    "afgedrukt."),
	ASK("access reviews", "[--alles]", "inzagen met de noodknop (fg)", NULL,
	    "Vraagt --user van een fg. Zonder --alles wat nog te beoordelen is."),
	ASK("access review", "REGEL terecht|onterecht --toelichting TEKST",
	    "een inzage met de noodknop beoordelen (fg)", WORDS("regel", "oordeel"),
	    "Vraagt --user van een fg. REGEL staat in 'access reviews'. Wie zelf keek, beoordeelt "
	    "niet."),
	ASK("access mandate add",
	    "NAAM MANDAAT --tot JJJJ-MM-DD --door TEKST [--vanaf JJJJ-MM-DD] [--zaak ZAAK]",
	    "een mandaat vastleggen (beheer)", WORDS("naam", "mandaat"),
	    "  actietafel  lid van de actietafel: ziet haar zaken\n"
	    "  voorzitter  voorzitter van de actietafel; hoort bij geen partij in de zaak (user "
	    "add "
	    "--organisatie)\n"
	    "  doa         lid van de overlegtafel\n"
	    "  deskundige  van een zaak (--zaak): ziet die zaak, ook aan een ander loket"),
	ASK("access mandate end", "NUMMER", "een mandaat beeindigen (beheer)", WORDS("nummer"),
	    NULL),
	ASK("access mandate list", "", "wie welk mandaat heeft (beheer)", NULL, NULL),
	ASK("access deputy add",
	    "NAAM --voor NAAM --tot JJJJ-MM-DD --door TEKST [--vanaf JJJJ-MM-DD]",
	    "vastleggen wie voor een collega waarneemt (beheer)", WORDS("naam"),
	    "De waarnemer ziet wat de ander ziet, behalve als deskundige. Het inzagelog noemt "
	    "beiden."),
	ASK("access deputy end", "NUMMER", "een waarneming beeindigen (beheer)", WORDS("nummer"),
	    NULL),
	ASK("access deputy list", "", "wie voor wie waarneemt (beheer)", NULL, NULL),
	ASK("log show", "[--van N] [--aantal N] [--zaak N]", "het logboek van de agent", NULL,
	    NULL),
	ASK("log verify", "", "het hele logboek narekenen", NULL,
	    "Einde: 0 als alles klopt; 78 met het record of bestand dat niet klopt."),
	ASK("outbox", "[--aantal N]", "wat nog op weg is", NULL, NULL),
	ASK("case open", "--titel NAAM [--pgn NUMMER]", "een zaak over een kind openen", NULL,
	    NULL),
	ASK("case new", "--leerling NUMMER | --van ZAAK | --titel NAAM [--pgn NUMMER]",
	    "een zaak openen, met wat van het kind al bekend is", NULL,
	    "Vraagt --user.\n"
	    "  --leerling  een leerling uit de ingelezen gegevens van de school\n"
	    "  --van       een eerdere zaak over hetzelfde kind: naam, kind, ouders en contacten\n"
	    "  --titel     een kind dat hier nog niet bekend is"),
	ASK("case contact add",
	    "ZAAK ROL NAAM [--organisatie TEKST] [--functie TEKST] [--telefoon TEKST] "
	    "[--email TEKST] [--adres TEKST] [--taal TEKST] [--gezag ja|nee] "
	    "[--geboortedatum JJJJ-MM-DD] [--vanaf JJJJ-MM-DD] [--tot JJJJ-MM-DD]",
	    "een persoon bij een zaak zetten", WORDS("zaak", "rol", "naam"),
	    "Vraagt --user. ROL is leerling, ouder, contactpersoon of gast. Een gast is van een "
	    "partner\nzonder eigen agent en heeft een --organisatie; --gezag hoort bij een ouder."),
	ASK("case contact end", "ZAAK PERSOON [--datum JJJJ-MM-DD]",
	    "een persoon doet niet meer mee", WORDS("zaak", "persoon"),
	    "Vraagt --user. De persoon blijft in de lijst staan, met de laatste dag."),
	ASK("case contacts", "ZAAK", "de personen van een zaak", WORDS("zaak"),
	    "Vraagt --user. Wat u ziet komt in het inzagelog."),
	ASK_LIST("assign", "ZAAK [--behandelaar NAAM] [--waarnemer NAAM] [--lijst BESTAND]",
		 "wie een zaak behandelt en wie waarneemt", WORDS("zaak"),
		 "Vraagt --user. NAAM is een collega van het loket van de zaak, of niemand."),
	ASK_LIST("note add", "ZAAK TEKST [--voor loket|allen] [--lijst BESTAND]",
		 "een notitie bij een zaak zetten", WORDS("zaak", "tekst"),
		 "Vraagt --user. Een notitie blijft bij het loket; met --voor allen ziet iedereen "
		 "hier die de zaak mag zien\nhaar. Delen kan later: "
		 "ketenbode say."),
	ASK("note share",
	    "ZAAK NOTITIE [--aan ID --onderwerp TEKST] [--doel DOEL] [--grond GROND] [--loket "
	    "LOKET] "
	    "[--toestemming KENMERK] [--spoed]",
	    "een notitie delen, hier of ook met een andere partij", WORDS("zaak", "notitie"),
	    "Vraagt --user. Daarna ziet iedereen hier die de zaak mag zien de notitie. Met --aan "
	    "gaat zij ook als bericht\nnaar die partij; mag dat niet, dan wordt er niets gedeeld."),
	ASK("note list", "ZAAK", "de notities van een zaak", WORDS("zaak"),
	    "Vraagt --user. Wat u ziet komt in het inzagelog."),
	ASK_LIST(
		"task add", "ZAAK WAT [--wie NAAM] [--tot JJJJ-MM-DD] [--lijst BESTAND]",
		"een taak in een zaak zetten", WORDS("zaak", "wat"),
		"Vraagt --user. Met --tot staat de zaak op die dag in de inbox; zonder --wie is de "
		"taak voor u."),
	ASK_LIST("task done", "ZAAK TAAK [--tekst TEKST] [--lijst BESTAND]", "een taak is klaar",
		 WORDS("zaak", "taak"), "Vraagt --user."),
	ASK("task list", "[ZAAK]", "de taken van een zaak, of wat open staat in alle",
	    WORDS("zaak"), "Vraagt --user. Wat u ziet komt in het inzagelog."),
	ASK("appointment add",
	    "ZAAK SOORT --datum JJJJ-MM-DD --tijd UU:MM [--plaats TEKST] [--genodigd NAMEN]",
	    "een afspraak in een zaak zetten", WORDS("zaak", "soort"),
	    "Vraagt --user. NAMEN staan met ; ertussen. Ouders nodigt u uit met een brief: "
	    "ketenbode brief make."),
	ASK("appointment answer", "ZAAK AFSPRAAK NAAM ja|nee|misschien",
	    "wat een genodigde antwoordde", WORDS("zaak", "afspraak", "naam", "antwoord"),
	    "Vraagt --user."),
	ASK("appointment outcome", "ZAAK AFSPRAAK --uitkomst TEKST [--aanwezig NAMEN]",
	    "wie er waren en wat ervan kwam", WORDS("zaak", "afspraak"),
	    "Vraagt --user. Pas na de afspraak; daarna verandert zij niet meer."),
	ASK("appointment list", "ZAAK", "de afspraken van een zaak", WORDS("zaak"),
	    "Vraagt --user. Wat u ziet komt in het inzagelog."),
	ASK("overleg new",
	    "TAFEL --datum JJJJ-MM-DD --tijd UU:MM [--plaats TEKST] [--mandaat actietafel|doa]",
	    "een overleg van een tafel", WORDS("tafel"),
	    "Vraagt --user. Het overleg krijgt een nummer als een zaak: notities, taken, stukken "
	    "en "
	    "de afspraak zijn die van elke zaak.\nMet --mandaat kan alleen wie zo'n mandaat heeft "
	    "lid zijn."),
	ASK("overleg lid",
	    "OVERLEG NAAM [--functie TEKST] [--partij ID | --organisatie TEKST] [--door TEKST] "
	    "[--voorzitter]",
	    "een lid van een overleg", WORDS("zaak", "naam"),
	    "Vraagt --user. NAAM is een gebruiker hier, of met --partij of --organisatie iemand "
	    "van "
	    "een partner. De voorzitter\nhoort bij geen partij in een zaak van de agenda."),
	ASK("overleg zaak", "OVERLEG ZAAK [--punt TEKST]", "een zaak op de agenda zetten",
	    WORDS("zaak", "bespreken"), "Vraagt --user."),
	ASK("overleg uitkomst", "OVERLEG PUNT --uitkomst TEKST", "wat bij een punt is afgesproken",
	    WORDS("zaak", "punt"),
	    "Vraagt --user. De stap in de zaak zelf doet u met ketenbode act."),
	ASK("overleg show", "OVERLEG [--voor LID]", "een overleg met leden en agenda",
	    WORDS("zaak"),
	    "Vraagt --user. U ziet alleen de zaken die u mag zien. Met --voor staan er alleen de "
	    "zaken in waaraan de organisatie\nvan dat lid meedoet; dat is om te geven, en komt als "
	    "afdruk in het inzagelog."),
	ASK("overleg list", "", "de overleggen", NULL, "Vraagt --user."),
	ASK_LIST("ask",
		 "ZAAK ONDERWERP TEKST [--aan ID] [--velden TEKST] [--doel DOEL] [--grond GROND] "
		 "[--loket LOKET] [--toestemming KENMERK] [--spoed] [--lijst BESTAND]",
		 "een vraag sturen in een zaak", WORDS("zaak", "onderwerp", "tekst"),
		 "Vraagt --user. Zonder --aan naar de andere partij van de zaak. Mag het niet, dan "
		 "wordt er niets verstuurd."),
	ASK("answer",
	    "ZAAK TEKST [--vraag KENMERK] [--velden TEKST] [--doel DOEL] [--grond GROND] "
	    "[--loket LOKET] [--toestemming KENMERK] [--spoed]",
	    "een vraag beantwoorden die binnenkwam", WORDS("zaak", "tekst"),
	    "Vraagt --user. Zonder --vraag de laatste van de zaak; het antwoord gaat naar wie haar "
	    "stelde."),
	ASK_LIST("say",
		 "ZAAK ONDERWERP TEKST [--aan ID] [--velden TEKST] [--doel DOEL] [--grond GROND] "
		 "[--loket LOKET] [--toestemming KENMERK] [--spoed] [--lijst BESTAND]",
		 "een bericht met tekst sturen in een zaak", WORDS("zaak", "onderwerp", "tekst"),
		 "Vraagt --user. Zonder --aan naar de andere partij van de zaak. Mag het niet, dan "
		 "wordt er niets verstuurd."),
	ASK("route list", "", "de routes van deze regio", NULL,
	    "Hoe een route precies loopt: ketenbode profile show MAP --route ID."),
	ASK("route start", "ZAAK ROUTE ROL", "een zaak een route laten volgen",
	    WORDS("zaak", "route", "rol"),
	    "Vraagt --user. ROL is wat uw organisatie in de zaak is: school, ontvangende-school, "
	    "swv, "
	    "swv-ontvangend,\nleerplicht, jeugd, doorstroompunt, jeugdhulp of partner. U heeft "
	    "daarna de regie."),
	ASK_LIST("act",
		 "ZAAK STAP [--feiten TEKST] [--velden TEKST] [--toestemming KENMERK] "
		 "[--lijst BESTAND]",
		 "een stap doen in de route van een zaak", WORDS("zaak", "stap"),
		 "Vraagt --user. Welke stappen nu kunnen, en wat daarvoor ontbreekt, staat bij "
		 "ketenbode case show onder\nmogelijk. Heeft u de regie, dan staat de stap meteen; "
		 "anders neemt de regievoerder hem op.\n"
		 "  --feiten  per regel wat is gebeurd: naam=JJJJ-MM-DD; wie erbij waren\n"
		 "  --velden  van het bericht dat bij de stap hoort: per regel naam=waarde"),
	ASK("regie", "ZAAK aanbieden|terugnemen|aanvaarden|weigeren|overnemen [--aan ID]",
	    "de regie van een zaak doorgeven, aannemen of overnemen", WORDS("zaak", "stap"),
	    "Vraagt --user. Tot de ander aanvaardt blijft de regie waar zij is. Overnemen kan "
	    "alleen wie "
	    "in de route\nvangnet is, als een termijn is verlopen en de regievoerder niets doet."),
	ASK("participant add", "ZAAK ROL --partij ID | --gast NAAM",
	    "een deelnemer aan een zaak toevoegen", WORDS("zaak", "rol"),
	    "Vraagt --user, van de regievoerder. Wie de toestemming niet noemt, kan niet meedoen."),
	ASK("participant end", "ZAAK --partij ID | --gast NAAM",
	    "een deelnemer uit een zaak laten vertrekken", WORDS("zaak"),
	    "Vraagt --user, van de regievoerder."),
	HERE("document add",
	     "ZAAK SOORT [PAD] [--bestand BESTAND] [--gegevens SOORT,SOORT] [--inzage JJJJ-MM-DD] "
	     "[--naam TEKST] [--datum JJJJ-MM-DD]",
	     "een stuk van een zaak vastleggen, of als bijlage bewaren", kb_cli_document_add,
	     "Vraagt --user. Met PAD blijft het stuk waar het is; soort, dag en hash komen in de "
	     "zaak.\nMet --bestand komt het zelf in de zaak, versleuteld, tot 100 MiB: PDF, PNG, "
	     "JPEG, ODT, DOCX, XML of\ngewone tekst. Het wordt gelezen onder uw eigen account. "
	     "--gegevens zegt wat erin staat, zoals\nonderwijs,ondersteuning: daarmee wordt "
	     "beoordeeld naar wie het mag. --inzage is de dag waarop de\nouders het zagen."),
	ASK("document list", "ZAAK", "de bijlagen van een zaak, en hoe ver ze zijn", WORDS("zaak"),
	    "Vraagt --user."),
	HERE("document get", "ZAAK NUMMER --naar BESTAND", "een bijlage in een bestand zetten",
	     kb_cli_document_get,
	     "Vraagt --user. Wordt vastgelegd als inzage. BESTAND mag er nog niet zijn en is "
	     "alleen "
	     "voor u leesbaar (0600)."),
	ASK("document send",
	    "ZAAK NUMMER --aan ID [--doel DOEL] [--grond GROND] [--loket LOKET] [--toestemming "
	    "KENMERK]",
	    "een bijlage aankondigen bij een deelnemer, die haar dan ophaalt",
	    WORDS("zaak", "nummer"),
	    "Vraagt --user. Wordt beoordeeld als een bericht in de zaak, bij elk deel opnieuw. "
	    "Een ingetrokken\ntoestemming houdt tegen wat nog niet is opgehaald."),
	ASK("case place", "ZAAK STAND [--partij ID] [--datum JJJJ-MM-DD]",
	    "vastleggen waar het kind is aangemeld of ingeschreven", WORDS("zaak", "stand"), NULL),
	ASK("case record", "ZAAK SOORT --velden TEKST", "vastleggen wat met de ouders gebeurde",
	    WORDS("zaak", "soort"),
	    "Voor wat niet naar een andere partij gaat, zoals info-geweigerd: de ouders weigeren "
	    "informatie en de zorgplicht vervalt."),
	ASK("message kinds", "[SOORT]", "de soorten bericht, of de velden van een soort",
	    WORDS("soort"), NULL),
	ASK_LIST("message send",
		 "SOORT --aan ID --velden TEKST [--zaak N] [--doel DOEL] [--grond GROND] [--loket "
		 "LOKET] [--toestemming KENMERK] [--spoed] [--lijst BESTAND]",
		 "een bericht sturen", WORDS("soort"),
		 "--velden heeft per regel naam=waarde; een regel die met een spatie begint hoort "
		 "bij de waarde ervoor."),
	HERE("explain",
	     "--soort SOORT --van PARTIJ[:LOKET[:SECTOR]] --aan PARTIJ[:LOKET[:SECTOR]] [--doel "
	     "DOEL "
	     "--grond GROND] [--variant WOORD] [--gegevens LIJST] [--toestemming] [--voldaan "
	     "LIJST] "
	     "[--profiel MAP] [--datum JJJJ-MM-DD]",
	     "mag dit worden gestuurd, en waarop rust dat", kb_cli_explain,
	     "Antwoordt uit de tabellen van het programma, zonder agent; zender en ontvanger "
	     "beslissen hetzelfde.\n"
	     "Met --doel en --grond een besluit; zonder: alle rijen die deze twee kunnen "
	     "gebruiken.\n"
	     "Einde: 0 het mag, 77 het mag niet, 64 een woord is niet bekend, 78 het profiel klopt "
	     "niet."),
	HERE("verzuim check", "MAP [--tot JJJJ-MM-DD] [--lesduur MINUTEN]",
	     "de meldingen van een gegevensset uitrekenen, zonder agent", run_verzuim_check,
	     "Leest kalender.csv, leerlingen.csv, verzuim.csv en eventueel personen.csv uit MAP. "
	     "Er "
	     "wordt niets bewaard\nen niets verstuurd.\n"
	     "  --tot      kijk naar geen schooldag na deze datum (zonder: het hele schooljaar)\n"
	     "  --lesduur  lengte van een lesuur, 1 tot 60 minuten; de grens is 16 lesuren\n"
	     "Einde: 0 goed, 64 verkeerd gebruikt, 65 fout in de bestanden (bestand:regel), 69 de "
	     "map "
	     "is niet te lezen."),
	HERE("oso check", "BESTAND --schema XSD", "een OSO-dossier nakijken, zonder agent",
	     kb_cli_oso_check,
	     "Kijkt of BESTAND een OSO-dossier is, past bij het schema en aan de afspraken "
	     "voldoet. "
	     "Zegt 'in orde'\nof per fout de regel, de plaats en wat er mis is; nooit wat er in "
	     "het "
	     "dossier staat. Er wordt niets bewaard.\n"
	     "  --schema  OSO_gegevensset.xsd van Edustandaard\n"
	     "Einde: 0 in orde, 64 verkeerd gebruikt, 65 fouten in het dossier, 66 een bestand is "
	     "er niet, 69 het lezen\nmislukt, 77 u mag een bestand niet lezen, 78 het schema is "
	     "niet bruikbaar of ketenbode-oso is niet geinstalleerd."),
	ASK("oso new", "PAD", "een zaak openen over het kind van een OSO-dossier (school)",
	    WORDS("pad"),
	    "Vraagt --user. De agent leest PAD en kijkt het na met het schema van [oso]; naam, "
	    "geboortedatum en PGN komen in de zaak,\nde rest niet."),
	ASK("oso send", "ZAAK PAD --aan ID [--toestemming KENMERK]",
	    "een OSO-dossier versturen (school)", WORDS("zaak", "pad"),
	    "Vraagt --user. De agent leest PAD, kijkt het na met het schema van [oso] en verstuurt "
	    "het als\noverdrachtsdossier. Is er een fout, dan gaat er niets weg. Een groot dossier "
	    "(tot "
	    "4 MiB) gaat in\nmeer berichten: alle of geen."),
	ASK("oso export", "ZAAK PAD", "het OSO-dossier van een zaak wegschrijven (school)",
	    WORDS("zaak", "pad"),
	    "Vraagt --user. Het laatste dossier van de zaak dat er helemaal is, gelijk van inhoud; "
	    "PAD mag nog niet\nbestaan. Wordt vastgelegd in het logboek."),
	HERE("overdracht list", "[--school PARTIJ] [--koud [--uit BESTAND]]",
	     "de open overdrachten, per andere school (school)", kb_cli_overdracht_list,
	     "Vraagt --user. Per leerling: hoe ver het is, of er een gesprek bij hoort, wanneer "
	     "dat is en wat u nu kunt doen.\n"
	     "  --koud  alleen de leerlingen van wie u het dossier nu zonder gesprek kunt "
	     "aannemen\n"
	     "  --uit   zet die lijst ook in een nieuw bestand (0600), voor:\n"
	     "          act --lijst BESTAND --feiten 'ontvangst-aanvaard; NAAM' --velden "
	     "'datum=JJJJ-MM-DD'"),
	HERE("overdracht rooster",
	     "--datum JJJJ-MM-DD --van UU:MM --tot UU:MM --duur MINUTEN [--school PARTIJ] "
	     "[--plaats TEKST] [--uit BESTAND]",
	     "tijden voorstellen voor de gesprekken die nog nodig zijn (school)",
	     kb_cli_overdracht_rooster,
	     "Vraagt --user. Deelt de gesprekken na elkaar in, per andere school; wie geen tijd "
	     "kreeg staat apart, met de reden.\nEr wordt niets gepland. Zet de lijst met --uit in "
	     "een nieuw bestand (0600), verander wat anders moet, en plan alles\nmet: act --lijst "
	     "BESTAND"),
	ASK("verzuim import", "MAP [--van JJJJ-MM-DD] [--tot JJJJ-MM-DD] [--bevestig]",
	    "een gegevensset inlezen en melden (school)", WORDS("map"),
	    "Vraagt --user. Vervangt de dagen van --van (zonder: eerste dag van het schooljaar) "
	    "tot en "
	    "met --tot (zonder:\nlaatste datum in verzuim.csv), houdt de andere, rekent opnieuw en "
	    "verstuurt wat nieuw, gewijzigd of vervallen is.\n"
	    "Tweemaal hetzelfde inlezen verstuurt niets tweemaal. Zou er veel worden ingetrokken "
	    "of "
	    "gewijzigd (meer dan 5 meldingen\nen meer dan 10 %), dan verandert er niets en ziet u "
	    "de "
	    "lijst; klopt zij, geef dan --bevestig.\n"
	    "Einde: 0 ingelezen, 65 fout in de bestanden en niets ingelezen, 75 bevestiging nodig, "
	    "69 "
	    "geen agent.\n" DUO),
	ASK("verzuim meld",
	    "LEERLING SOORT --begin JJJJ-MM-DD [--eind JJJJ-MM-DD] [--minuten N] "
	    "[--ouders-ingelicht JJJJ-MM-DD]",
	    "met de hand melden: luxeverzuim, overig, 18-plus (school)", WORDS("leerling", "soort"),
	    "Vraagt --user. Luxeverzuim meldt u meteen. Zonder --minuten tellen de ongeoorloofde "
	    "minuten van die dagen.\n" DUO),
	ASK("verzuim list", "[--schooljaar JJJJ]", "de meldingen van deze school", NULL,
	    "Vraagt --user. Het schooljaar heet naar het jaar waarin het begint."),
	HERE("verzuim export", "[--vanaf TELLER] [--vorm csv|json] [--uit BESTAND]",
	     "nieuwe en gewijzigde meldingen voor een ander pakket", kb_cli_verzuim_export,
	     "Vraagt --user. Geeft wat sinds TELLER nieuw of gewijzigd is (zonder: alles) en zegt "
	     "op "
	     "stderr welke teller\nde volgende keer hoort. Zonder --uit komt het op het scherm; "
	     "het "
	     "bestand is alleen voor u leesbaar (0600).\n" DUO),
	{ .words = "completion",
	  .arguments = "",
	  .help = "de aanvulling van opdrachten voor bash",
	  .run = kb_cli_completion,
	  .hidden = true },
#ifdef KB_TEST_SWITCHES
	{ .words = "bench fill",
	  .arguments = "--ontvanger PARTIJ --aantal N [--bytes N] [--zaken N] [--zonder_wachten]",
	  .help = "berichten maken voor een meting",
	  .run = kb_cli_ask,
	  .hidden = true },
	{ .words = "bench wait",
	  .arguments = "",
	  .help = "wachten op alle ontvangstbewijzen",
	  .run = kb_cli_ask,
	  .hidden = true },
#endif
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

const struct kb_cli_command *
kb_cli_commands(size_t *count)
{
	*count = COMMAND_COUNT;
	return commands;
}

/* How many words of argv are those of the command; 0 when they are not. */
static int
words_match(const char *words, int argc, char **argv)
{
	int used = 0;

	while (*words != 0) {
		size_t len = strcspn(words, " ");

		if (used == argc || strlen(argv[used]) != len ||
		    strncmp(argv[used], words, len) != 0) {
			return 0;
		}
		used++;
		words += len + (words[len] == ' ');
	}
	return used;
}

const struct kb_cli_command *
kb_cli_command_find(int argc, char **argv, int *used)
{
	const struct kb_cli_command *found = NULL;

	*used = 0;
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		int count = words_match(commands[i].words, argc, argv);

		if (count > *used) {
			*used = count;
			found = &commands[i];
		}
	}
	return found;
}

void
kb_cli_usage(FILE *out)
{
	(void)fputs("\nOpdrachten:\n", out);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (!commands[i].hidden) {
			(void)fprintf(out, "  %-20s %s\n", commands[i].words, commands[i].help);
		}
	}
	(void)fputs(
		"\n" DUO "\nEinde: 0 goed, 64 verkeerd gebruikt, 65 fout in gegevens, 69 niet "
		"bereikbaar, 70 "
		"fout in het programma, 75 later of met\nbevestiging opnieuw, 77 niet toegestaan, "
		"78 "
		"beheer nodig.\n"
		"Uitleg van een opdracht: ketenbode OPDRACHT --help. Handleiding: man ketenbode\n",
		out);
}

void
kb_cli_command_help(const struct kb_cli_command *command, FILE *out)
{
	(void)fprintf(out, "ketenbode %s %s\n\n%s\n", command->words, command->arguments,
		      command->help);
	if (command->explanation != NULL) {
		(void)fprintf(out, "\n%s\n", command->explanation);
	}
}
