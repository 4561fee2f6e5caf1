/* SPDX-License-Identifier: EUPL-1.2 */
/* The fixed vocabulary of parties: kinds, sectors, desks. The numbers are those of proto/register.proto. */
#ifndef KB_EXCHANGE_ROLES_H
#define KB_EXCHANGE_ROLES_H

#include "common/base/span.h"

/* X(name, number, stable name, Dutch for people). A new kind of party is one row here (and its folder in agents/). */
#define KB_PARTY_KIND_TABLE(X)                                                                     \
	X(UNSPECIFIED, 0, "", "")                                                                  \
	X(SCHOOL, 1, "school", "school (po)")                                                      \
	X(SWV, 2, "swv", "samenwerkingsverband")                                                   \
	X(GEMEENTE, 3, "gemeente", "gemeente")                                                     \
	X(JEUGDHULP, 4, "jeugdhulp", "jeugdhulp")                                                  \
	X(VO, 5, "vo", "school (vo)")                                                              \
	X(BROKER, 6, "broker", "broker")                                                           \
	X(REGISTRAR, 7, "registrar", "registerhouder")

#define KB_SECTOR_TABLE(X)                                                                         \
	X(UNSPECIFIED, 0, "", "")                                                                  \
	X(BAO, 1, "bao", "basisonderwijs")                                                         \
	X(SBO, 2, "sbo", "speciaal basisonderwijs")                                                \
	X(SO, 3, "so", "speciaal onderwijs")                                                       \
	X(VSO, 4, "vso", "voortgezet speciaal onderwijs")                                          \
	X(VO, 5, "vo", "voortgezet onderwijs")                                                     \
	X(PRO, 6, "pro", "praktijkonderwijs")

#define KB_DESK_TABLE(X)                                                                           \
	X(UNSPECIFIED, 0, "", "")                                                                  \
	X(LEERPLICHT, 1, "leerplicht", "leerplicht")                                               \
	X(JEUGD, 2, "jeugd", "jeugd")                                                              \
	X(DOORSTROOMPUNT, 3, "doorstroompunt", "doorstroompunt")                                   \
	X(SCHOOL, 4, "school", "school")                                                           \
	X(SWV, 5, "swv", "samenwerkingsverband")                                                   \
	X(JEUGDHULP, 6, "jeugdhulp", "jeugdhulp")

enum kb_party_kind {

#define KB_ROW(name, number, text, label) KB_PARTY_##name = (number),
	KB_PARTY_KIND_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_PARTY_KIND_COUNT 8

enum kb_sector {

#define KB_ROW(name, number, text, label) KB_SECTOR_##name = (number),
	KB_SECTOR_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_SECTOR_COUNT 7

enum kb_desk {

#define KB_ROW(name, number, text, label) KB_DESK_##name = (number),
	KB_DESK_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_DESK_COUNT 7

/* A set of party kinds as bits. */
#define KB_PARTY_BIT(kind) (1u << (kind))

/* The stable name (configuration, JSON); "" for UNSPECIFIED and numbers outside the table. */
const char *kb_party_kind_name(enum kb_party_kind kind);
const char *kb_sector_name(enum kb_sector sector);
const char *kb_desk_name(enum kb_desk desk);
/* The Dutch word for people. */
const char *kb_party_kind_label(enum kb_party_kind kind);
/* UNSPECIFIED when name is not in the table. */
enum kb_party_kind kb_party_kind_parse(struct kb_span name);
enum kb_sector kb_sector_parse(struct kb_span name);
enum kb_desk kb_desk_parse(struct kb_span name);
/* Whether a number from the wire is in the table (0 is not). */
bool kb_party_kind_known(uint32_t number);
bool kb_sector_known(uint32_t number);
bool kb_desk_known(uint32_t number);

#endif
