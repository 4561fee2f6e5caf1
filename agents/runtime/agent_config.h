/* SPDX-License-Identifier: EUPL-1.2 */
/* The configuration that every kind of agent has. */
#ifndef KB_RUNTIME_AGENT_CONFIG_H
#define KB_RUNTIME_AGENT_CONFIG_H

#include "common/daemon/config.h"

/* Numbers for kb_config_text() and its like; the rows of the role follow from KB_AGENT_KEY_COUNT on. */
enum kb_agent_key {
	KB_AGENT_JOIN, /* [party] join: the join file of the registrar */
	KB_AGENT_KEYS, /* [party] keys: folder with sign.key, seal.key, curve.key, master.key */
	KB_AGENT_SEALING_OLD, /* [party] old_sealing_key: seal.key of before, to open late messages with */
	KB_AGENT_DATA,	      /* [store] data: folder of the environment */
	KB_AGENT_DATA_KEYS, /* [store] data_keys: folder of the environment with the data keys */
	KB_AGENT_WITNESS, /* [store] witness: file for the last checkpoint, outside the backed-up folder */
	KB_AGENT_MAP_MIB_MAX,	   /* [store] size_max */
	KB_AGENT_BIJLAGEN_MIB_MAX, /* [store] bijlagen_max: attachments of one case */
	KB_AGENT_SOCKET,	   /* [desk] socket */
	KB_AGENT_SOCKET_MODE,	   /* [desk] socket_mode: 0600 or 0660 */
	KB_AGENT_LETTERS,	   /* [desk] brieven: folder with the templates of letters */
	KB_AGENT_PROFILE,	   /* [region] profile: folder */
	KB_AGENT_BROKER,	   /* [broker] address, when it differs from the join file */
	KB_AGENT_RESEND_FIRST,	   /* [exchange] resend_first */
	KB_AGENT_RESEND_MOST,	   /* [exchange] resend_most */
	KB_AGENT_LIFE,		   /* [exchange] message_life */
	KB_AGENT_HEAD_GRACE,	   /* [exchange] register_grace */
	KB_AGENT_CREDIT,	   /* [exchange] credit: messages that may be under way to here */
	KB_AGENT_LOG_LEVEL,	   /* [log] level */
	KB_AGENT_REGLEMENT,	   /* [party] reglement: version of the privacyreglement */
	KB_AGENT_KEY_COUNT,
};

/* The rows of every agent and the rows of one role behind them, in the caller's places (room for KB_AGENT_KEYS_MAX). */
#define KB_AGENT_KEYS_MAX 64
KB_MUST_CHECK enum kb_err kb_agent_config_table(const char *program,
						const struct kb_config_key *role_keys,
						size_t role_key_count,
						struct kb_config_key places[KB_AGENT_KEYS_MAX],
						struct kb_config_table *out);

#endif
