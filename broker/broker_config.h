/* SPDX-License-Identifier: EUPL-1.2 */
/* The configuration of the broker: the one place of its defaults. */
#ifndef KB_BROKER_BROKER_CONFIG_H
#define KB_BROKER_BROKER_CONFIG_H

#include "common/daemon/config.h"

enum kb_broker_key {
	KB_BROKER_KEY_JOIN,
	KB_BROKER_KEY_KEYS,
	KB_BROKER_KEY_REGISTER,
	KB_BROKER_KEY_LISTEN,
	KB_BROKER_KEY_DATA,
	KB_BROKER_KEY_WITNESS,
	KB_BROKER_KEY_SIZE_MAX,
	KB_BROKER_KEY_RESERVE,
	KB_BROKER_KEY_MAILBOX_MESSAGES,
	KB_BROKER_KEY_MAILBOX_SIZE,
	KB_BROKER_KEY_MAILBOX_PER_SENDER,
	KB_BROKER_KEY_LOG_LEVEL,
	KB_BROKER_KEY_COUNT,
};

extern const struct kb_config_table kb_broker_config_table;

#endif
