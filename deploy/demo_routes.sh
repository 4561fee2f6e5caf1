# shellcheck shell=bash disable=SC2154 # the variables are those of demo.sh
# SPDX-License-Identifier: EUPL-1.2
# The part of the demo that plays three routes: a DOA case, a PO-VO overdracht with its talk, and a thuiszitter up to the end of the
# region's escalation. Sourced by demo.sh, whose functions and variables it uses.

today=$(TZ=Europe/Amsterdam date +%F)
child=$(printf 'leerling_naam=Demo Leerling\ngeboortedatum=2014-05-04')
doa_fields=$(printf '%s\nondersteuningsbehoefte=Rust en vaste stappen in de klas.' "$child")

# Everything stops and starts again, so many days later.
later() {
	local agent pid
	for pid in $pids; do kill "$pid"; done
	for pid in $pids; do wait "$pid" || fail "een programma stopte niet goed"; done
	pids=""
	start broker "$bin/broker/ketenbode-broker" --test-clock-offset "+${1}d"
	for agent in $agents; do
		start "$agent" "$bin/agents/$(kind_of "$agent")/ketenbode-$(kind_of "$agent")" --test-clock-offset "+${1}d"
	done
	for agent in $agents; do wait_for 30 connected "$agent" || fail "$agent heeft geen verbinding"; done
	today=$(TZ=Europe/Amsterdam date -d "$1 days" +%F)
}

# agent, case number of that agent, step, then more words for ketenbode act
step() {
	local agent=$1 zaak=$2 what=$3
	shift 3
	on "$agent" act "$zaak" "$what" "$@" >"$work/log/act" 2>&1 || {
		cat "$work/log/act" >&2
		fail "$agent: stap $what"
	}
	printf '   %-10s %s\n' "$agent" "$what: $(tail -n 1 "$work/log/act")"
}
# The same, but it must be refused: shows the rule.
refused() {
	local agent=$1 zaak=$2 what=$3
	shift 3
	on "$agent" act "$zaak" "$what" "$@" >"$work/log/act" 2>&1 && fail "$agent: $what had niet mogen lukken"
	printf '   %-10s %s\n' "$agent" "$what mag nog niet: $(tail -n 1 "$work/log/act")"
}
state_is() { # agent, case, state
	on "$1" --json case show "$2" | tr '{' '\n' | grep -q "\"toestand\":\"$3\",\"uitleg\""
}
reach() { wait_for 30 state_is "$1" "$2" "$3" || fail "zaak $2 bij $1 kwam niet op $3"; }
newest() { # agent: the case that came last
	on "$1" --json inbox | grep -o '"zaak":"[0-9]*"' | grep -o '[0-9]*' | sort -n | tail -n 1
}
has_newer() { [ "$(newest "$1")" -gt "${2:-0}" ] 2>/dev/null; }
party_of() { printf '%s\n' "$parties" | awk -F'|' -v n="$1" '$1 == n { print $3 }'; }
known() { on "$1" parties lookup --partij "$(party_of "$2")" >/dev/null; }
join() { # agent with the regie, its case, role, agent that joins: the case number there in $joined
	local before
	known "$1" "$4" || fail "$4 is niet gevonden"
	before=$(newest "$4")
	on "$1" participant add "$2" "$3" --partij "$(party_of "$4")" >"$work/log/act" 2>&1 || {
		cat "$work/log/act" >&2
		fail "$4 kan niet meedoen"
	}
	wait_for 30 has_newer "$4" "$before" || fail "$4 hoort niets van de zaak"
	joined=$(newest "$4")
}
give_consent() { # agent, case, purpose, parties
	on "$1" consent give "$2" --doel "$3" --partijen "$4" --gegevens identiteit,ondersteuning,onderwijs,verzuim,contact,proces \
		--leeftijd onder-12 --gezag 2 --ouders 2 --bewijs "$work/bewijs.txt" --naam "beide ouders" >/dev/null || fail "toestemming"
}
letter() { # agent, case, kind, extra fields: made and handed over
	local agent=$1 zaak=$2 kind=$3 number
	shift 3
	on "$agent" brief make "$zaak" "$kind" --aan "De ouders van de leerling" --adres "Dorpsstraat 1" --adres "1234 AB Voorbeeld" \
		--veld leerling="Demo Leerling" --veld bereikbaar="bel 000" "$@" --uit "$work/brief-$agent-$zaak-$kind.html" >"$work/log/act" 2>&1 || {
		cat "$work/log/act" >&2
		fail "brief $kind"
	}
	number=$(on "$agent" --json brief list "$zaak" | grep -o '"brief":"[0-9]*"' | tail -n 1 | grep -o '[0-9]*')
	on "$agent" brief gegeven "$zaak" "$number" --datum "$today" --wijze meegegeven --ontvanger "de ouders" >/dev/null ||
		fail "brief $kind gegeven"
	printf '   %-10s brief aan de ouders: %s, meegegeven\n' "$agent" "$kind"
}
open_case() { # agent, title, route, role: the number in $opened
	opened=$(on "$1" --json case open --titel "$2" | grep -o '"zaak":"[0-9]*"' | grep -o '[0-9]*')
	on "$1" route start "$opened" "$3" "$4" || fail "route $3"
}

