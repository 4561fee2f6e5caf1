/* SPDX-License-Identifier: EUPL-1.2 */
/* Bringing older data to the schema of this program, one number at a time. */
#include "common/base/log.h"
#include "common/store/env_internal.h"

struct migrate_arg {
	const struct kb_migration *migration;
	void *arg;
	struct kb_error_text *where;
};

static enum kb_err
migrate_step(struct kb_txn *txn, void *arg)
{
	struct migrate_arg *migrate = arg;
	enum kb_err err = migrate->migration->run(txn, migrate->arg, migrate->where);

	if (err == KB_OK) {
		txn->tally.schema = migrate->migration->from + 1;
		txn->changed = true;
	}
	return err;
}

enum kb_err
env_migrate(struct kb_env *env, const struct kb_env_config *config, struct kb_error_text *where)
{
	while (env->tally.schema < config->schema) {
		struct kb_error_text text = { "" };
		struct migrate_arg arg = { NULL, config->migration_arg, &text };
		uint32_t from = env->tally.schema;
		enum kb_err err = KB_OK;

		for (size_t i = 0; i < config->migration_count; i++) {
			if (config->migrations[i].from == from) {
				arg.migration = &config->migrations[i];
			}
		}
		if (arg.migration == NULL) {
			return kb_fail(
				where, KB_ERR_CONFIG,
				"the data in %s is of schema %u, which this version can no "
				"longer bring to schema %u: start the version in between first",
				env->path, from, config->schema);
		}
		err = kb_env_step(env, migrate_step, &arg, where);
		if (err != KB_OK) {
			return kb_fail(where, err,
				       "the data in %s could not be brought from schema %u "
				       "to %u: %s",
				       env->path, from, from + 1,
				       text.text[0] != 0 ? text.text : kb_err_text(err));
		}
		kb_log(KB_LOG_NOTICE, "store-migrated", "store=%s schema=%u", env->name,
		       env->tally.schema);
	}
	return KB_OK;
}
