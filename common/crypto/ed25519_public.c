/* SPDX-License-Identifier: EUPL-1.2 */
/* Which Ed25519 public keys we take. OpenSSL takes any 32 bytes (reliability.md finding 9). */
#include "common/crypto/crypto_internal.h"
#include "common/crypto/sign.h"

#include <openssl/bn.h>

/* The y of the points of order 1, 2, 4 and 8, little endian without the sign bit of x. With both signs these are the eight
 * points of small order; any other encoding of one of them has y >= p. */
static const uint8_t small_order_y[][KB_SIGN_PUBLIC_BYTES] = {
	/* 0: order 4 */
	{ 0 },
	/* 1: the neutral element */
	{ 1 },
	/* order 8 */
	{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
	  0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
	  0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
	/* order 8 */
	{ 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
	  0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
	  0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
	/* p - 1: order 2 */
	{ 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
};

#define FIELD_PRIME_HEX "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed"
/* d = -121665/121666 (RFC 8032 5.1) */
#define CURVE_D_HEX "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3"

static bool
small_order(const uint8_t y[KB_SIGN_PUBLIC_BYTES])
{
	for (size_t i = 0; i < sizeof(small_order_y) / sizeof(small_order_y[0]); i++) {
		if (memcmp(y, small_order_y[i], KB_SIGN_PUBLIC_BYTES) == 0) {
			return true;
		}
	}
	return false;
}

/* Whether an x exists: x^2 = (y^2 - 1) / (d y^2 + 1) (RFC 8032 5.1.3), so numerator times denominator is a square. */
static enum kb_err
check_point(const BIGNUM *y, const BIGNUM *p, BN_CTX *ctx)
{
	BIGNUM *d = BN_CTX_get(ctx);
	BIGNUM *square = BN_CTX_get(ctx);
	BIGNUM *product = BN_CTX_get(ctx);

	if (product == NULL || BN_hex2bn(&d, CURVE_D_HEX) == 0 ||
	    BN_mod_sqr(square, y, p, ctx) != 1 || BN_mod_mul(d, d, square, p, ctx) != 1 ||
	    BN_add_word(d, 1) != 1 || BN_sub_word(square, 1) != 1 ||
	    BN_mod_mul(product, square, d, p, ctx) != 1) {
		return kb_crypto_failed(KB_ERR_CRYPTO);
	}
	return BN_kronecker(product, p, ctx) == 1 ? KB_OK : KB_ERR_BAD_KEY;
}

enum kb_err
kb_sign_public_check(const struct kb_sign_public *public_key)
{
	uint8_t y[KB_SIGN_PUBLIC_BYTES];
	enum kb_err err = KB_ERR_CRYPTO;
	BIGNUM *value = NULL;
	BIGNUM *p = NULL;
	BN_CTX *ctx = NULL;

	memcpy(y, public_key->bytes, sizeof(y));
	y[sizeof(y) - 1] &= 0x7f;
	if (small_order(y)) {
		return KB_ERR_BAD_KEY;
	}
	(void)kb_crypto_state();
	ctx = BN_CTX_new();
	value = BN_lebin2bn(y, sizeof(y), NULL);
	if (ctx == NULL || value == NULL || BN_hex2bn(&p, FIELD_PRIME_HEX) == 0) {
		goto out;
	}
	if (BN_cmp(value, p) >= 0) {
		err = KB_ERR_BAD_KEY;
		goto out;
	}
	BN_CTX_start(ctx);
	err = check_point(value, p, ctx);
	BN_CTX_end(ctx);
out:
	BN_free(value);
	BN_free(p);
	BN_CTX_free(ctx);
	return err;
}
