/* SPDX-License-Identifier: EUPL-1.2 */
/* Chunk files. */
#include "common/store/chunks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/bytes.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "common/crypto/hash.h"

#define FOLDER_MODE 0700
#define FILE_MODE 0600
#define LABEL "ketenbode/v1/bijlage"
/* label, NUL, case, attachment, index, count */
#define AAD_BYTES (sizeof(LABEL) + KB_ID_BYTES + KB_ID_BYTES + 4 + 4)

struct kb_chunks {
	char root[PATH_MAX - 128]; /* leaves room for the names below it */
};

uint32_t
kb_chunk_count(uint64_t bytes)
{
	return (uint32_t)((bytes + KB_CHUNK_BYTES - 1) / KB_CHUNK_BYTES);
}

size_t
kb_chunk_length(uint64_t bytes, uint32_t index)
{
	uint64_t begin = (uint64_t)index * KB_CHUNK_BYTES;

	if (begin >= bytes) {
		return 0;
	}
	return bytes - begin < KB_CHUNK_BYTES ? (size_t)(bytes - begin) : KB_CHUNK_BYTES;
}

/* ---- paths ---- */

struct path {
	char text[PATH_MAX];
};

static void
case_path(const struct kb_chunks *chunks, uint64_t case_no, struct path *out)
{
	(void)snprintf(out->text, sizeof(out->text), "%s/%llu", chunks->root,
		       (unsigned long long)case_no);
}

static void
file_path(const struct kb_chunks *chunks, uint64_t case_no, const struct kb_id *file_id,
	  struct path *out)
{
	char id[KB_ID_TEXT];

	kb_id_text(file_id, id);
	(void)snprintf(out->text, sizeof(out->text), "%s/%llu/%s", chunks->root,
		       (unsigned long long)case_no, id);
}

static void
chunk_path(const struct kb_chunks *chunks, const struct kb_chunk_place *place, uint32_t index,
	   struct path *out)
{
	char id[KB_ID_TEXT];

	kb_id_text(&place->file_id, id);
	(void)snprintf(out->text, sizeof(out->text), "%s/%llu/%s/%08u", chunks->root,
		       (unsigned long long)place->case_no, id, index);
}

static enum kb_err
sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd >= 0 ? fsync(fd) : -1;
	enum kb_err err = rc == 0 ? KB_OK : kb_err_from_errno(errno);

	if (fd >= 0) {
		(void)close(fd);
	}
	return err;
}

/* The folder, and its name in the one above on disk. */
static enum kb_err
make_folder(const char *path, const char *above)
{
	if (mkdir(path, FOLDER_MODE) == 0) {
		return sync_folder(above);
	}
	return errno == EEXIST ? KB_OK : kb_err_from_errno(errno);
}

enum kb_err
kb_chunks_open(const char *data, struct kb_chunks **out, struct kb_error_text *where)
{
	struct kb_chunks *chunks = calloc(1, sizeof(*chunks));
	enum kb_err err = chunks != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	if (err == KB_OK &&
	    (size_t)snprintf(chunks->root, sizeof(chunks->root), "%s/" KB_CHUNKS_FOLDER, data) >=
		    sizeof(chunks->root)) {
		err = KB_ERR_OVERSIZE;
	}
	if (err == KB_OK) {
		err = make_folder(chunks->root, data);
	}
	if (err != KB_OK) {
		free(chunks);
		return kb_fail(where, err, "%s/" KB_CHUNKS_FOLDER ": %s", data, kb_err_text(err));
	}
	*out = chunks;
	return KB_OK;
}

void
kb_chunks_close(struct kb_chunks *chunks)
{
	free(chunks);
}

/* ---- one chunk ---- */