play_doa() {
	local jh swv_zaak
	say "Een DOA-zaak: jeugdhulp brengt haar in, tot de terugkoppeling"
	known jeugdhulp swv && known jeugdhulp emmen || fail "partijen"
	open_case jeugdhulp "Demo Leerling" doa jeugdhulp
	jh=$opened
	refused jeugdhulp "$jh" indienen --feiten "ouders-op-de-hoogte" --velden "$doa_fields"
	give_consent jeugdhulp "$jh" doa "$(party_of swv),$(party_of jeugdhulp)"
	join jeugdhulp "$jh" swv swv
	swv_zaak=$joined
	step jeugdhulp "$jh" indienen --feiten "ouders-op-de-hoogte" --velden "$doa_fields"
	reach swv "$swv_zaak" ingediend
	on swv regie "$swv_zaak" aanvaarden >/dev/null || fail "regie"
	step swv "$swv_zaak" naar-doa-6plus
	step swv "$swv_zaak" partners-bepalen --feiten "partners-bepaald"
	refused swv "$swv_zaak" uitnodigen --feiten "ouders-uitgenodigd" --velden "gesprek_op=$today"
	letter swv "$swv_zaak" uitnodiging --veld overleg="het DOA" --veld onderwerp="samen kijken wat helpt" \
		--veld wanneer="vandaag om 10.00 uur" --veld plaats=Emmen --veld deelnemers="jeugdhulp en het samenwerkingsverband" \
		--veld antwoord_voor="$today"
	step swv "$swv_zaak" uitnodigen --feiten "ouders-uitgenodigd" --velden "gesprek_op=$today"
	step swv "$swv_zaak" houden --feiten "overleg-gehouden=$today; de ouders, het samenwerkingsverband, jeugdhulp"
	refused swv "$swv_zaak" adviseren --velden "datum=$today"
	step swv "$swv_zaak" ouders-aanwezig --feiten "ouders-aanwezig"
	step swv "$swv_zaak" adviseren --velden "$(printf 'datum=%s\nondersteuningsbehoefte=Rust en vaste stappen.' "$today")"
	reach jeugdhulp "$jh" advies
	step jeugdhulp "$jh" terugkoppelen --feiten "terugkoppeling-gedaan" --velden "$(printf 'datum=%s\ntoelichting=Het gaat beter.' "$today")"
	reach swv "$swv_zaak" teruggekoppeld
	step swv "$swv_zaak" regie-naar-jeugdhulp --velden "regie=aangeboden"
	reach jeugdhulp "$jh" regie-terug
	on jeugdhulp regie "$jh" aanvaarden >/dev/null || fail "regie terug"
	has_regie() { on jeugdhulp --json case show "$jh" | grep -q "\"regievoerder\":\"$(party_of jeugdhulp)\""; }
	wait_for 30 has_regie || fail "de regie kwam niet terug"
	step jeugdhulp "$jh" afsluiten
	reach swv "$swv_zaak" afgesloten
}

