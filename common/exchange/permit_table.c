/* SPDX-License-Identifier: EUPL-1.2 */
/* The permission table: one row is one thing that may be sent, and what it rests on. Everything else is refused. */
#include "common/exchange/permit.h"

#include "common/exchange/permit_rows_bijlage.h"
#include "common/exchange/permit_rows_doa.h"
#include "common/exchange/permit_rows_geschil.h"
#include "common/exchange/permit_rows_gesprek.h"
#include "common/exchange/permit_rows_overdracht.h"
#include "common/exchange/permit_rows_tlv.h"
#include "common/exchange/permit_rows_verzuim.h"
#include "common/exchange/permit_rows_zaak.h"
#include "common/exchange/permit_rows_zorgplicht.h"

/* The exchange itself: between all agents, without anything about a child (design 4 and 6). */
#define TRAFFIC(name_, kind_, source_)                                                             \
	BY_TASK(name_, kind_, BERICHTENVERKEER, AGENTS, AGENTS, 0, NO_NEEDS, source_, source_,     \
		ALWAYS)

/* In the order of the kinds. */
static const struct kb_permit_row rows[] = {
	TRAFFIC("ontvangstbewijs", RECEIPT, "design 4"),
	TRAFFIC("vervallen", VERVALLEN, "design 4"),
	TRAFFIC("hersteld", HERSTELD, "design 6"),
	KB_PERMIT_VERZUIM,
	KB_PERMIT_AANMELDING,
	KB_PERMIT_ZORGPLICHT,
	KB_PERMIT_OPP,
	KB_PERMIT_TLV_AANVRAAG,
	KB_PERMIT_TLV,
	KB_PERMIT_RETURN,
	KB_PERMIT_DOA,
	KB_PERMIT_SUPPORT,
	KB_PERMIT_AANKONDIGING,
	KB_PERMIT_DOSSIER,
	KB_PERMIT_GESPREK,
	KB_PERMIT_THUISZITTER,
	ACTIETAFEL_ROWS("actietafel-casus", ACTIETAFEL_CASUS),
	ACTIETAFEL_ROWS("actietafel-besluit", ACTIETAFEL_BESLUIT),
	KB_PERMIT_LEERPLICHT,
	KB_PERMIT_INVENTARISATIE,
	KB_PERMIT_ESCALATIE,
	KB_PERMIT_GESCHIL,
	KB_PERMIT_MONITOR,
	KB_PERMIT_TOESTEMMING,
	KB_PERMIT_GESPREKKEN,
	KB_PERMIT_ZAAK,
	TRAFFIC("profiel", PROFIEL, "design 7"),
	KB_PERMIT_EINDE,
	BIJLAGE_ROWS("bijlage", BIJLAGE),
	TRAFFIC("bijlage-opvraag", BIJLAGE_OPVRAAG, "design 7"),
	BIJLAGE_ROWS("bijlage-deel", BIJLAGE_DEEL),
	TRAFFIC("bijlage-uitkomst", BIJLAGE_UITKOMST, "design 7"),
	KB_PERMIT_HERSTEL,
};

const struct kb_permit_row *
kb_permit_rows(size_t *count)
{
	*count = sizeof(rows) / sizeof(rows[0]);
	return rows;
}