static void
bind(const struct kb_chunk_place *place, uint32_t index, uint8_t aad[AAD_BYTES])
{
	uint8_t *at = aad;

	memcpy(at, LABEL, sizeof(LABEL));
	at += sizeof(LABEL);
	memcpy(at, place->case_id.bytes, KB_ID_BYTES);
	at += KB_ID_BYTES;
	memcpy(at, place->file_id.bytes, KB_ID_BYTES);
	at += KB_ID_BYTES;
	kb_store_u32(at, index);
	kb_store_u32(at + 4, kb_chunk_count(place->bytes));
}

static enum kb_err
write_chunk(struct kb_chunks *chunks, const struct kb_chunk_place *place, uint32_t index,
	    struct kb_span sealed)
{
	struct path of_case;
	struct path of_file;
	struct path path;
	enum kb_err err = KB_OK;

	chunk_path(chunks, place, index, &path);
	err = kb_file_replace(path.text, FILE_MODE, sealed, NULL);
	if (err != KB_ERR_NOT_FOUND) {
		return err;
	}
	/* The first of its attachment. */
	case_path(chunks, place->case_no, &of_case);
	file_path(chunks, place->case_no, &place->file_id, &of_file);
	err = make_folder(of_case.text, chunks->root);
	if (err == KB_OK) {
		err = make_folder(of_file.text, of_case.text);
	}
	return err == KB_OK ? kb_file_replace(path.text, FILE_MODE, sealed, NULL) : err;
}

enum kb_err
kb_chunk_put(struct kb_chunks *chunks, const struct kb_datakey *key,
	     const struct kb_chunk_place *place, uint32_t index, struct kb_span plain)
{
	uint8_t aad[AAD_BYTES];
	struct kb_buf sealed = { 0 };
	enum kb_err err = plain.len > 0 && plain.len == kb_chunk_length(place->bytes, index)
				  ? KB_OK
				  : KB_ERR_BAD_VALUE;

	if (err == KB_OK) {
		bind(place, index, aad);
		err = kb_datakey_seal(key, kb_span(aad, AAD_BYTES), plain, &sealed);
	}
	if (err == KB_OK) {
		err = write_chunk(chunks, place, index, kb_buf_span(&sealed));
	}
	kb_buf_release(&sealed);
	return err;
}

enum kb_err
kb_chunk_get(struct kb_chunks *chunks, const struct kb_datakey *key,
	     const struct kb_chunk_place *place, uint32_t index, const struct kb_hash *hash,
	     struct kb_buf *out)
{
	uint8_t aad[AAD_BYTES];
	struct kb_buf sealed = { 0 };
	struct kb_hash found;
	struct path path;
	size_t before = out->len;
	size_t len = kb_chunk_length(place->bytes, index);
	enum kb_err err = len > 0 ? KB_OK : KB_ERR_NOT_FOUND;

	chunk_path(chunks, place, index, &path);
	if (err == KB_OK) {
		err = kb_file_read(path.text, len + KB_DATAKEY_OVERHEAD_BYTES, &sealed, NULL);
		err = err == KB_ERR_OVERSIZE || err == KB_ERR_DATA ? KB_ERR_CORRUPT : err;
	}
	if (err == KB_OK && sealed.len != len + KB_DATAKEY_OVERHEAD_BYTES) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		bind(place, index, aad);
		err = kb_datakey_open(key, kb_span(aad, AAD_BYTES), kb_buf_span(&sealed), out);
	}
	if (err == KB_OK) {
		kb_sha256(kb_span(out->at + before, out->len - before), &found);
		if (!kb_hash_equal(&found, hash)) {
			explicit_bzero(out->at + before, out->len - before);
			out->len = before;
			err = KB_ERR_CORRUPT;
		}
	}
	kb_buf_release(&sealed);
	return err;
}

bool
kb_chunk_there(struct kb_chunks *chunks, const struct kb_chunk_place *place, uint32_t index)
{
	struct path path;
	struct stat facts;

	chunk_path(chunks, place, index, &path);
	return lstat(path.text, &facts) == 0 && S_ISREG(facts.st_mode) &&
	       (uint64_t)facts.st_size ==
		       kb_chunk_length(place->bytes, index) + KB_DATAKEY_OVERHEAD_BYTES;
}