send_oso() { # the case at the school
	local consent
	printf '   %-10s %s\n' regenboog "het dossier uit het LAS: $("$ketenbode" oso check "$oso_dossier" --schema "$oso_schema")"
	on regenboog oso send "$1" "$oso_dossier" --aan "$(party_of lyceum)" >"$work/log/act" 2>&1 && fail "dit dossier kan niet zonder toestemming"
	printf '   %-10s %s\n' regenboog "zonder toestemming: $(tail -n 1 "$work/log/act")"
	on regenboog consent give "$1" --doel overdracht --partijen "$(party_of lyceum)" --leeftijd onder-12 --gezag 2 --ouders 2 \
		--gegevens identiteit,contact,onderwijs,ondersteuning,gezondheid,jeugdhulp,gezin,verzuim,toelaatbaarheid,proces \
		--bewijs "$work/bewijs.txt" --naam "beide ouders" >/dev/null || fail "toestemming"
	consent=$(on regenboog --json consent show "$1" | grep -o '"kenmerk":"[0-9a-f]*"' | head -n 1 | cut -d'"' -f4)
	on regenboog oso send "$1" "$oso_dossier" --aan "$(party_of lyceum)" --toestemming "$consent" >"$work/log/act" 2>&1 || {
		cat "$work/log/act" >&2
		fail "oso send"
	}
	printf '   %-10s %s\n' regenboog "met toestemming: verstuurd"
}

play_overdracht() {
	local po vo
	say "Een overdracht van de basisschool naar het lyceum: pas klaar na een gesprek"
	known regenboog lyceum || fail "partijen"
	open_case regenboog "Demo Overstapper" overdracht school
	po=$opened
	step regenboog "$po" voorbereiden --feiten "$(printf 'ouders-op-de-hoogte\nleerling-betrokken')"
	refused regenboog "$po" aankondigen --velden "$child"
	on regenboog case place "$po" aangemeld --partij "$(party_of lyceum)" >/dev/null || fail "aangemeld"
	join regenboog "$po" ontvangende-school lyceum
	vo=$joined
	step regenboog "$po" aankondigen --velden "$child"
	letter regenboog "$po" overdracht --veld nieuwe_school="Lyceum aan de Maas" --veld gegevens="het overdrachtsdossier" \
		--veld reactie_voor="$today" --veld gesprek="een gesprek met de mentor"
	step regenboog "$po" inzage-geven --feiten "inzage-gegeven"
	# The report goes by task; what it says about health, the parents allow (facts D5).
	send_oso "$po"
	step regenboog "$po" dossier-sturen --feiten "dossier-verzonden" --velden \
		"$(printf '%s\ninzage_op=%s\nschooladvies=vmbo-t\nondersteuningsbehoefte=Rust en vaste stappen.' "$child" "$today")"
	reach lyceum "$vo" dossier
	on lyceum oso export "$vo" "$work/lyceum.xml" >/dev/null || fail "oso export"
	printf '   %-10s %s\n' lyceum "het dossier weer als OSO-bestand: $("$ketenbode" oso check "$work/lyceum.xml" --schema "$oso_schema")"
	on lyceum case place "$vo" ingeschreven --partij "$(party_of regenboog)" >/dev/null || fail "ingeschreven"
	refused lyceum "$vo" aanvaarden --feiten "ontvangst-aanvaard; de mentor" --velden "datum=$today"
	refused lyceum "$vo" koud-aanvaarden --feiten "ontvangst-aanvaard; de mentor" --velden "datum=$today"
	step regenboog "$po" gesprek-plannen --feiten "gesprek-gepland" --velden "gesprek_op=$today"
	step regenboog "$po" gesprek-gehouden --feiten "gesprek-gehouden; de leerkracht, de mentor, de ouders" --velden \
		"$(printf 'gesprek_op=%s\npersonen=de leerkracht, de mentor, de ouders' "$today")"
	reach lyceum "$vo" gehouden-van
	step lyceum "$vo" bevestigen --feiten "gesprek-bevestigd; de mentor"
	reach regenboog "$po" bevestigd
	reach lyceum "$vo" bevestigd
	step lyceum "$vo" aanvaarden --feiten "ontvangst-aanvaard; de mentor" --velden "datum=$today"
	reach regenboog "$po" aanvaard
	step regenboog "$po" evalueren --feiten "evaluatie-gehouden"
	step regenboog "$po" afsluiten
	reach lyceum "$vo" afgesloten
}

