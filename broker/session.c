/* SPDX-License-Identifier: EUPL-1.2 */
/* The sessions of this process. */
#include "broker/session.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/bytes.h"
#include "common/base/text.h"

static size_t
slot_of(const struct kb_server_route *route)
{
	/* libzmq counts its routes up: the low bits spread well. */
	return kb_load_u32(route->bytes + 1) % KB_SESSION_SLOTS;
}

enum kb_err
kb_sessions_reserve(struct kb_sessions *sessions, uint32_t count)
{
	if (count <= sessions->by_party_count) {
		return KB_OK;
	}
	struct kb_broker_session **moved =
		realloc(sessions->by_party, count * sizeof(struct kb_broker_session *));

	if (moved == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (uint32_t i = sessions->by_party_count; i < count; i++) {
		moved[i] = NULL;
	}
	sessions->by_party = moved;
	sessions->by_party_count = count;
	return KB_OK;
}

void
kb_sessions_end(struct kb_sessions *sessions, struct kb_broker_session *session)
{
	struct kb_broker_session **at = &sessions->live;

	if (session->dead) {
		return;
	}
	while (*at != session) {
		at = &(*at)->next;
	}
	*at = session->next;
	at = &sessions->slots[slot_of(&session->route)];
	while (*at != session) {
		at = &(*at)->next_slot;
	}
	*at = session->next_slot;
	sessions->by_party[session->party_no] = NULL;
	sessions->count--;
	session->dead = true;
	session->next = sessions->dead;
	sessions->dead = session;
}

void
kb_sessions_bury(struct kb_sessions *sessions)
{
	while (sessions->dead != NULL) {
		struct kb_broker_session *session = sessions->dead;

		sessions->dead = session->next;
		free(session);
	}
}

void
kb_sessions_release(struct kb_sessions *sessions)
{
	while (sessions->live != NULL) {
		kb_sessions_end(sessions, sessions->live);
	}
	kb_sessions_bury(sessions);
	free(sessions->by_party);
	*sessions = (struct kb_sessions){ 0 };
}

struct kb_broker_session *
kb_sessions_by_route(const struct kb_sessions *sessions, const struct kb_server_route *route,
		     const struct kb_server_user *user)
{
	struct kb_broker_session *session = sessions->slots[slot_of(route)];

	for (; session != NULL; session = session->next_slot) {
		if (kb_server_route_equal(&session->route, route)) {
			return strcmp(session->user.text, user->text) == 0 ? session : NULL;
		}
	}
	return NULL;
}

struct kb_broker_session *
kb_sessions_by_party(const struct kb_sessions *sessions, uint32_t party_no)
{
	return party_no < sessions->by_party_count ? sessions->by_party[party_no] : NULL;
}

enum kb_err
kb_sessions_open(struct kb_sessions *sessions, const struct kb_server_user *user,
		 const struct kb_server_route *route, uint32_t party_no,
		 struct kb_broker_session **out, struct kb_broker_session **replaced)
{
	struct kb_broker_session *session = calloc(1, sizeof(*session));
	enum kb_err err =
		session != NULL ? kb_sessions_reserve(sessions, party_no + 1) : KB_ERR_NO_MEMORY;

	if (err == KB_OK) {
		err = kb_session_user_parse(user, &session->party, &session->key_version);
	}
	if (err != KB_OK) {
		free(session);
		return err;
	}
	*replaced = sessions->by_party[party_no];
	if (*replaced != NULL) {
		kb_sessions_end(sessions, *replaced);
	}
	session->user = *user;
	session->route = *route;
	session->party_no = party_no;
	session->next_batch = 1;
	session->next_seq[KB_LANE_URGENT] = 1;
	session->next_seq[KB_LANE_NORMAL] = 1;
	session->next = sessions->live;
	sessions->live = session;
	session->next_slot = sessions->slots[slot_of(route)];
	sessions->slots[slot_of(route)] = session;
	sessions->by_party[party_no] = session;
	sessions->count++;
	*out = session;
	return KB_OK;
}

uint32_t
kb_session_version(uint32_t oldest, uint32_t newest)
{
	uint32_t best = newest < KB_WIRE_VERSION ? newest : KB_WIRE_VERSION;

	return best >= oldest && best >= KB_WIRE_VERSION_OLDEST ? best : 0;
}

void
kb_session_user(const struct kb_party_id *party, uint32_t key_version, struct kb_server_user *out)
{
	(void)snprintf(out->text, sizeof(out->text), "%s#%u", party->text, key_version);
}

enum kb_err
kb_session_user_parse(const struct kb_server_user *user, struct kb_party_id *party,
		      uint32_t *key_version)
{
	const char *mark = strchr(user->text, '#');
	uint64_t version = 0;

	if (mark == NULL || kb_text_to_u64(kb_span_text(mark + 1), UINT32_MAX, &version) != KB_OK) {
		return KB_ERR_BAD_VALUE;
	}
	enum kb_err err =
		kb_party_id_parse(kb_span(user->text, (size_t)(mark - user->text)), party);

	if (err == KB_OK) {
		*key_version = (uint32_t)version;
	}
	return err;
}
