/* SPDX-License-Identifier: EUPL-1.2 */
/* A configuration file out of any bytes: refused with a fault, or read so that its print reads back the same. */
#include "common/daemon/config.h"
#include "common/daemon/lifecycle.h"

enum row { LISTEN, FAST, DATA, SIZE, PARTY, NAME, LEVEL, ROW_COUNT };

static const struct kb_config_key rows[ROW_COUNT] = {
	[LISTEN] = { .section = "net",
		     .key = "listen",
		     .type = KB_CONFIG_ENDPOINT,
		     .help = "An endpoint." },
	[FAST] = { .section = "net",
		   .key = "fast",
		   .type = KB_CONFIG_BOOL,
		   .fallback = "no",
		   .help = "A switch." },
	[DATA] = { .section = "store", .key = "data", .type = KB_CONFIG_PATH, .help = "A path." },
	[SIZE] = { .section = "store",
		   .key = "size",
		   .type = KB_CONFIG_U64,
		   .least = 1,
		   .most = 1000,
		   .unit = "MiB",
		   .fallback = "10",
		   .help = "A number." },
	[PARTY] = { .section = "party", .key = "id", .type = KB_CONFIG_PARTY, .help = "A party." },
	[NAME] = { .section = "party",
		   .key = "name",
		   .type = KB_CONFIG_TEXT,
		   .most = 40,
		   .help = "A text." },
	[LEVEL] = { .section = "log",
		    .key = "level",
		    .type = KB_CONFIG_ENUM,
		    .choices = kb_log_level_choices,
		    .fallback = "info",
		    .help = "A choice." },
};

static const struct kb_config_table table = { "fuzz", rows, ROW_COUNT };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_faults faults = { 0 };
	struct kb_config *config = NULL;
	struct kb_config *again = NULL;
	struct kb_buf first = { 0 };
	struct kb_buf second = { 0 };
	enum kb_err err = kb_config_parse(&table, kb_span(data, size), "f", &faults, &config);

	KB_INVARIANT((err == KB_OK) == (faults.count == 0));
	KB_INVARIANT((err == KB_OK) == (config != NULL));
	if (err == KB_OK) {
		KB_INVARIANT(kb_config_u64(config, SIZE) >= 1 &&
			     kb_config_u64(config, SIZE) <= 1000);
		KB_INVARIANT(!kb_config_set(config, DATA) ||
			     kb_config_text(config, DATA)[0] == '/');
		KB_INVARIANT(strlen(kb_config_text(config, NAME)) <= 40);
		KB_INVARIANT(kb_config_print(config, &first) == KB_OK);
		KB_INVARIANT(kb_config_parse(&table, kb_buf_span(&first), "f", &faults, &again) ==
			     KB_OK);
		KB_INVARIANT(kb_config_print(again, &second) == KB_OK);
		KB_INVARIANT(kb_span_equal(kb_buf_span(&first), kb_buf_span(&second)));
	} else {
		KB_INVARIANT(kb_faults_text(&faults)[0] != '\0');
	}
	kb_config_free(config);
	kb_config_free(again);
	kb_buf_release(&first);
	kb_buf_release(&second);
	kb_faults_release(&faults);
	return 0;
}
