/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing meldingen in the form of verwacht.csv. */
#include "agents/intake/dataset.h"

enum kb_err
kb_verwacht_write(FILE *to, const struct kb_verzuim_leerling *leerlingen,
		  const struct kb_melding_list *meldingen)
{
	(void)fputs("leerling;soort;begindatum;einddatum;minuten;gemeentecode;uiterste_melddatum\n",
		    to);
	for (size_t i = 0; i < meldingen->count; i++) {
		const struct kb_melding *melding = &meldingen->at[i];
		struct kb_span leerling = leerlingen[melding->leerling].leerling;
		char begin[KB_DATE_TEXT];
		char eind[KB_DATE_TEXT];
		char uiterste[KB_DATE_TEXT];

		kb_date_format(melding->begin_day, begin);
		kb_date_format(melding->eind_day, eind);
		kb_date_format(melding->uiterste_melddag, uiterste);
		(void)fwrite(leerling.at, 1, leerling.len, to);
		(void)fprintf(to, ";%s;%s;%s;%u;%s;%s\n", kb_melding_soort_name(melding->soort),
			      begin, eind, melding->minuten, melding->gemeentecode, uiterste);
	}
	return fflush(to) == 0 && ferror(to) == 0 ? KB_OK : KB_ERR_IO;
}
