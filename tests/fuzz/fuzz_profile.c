/* SPDX-License-Identifier: EUPL-1.2 */
/* A region profile out of any bytes: refused with a fault, or complete and within the bounds of the law. */
#include "common/daemon/profile.h"

static const struct {
	uint32_t least;
	uint32_t most;
	bool may_be_open;
} bounds[] = {

#define BOUNDS(name, key, unit, least, most, open) { (least), (most), (open) },
	KB_PROFILE_VERZUIM(BOUNDS)
#undef BOUNDS
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct kb_profile_file file = { "profile.ini", kb_span(data, size) };
	struct kb_faults faults = { 0 };
	struct kb_profile profile = { 0 };
	enum kb_err err = kb_profile_parse(&file, 1, "f", &faults, &profile);

	KB_INVARIANT((err == KB_OK) == (faults.count == 0));
	for (size_t i = 0; err == KB_OK && i < KB_PROFILE_VERZUIM_COUNT; i++) {
		const struct kb_profile_value *value = &profile.verzuim[i];

		KB_INVARIANT(value->source[0] != '\0');
		KB_INVARIANT(value->vastgelegd || bounds[i].may_be_open);
		KB_INVARIANT(!value->vastgelegd ||
			     (value->value >= bounds[i].least && value->value <= bounds[i].most));
		KB_INVARIANT(value->vastgelegd == (value->kind != KB_PROFILE_KIND_NONE));
	}
	KB_INVARIANT(err == KB_OK || kb_faults_text(&faults)[0] != '\0');
	kb_profile_release(&profile);
	kb_faults_release(&faults);
	return 0;
}
