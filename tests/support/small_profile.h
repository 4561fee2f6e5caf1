/* SPDX-License-Identifier: EUPL-1.2 */
/* The text of a profile.ini that is right and says no more than it must: everything at its bound, nothing agreed. */
#ifndef KB_TESTS_SMALL_PROFILE_H
#define KB_TESTS_SMALL_PROFILE_H

#include "common/daemon/profile.h"

#define KB_SMALL_VALUE(name, key, unit, least, most, open)                                         \
	key " = " #most " " unit "\n" key ".soort = regel\n" key ".bron = b\n"
#define KB_SMALL_AGREEMENT(name, bit, key, label) key " = nee\n" key ".bron = b\n"

#define KB_SMALL_PROFILE                                                                           \
	"[region]\nid = test01\nnaam = Proefregio\nswv = PO0000\n"                                 \
	"[verzuim]\n" KB_PROFILE_VERZUIM(KB_SMALL_VALUE) "[afspraken]\n" KB_REGION_TABLE(          \
		KB_SMALL_AGREEMENT)

#endif
