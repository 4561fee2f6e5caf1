/* SPDX-License-Identifier: EUPL-1.2 */
/* Fixed-width integers as big-endian bytes: the byte order of every key and every signed text of ours. */
#ifndef KB_BASE_BYTES_H
#define KB_BASE_BYTES_H

#include <stdint.h>

static inline void
kb_store_u16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline void
kb_store_u32(uint8_t *at, uint32_t value)
{
	kb_store_u16(at, (uint16_t)(value >> 16));
	kb_store_u16(at + 2, (uint16_t)value);
}

static inline void
kb_store_u64(uint8_t *at, uint64_t value)
{
	kb_store_u32(at, (uint32_t)(value >> 32));
	kb_store_u32(at + 4, (uint32_t)value);
}

static inline uint16_t
kb_load_u16(const uint8_t *at)
{
	return (uint16_t)((at[0] << 8) | at[1]);
}

static inline uint32_t
kb_load_u32(const uint8_t *at)
{
	return ((uint32_t)kb_load_u16(at) << 16) | kb_load_u16(at + 2);
}

static inline uint64_t
kb_load_u64(const uint8_t *at)
{
	return ((uint64_t)kb_load_u32(at) << 32) | kb_load_u32(at + 4);
}

#endif
