/* SPDX-License-Identifier: EUPL-1.2 */
/* The configuration that every kind of agent has: the one place of its defaults. */
#include "agents/runtime/agent_config.h"

#include "common/daemon/lifecycle.h"
#include "common/wire/wire_limits.h"

static const char *const socket_modes[] = { "0600", "0660", NULL };

static const struct kb_config_key agent_keys[KB_AGENT_KEY_COUNT] = {
	[KB_AGENT_JOIN] = { .section = "party",
			    .key = "join",
			    .type = KB_CONFIG_PATH,
			    .required = true,
			    .help = "the file that the registrar gave when the party was "
				    "admitted" },
	[KB_AGENT_KEYS] = { .section = "party",
			    .key = "keys",
			    .type = KB_CONFIG_PATH,
			    .required = true,
			    .help = "folder with sign.key, seal.key, curve.key and master.key; "
				    "outside the data folder" },
	[KB_AGENT_SEALING_OLD] = { .section = "party",
				   .key = "old_sealing_key",
				   .type = KB_CONFIG_PATH,
				   .help = "the sealing key of before a rotation, to open messages "
					   "that were under way" },
	[KB_AGENT_DATA] = { .section = "store",
			    .key = "data",
			    .type = KB_CONFIG_PATH,
			    .required = true,
			    .help = "folder of the log, the cases and the outbox" },
	[KB_AGENT_DATA_KEYS] = { .section = "store",
				 .key = "data_keys",
				 .type = KB_CONFIG_PATH,
				 .required = true,
				 .help = "folder of the data keys; erasure rewrites it" },
	[KB_AGENT_WITNESS] = { .section = "store",
			       .key = "witness",
			       .type = KB_CONFIG_PATH,
			       .required = true,
			       .help = "file with the last checkpoint, not in the backup, so that "
				       "a "
				       "restored store is noticed" },
	[KB_AGENT_MAP_MIB_MAX] = { .section = "store",
				   .key = "size_max",
				   .type = KB_CONFIG_U64,
				   .least = 64,
				   .most = 1048576,
				   .unit = "MiB",
				   .fallback = "65536",
				   .help = "the store refuses new work above this size" },
	[KB_AGENT_BIJLAGEN_MIB_MAX] = { .section = "store",
					.key = "bijlagen_max",
					.type = KB_CONFIG_U64,
					.least = 1,
					.most = 1048576,
					.unit = "MiB",
					.fallback = "2048",
					.help = "attachments of one case together; more are "
						"refused" },
	[KB_AGENT_SOCKET] = { .section = "desk",
			      .key = "socket",
			      .type = KB_CONFIG_PATH,
			      .required = true,
			      .most = 107,
			      .help = "unix socket of this agent" },
	[KB_AGENT_SOCKET_MODE] = { .section = "desk",
				   .key = "socket_mode",
				   .type = KB_CONFIG_ENUM,
				   .choices = socket_modes,
				   .fallback = "0660",
				   .help = "who may connect: the daemon's own account, or its "
					   "group "
					   "too" },
	[KB_AGENT_LETTERS] = { .section = "desk",
			       .key = "brieven",
			       .type = KB_CONFIG_PATH,
			       .fallback = "/usr/share/ketenbode/brieven",
			       .help = "folder with the templates of letters to parents" },
	[KB_AGENT_PROFILE] = { .section = "region",
			       .key = "profile",
			       .type = KB_CONFIG_PATH,
			       .help = "folder of the region profile" },
	[KB_AGENT_BROKER] = { .section = "broker",
			      .key = "address",
			      .type = KB_CONFIG_ENDPOINT,
			      .help = "address of the broker when it is not the one of the join "
				      "file; "
				      "the key stays that of the join file" },
	[KB_AGENT_RESEND_FIRST] = { .section = "exchange",
				    .key = "resend_first",
				    .type = KB_CONFIG_U64,
				    .least = 100,
				    .most = 86400000,
				    .unit = "ms",
				    .fallback = "30000",
				    .help = "a message without a receipt is sent again after this "
					    "time; doubles with every try" },
	[KB_AGENT_RESEND_MOST] = { .section = "exchange",
				   .key = "resend_most",
				   .type = KB_CONFIG_U64,
				   .least = 100,
				   .most = 604800000,
				   .unit = "ms",
				   .fallback = "3600000",
				   .help = "longest time between two tries" },
	[KB_AGENT_LIFE] = { .section = "exchange",
			    .key = "message_life",
			    .type = KB_CONFIG_U64,
			    .least = 1,
			    .most = 8784,
			    .unit = "hours",
			    .fallback = "720",
			    .help = "a message that nobody fetched expires after this time; "
				    "statutory ones are then sent again" },
	[KB_AGENT_HEAD_GRACE] = { .section = "exchange",
				  .key = "register_grace",
				  .type = KB_CONFIG_U64,
				  .least = 0,
				  .most = 2160,
				  .unit = "hours",
				  .fallback = "72",
				  .help = "sending goes on for this time after the register has "
					  "expired" },
	[KB_AGENT_CREDIT] = { .section = "exchange",
			      .key = "credit",
			      .type = KB_CONFIG_U64,
			      .least = 1,
			      .most = 65536,
			      .unit = "messages",
			      .fallback = "2048",
			      .help = "messages that the broker may have under way to this agent" },
	[KB_AGENT_LOG_LEVEL] = { .section = "log",
				 .key = "level",
				 .type = KB_CONFIG_ENUM,
				 .choices = kb_log_level_choices,
				 .fallback = "notice",
				 .help = "least severe line that is written" },
	[KB_AGENT_REGLEMENT] = { .section = "party",
				 .key = "reglement",
				 .type = KB_CONFIG_TEXT,
				 .most = KB_WIRE_REGLEMENT_BYTES_MAX,
				 .help = "version of the privacyreglement of this party; status "
					 "shows it "
					 "and messages of persons name it" },
};

enum kb_err
kb_agent_config_table(const char *program, const struct kb_config_key *role_keys,
		      size_t role_key_count, struct kb_config_key places[KB_AGENT_KEYS_MAX],
		      struct kb_config_table *out)
{
	if (role_key_count > KB_AGENT_KEYS_MAX - KB_AGENT_KEY_COUNT) {
		return KB_ERR_INTERNAL;
	}
	memcpy(places, agent_keys, sizeof(agent_keys));
	for (size_t i = 0; i < role_key_count; i++) {
		places[KB_AGENT_KEY_COUNT + i] = role_keys[i];
	}
	*out = (struct kb_config_table){ .program = program,
					 .keys = places,
					 .count = KB_AGENT_KEY_COUNT + role_key_count };
	return KB_OK;
}
