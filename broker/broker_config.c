/* SPDX-License-Identifier: EUPL-1.2 */
/* The keys of broker.conf. */
#include "broker/broker_config.h"

#include "common/daemon/lifecycle.h"

static const struct kb_config_key keys[KB_BROKER_KEY_COUNT] = {
	[KB_BROKER_KEY_JOIN] = { .section = "party",
				 .key = "join",
				 .type = KB_CONFIG_PATH,
				 .required = true,
				 .help = "the file that the registrar gave when the broker was "
					 "admitted" },
	[KB_BROKER_KEY_KEYS] = { .section = "party",
				 .key = "keys",
				 .type = KB_CONFIG_PATH,
				 .required = true,
				 .help = "folder with sign.key and curve.key; outside the data "
					 "folder" },
	[KB_BROKER_KEY_REGISTER] = { .section = "party",
				     .key = "register",
				     .type = KB_CONFIG_PATH,
				     .required = true,
				     .help = "the registrar's register file; read again when it "
					     "changes "
					     "and at SIGHUP" },
	[KB_BROKER_KEY_LISTEN] = { .section = "net",
				   .key = "listen",
				   .type = KB_CONFIG_ENDPOINT,
				   .required = true,
				   .help = "address that agents connect to" },
	[KB_BROKER_KEY_DATA] = { .section = "store",
				 .key = "data",
				 .type = KB_CONFIG_PATH,
				 .required = true,
				 .help = "folder of the mailboxes and the log; may be lost, agents "
					 "send "
					 "again" },
	[KB_BROKER_KEY_WITNESS] = { .section = "store",
				    .key = "witness",
				    .type = KB_CONFIG_PATH,
				    .help = "file with the last checkpoint, not in the backup, so "
					    "that a "
					    "restored store is noticed" },
	[KB_BROKER_KEY_SIZE_MAX] = { .section = "store",
				     .key = "size_max",
				     .type = KB_CONFIG_U64,
				     .least = 64,
				     .most = 1048576,
				     .unit = "MiB",
				     .fallback = "65536",
				     .help = "the broker takes nothing more in above this size" },
	[KB_BROKER_KEY_RESERVE] = { .section = "store",
				    .key = "reserve",
				    .type = KB_CONFIG_U64,
				    .least = 0,
				    .most = 65536,
				    .unit = "MiB",
				    .fallback = "64",
				    .help = "disk kept free, so that a full disk can be emptied" },
	[KB_BROKER_KEY_MAILBOX_MESSAGES] = { .section = "mailbox",
					     .key = "messages",
					     .type = KB_CONFIG_U64,
					     .least = 1,
					     .most = 1000000000,
					     .unit = "messages",
					     .fallback = "1000000",
					     .help = "most messages that wait for one recipient" },
	[KB_BROKER_KEY_MAILBOX_SIZE] = { .section = "mailbox",
					 .key = "size",
					 .type = KB_CONFIG_U64,
					 .least = 1,
					 .most = 1048576,
					 .unit = "MiB",
					 .fallback = "8192",
					 .help = "most bytes that wait for one recipient" },
	[KB_BROKER_KEY_MAILBOX_PER_SENDER] = { .section = "mailbox",
					       .key = "per_sender",
					       .type = KB_CONFIG_U64,
					       .least = 1,
					       .most = 1000000000,
					       .unit = "messages",
					       .fallback = "250000",
					       .help = "most messages of one sender that wait for "
						       "one "
						       "recipient" },
	[KB_BROKER_KEY_LOG_LEVEL] = { .section = "log",
				      .key = "level",
				      .type = KB_CONFIG_ENUM,
				      .choices = kb_log_level_choices,
				      .fallback = "notice",
				      .help = "least severe line that is written" },
};

const struct kb_config_table kb_broker_config_table = {
	.program = "ketenbode-broker",
	.keys = keys,
	.count = KB_BROKER_KEY_COUNT,
};
