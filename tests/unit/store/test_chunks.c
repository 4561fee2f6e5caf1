/* SPDX-License-Identifier: EUPL-1.2 */
/* Chunk files: come back as they went in, and never as anything else. */
#include "common/crypto/hash.h"
#include "common/crypto/init.h"
#include "common/store/chunks.h"
#include "tests/unit/store/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Two whole chunks and a short one. */
#define BYTES (2 * KB_CHUNK_BYTES + 100)

static struct scratch scratch;
static struct kb_chunks *chunks;
static struct kb_datakey key;
static struct kb_chunk_place place;
static uint8_t file[BYTES];

static void
set_up(void)
{
	struct kb_error_text where = { "" };

	cr_assert_eq(kb_crypto_init(), KB_OK);
	scratch_make(&scratch);
	cr_assert_eq(kb_chunks_open(scratch.path, &chunks, &where), KB_OK, "%s", where.text);
	kb_datakey_fresh(&key);
	place = (struct kb_chunk_place){ .case_no = 7, .bytes = BYTES };
	memset(place.case_id.bytes, 0x11, KB_ID_BYTES);
	memset(place.file_id.bytes, 0x22, KB_ID_BYTES);
	for (size_t i = 0; i < BYTES; i++) {
		file[i] = (uint8_t)(i * 7 + i / 251);
	}
}

static void
tear_down(void)
{
	kb_chunks_close(chunks);
	scratch_remove(&scratch);
	kb_crypto_release();
}

TestSuite(chunks, .init = set_up, .fini = tear_down);

static struct kb_span
part(uint32_t index)
{
	return kb_span(file + (size_t)index * KB_CHUNK_BYTES, kb_chunk_length(BYTES, index));
}

static enum kb_err
put(uint32_t index)
{
	return kb_chunk_put(chunks, &key, &place, index, part(index));
}

static enum kb_err
get(const struct kb_datakey *with, const struct kb_chunk_place *from, uint32_t index)
{
	struct kb_buf out = { 0 };
	struct kb_hash hash;
	enum kb_err err = KB_OK;

	kb_sha256(part(index), &hash);
	err = kb_chunk_get(chunks, with, from, index, &hash, &out);
	if (err == KB_OK) {
		cr_assert(kb_span_equal(kb_buf_span(&out), part(index)));
	} else {
		cr_assert_eq(out.len, 0, "what does not hold is not given");
	}
	kb_buf_release(&out);
	return err;
}

static void
path_of(uint32_t index, char out[512])
{
	(void)snprintf(out, 512, "%s/bijlagen/7/22222222222222222222222222222222/%08u",
		       scratch.path, index);
}

Test(chunks, a_file_of_any_length_has_its_chunks)
{
	cr_assert_eq(kb_chunk_count(0), 0);
	cr_assert_eq(kb_chunk_count(1), 1);
	cr_assert_eq(kb_chunk_count(KB_CHUNK_BYTES), 1);
	cr_assert_eq(kb_chunk_count(KB_CHUNK_BYTES + 1), 2);
	cr_assert_eq(kb_chunk_count(100 * 1024 * 1024), 427);
	cr_assert_eq(kb_chunk_length(BYTES, 0), KB_CHUNK_BYTES);
	cr_assert_eq(kb_chunk_length(BYTES, 2), 100);
	cr_assert_eq(kb_chunk_length(BYTES, 3), 0);
	cr_assert_eq(kb_chunk_length(KB_CHUNK_BYTES, 1), 0);
	cr_assert_eq(kb_chunk_length(BYTES, UINT32_MAX), 0);
}

Test(chunks, what_went_in_comes_out_in_any_order_and_nobody_else_may_read_the_file)
{
	struct stat facts;
	char path[512];

	cr_assert_eq(put(2), KB_OK);
	cr_assert_eq(put(0), KB_OK);
	cr_assert(kb_chunk_there(chunks, &place, 0));
	cr_assert_not(kb_chunk_there(chunks, &place, 1));
	cr_assert_eq(get(&key, &place, 1), KB_ERR_NOT_FOUND);
	cr_assert_eq(put(1), KB_OK);
	cr_assert_eq(put(1), KB_OK, "once more is the same");
	for (uint32_t i = 0; i < 3; i++) {
		cr_assert_eq(get(&key, &place, i), KB_OK);
	}
	path_of(0, path);
	cr_assert_eq(stat(path, &facts), 0);
	cr_assert_eq(facts.st_mode & 0777, 0600);
}

Test(chunks, a_piece_of_another_length_is_not_taken)
{
	cr_assert_eq(kb_chunk_put(chunks, &key, &place, 0, kb_span(file, 100)), KB_ERR_BAD_VALUE);
	cr_assert_eq(kb_chunk_put(chunks, &key, &place, 2, kb_span(file, 101)), KB_ERR_BAD_VALUE);
	cr_assert_eq(kb_chunk_put(chunks, &key, &place, 3, kb_span(file, 1)), KB_ERR_BAD_VALUE);
	cr_assert_eq(kb_chunk_put(chunks, &key, &place, 3, KB_SPAN_NONE), KB_ERR_BAD_VALUE);
}

