/* SPDX-License-Identifier: EUPL-1.2 */
/* Internal to common/wire and its tests: case records and proposals with the numbers and dates of the wire. */
#ifndef KB_WIRE_ZAAK_SCHEMA_H
#define KB_WIRE_ZAAK_SCHEMA_H

#include "common/wire/zaak.h"

/* Registry numbers on the wire are the places of the tables of route.h and 1 more, so that 0 stays "absent". */
struct kb_wire_deelnemer {
	struct kb_party_id party;
	uint32_t rol;
	struct kb_span gast;
	int64_t van_utc_ms;
	int64_t tot_utc_ms;
};

struct kb_wire_feit {
	uint32_t feit;
	uint32_t datum; /* yyyymmdd */
	struct kb_span personen;
};

struct kb_wire_klok {
	struct kb_span naam;
	int64_t uiterlijk_utc_ms;
};

struct kb_wire_regel {
	uint32_t versie;
	struct kb_id case_id;
	struct kb_hash profiel;
	struct kb_span route;
	uint32_t regie_epoche;
	uint32_t revisie;
	struct kb_hash vorige;
	struct kb_id voorstel_id;
	struct kb_span gebeurtenis;
	struct kb_span toestand;
	struct kb_party_id partij;
	uint32_t loket;
	struct kb_span persoon;
	struct kb_span functie;
	int64_t op_utc_ms;
	struct kb_party_id regievoerder;
	struct kb_party_id aangeboden_aan;
	struct kb_wire_deelnemer *deelnemers;
	size_t deelnemer_count;
	struct kb_wire_feit *feiten;
	size_t feit_count;
	struct kb_wire_klok *gestart;
	size_t gestart_count;
	struct kb_span *gestopt;
	size_t gestopt_count;
};

struct kb_wire_voorstel {
	struct kb_id voorstel_id;
	uint32_t regie_epoche;
	uint32_t revisie;
	struct kb_span gebeurtenis;
	uint32_t voldaan;
	int64_t op_utc_ms;
	struct kb_wire_feit *feiten;
	size_t feit_count;
	struct kb_wire_deelnemer deelnemer;
	bool has_deelnemer;
};

#endif
