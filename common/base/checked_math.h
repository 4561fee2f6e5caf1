/* SPDX-License-Identifier: EUPL-1.2 */
/* Sizes that come from outside are added and multiplied only here. */
#ifndef KB_BASE_CHECKED_MATH_H
#define KB_BASE_CHECKED_MATH_H

#include "common/base/error.h"

/* *sum = a + b, or KB_ERR_OVERSIZE and *sum untouched. */
KB_MUST_CHECK static inline enum kb_err
kb_size_add(size_t a, size_t b, size_t *sum)
{
	size_t result = 0;

	if (__builtin_add_overflow(a, b, &result)) {
		return KB_ERR_OVERSIZE;
	}
	*sum = result;
	return KB_OK;
}

/* *product = a * b, or KB_ERR_OVERSIZE and *product untouched. */
KB_MUST_CHECK static inline enum kb_err
kb_size_mul(size_t a, size_t b, size_t *product)
{
	size_t result = 0;

	if (__builtin_mul_overflow(a, b, &result)) {
		return KB_ERR_OVERSIZE;
	}
	*product = result;
	return KB_OK;
}

#endif