/* Every bit of the short one, a part of them of a long one. */
Test(chunks, no_flipped_bit_is_ever_read)
{
	char path[512];
	FILE *stream = NULL;
	uint8_t sealed[128];

	cr_assert_eq(put(2), KB_OK);
	path_of(2, path);
	stream = fopen(path, "r+b");
	cr_assert_not_null(stream);
	cr_assert_eq(fread(sealed, 1, sizeof(sealed), stream), sizeof(sealed));
	for (size_t bit = 0; bit < sizeof(sealed) * 8; bit++) {
		sealed[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		rewind(stream);
		cr_assert_eq(fwrite(sealed, 1, sizeof(sealed), stream), sizeof(sealed));
		cr_assert_eq(fflush(stream), 0);
		cr_assert_eq(get(&key, &place, 2), KB_ERR_CORRUPT, "bit %zu", bit);
		sealed[bit / 8] ^= (uint8_t)(1u << (bit % 8));
	}
	(void)fclose(stream);
}

Test(chunks, a_shorter_or_longer_file_is_not_read)
{
	char path[512];

	cr_assert_eq(put(2), KB_OK);
	path_of(2, path);
	for (off_t len = 0; len < 128; len++) {
		cr_assert_eq(put(2), KB_OK);
		cr_assert_eq(truncate(path, len), 0);
		cr_assert_not(kb_chunk_there(chunks, &place, 2));
		cr_assert_eq(get(&key, &place, 2), KB_ERR_CORRUPT);
	}
	cr_assert_eq(truncate(path, 129), 0);
	cr_assert_eq(get(&key, &place, 2), KB_ERR_CORRUPT);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(symlink("/etc/passwd", path), 0);
	cr_assert_not(kb_chunk_there(chunks, &place, 2));
	cr_assert_neq(get(&key, &place, 2), KB_OK, "and through no link");
}

/* Each of what a chunk is bound to, changed alone. */
Test(chunks, under_another_key_or_in_another_place_it_does_not_open)
{
	struct kb_chunk_place other = place;
	struct kb_datakey wrong;
	struct kb_hash hash;
	struct kb_buf out = { 0 };
	char from[512];
	char to[512];

	cr_assert_eq(put(0), KB_OK);
	cr_assert_eq(put(1), KB_OK);
	kb_datakey_fresh(&wrong);
	cr_assert_eq(get(&wrong, &place, 0), KB_ERR_CORRUPT, "another key");
	other.case_id.bytes[3] ^= 1;
	cr_assert_eq(get(&key, &other, 0), KB_ERR_CORRUPT, "another case");
	other = place;
	other.bytes += KB_CHUNK_BYTES;
	cr_assert_eq(get(&key, &other, 0), KB_ERR_CORRUPT, "another number of chunks");
	path_of(0, from);
	path_of(1, to);
	cr_assert_eq(rename(from, to), 0);
	/* Even for who takes its hash for the right one. */
	kb_sha256(part(0), &hash);
	cr_assert_eq(kb_chunk_get(chunks, &key, &place, 1, &hash, &out), KB_ERR_CORRUPT,
		     "another chunk");
	cr_assert_eq(out.len, 0);
	kb_buf_release(&out);
	cr_assert_eq(put(0), KB_OK);
	other = place;
	other.file_id.bytes[0] = 0x33;
	cr_assert_eq(kb_chunk_put(chunks, &key, &other, 0, part(0)), KB_OK);
	(void)snprintf(to, sizeof(to), "%s/bijlagen/7/33222222222222222222222222222222/00000000",
		       scratch.path);
	cr_assert_eq(rename(to, from), 0);
	cr_assert_eq(get(&key, &place, 0), KB_ERR_CORRUPT, "another attachment");
}

Test(chunks, the_hash_of_the_row_must_be_that_of_the_bytes)
{
	struct kb_hash hash = { { 1 } };
	struct kb_buf out = { 0 };

	cr_assert_eq(put(0), KB_OK);
	cr_assert_eq(kb_chunk_get(chunks, &key, &place, 0, &hash, &out), KB_ERR_CORRUPT);
	cr_assert_eq(out.len, 0);
	kb_buf_release(&out);
}

static enum kb_err
count_file(void *state, uint64_t case_no, const struct kb_id *file_id)
{
	unsigned *count = state;

	cr_assert_eq(case_no, 7);
	(void)file_id;
	(*count)++;
	return KB_OK;
}

static enum kb_err
count_case(void *state, uint64_t case_no)
{
	unsigned *count = state;

	cr_assert(case_no == 7 || case_no == 8);
	(*count)++;
	return KB_OK;
}

Test(chunks, what_is_removed_is_gone_with_what_a_killed_writer_left_beside_it)
{
	struct kb_chunk_place second = place;
	unsigned count = 0;
	char chunk[512];
	char path[560];
	FILE *left = NULL;

	cr_assert_eq(put(0), KB_OK);
	path_of(1, chunk);
	(void)snprintf(path, sizeof(path), "%s.new-123", chunk);
	left = fopen(path, "w");
	cr_assert_not_null(left);
	(void)fclose(left);
	second.file_id.bytes[0] = 0x33;
	cr_assert_eq(kb_chunk_put(chunks, &key, &second, 0, part(0)), KB_OK);
	second.case_no = 8;
	cr_assert_eq(kb_chunk_put(chunks, &key, &second, 0, part(0)), KB_OK);
	cr_assert_eq(kb_chunks_each_case(chunks, count_case, &count), KB_OK);
	cr_assert_eq(count, 2);
	count = 0;
	cr_assert_eq(kb_chunks_each_file(chunks, 7, count_file, &count), KB_OK);
	cr_assert_eq(count, 2);
	cr_assert_eq(kb_chunks_remove(chunks, 7, &place.file_id), KB_OK);
	cr_assert_eq(kb_chunks_remove(chunks, 7, &place.file_id), KB_OK, "twice is once");
	cr_assert_not(kb_chunk_there(chunks, &place, 0));
	cr_assert_eq(access(path, F_OK), -1);
	cr_assert_eq(kb_chunks_remove_case(chunks, 7), KB_OK);
	count = 0;
	cr_assert_eq(kb_chunks_each_case(chunks, count_case, &count), KB_OK);
	cr_assert_eq(count, 1);
	cr_assert(kb_chunk_there(chunks, &second, 0), "the other case is left alone");
}
