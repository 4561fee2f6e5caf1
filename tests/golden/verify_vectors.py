#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Checks tests/golden/vectors with nothing but proto/README.md, the RFCs and Python's hashlib.

Own code for X25519 (RFC 7748), Ed25519 (RFC 8032), AES-256-GCM (FIPS 197, SP 800-38D), HPKE (RFC 9180), ECDSA P-256, the RFC 9162
trees and the encoding. Slow and not constant-time: for vectors only.  usage: verify_vectors.py FOLDER
"""
import hashlib
import hmac
import json
import os
import sys

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def be(number, size):
    return number.to_bytes(size, "big")


def label(text, *parts):
    return text.encode() + b"\0" + b"".join(parts)


def party(text):
    return be(len(text), 1) + text


# --- encoding: section 1 -------------------------------------------------------------------------------------------

def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            assert byte != 0 or shift == 7, "a varint that is not minimal"
            return value, at


def fields(data):
    """{tag: [values]}; checks order and wire types on the way."""
    out = {}
    at = last = 0
    while at < len(data):
        key, at = read_varint(data, at)
        tag, wire = key >> 3, key & 7
        assert wire in (0, 2) and tag >= last, "not canonical"
        last = tag
        value, at = read_varint(data, at)
        if wire == 2:
            end = at + value
            assert end <= len(data), "truncated"
            value, at = data[at:end], end
        out.setdefault(tag, []).append(value)
    return out


def one(message, tag, absent=b""):
    values = message.get(tag, [absent])
    assert len(values) == 1
    return values[0]


# --- X25519 --------------------------------------------------------------------------------------------------------

def x25519(scalar, u):
    k = int.from_bytes(scalar, "little")
    k = (k & ~7 & ~(1 << 255)) | (1 << 254)
    x1 = int.from_bytes(u, "little") & ((1 << 255) - 1)
    x2, z2, x3, z3, swap = 1, 0, x1, 1, 0
    for t in reversed(range(255)):
        bit = k >> t & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b = (x2 + z2) % P, (x2 - z2) % P
        aa, bb = a * a % P, b * b % P
        e = (aa - bb) % P
        da, cb = (x3 - z3) * a % P, (x3 + z3) * b % P
        x3, z3 = (da + cb) ** 2 % P, x1 * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


BASE_U = (9).to_bytes(32, "little")


# --- Ed25519 -------------------------------------------------------------------------------------------------------

def ed_add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def ed_mul(s, p):
    q = (0, 1, 1, 0)
    while s:
        if s & 1:
            q = ed_add(q, p)
        p = ed_add(p, p)
        s >>= 1
    return q


def ed_decode(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    assert y < P
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert (x * x - x2) % P == 0, "no point"
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def ed_encode(p):
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


ED_BASE = ed_decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed_verify(public, message, signature):
    a, r = ed_decode(public), signature[:32]
    assert ed_encode(ed_mul(8, a)) != ed_encode((0, 1, 1, 0)), "a key of small order"
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(r + public + message).digest(), "little") % L
    return s < L and ed_encode(ed_mul(s, ED_BASE)) == ed_encode(ed_add(ed_decode(r), ed_mul(h, a)))


def ed_public(seed):
    a = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little")
    return ed_encode(ed_mul((a & ((1 << 254) - 8)) | (1 << 254), ED_BASE))


# --- ECDSA P-256 ---------------------------------------------------------------------------------------------------

PP = 2**256 - 2**224 + 2**192 + 2**96 - 1
PN = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PG = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
      0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def p_add(p, q):
    if p is None or q is None:
        return p or q
    if p[0] == q[0] and (p[1] + q[1]) % PP == 0:
        return None
    if p == q:
        m = (3 * p[0] * p[0] - 3) * pow(2 * p[1], PP - 2, PP)
    else:
        m = (q[1] - p[1]) * pow(q[0] - p[0], PP - 2, PP)
    x = (m * m - p[0] - q[0]) % PP
    return x, (m * (p[0] - x) - p[1]) % PP


def p_mul(k, p):
    out = None
    while k:
        if k & 1:
            out = p_add(out, p)
        p = p_add(p, p)
        k >>= 1
    return out


def der_integers(der):
    assert der[0] == 0x30 and der[1] == len(der) - 2 and der[2] == 2
    r = int.from_bytes(der[4:4 + der[3]], "big")
    rest = der[4 + der[3]:]
    assert rest[0] == 2 and rest[1] == len(rest) - 2
    return r, int.from_bytes(rest[2:], "big")


def ecdsa_verify(certificate, message, signature):
    # SubjectPublicKeyInfo of an uncompressed prime256v1 point: OID 1.2.840.10045.3.1.7, then BIT STRING 04 X Y.
    at = certificate.index(bytes.fromhex("06082a8648ce3d030107034200 04".replace(" ", ""))) + 14
    q = int.from_bytes(certificate[at:at + 32], "big"), int.from_bytes(certificate[at + 32:at + 64], "big")
    r, s = der_integers(signature)
    w = pow(s, PN - 2, PN)
    e = int.from_bytes(sha256(message), "big")
    point = p_add(p_mul(e * w % PN, PG), p_mul(r * w % PN, q))
    return 0 < r < PN and 0 < s < PN and point is not None and point[0] % PN == r


def der_parts(der):
    """The parts of a SEQUENCE, each with its head."""
    def split(at):
        size, at = der[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            size, at = int.from_bytes(der[at:at + count], "big"), at + count
        return at, at + size
    at, end = split(0)
    assert der[0] == 0x30 and end == len(der)
    out = []
    while at < end:
        out.append(der[at:split(at)[1]])
        at += len(out[-1])
    return out


def issued_by(certificate, authority):
    signed, _, bits = der_parts(certificate)
    head = 2 if bits[1] < 0x80 else 3
    return ecdsa_verify(authority, signed, bits[head + 1:])


# --- AES-256-GCM ---------------------------------------------------------------------------------------------------

def make_sbox():
    box, p, q = [0] * 256, 1, 1
    while True:
        p = p ^ (p << 1 & 0xFF) ^ (0x1B if p & 0x80 else 0)
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q &= 0xFF
        if q & 0x80:
            q ^= 0x09
        x = q
        for i in range(1, 5):
            x ^= (q << i | q >> (8 - i)) & 0xFF
        box[p] = x ^ 0x63
        if p == 1:
            box[0] = 0x63
            return box


SBOX = make_sbox()


def xtime(a):
    return (a << 1 ^ (0x1B if a & 0x80 else 0)) & 0xFF


def aes_schedule(key):
    words, rcon = [list(key[i:i + 4]) for i in range(0, 32, 4)], 1
    for i in range(8, 60):
        word = list(words[-1])
        if i % 8 == 0:
            word = [SBOX[b] for b in word[1:] + word[:1]]
            word[0] ^= rcon
            rcon = xtime(rcon)
        elif i % 8 == 4:
            word = [SBOX[b] for b in word]
        words.append([a ^ b for a, b in zip(words[i - 8], word)])
    return [sum(words[i:i + 4], []) for i in range(0, 60, 4)]


def aes_block(rounds, block):
    s = [a ^ b for a, b in zip(block, rounds[0])]
    for number, key in enumerate(rounds[1:], 1):
        s = [SBOX[s[(i + 4 * (i % 4)) % 16]] for i in range(16)]
        if number < len(rounds) - 1:
            mixed = []
            for c in range(0, 16, 4):
                a = s[c:c + 4]
                total = a[0] ^ a[1] ^ a[2] ^ a[3]
                mixed += [a[i] ^ total ^ xtime(a[i] ^ a[(i + 1) % 4]) for i in range(4)]
            s = mixed
        s = [a ^ b for a, b in zip(s, key)]
    return bytes(s)


def gf_mul(x, y):
    z = 0
    for i in range(127, -1, -1):
        if x >> i & 1:
            z ^= y
        y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
    return z


def gcm_open(key, nonce, aad, sealed):
    rounds = aes_schedule(key)
    cipher, tag = sealed[:-16], sealed[-16:]
    h = int.from_bytes(aes_block(rounds, bytes(16)), "big")
    pad = lambda data: data + bytes(-len(data) % 16)
    hashed, y = pad(aad) + pad(cipher) + be(len(aad) * 8, 8) + be(len(cipher) * 8, 8), 0
    for i in range(0, len(hashed), 16):
        y = gf_mul(y ^ int.from_bytes(hashed[i:i + 16], "big"), h)
    mask = aes_block(rounds, nonce + be(1, 4))
    assert bytes(a ^ b for a, b in zip(be(y, 16), mask)) == tag, "the tag does not hold"
    plain = b""
    for i in range(0, len(cipher), 16):
        stream = aes_block(rounds, nonce + be(2 + i // 16, 4))
        plain += bytes(a ^ b for a, b in zip(cipher[i:i + 16], stream))
    return plain


# --- HPKE base mode ------------------------------------------------------------------------------------------------

KEM = b"KEM" + be(0x0020, 2)
HPKE = b"HPKE" + be(0x0020, 2) + be(0x0001, 2) + be(0x0002, 2)


def extract(suite, salt, name, ikm):
    return hmac.new(salt, b"HPKE-v1" + suite + name + ikm, hashlib.sha256).digest()


def expand(suite, prk, name, info, size):
    info = be(size, 2) + b"HPKE-v1" + suite + name + info
    out = block = b""
    while len(out) < size:
        block = hmac.new(prk, block + info + be(len(out) // 32 + 1, 1), hashlib.sha256).digest()
        out += block
    return out[:size]


def hpke_open_context(private, enc, info):
    dh = x25519(private, enc)
    context = enc + x25519(private, BASE_U)
    shared = expand(KEM, extract(KEM, b"", b"eae_prk", dh), b"shared_secret", context, 32)
    schedule = b"\0" + extract(HPKE, b"", b"psk_id_hash", b"") + extract(HPKE, b"", b"info_hash", info)
    secret = extract(HPKE, shared, b"secret", b"")
    return shared, expand(HPKE, secret, b"key", schedule, 32), expand(HPKE, secret, b"base_nonce", schedule, 12)


# --- Merkle trees --------------------------------------------------------------------------------------------------

def leaf_hash(data):
    return sha256(b"\0", data)


def node_hash(left, right):
    return sha256(b"\1", left, right)


def root_of(leaves):
    if len(leaves) == 0:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_hash(root_of(leaves[:half]), root_of(leaves[half:]))


def root_from_path(leaf, index, size, path):
    hashes = [path[i:i + 32] for i in range(0, len(path), 32)]
    fn, sn, r = index, size - 1, leaf
    assert index < size
    for p in hashes:
        assert sn != 0, "the path is too long"
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while fn & 1 == 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0, "the path is too short"
    return r


def consistent(old_size, old_root, new_size, new_root, path):
    """RFC 9162 2.1.4.2"""
    hashes = [path[i:i + 32] for i in range(0, len(path), 32)]
    if old_size & (old_size - 1) == 0:
        hashes.insert(0, old_root)
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = hashes[0]
    for c in hashes[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while fn & 1 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return fr == old_root and sr == new_root and sn == 0


# --- the vectors ---------------------------------------------------------------------------------------------------

class Vectors:
    def __init__(self, folder, name):
        with open(os.path.join(folder, name + ".json"), encoding="ascii") as file:
            self.data = json.load(file)
        self.read = {"about"}

    def number(self, name):
        self.read.add(name)
        return self.data[name]

    def text(self, name):
        return self.number(name).encode()

    def __getitem__(self, name):
        return bytes.fromhex(self.number(name))

    def close(self):
        """A value that nobody checked would be a trap for who builds on it."""
        assert not set(self.data) - self.read, set(self.data) - self.read


def check_keys(v, role):
    assert ed_public(v[role + "_signing_seed"]) == v[role + "_signing_key"]
    assert x25519(v[role + "_sealing_private"], BASE_U) == v[role + "_sealing_key"]


def check_seal(header, seal_bytes, sender, public):
    seal = fields(seal_bytes)
    version, size, index = one(seal, 1), one(seal, 2), one(seal, 3, 0)
    root = root_from_path(leaf_hash(header), index, size, one(seal, 4))
    signed = label("ketenbode/v1/seal", party(sender), be(version, 4), be(size, 4), root)
    assert ed_verify(public, signed, one(seal, 5))
    return root


def check_envelope(v):
    check_keys(v, "sender")
    check_keys(v, "recipient")
    parts = fields(v["envelope"])
    header_bytes, seal, sealed = one(parts, 1), one(parts, 2), one(parts, 3)
    h = fields(header_bytes)
    sender, recipient = one(h, 4), one(h, 5)
    assert (one(h, 1), one(h, 2)) == (1, 1) and sender == v.text("sender") and recipient == v.text("recipient")
    assert (header_bytes, seal, sealed) == (v["header"], v["seal"], v["sealed"])
    assert one(h, 14) == sha256(sealed) == v["sealed_sha256"]
    assert one(fields(seal), 1) == v.number("key_version") and one(fields(seal), 5) == v["signature"]
    assert check_seal(header_bytes, seal, sender, v["sender_signing_key"]) == v["root"]
    info = label("ketenbode/v1/hpke", party(sender), party(recipient))
    aad = label("ketenbode/v1/aad", be(one(h, 1), 4), be(one(h, 2), 4), one(h, 3), party(sender), party(recipient),
                one(h, 6), be(one(h, 7, 0), 8), be(one(h, 10), 8))
    assert info == v["info"] and aad == v["aad"]
    enc = one(h, 12)
    assert x25519(v["ephemeral_private"], BASE_U) == enc == v["enc"] and one(h, 13, 0) == v.number("index")
    shared, key, base_nonce = hpke_open_context(v["recipient_sealing_private"], enc, info)
    assert (shared, key, base_nonce) == (v["shared_secret"], v["key"], v["base_nonce"])
    nonce = bytes(a ^ b for a, b in zip(base_nonce, be(one(h, 13, 0), 12)))
    padded = gcm_open(key, nonce, aad, sealed)
    assert padded == v["padded"]
    length = int.from_bytes(padded[:4], "big")
    plain = padded[4:4 + length]
    steps = sorted([512 << k for k in range(12)] + [768 << k for k in range(12)])
    assert len(padded) == min(s for s in steps if s >= 4 + length) and not any(padded[4 + length:])
    salt, body = plain[:32], plain[32:]
    assert salt == v["salt"] and body == v["body"]
    assert one(h, 15) == sha256(label("ketenbode/v1/body", salt, body)) == v["commitment"]
    b = fields(body)
    assert one(b, 13) == v["content"]
    return h, b


def check_alert(folder):
    v = Vectors(folder, "envelope")
    h, b = check_envelope(v)
    v.close()
    melding = fields(one(b, 13))
    assert one(h, 7) == 41 and one(b, 1) == 10 and one(b, 12) == 1
    assert one(melding, 6) == sum(one(fields(day), 2) for day in melding[7]) == 960
    assert one(fields(one(melding, 9)), 2).decode() == "Zoë"


def check_receipt(folder):
    v = Vectors(folder, "receipt")
    h, b = check_envelope(v)
    receipt = fields(one(b, 13))
    assert one(h, 7, 0) == 0 and one(b, 1) == 1
    stored, refused = (fields(item) for item in receipt[1])
    assert (one(stored, 6), one(stored, 7, 0)) == (1, 0) and (one(refused, 6), one(refused, 7)) == (2, 24)
    missing = fields(receipt[2][0])
    assert (one(missing, 2), one(missing, 3)) == (38, 40)
    signed = fields(one(receipt, 3))
    assert one(signed, 1) == v["checkpoint"] and one(signed, 3) == v["checkpoint_signature"]
    v.close()
    assert ed_verify(v["sender_signing_key"], label("ketenbode/v1/checkpoint", one(signed, 1)), one(signed, 3))


def check_batch(folder):
    v = Vectors(folder, "batch_seal")
    check_keys(v, "sender")
    headers = [v[f"header_{i}"] for i in range(5)]
    assert root_of([leaf_hash(h) for h in headers]) == v["root"]
    for i, header in enumerate(headers):
        seal = fields(v[f"seal_{i}"])
        assert leaf_hash(header) == v[f"leaf_{i}"] and one(seal, 4) == v[f"path_{i}"]
        assert (one(seal, 1), one(seal, 2), one(seal, 3, 0)) == (v.number("key_version"), v.number("tree_size"), i)
        assert one(seal, 5) == v["signature"]
        assert check_seal(header, v[f"seal_{i}"], v.text("sender"), v["sender_signing_key"]) == v["root"]
    v.close()


def check_checkpoint(folder):
    v = Vectors(folder, "checkpoint")
    check_keys(v, "origin")
    leaves = [leaf_hash(v[f"record_{i}"]) for i in range(12)]
    roots = []
    for i in range(2):
        c = fields(v[f"checkpoint_{i}"])
        assert ed_verify(v["origin_signing_key"], label("ketenbode/v1/checkpoint", v[f"checkpoint_{i}"]),
                         v[f"signature_{i}"])
        assert one(c, 1) == v.text("origin") and one(c, 2) == 2026 and one(c, 3) == v.number(f"size_{i}")
        roots.append(one(c, 4))
        assert root_of(leaves[:one(c, 3)]) == roots[-1] == v[f"root_{i}"]
    proof = fields(v["consistency_proof"])
    assert one(proof, 3) == v["path"]
    v.close()
    assert consistent(one(proof, 1), roots[0], one(proof, 2), roots[1], one(proof, 3))
    assert not consistent(one(proof, 1), roots[1], one(proof, 2), roots[0], one(proof, 3))


def check_register(folder):
    v = Vectors(folder, "register")
    check_keys(v, "registrar")
    assert issued_by(v["authority"], v["authority"])
    head = fields(v["head"])
    assert one(head, 2) == v.text("registrar") and v.text("registrar")[:20] in v["certificate_2"]
    assert ed_verify(v["registrar_signing_key"], label("ketenbode/v1/register", v["head"]), v["head_signature"])
    entries = [v[f"entry_{i}"] for i in range(4)]
    assert root_of([leaf_hash(e) for e in entries]) == one(head, 5) == v["root"] and one(head, 4) == 4
    assert sha256(v["revocations"]) == one(head, 8) and sha256(v["crl"]) == one(head, 9)
    proof = fields(v["register_proof"])
    assert one(proof, 2, 0) == v.number("proof_index") and one(proof, 3) == v["proof_path"]
    assert root_from_path(leaf_hash(one(proof, 1)), one(proof, 2, 0), 4, one(proof, 3)) == v["root"]
    keys = {}
    for i, data in enumerate(entries):
        entry = fields(data)
        names = ("descriptor", "certificate", "certificate_signature", "possession", "previous_signature")
        assert [one(entry, tag) for tag in range(1, 6)] == [v[f"{name}_{i}"] for name in names]
        assert leaf_hash(data) == v[f"leaf_{i}"] and issued_by(one(entry, 2), v["authority"])
        d = fields(one(entry, 1))
        name, version, signing = one(d, 2), one(d, 4), one(d, 10)
        assert ed_verify(signing, label("ketenbode/v1/possession", one(entry, 1)), one(entry, 4))
        assert ecdsa_verify(one(entry, 2), label("ketenbode/v1/descriptor", one(entry, 1)), one(entry, 3))
        assert name[:20] in one(entry, 2), "the certificate names another OIN"
        if version > 1:
            assert ed_verify(keys[name, version - 1], label("ketenbode/v1/descriptor", one(entry, 1)), one(entry, 5))
        else:
            assert 5 not in entry
        keys[name, version] = signing
    v.close()


def check_toestemming(folder):
    v = Vectors(folder, "toestemming")
    check_keys(v, "recorder")
    check_keys(v, "withdrawer")
    signers = [("recorder", 1, 1), ("withdrawer", 2, 3)]
    ids = set()
    for i, (role, versie, status) in enumerate(signers):
        signed = fields(v[f"ondertekend_{i}"])
        assert one(signed, 1) == v[f"toestemming_{i}"] and one(signed, 2) == v[f"signature_{i}"]
        message = label("ketenbode/v1/toestemming", one(signed, 1))
        assert ed_verify(v[role + "_signing_key"], message, one(signed, 2))
        assert not ed_verify(v[role + "_signing_key"], one(signed, 1), one(signed, 2)), "the label counts"
        t = fields(one(signed, 1))
        assert (one(t, 3), one(t, 6), one(t, 4)) == (versie, status, v.text(role))
        assert one(t, 4) in t[9] and t[9] == sorted(t[9]) and len(set(t[9])) == len(t[9])
        assert one(t, 12, 0) <= one(t, 11) and one(t, 15) <= one(t, 16)
        assert one(t, 14) == sha256(v["evidence_salt"], v["evidence"])
        ids.add((one(t, 1), one(t, 2), one(t, 7)))
    assert len(ids) == 1, "a version keeps id, case and purpose"
    v.close()


def check_zaak(folder):
    v = Vectors(folder, "zaak")
    check_keys(v, "swv")
    # Section 5: the profile.
    profile = fields(v["profiel"])
    files = [(v.text(f"file_name_{i}"), v[f"file_{i}"]) for i in range(2)]
    assert [(one(fields(f), 1), one(fields(f), 2)) for f in profile[1]] == files and files == sorted(files)
    named = [name + b"\0" + be(len(content), 8) + content for name, content in files]
    assert sha256(label("ketenbode/v1/profile", *named)) == v["profile_hash"]
    assert one(profile, 2) == v.text("swv") and one(profile, 4) == v["profile_signature"]
    message = label("ketenbode/v1/profiel-zegel", v["profile_hash"], one(profile, 2))
    assert ed_verify(v["swv_signing_key"], message, one(profile, 4))
    # Section 5: the records, each of which names the hash of the one before.
    regels = fields(v["regels"])[1]
    assert regels == [v["regel_0"], v["regel_1"]]
    before = b""
    for i, data in enumerate(regels):
        regel = fields(data)
        assert one(regel, 1) == 1 and one(regel, 3) == v["profile_hash"] and one(regel, 4) == b"doa"
        assert (one(regel, 5), one(regel, 6), one(regel, 7)) == (1, i + 1, before)
        assert all(one(fields(d), 1) for d in regel[18]) and one(regel, 16) in [one(fields(d), 1) for d in regel[18]]
        before = sha256(label("ketenbode/v1/zaakregel", data))
        assert before == v[f"regel_hash_{i}"]
    feit, klok = fields(one(regel, 19)), fields(one(regel, 20))
    assert one(feit, 1) == 7 and one(feit, 2) == 20261123 and one(feit, 3).decode().endswith("Zo\u00eb")
    assert one(klok, 1) == b"terugkoppeling" and one(klok, 2) - one(fields(regels[0]), 15) == 28 * 86400000
    v.close()


def check_bijlage(folder):
    v = Vectors(folder, "bijlage")
    file = bytes(i % 251 for i in range(v.number("bytes")))
    parts = [file[at:at + 245760] for at in range(0, len(file), 245760)]
    # Section 6: named by the hash of all of it, with the hash of every part.
    b = fields(v["bijlage"])
    assert (one(b, 1), one(b, 2), one(b, 3)) == (sha256(file), len(file), 4)
    assert (one(b, 4), one(b, 6), one(b, 7), one(b, 8)) == (b"zienswijze ouders", 20261123, 5, 20261120)
    assert one(b, 9) == b"".join(sha256(part) for part in parts) and len(parts) == 2
    q = fields(v["opvraag"])
    assert (one(q, 1), one(q, 2), one(q, 3)) == (sha256(file), 1, 1)
    d = fields(v["deel"])
    assert (one(d, 1), one(d, 2), one(d, 3), one(d, 4)) == (sha256(file), 1, one(b, 7), one(b, 8))
    assert one(d, 5) == parts[1]
    # Put back, the content makes the same bytes: what the commitment is about.
    assert v["deel_in_logboek"] + b"\x2a" + be(len(parts[1]), 1) + parts[1] == v["deel"]
    assert v["uitkomst"] == b"\x0a\x20" + sha256(file)
    assert one(fields(v["uitkomst_geweigerd"]), 2) == b"zip-macro"
    v.close()


def main():
    folder = sys.argv[1] if len(sys.argv) == 2 else os.path.join(os.path.dirname(__file__), "vectors")
    for check in (check_alert, check_receipt, check_batch, check_checkpoint, check_register,
                  check_toestemming, check_zaak, check_bijlage):
        check(folder)
        print(check.__name__, "ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
