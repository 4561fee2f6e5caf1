/* SPDX-License-Identifier: EUPL-1.2 */
/* What a process may still do once it starts to read what others made. */
#ifndef KB_INTAKE_OSO_SANDBOX_H
#define KB_INTAKE_OSO_SANDBOX_H

#include "common/base/error.h"

/* Address space of the whole process, code and libraries included; seconds of processor. */
#define KB_OSO_SPACE_BYTES ((size_t)64 * 1024 * 1024)
#define KB_OSO_CPU_S 5

/* No core, no memory beyond the above, no file that grows. Before anything is read. */
KB_MUST_CHECK enum kb_err kb_oso_sandbox_limit(void);
/* From here on: reading and writing what is open, memory, ending. Anything else kills the process. */
KB_MUST_CHECK enum kb_err kb_oso_sandbox_close(void);

#endif
