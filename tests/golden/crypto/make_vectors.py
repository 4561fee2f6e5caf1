#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Makes the Merkle and X.509 vectors of this folder anew (needs the Python package cryptography). Not part of the build: the
vectors are kept, so that the tests compare with something that our own code did not make. Private keys are thrown away."""
import datetime
import hashlib
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Use
from cryptography.x509.oid import NameOID

HERE = os.path.dirname(os.path.abspath(__file__))
OIN = "00000099000000001000"


# --- Merkle: RFC 9162 2.1 written as its definitions stand, nothing shared with the C code ---
def leaf(data):
    return hashlib.sha256(b"\0" + data).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(d):
    if not d:
        return hashlib.sha256(b"").digest()
    if len(d) == 1:
        return leaf(d[0])
    k = split(len(d))
    return node(mth(d[:k]), mth(d[k:]))


def path(m, d):
    if len(d) == 1:
        return []
    k = split(len(d))
    return path(m, d[:k]) + [mth(d[k:])] if m < k else path(m - k, d[k:]) + [mth(d[:k])]


def subproof(m, d, whole):
    if m == len(d):
        return [] if whole else [mth(d)]
    k = split(len(d))
    if m <= k:
        return subproof(m, d[:k], whole) + [mth(d[k:])]
    return subproof(m - k, d[k:], False) + [mth(d[:k])]


def write_merkle():
    # The eight leaves that Certificate Transparency implementations test with.
    data = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                       "606162636465666768696a6b6c6d6e6f")]
    with open(os.path.join(HERE, "merkle.txt"), "w", encoding="ascii") as out:
        for d in data:
            print("leaf", d.hex() or "-", file=out)
        for n in range(len(data) + 1):
            print("root", n, mth(data[:n]).hex(), file=out)
        for n in range(1, len(data) + 1):
            for m in range(n):
                print("path", m, n, b"".join(path(m, data[:n])).hex() or "-", file=out)
        for n in range(2, len(data) + 1):
            for m in range(1, n):
                print("consistency", m, n, b"".join(subproof(m, data[:n], True)).hex() or "-", file=out)


# --- X.509 ---
def day(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)


class Party:
    def __init__(self, name, key=None, subject=None):
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.name = subject or x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def save(name, thing):
    with open(os.path.join(HERE, "x509", name + ".pem"), "wb") as out:
        out.write(thing.public_bytes(serialization.Encoding.PEM))


def subject_of(name, serials=(OIN,)):
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Stichting Proef")]
    return x509.Name(parts + [x509.NameAttribute(NameOID.SERIAL_NUMBER, s) for s in serials])


def usage(**on):
    names = ("digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign "
             "encipher_only decipher_only").split()
    return x509.KeyUsage(**{n: on.get(n, False) for n in names})


def make(party, issuer, ca=False, eku=None, ku=None, begin="2026-01-01", end="2036-01-01"):
    eku = eku if eku is not None else () if ca else (Use.CLIENT_AUTH,)
    ku = ku or (usage(key_cert_sign=True, crl_sign=True) if ca else usage(digital_signature=True))
    builder = (x509.CertificateBuilder().subject_name(party.name).issuer_name(issuer.name)
               .public_key(party.key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(day(begin)).not_valid_after(day(end))
               .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
               .add_extension(ku, critical=True)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(party.key.public_key()), critical=False)
               .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False))
    if eku:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(eku)), critical=False)
    return builder.sign(issuer.key, hashes.SHA256())


def make_crl(issuer, number, revoked=(), this="2026-05-25", until="2026-06-08"):
    builder = (x509.CertificateRevocationListBuilder().issuer_name(issuer.name).last_update(day(this)).next_update(day(until))
               .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False))
    if number is not None:
        builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    for cert in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(cert.serial_number).revocation_date(day(this)).build())
    return builder.sign(issuer.key, hashes.SHA256())


def write_x509():
    root, other, fake = Party("Proef Root"), Party("Andere Root"), Party("Proef Root")
    middle = [Party("Proef Uitgever %d" % i) for i in (1, 2, 3)]
    gone = Party("Proef Uitgever Ingetrokken")
    save("root", make(root, root, ca=True))
    save("other_root", make(other, other, ca=True))
    save("fake_root", make(fake, fake, ca=True))
    above = [root] + middle
    for i, party in enumerate(middle):
        save("middle_%d" % (i + 1), make(party, above[i], ca=True))
    gone_cert = make(gone, root, ca=True)
    save("middle_gone", gone_cert)
    web = Party("Proef Uitgever Web")
    save("middle_web", make(web, root, ca=True, eku=(Use.SERVER_AUTH,)))

    def leaf_of(name, issuer=root, serials=(OIN,), key=None, **more):
        cert = make(Party(name, key, subject_of(name, serials)), issuer, **more)
        save("leaf_" + name, cert)
        return cert

    leaf_of("good")
    leaf_of("rsa", key=rsa.generate_private_key(65537, 2048))
    leaf_of("weak", key=rsa.generate_private_key(65537, 1024))
    leaf_of("p384", key=ec.generate_private_key(ec.SECP384R1()))
    leaf_of("expired", end="2026-05-31")
    leaf_of("future", begin="2026-07-01")
    leaf_of("server", eku=(Use.SERVER_AUTH,))
    leaf_of("any_use", eku=())
    leaf_of("no_signature", ku=usage(key_agreement=True))
    leaf_of("issuer", ca=True, eku=(Use.CLIENT_AUTH,))
    leaf_of("two_oins", serials=(OIN, "00000099000000002000"))
    leaf_of("no_oin", serials=())
    leaf_of("short_oin", serials=(OIN[:-1],))
    leaf_of("long_oin", serials=(OIN + "0",))
    leaf_of("unit_oin", serials=(OIN + "/12AB00",))
    leaf_of("under_web", issuer=web)
    leaf_of("other", issuer=other)
    leaf_of("fake", issuer=fake)
    leaf_of("two_between", issuer=middle[1])
    leaf_of("three_between", issuer=middle[2])
    leaf_of("under_gone", issuer=gone)
    alone = Party("alone", None, subject_of("alone"))
    save("leaf_alone", make(alone, alone))
    revoked = leaf_of("revoked")
    lost = [revoked, gone_cert]
    save("crl_7", make_crl(root, 7, lost))
    save("crl_6", make_crl(root, 6, this="2026-05-20", until="2026-06-05"))
    save("crl_expired", make_crl(root, 8, lost, until="2026-05-31"))
    save("crl_future", make_crl(root, 8, lost, this="2026-06-02"))
    save("crl_no_number", make_crl(root, None, lost))
    save("crl_fake", make_crl(fake, 99))
    save("crl_other", make_crl(other, 3))
    save("crl_gone", make_crl(gone, 1))
    save("crl_web", make_crl(web, 1))
    for i, party in enumerate(middle):
        save("crl_middle_%d" % (i + 1), make_crl(party, 1))


if __name__ == "__main__":
    os.makedirs(os.path.join(HERE, "x509"), exist_ok=True)
    write_merkle()
    write_x509()
