/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of what people at a school ask of their agent about verzuim. */
#include "agents/intake/school_verbs.h"

#include "agents/intake/case_act.h"
#include "agents/intake/export_verb.h"
#include "agents/intake/oso_verbs.h"
#include "agents/intake/overdracht.h"
#include "agents/intake/school_role.h"

static const struct kb_desk_arg import_args[] = {
	{ .name = "map", .type = KB_ARG_PATH, .required = true, .help = "de map met de set" },
	{ .name = "van", .type = KB_ARG_DATE, .help = "eerste dag die wordt vervangen" },
	{ .name = "tot", .type = KB_ARG_DATE, .help = "laatste dag die wordt vervangen" },
	{ .name = "bevestig", .type = KB_ARG_FLAG, .help = "ook als er veel verandert" },
};

static const struct kb_desk_arg meld_args[] = {
	{ .name = "leerling",
	  .type = KB_ARG_TEXT,
	  .required = true,
	  .help = "nummer van de leerling" },
	{ .name = "soort",
	  .type = KB_ARG_TEXT,
	  .required = true,
	  .help = "luxeverzuim, overig of 18-plus" },
	{ .name = "begin", .type = KB_ARG_DATE, .required = true, .help = "eerste dag" },
	{ .name = "eind", .type = KB_ARG_DATE, .help = "laatste dag" },
	{ .name = "minuten", .type = KB_ARG_NUMBER, .help = "minuten ongeoorloofd" },
	{ .name = "ouders-ingelicht",
	  .type = KB_ARG_DATE,
	  .help = "wanneer de ouders het hoorden" },
};

static const struct kb_desk_arg list_args[] = {
	{ .name = "schooljaar",
	  .type = KB_ARG_NUMBER,
	  .help = "het jaar waarin het schooljaar begint" },
};

#define ARGS(table) .args = table, .arg_count = sizeof(table) / sizeof(table[0])

const struct kb_desk_verb kb_school_verbs[KB_SCHOOL_VERB_COUNT] = {
	{ .name = "verzuim import",
	  .mode = KB_VERB_JOB,
	  .needs_user = true,
	  .access = KB_ACCESS_LIST,
	  ARGS(import_args),
	  .fn = kb_school_import,
	  .help = "een gegevensset inlezen en melden" },
	{ .name = "verzuim meld",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_LIST,
	  ARGS(meld_args),
	  .fn = kb_school_meld,
	  .help = "met de hand melden" },
	{ .name = "verzuim list",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_LIST,
	  ARGS(list_args),
	  .fn = kb_school_list,
	  .help = "de meldingen van deze school" },
	{ .name = "verzuim export",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_LIST,
	  .args = kb_export_verb_args,
	  .arg_count = KB_EXPORT_VERB_ARG_COUNT,
	  .fn = kb_export_verb,
	  .help = "nieuwe en gewijzigde meldingen" },
	{ .name = "case act",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_ACT,
	  .args = kb_case_act_args,
	  .arg_count = KB_CASE_ACT_ARG_COUNT + 1, /* with "vraag" */
	  .fn = kb_school_case_act,
	  .help = "iets doen in een zaak" },
	{ .name = "oso new",
	  .mode = KB_VERB_JOB,
	  .needs_user = true,
	  .access = KB_ACCESS_LIST,
	  .args = kb_oso_new_args,
	  .arg_count = KB_OSO_NEW_ARG_COUNT,
	  .fn = kb_oso_new,
	  .help = "opent een zaak over het kind van een OSO-dossier" },
	{ .name = "oso send",
	  .mode = KB_VERB_JOB,
	  .needs_user = true,
	  .access = KB_ACCESS_ACT,
	  .args = kb_oso_send_args,
	  .arg_count = KB_OSO_SEND_ARG_COUNT,
	  .fn = kb_oso_send,
	  .help = "een OSO-dossier versturen" },
	{ .name = "oso export",
	  .mode = KB_VERB_JOB,
	  .needs_user = true,
	  .access = KB_ACCESS_SHOW,
	  .args = kb_oso_export_args,
	  .arg_count = KB_OSO_EXPORT_ARG_COUNT,
	  .fn = kb_oso_export,
	  .help = "het OSO-dossier van een zaak wegschrijven" },
	{ .name = "overdracht list",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_LIST,
	  .args = kb_overdracht_list_args,
	  .arg_count = KB_OVERDRACHT_LIST_ARG_COUNT,
	  .fn = kb_overdracht_list,
	  .help = "de open overdrachten, per andere school" },
	{ .name = "overdracht rooster",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_LIST,
	  .args = kb_overdracht_rooster_args,
	  .arg_count = KB_OVERDRACHT_ROOSTER_ARG_COUNT,
	  .fn = kb_overdracht_rooster,
	  .help = "een tijd voorstellen voor elk gesprek dat nog nodig is" },
};
