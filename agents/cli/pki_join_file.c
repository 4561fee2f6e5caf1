/* SPDX-License-Identifier: EUPL-1.2 */
/* A join file as it lies on disk. */
#include "agents/cli/pki_join_file.h"

#include "common/base/file.h"

enum kb_err
kb_pki_join_file_read(struct kb_pki_join_file *file, const char *path, struct kb_error_text *where)
{
	struct kb_register_entry entry;
	enum kb_err err = kb_file_read(path, KB_WIRE_JOIN_BYTES_MAX, &file->bytes, where);

	if (err != KB_OK) {
		return kb_fail(where, err, "%s kan niet worden gelezen (%s)", path,
			       kb_err_text(err));
	}
	err = kb_join_file_decode(kb_buf_span(&file->bytes), &file->arena, &file->join);
	if (err == KB_OK) {
		err = kb_register_entry_decode(file->join.entry.entry, &file->arena, &entry);
	}
	if (err == KB_OK) {
		err = kb_descriptor_decode(entry.descriptor, &file->arena, &file->descriptor);
	}
	return err == KB_OK ? KB_OK
			    : kb_fail(where, KB_ERR_DATA, "%s is geen toetredingsbestand (%s)",
				      path, kb_err_text(err));
}

void
kb_pki_join_file_release(struct kb_pki_join_file *file)
{
	kb_buf_release(&file->bytes);
	kb_arena_release(&file->arena);
}
