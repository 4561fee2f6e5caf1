/* SPDX-License-Identifier: EUPL-1.2 */
/* What the helper does, without its process: bytes in, frames out. */
#ifndef KB_INTAKE_OSO_WORK_H
#define KB_INTAKE_OSO_WORK_H

#include "agents/intake/oso/xml.h"

/* Checks a dossier, and with split says its fields when it broke nothing. Appends frames, END last. KB_ERR_NO_MEMORY. */
KB_MUST_CHECK enum kb_err kb_oso_work_check(struct kb_span dossier, struct kb_span schema,
					    bool split, struct kb_buf *to);
/* Puts the fields in frames (as the other end sent them) together: one DOCUMENT, or findings. */
KB_MUST_CHECK enum kb_err kb_oso_work_join(struct kb_span frames, struct kb_buf *to);

#endif