/* ---- folders ---- */

/* Removes the files in path, not what is in folders below it, and the folder itself when it is then empty. */
static enum kb_err
remove_folder(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry = NULL;

	if (folder == NULL) {
		return errno == ENOENT ? KB_OK : kb_err_from_errno(errno);
	}
	/* The folder is ours alone: no other thread walks it. */
	while ((entry = readdir(folder)) != NULL) { /* NOLINT(concurrency-mt-unsafe) */
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			(void)unlinkat(dirfd(folder), entry->d_name, 0);
		}
	}
	(void)closedir(folder);
	return rmdir(path) == 0 || errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST
		       ? KB_OK
		       : kb_err_from_errno(errno);
}

enum kb_err
kb_chunks_remove(struct kb_chunks *chunks, uint64_t case_no, const struct kb_id *file_id)
{
	struct path of_file;
	struct path of_case;
	enum kb_err err = KB_OK;

	file_path(chunks, case_no, file_id, &of_file);
	case_path(chunks, case_no, &of_case);
	err = remove_folder(of_file.text);
	if (err == KB_OK) {
		(void)rmdir(of_case.text); /* the last one takes the folder of its case with it */
	}
	return err;
}

/* Names in path, as they stand when it begins: what fn removes does not disturb the walk. */
static enum kb_err
list_names(const char *path, struct kb_buf *out)
{
	DIR *folder = opendir(path);
	struct dirent *entry = NULL;
	enum kb_err err = KB_OK;

	if (folder == NULL) {
		return errno == ENOENT ? KB_OK : kb_err_from_errno(errno);
	}
	while (err == KB_OK &&
	       (entry = readdir(folder)) != NULL) { /* NOLINT(concurrency-mt-unsafe) */
		if (entry->d_name[0] != '.') {
			err = kb_buf_put(out, kb_span(entry->d_name, strlen(entry->d_name) + 1));
		}
	}
	(void)closedir(folder);
	return err;
}

static struct kb_span
next_name(const struct kb_buf *names, size_t *at)
{
	struct kb_span name = kb_span_text((const char *)names->at + *at);

	*at += name.len + 1;
	return name;
}

enum kb_err
kb_chunks_each_case(struct kb_chunks *chunks, kb_chunks_case_fn fn, void *state)
{
	struct kb_buf names = { 0 };
	enum kb_err err = list_names(chunks->root, &names);

	for (size_t at = 0; err == KB_OK && at < names.len;) {
		uint64_t case_no = 0;

		if (kb_text_to_u64(next_name(&names, &at), UINT64_MAX, &case_no) == KB_OK &&
		    case_no != 0) {
			err = fn(state, case_no);
		}
	}
	kb_buf_release(&names);
	return err;
}

enum kb_err
kb_chunks_each_file(struct kb_chunks *chunks, uint64_t case_no, kb_chunks_file_fn fn, void *state)
{
	struct kb_buf names = { 0 };
	struct path path;
	enum kb_err err = KB_OK;

	case_path(chunks, case_no, &path);
	err = list_names(path.text, &names);
	for (size_t at = 0; err == KB_OK && at < names.len;) {
		struct kb_id file_id;

		if (kb_id_parse(next_name(&names, &at), &file_id) == KB_OK) {
			err = fn(state, case_no, &file_id);
		}
	}
	kb_buf_release(&names);
	return err;
}

static enum kb_err
remove_one(void *state, uint64_t case_no, const struct kb_id *file_id)
{
	return kb_chunks_remove(state, case_no, file_id);
}

enum kb_err
kb_chunks_remove_case(struct kb_chunks *chunks, uint64_t case_no)
{
	struct path path;
	enum kb_err err = kb_chunks_each_file(chunks, case_no, remove_one, chunks);

	case_path(chunks, case_no, &path);
	return err == KB_OK ? remove_folder(path.text) : err;
}
