/* SPDX-License-Identifier: EUPL-1.2 */
/* Attachments at rest: chunk files in the data folder, each encrypted under the data key of its case. */
#ifndef KB_STORE_CHUNKS_H
#define KB_STORE_CHUNKS_H

#include "common/base/buf.h"
#include "common/base/ids.h"
#include "common/crypto/datakey.h"

/*
 * DATA/bijlagen/<case number>/<32 hex digits>/<8 digits>: one file per chunk, nonce ‖ ciphertext ‖ tag of AES-256-GCM. Files and not rows:
 * a value of LMDB has to be read and written whole and its pages are copied on every change, so 100 MiB in it would make every commit,
 * every check at the start and every backup of the log pay for it. Names say nothing about a child (design rule 8).
 *
 * The additional data binds a chunk to its case, its attachment, its place and the number of chunks: a file that was put in another
 * place, or that was left out at the end, does not open. Destroying the key of the case (erasure, keyring.h) makes all of it unreadable;
 * kb_chunks_remove_case() then gives the disk back.
 */
struct kb_chunks;

#define KB_CHUNKS_FOLDER "bijlagen"
/* With what a message adds (at most 16 KiB) it fills the padding step of 256 KiB and no larger one (proto/README.md section 4). */
#define KB_CHUNK_BYTES ((size_t)240 * 1024)

/* Which attachment, and how long it is as a whole. */
struct kb_chunk_place {
	uint64_t case_no;     /* local: names the folder */
	struct kb_id case_id; /* bound into every chunk */
	struct kb_id file_id; /* random, of this store */
	uint64_t bytes;
};

/* Chunks of so many bytes: all KB_CHUNK_BYTES long but the last. 0 for nothing. */
uint32_t kb_chunk_count(uint64_t bytes);
/* Plain bytes of that chunk; 0 for one that is not there. */
size_t kb_chunk_length(uint64_t bytes, uint32_t index);

/* Makes the folder below data when it is not there. KB_ERR_IO and so on, where (may be NULL) says which path. */
KB_MUST_CHECK enum kb_err kb_chunks_open(const char *data, struct kb_chunks **out,
					 struct kb_error_text *where);
void kb_chunks_close(struct kb_chunks *chunks);

/*
 * Writes one chunk for good: beside its place, synced, renamed, folder synced (kb_file_replace). KB_OK means on disk, so a row that says
 * so may be committed after it. Over an existing one: replaced. KB_ERR_BAD_VALUE when plain has not the length of that chunk;
 * KB_ERR_NO_SPACE.
 */
KB_MUST_CHECK enum kb_err kb_chunk_put(struct kb_chunks *chunks, const struct kb_datakey *key,
				       const struct kb_chunk_place *place, uint32_t index,
				       struct kb_span plain);
/* Appends the plain bytes; their SHA-256 must be hash. KB_ERR_NOT_FOUND: no such file. KB_ERR_CORRUPT: another key, place or length, or
 * changed bytes. Personal data: release out with kb_buf_wipe(). */
KB_MUST_CHECK enum kb_err kb_chunk_get(struct kb_chunks *chunks, const struct kb_datakey *key,
				       const struct kb_chunk_place *place, uint32_t index,
				       const struct kb_hash *hash, struct kb_buf *out);
/* Whether its file is there in the right length; the bytes are not read. */
bool kb_chunk_there(struct kb_chunks *chunks, const struct kb_chunk_place *place, uint32_t index);

/* Removes the files of one attachment, of a whole case. What is not there is no error. */
KB_MUST_CHECK enum kb_err kb_chunks_remove(struct kb_chunks *chunks, uint64_t case_no,
					   const struct kb_id *file_id);
KB_MUST_CHECK enum kb_err kb_chunks_remove_case(struct kb_chunks *chunks, uint64_t case_no);

/* Every case that has a folder, and every attachment in it, in no order; what has another name is left alone. An error of fn ends it
 * and comes back. fn may remove what it is told of. */
typedef enum kb_err (*kb_chunks_case_fn)(void *state, uint64_t case_no);
KB_MUST_CHECK enum kb_err kb_chunks_each_case(struct kb_chunks *chunks, kb_chunks_case_fn fn,
					      void *state);
typedef enum kb_err (*kb_chunks_file_fn)(void *state, uint64_t case_no,
					 const struct kb_id *file_id);
KB_MUST_CHECK enum kb_err kb_chunks_each_file(struct kb_chunks *chunks, uint64_t case_no,
					      kb_chunks_file_fn fn, void *state);

#endif
