/* SPDX-License-Identifier: EUPL-1.2 */
/* A few recipient contexts of late: a batch of 256 messages costs one X25519. */
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/crypto/hpke.h"

#include <stdlib.h>

#define HPKE_CACHE_MAX 64

struct entry {
	struct kb_hash id;
	struct kb_hpke_recipient *recipient; /* NULL: free */
	uint64_t used_at;
};

struct kb_hpke_cache {
	struct entry *entries;
	size_t capacity;
	uint64_t now; /* counts the calls */
};

enum kb_err
kb_hpke_cache_new(size_t capacity, struct kb_hpke_cache **out)
{
	struct kb_hpke_cache *cache = NULL;

	KB_INVARIANT(capacity > 0 && capacity <= HPKE_CACHE_MAX);
	cache = calloc(1, sizeof(*cache));
	if (cache == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	cache->entries = calloc(capacity, sizeof(*cache->entries));
	if (cache->entries == NULL) {
		free(cache);
		return KB_ERR_NO_MEMORY;
	}
	cache->capacity = capacity;
	*out = cache;
	return KB_OK;
}

void
kb_hpke_cache_clear(struct kb_hpke_cache *cache)
{
	for (size_t i = 0; i < cache->capacity; i++) {
		kb_hpke_recipient_free(cache->entries[i].recipient);
		cache->entries[i] = (struct entry){ 0 };
	}
}

void
kb_hpke_cache_free(struct kb_hpke_cache *cache)
{
	if (cache != NULL) {
		kb_hpke_cache_clear(cache);
		free(cache->entries);
		free(cache);
	}
}

static struct kb_hash
id_of(enum kb_hpke_aead aead, const struct kb_x25519_key *own, const struct kb_x25519_public *enc,
      struct kb_span info)
{
	uint8_t number[4];
	struct kb_span parts[] = {
		KB_SPAN_OF(number),
		KB_SPAN_OF(*enc),
		KB_SPAN_OF(*kb_x25519_key_public(own)),
		info,
	};
	struct kb_hash id;

	kb_store_u32(number, (uint32_t)aead);
	kb_sha256_parts(parts, 4, &id);
	return id;
}

enum kb_err
kb_hpke_cache_get(struct kb_hpke_cache *cache, enum kb_hpke_aead aead,
		  const struct kb_x25519_key *own, const struct kb_x25519_public *enc,
		  struct kb_span info, struct kb_hpke_recipient **out)
{
	struct kb_hash id = id_of(aead, own, enc, info);
	struct kb_hpke_recipient *fresh = NULL;
	struct entry *oldest = &cache->entries[0];
	enum kb_err err = KB_OK;

	cache->now++;
	for (size_t i = 0; i < cache->capacity; i++) {
		struct entry *entry = &cache->entries[i];

		if (entry->recipient != NULL && kb_hash_equal(&entry->id, &id)) {
			entry->used_at = cache->now;
			*out = entry->recipient;
			return KB_OK;
		}
		if (entry->used_at < oldest->used_at) {
			oldest = entry;
		}
	}
	err = kb_hpke_recipient_new(aead, own, enc, info, &fresh);
	if (err == KB_OK) {
		kb_hpke_recipient_free(oldest->recipient);
		*oldest = (struct entry){ .id = id, .recipient = fresh, .used_at = cache->now };
		*out = fresh;
	}
	return err;
}
