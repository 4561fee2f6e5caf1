#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# The whole exchange on one machine: installs what is missing, builds, makes keys, starts the broker and all five kinds of agents,
# takes in real attendance, plays three routes (demo_routes.sh) and shows what every partner now sees. Ends by itself with 0 and leaves
# nothing running.
#   deploy/demo.sh            run and stop
#   deploy/demo.sh --blijf    run, and keep it running until Enter or Ctrl-C
set -u
cd "$(dirname "$0")/.." || exit 1
top=$PWD
stay=0
for word in "$@"; do
	case "$word" in
	--blijf) stay=1 ;;
	*) echo "usage: deploy/demo.sh [--blijf]" >&2; exit 64 ;;
	esac
done

# shellcheck source=deploy/packages.sh
. "$top/deploy/packages.sh"
packages_install build || exit 69

say() { printf '\n== %s\n' "$*"; }
fail() {
	echo "demo: $*" >&2
	for log in "$work"/log/*; do
		[ -s "$log" ] && { echo "--- $(basename "$log")"; tail -n 5 "$log"; } >&2
	done
	exit 1
}

work=$(mktemp -d "${TMPDIR:-/tmp}/kb-demo.XXXXXX") || exit 1
pids=""
stop_all() {
	local pid
	for pid in $pids; do kill "$pid" 2>/dev/null; done
	for pid in $pids; do wait "$pid" 2>/dev/null; done
	pids=""
	rm -rf "$work"
}
trap stop_all EXIT
trap 'exit 130' INT TERM
mkdir -p "$work"/{keys,data,run,log,conf,requests,join,spool}
chmod 700 "$work" "$work"/*

say "Bouwen"
cmake --preset bench >"$work/log/cmake" 2>&1 && cmake --build --preset bench -j "$(nproc)" --target ketenbode ketenbode-broker ketenbode-school \
		ketenbode-vo ketenbode-gemeente ketenbode-swv ketenbode-jeugdhulp ketenbode-oso >"$work/log/build" 2>&1 ||
	fail "het bouwen mislukte"
bin=$top/build/bench
ketenbode=$bin/agents/cli/ketenbode
echo "gebouwd in build/bench: als een release, en met de testschakelaar die de klok verzet"

# name | kind | party | shown name | rest of pki request
parties=$(cat <<'TXT'
broker|broker|00000099000000000002|Broker van de demo|
regenboog|school|00000099000000001000/12AB00|Basisschool De Regenboog|--swv PO2202 --vestiging 12AB00:bao:Regenboog --desk school
lyceum|vo|00000099000000002000/34CD00|Lyceum aan de Maas|--swv VO3102 --vestiging 34CD00:vo:Lyceum --desk school
emmen|gemeente|00000099000000003000|Gemeente Emmen|--gemeente 0114 --desk leerplicht,jeugd
borger|gemeente|00000099000000003001|Gemeente Borger-Odoorn|--gemeente 1681 --desk leerplicht,jeugd
maas|gemeente|00000099000000003002|Regionaal bureau leerplicht Midden-Limburg|--gemeente 0889,0957,1640,1641,1669,1711 --desk leerplicht,doorstroompunt
swv|swv|00000099000000004000|Samenwerkingsverband PO 2202|--swv PO2202 --desk swv
jeugdhulp|jeugdhulp|00000099000000005000|Jeugdhulp Noord|--desk jeugdhulp
TXT
)
agents="regenboog lyceum emmen borger maas swv jeugdhulp"
kind_of() { printf '%s\n' "$parties" | awk -F'|' -v n="$1" '$1 == n { print $2 }'; }
title_of() { printf '%s\n' "$parties" | awk -F'|' -v n="$1" '$1 == n { print $4 }'; }
on() { # agent, then words for ketenbode
	local agent=$1
	shift
	"$ketenbode" --socket "$work/run/$agent.socket" --user demo "$@"
}

say "Sleutels en register"
address="ipc://$work/run/broker"
"$ketenbode" pki init --dir "$work/keys/register" --oin 00000099000000000001 --name "Registerhouder van de demo" >"$work/log/pki" ||
	fail "pki init"
while IFS='|' read -r name kind party title rest; do
	# shellcheck disable=SC2086 # the rest is a list of words
	"$ketenbode" pki request --keys "$work/keys/$name" --party "$party" --kind "$kind" --name "$title" $rest \
		--out "$work/requests/$name" >>"$work/log/pki" || fail "pki request $name"
done <<<"$parties"
"$ketenbode" pki admit --dir "$work/keys/register" --broker-address "$address" --out "$work/join" --yes "$work"/requests/* |
	tail -n +3 || fail "pki admit"
while IFS='|' read -r name kind party title rest; do
	"$ketenbode" pki join --keys "$work/keys/$name" --yes "$work/join/${party/\//-}.join" >>"$work/log/pki" || fail "pki join $name"
done <<<"$parties"

# The example of Edustandaard when it is there; it is not ours to ship.
oso_dossier=$top/../shared/oso/Voorbeelddossier_OV_POVO_full.xml
oso_schema=$top/../shared/oso/OSO_gegevensset.xsd
[ -e "$oso_dossier" ] || { oso_dossier=$top/tests/data/oso/po-vo.xml; oso_schema=$top/tests/data/oso/klein.xsd; }

write_config() { # agent kind
	mkdir -p "$work/spool/$1"
	cat >"$work/conf/$1.conf" <<TXT
[party]
join = $work/keys/$1/join
keys = $work/keys/$1
[store]
data = $work/data/$1
data_keys = $work/data/$1-keys
witness = $work/run/$1.witness
[desk]
socket = $work/run/$1.socket
socket_mode = 0600
brieven = $top/deploy/brieven
[region]
profile = $top/deploy/profiles/demo
TXT
	case "$2" in school | vo)
		printf '[verzuim]\nspool = %s\n[oso]\nschema = %s\n' "$work/spool/$1" "$oso_schema" >>"$work/conf/$1.conf" ;;
	esac
}
cat >"$work/conf/broker.conf" <<TXT
[party]
join = $work/keys/broker/join
keys = $work/keys/broker
register = $work/keys/register/register.kb
[net]
listen = $address
[store]
data = $work/data/broker
witness = $work/run/broker.witness
reserve = 0
TXT

start() { # name program, then more of its arguments
	local name=$1 program=$2
	shift 2
	"$program" --config "$work/conf/$name.conf" "$@" 2>>"$work/log/$name.log" &
	pids="$pids $!"
}
wait_for() { # seconds, command: until it succeeds
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

say "Starten: de broker en alle soorten agents"
start broker "$bin/broker/ketenbode-broker"
for agent in $agents; do
	kind=$(kind_of "$agent")
	write_config "$agent" "$kind"
	start "$agent" "$bin/agents/$kind/ketenbode-$kind"
done
connected() { on "$1" status | grep -q 'verbonden met de broker'; }
for agent in $agents; do
	wait_for 30 connected "$agent" || fail "$agent heeft geen verbinding"
	on "$agent" user add demo --functie "medewerker van de demo" --account "$(id -u)" >/dev/null || fail "user add $agent"
	printf '%-12s verbonden   %s\n' "$agent" "$(title_of "$agent")"
done

# The invented school year of the project stands in for the two larger ones when those are not there.
po=$top/../shared/verzuim/po-2025
vo=$top/../shared/verzuim/vo-2024
[ -d "$po" ] || po=$top/tests/data/verzuim
[ -d "$vo" ] || vo=""

say "De basisschool leest haar verzuim in ($(basename "$po"))"
on regenboog verzuim import "$po" || fail "import regenboog"
if [ -n "$vo" ]; then
	say "De VO-school zet haar set klaar in de map; de agent leest hem vanzelf in ($(basename "$vo"))"
	mkdir "$work/spool/lyceum/.set" && cp "$vo"/*.csv "$work/spool/lyceum/.set/" && rm -f "$work/spool/lyceum/.set/verwacht.csv" &&
		mv "$work/spool/lyceum/.set" "$work/spool/lyceum/schooljaar" || fail "spool"
	wait_for 60 test -e "$work/spool/lyceum/klaar/schooljaar/rapport.txt" || fail "de set is niet ingelezen"
	cat "$work/spool/lyceum/klaar/schooljaar/rapport.txt"
fi

# Nothing held back, nothing in the outbox, nothing without a receipt.
quiet() {
	on "$1" --json status | tr '{' '\n' | awk -F'"' '/uitbak|bij broker|niet bezorgd/ && $8 != "0" { exit 1 }' &&
		! on "$1" inbox | grep -q 'register is nog niet bekend'
}
for agent in regenboog lyceum; do wait_for 60 quiet "$agent" || fail "$agent heeft nog berichten op weg"; done

say "Wat elke partner nu ziet"
total=0
for agent in emmen borger maas; do
	printf '\n-- %s\n' "$(title_of "$agent")"
	on "$agent" inbox | head -n 8
	rows=$(on "$agent" --json verzuim export | grep -o '"soort":' | wc -l)
	dossiers=$(on "$agent" --json inbox | grep -o '"zaak":' | wc -l)
	echo "... samen $dossiers dossiers met $rows meldingen"
	total=$((total + rows))
done
for agent in swv jeugdhulp; do
	printf '\n-- %s\n' "$(title_of "$agent")"
	on "$agent" inbox
done

say "Een dossier bij de gemeente Emmen, na een vraag aan de school en haar antwoord"
zaak=$(on emmen --json inbox | grep -o '"zaak":"[0-9]*"' | head -n 1 | grep -o '[0-9]*')
on emmen case act "$zaak" in-behandeling >/dev/null || fail "in behandeling"
on emmen case act "$zaak" vraag --tekst "Wat heeft de school al gedaan?" >/dev/null || fail "vraag"
has_question() { on regenboog inbox | grep -q 'vraag van leerplicht'; }
wait_for 30 has_question || fail "de vraag kwam niet aan"
school_zaak=$(on regenboog inbox | awk '/vraag van leerplicht/ { print $1; exit }')
on regenboog case act "$school_zaak" stap --tekst "Gesprek met de ouders gevoerd." >/dev/null || fail "stap"
on regenboog case act "$school_zaak" antwoord --tekst "Wij spraken de ouders; volgende week is er weer een gesprek." >/dev/null || fail "antwoord"
answered() { on emmen case show "$zaak" | grep -q 'Gesprek met de ouders'; }
wait_for 30 answered || fail "het antwoord kwam niet aan"
on emmen case show "$zaak"

say "Een hulpvraag voor de overlegtafel: mag dat?"
# The parties are known by now; the swv has its party id from the list above.
swv=$(echo "$parties" | awk -F'|' '$1 == "swv" { print $3 }')
explain() { "$ketenbode" explain --soort doa-hulpvraag --van school:school --aan swv:swv --doel doa --grond toestemming; }
explain && fail "een hulpvraag zonder toestemming mag niet"
zaak=$(on regenboog --json case open --titel "Demo Leerling" | grep -o '"zaak":"[0-9]*"' | grep -o '[0-9]*')
echo "Ondertekende toestemming van beide ouders" >"$work/bewijs.txt"
on regenboog parties lookup --partij "$swv" >/dev/null || fail "het swv is niet gevonden"
on regenboog consent give "$zaak" --doel doa --partijen "$swv" --gegevens identiteit,ondersteuning,proces --leeftijd onder-12 \
	--gezag 2 --ouders 2 --bewijs "$work/bewijs.txt" --naam "beide ouders" || fail "toestemming"
consent=$(on regenboog --json consent show "$zaak" | grep -o '"kenmerk":"[0-9a-f]*"' | head -n 1 | cut -d'"' -f4)
hulpvraag() {
	on regenboog message send doa-hulpvraag --aan "$swv" --zaak "$zaak" --toestemming "$consent" \
		--velden "$(printf 'leerling_naam=Demo Leerling\ngeboortedatum=2017-05-04\nondersteuningsbehoefte=Rust en vaste stappen in de klas.')"
}
hulpvraag || fail "hulpvraag"
at_table() { on swv inbox | grep -q 'Demo Leerling'; }
wait_for 30 at_table || fail "de hulpvraag kwam niet aan"
echo; echo "-- wat het samenwerkingsverband ziet"
on swv case show "$(on swv --json inbox | grep -o '"zaak":"[0-9]*"' | head -n 1 | grep -o '[0-9]*')" | sed -n '/berichten/,/tijdlijn/p' | head -n 8

say "De ouders trekken haar in: iedereen die iets kreeg hoort het en bevestigt het"
on regenboog consent withdraw "$(on regenboog --json consent show "$zaak" | grep -o '"toestemming":"[0-9]*"' | head -n 1 | grep -o '[0-9]*')" || fail "intrekken"
confirmed() { on regenboog --json consent show "$zaak" | grep -q '"intrekking bevestigd":"2'; }
wait_for 30 confirmed || fail "de intrekking is niet bevestigd"
hulpvraag && fail "na de intrekking mag er niets meer weg"
on regenboog consent show "$zaak" | sed -n '/partijen/,$p'

# shellcheck source=deploy/demo_routes.sh
. "$top/deploy/demo_routes.sh"
play_doa
play_overdracht
play_thuiszitter

say "Elk logboek nagerekend"
for agent in $agents; do
	printf '%-12s ' "$agent"
	on "$agent" log verify | head -n 1 || fail "log verify $agent"
done

say "Wat de broker weet"
canaries=$(cut -d';' -f2,5 "$po/personen.csv" 2>/dev/null | tail -n +2 | head -n 40 | tr ';' '\n' | awk 'length > 5' | sort -u)
if [ -n "$canaries" ] && grep -raqF "$canaries" "$work/data/broker" "$work/log/broker.log"; then
	fail "de broker heeft persoonsgegevens"
fi
echo "geen naam of nummer van een leerling in zijn opslag of logboek"

if [ -n "$vo" ] && [ "$total" -ne 201 ]; then fail "$total meldingen in plaats van 201"; fi
say "$total meldingen kwamen elk een keer aan. Zij vervangen de melding van de school aan het verzuimregister van DUO niet."

if [ "$stay" -eq 1 ]; then
	say "Het blijft draaien. Vraag iets met: $ketenbode --socket $work/run/emmen.socket --user demo inbox. Enter stopt alles."
	read -r _ || true
fi
exit 0