as() { # user, agent, then words for ketenbode
	local user=$1 agent=$2
	shift 2
	"$ketenbode" --socket "$work/run/$agent.socket" --user "$user" "$@"
}
swv_step() { # function of who acts, step, facts
	as "$1" swv act "$tz_swv" "$2" --feiten "$3" >"$work/log/act" 2>&1 || {
		cat "$work/log/act" >&2
		fail "swv ($1): $2"
	}
	printf '   %-10s %s\n' "swv" "$2 ($1): $(tail -n 1 "$work/log/act")"
}
expired() { on "$1" --json case show "$2" | tr '{' '\n' | grep '"termijn":"streven"' | grep -q '"stand":"verlopen"'; }

play_thuiszitter() {
	local school gemeente user
	say "Een thuiszitter, tot het einde van de escalatie in deze regio"
	open_case regenboog "Demo Thuiszitter" thuiszitter school
	school=$opened
	join regenboog "$school" leerplicht emmen
	gemeente=$joined
	step regenboog "$school" vaststellen --feiten "leerplicht-betrokken" --velden \
		"$(printf '%s\ndatum=%s\n%s\nverzuim_sinds=%s\nverzuimbeeld=Zit thuis, zonder plek.' "$child" "$today" \
			"$(printf 'onafgebroken=ja\nongeoorloofd=ja\nverzuim_oorzaak=onderwijs')" "$(TZ=Europe/Amsterdam date -d "28 days ago" +%F)")"
	reach emmen "$gemeente" thuiszitter
	say "29 dagen later (testschakelaar; een release weigert hem): de termijn van 4 weken is verlopen"
	later 29
	wait_for 30 expired emmen "$gemeente" || fail "de klok is niet verteld"
	on emmen case show "$gemeente" | sed -n '/termijnen/,/^$/p' | head -n 6
	give_consent regenboog "$school" thuiszitters "$(party_of swv),$(party_of emmen)"
	join regenboog "$school" swv swv
	tz_swv=$joined
	for user in coordinator cva bestuur; do
		on swv user add "$user" --functie "$user" --account "$(id -u)" >/dev/null || fail "user add $user"
	done
	as coordinator swv act "$tz_swv" doorzetten --feiten "$(printf 'coordinator-besluit; de coordinator\nbesluit-schriftelijk')" >"$work/log/act" 2>&1 &&
		fail "doorzetten zonder de stappen ervoor"
	printf '   %-10s %s\n' swv "doorzetten mag nog niet: $(tail -n 1 "$work/log/act")"
	swv_step coordinator gesprek-bestuur "gesprek-bestuur; het schoolbestuur"
	reach swv "$tz_swv" bestuur
	swv_step cva cva-raadplegen "cva-geraadpleegd; de commissie"
	reach swv "$tz_swv" cva
	swv_step bestuur goedkeuren "bestuur-akkoord; het bestuur"
	reach swv "$tz_swv" akkoord
	swv_step coordinator doorzetten "$(printf 'coordinator-besluit; de coordinator\nbesluit-schriftelijk')"
	reach emmen "$gemeente" besluit
	step regenboog "$school" weer-naar-school --feiten "weer-naar-school" --velden "datum=$today"
	step regenboog "$school" afsluiten
	reach emmen "$gemeente" opgelost
	reach swv "$tz_swv" opgelost
	on emmen case show "$gemeente" | sed -n '/^route/,/^termijnen/p' | head -n 40
}
