/* SPDX-License-Identifier: EUPL-1.2 */
/* On which days a pupil is leerplichtig. */
#include "common/exchange/leerplicht.h"

struct kb_leerplicht
kb_leerplicht_of(int32_t birth_day, uint32_t from_years, uint32_t until_years)
{
	struct kb_civil birth = kb_date_to_civil(birth_day);
	int32_t until = kb_date_add_months(birth_day, (int32_t)until_years * 12);

	/* kb_date_add_months stays in February; the law of the README lets the birthday pass to 1 March. */
	if (kb_date_to_civil(until).day != birth.day) {
		until++;
	}
	return (struct kb_leerplicht){
		.from_day = kb_date_first_of_month(birth_day, (int32_t)from_years * 12 + 1),
		.until_day = until,
	};
}
