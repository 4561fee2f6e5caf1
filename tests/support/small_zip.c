/* SPDX-License-Identifier: EUPL-1.2 */
/* Zip containers made by hand. */
#include "tests/support/small_zip.h"

#include <stdlib.h>

static void
put(struct kb_buf *to, uint32_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++) {
		if (kb_buf_put_u8(to, (uint8_t)(i < 4 ? value >> (8 * i) : 0)) != KB_OK) {
			abort();
		}
	}
}

static void
put_bytes(struct kb_buf *to, const char *text)
{
	if (kb_buf_put_text(to, text) != KB_OK) {
		abort();
	}
}

void
small_zip_add(struct small_zip *zip, const struct small_zip_entry *entry)
{
	uint32_t name_len = (uint32_t)strlen(entry->name);
	uint32_t len = (uint32_t)strlen(entry->content);
	uint32_t packed = entry->packed != 0 ? entry->packed : len;
	uint32_t unpacked = entry->unpacked != 0 ? entry->unpacked : packed;
	uint32_t offset = entry->wrong_offset ? 0 : (uint32_t)zip->bytes.len;

	put(&zip->bytes, 0x04034b50u, 4);
	put(&zip->bytes, 20, 2);
	put(&zip->bytes, entry->flags, 2);
	put(&zip->bytes, entry->method, 2);
	put(&zip->bytes, 0, 8);
	put(&zip->bytes, packed, 4);
	put(&zip->bytes, unpacked, 4);
	put(&zip->bytes, name_len, 2);
	put(&zip->bytes, 0, 2);
	put_bytes(&zip->bytes, entry->name);
	put_bytes(&zip->bytes, entry->content);
	put(&zip->directory, 0x02014b50u, 4);
	put(&zip->directory, 20 | entry->made_by << 8, 2);
	put(&zip->directory, 20, 2);
	put(&zip->directory, entry->flags, 2);
	put(&zip->directory, entry->method, 2);
	put(&zip->directory, 0, 8);
	put(&zip->directory, packed, 4);
	put(&zip->directory, unpacked, 4);
	put(&zip->directory, name_len, 2);
	put(&zip->directory, 0, 2);
	put(&zip->directory, entry->comment_len, 2);
	put(&zip->directory, entry->disk, 2);
	put(&zip->directory, 0, 2);
	put(&zip->directory, entry->attributes, 4);
	put(&zip->directory, offset, 4);
	put_bytes(&zip->directory, entry->name);
	put(&zip->directory, 0, entry->comment_len);
	zip->count++;
}

void
small_zip_end(struct small_zip *zip, uint32_t count, struct kb_span comment)
{
	uint32_t offset = (uint32_t)zip->bytes.len;
	uint32_t said = count != 0 ? count : zip->count;

	if (kb_buf_put(&zip->bytes, kb_buf_span(&zip->directory)) != KB_OK) {
		abort();
	}
	put(&zip->bytes, 0x06054b50u, 4);
	put(&zip->bytes, 0, 4);
	put(&zip->bytes, said, 2);
	put(&zip->bytes, said, 2);
	put(&zip->bytes, (uint32_t)zip->directory.len, 4);
	put(&zip->bytes, offset, 4);
	put(&zip->bytes, (uint32_t)comment.len, 2);
	if (comment.len > 0 && kb_buf_put(&zip->bytes, comment) != KB_OK) {
		abort();
	}
}

void
small_zip_release(struct small_zip *zip)
{
	kb_buf_release(&zip->bytes);
	kb_buf_release(&zip->directory);
	zip->count = 0;
}

void
small_zip_odt(struct small_zip *zip)
{
	small_zip_add(zip, &(struct small_zip_entry){
				   .name = "mimetype",
				   .content = "application/vnd.oasis.opendocument.text" });
	small_zip_add(zip,
		      &(struct small_zip_entry){ .name = "content.xml", .content = "<office/>" });
	small_zip_add(zip, &(struct small_zip_entry){ .name = "META-INF/manifest.xml",
						      .content = "<manifest/>" });
}

void
small_zip_docx(struct small_zip *zip)
{
	small_zip_add(zip, &(struct small_zip_entry){ .name = "[Content_Types].xml",
						      .content = "<Types/>" });
	small_zip_add(zip, &(struct small_zip_entry){ .name = "_rels/.rels", .content = "<r/>" });
	small_zip_add(zip, &(struct small_zip_entry){ .name = "word/document.xml",
						      .content = "<w:document/>" });
}

enum kb_err
small_zip_read(void *state, uint64_t offset, uint8_t *out, size_t len)
{
	const struct kb_span *bytes = state;

	if (offset > bytes->len || len > bytes->len - offset) {
		return KB_ERR_IO;
	}
	memcpy(out, bytes->at + offset, len);
	return KB_OK;
}
