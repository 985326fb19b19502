"""Signed statements: a good signature is taken, any other is refused with a reason."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey, RSAKey

from aarportal.cycle.action.xapi.signatures import (
    ALGORITHMS,
    USAGE,
    SignatureError,
    check_signatures,
)
from tests.cycle.action.xapi.example import ATTACHMENT, OTHER_ID, decode, statement

TODAY = datetime(2026, 11, 20, tzinfo=UTC)


@cache
def key(bits=2048, _nth=0) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def certificate(of) -> str:
    """A certificate of a key, made by itself, as it stands in x5c."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "drill.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(of.public_key())
        .serial_number(7)
        .not_valid_before(TODAY)
        .not_valid_after(TODAY + timedelta(days=1))
        .sign(of, hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(Encoding.DER)).decode()


def sign(payload, *, algorithm="RS256", by=None, **header) -> bytes:
    payload = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signer = RSAKey.import_key(by or key())
    if algorithm.startswith("HS"):
        signer = OctKey.import_key(b"x" * 64)
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    registry.max_header_length = registry.max_payload_length = 10**6
    return jws.serialize_compact(
        {"alg": algorithm, **header}, payload, signer, registry=registry
    ).encode()


def signed(signature: bytes, body=None, **header):
    """The statement with its signature, and the data that comes with it."""
    sha2 = hashlib.sha256(signature).hexdigest()
    attachment = {
        "usageType": USAGE,
        "display": {"en": "signature"},
        "contentType": "application/octet-stream",
        "length": len(signature),
        "sha2": sha2,
        **header,
    }
    body = body or statement()
    body = {**body, "attachments": [*body.get("attachments", []), attachment]}
    [found] = decode(body, data_hashes={sha2})
    return found, {sha2: signature}


def refusal(*given) -> str:
    with pytest.raises(SignatureError) as refused:
        check_signatures(*given)
    return str(refused.value)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("with_certificate", [False, True])
def test_a_good_signature_is_taken(algorithm, with_certificate):
    header = {"x5c": [certificate(key()), "the chain"]} if with_certificate else {}
    check_signatures(*signed(sign(statement(), algorithm=algorithm, **header)))


def test_a_statement_without_signature_is_not_looked_at():
    [plain] = decode(statement(attachments=[ATTACHMENT]))
    check_signatures(plain, {})


#: What was signed says the same as the statement.
SAME = {
    "in another order": dict(reversed(list(statement().items()))),
    "at the same moment elsewhere": statement(timestamp="2026-11-20T01:15:30.125Z"),
    "without id": {name: part for name, part in statement().items() if name != "id"},
    "with an id in capitals": statement(id=statement()["id"].upper()),
    "with what the store adds": statement(version="1.0.0", stored="2026-11-20T01:00:00Z"),
}


@pytest.mark.parametrize("payload", SAME.values(), ids=SAME)
def test_what_was_signed_may_be_written_otherwise(payload):
    check_signatures(*signed(sign(payload, typ="JWT", kid="1")))


def test_other_attachments_are_signed_along():
    whole = statement(attachments=[ATTACHMENT])
    check_signatures(*signed(sign(whole), whole))
    assert "not this statement" in refusal(*signed(sign(statement()), whole))


#: What is signed instead.
OTHERS = {
    "another statement": statement(result={"success": False}),
    "under another id": statement(id=OTHER_ID),
    "two": [statement(), statement(id=OTHER_ID)],
    "none": [],
    "no statement": {"a": 1},
    "no JSON": json.dumps(statement()).replace('"', "'", 1).encode(),
    "nothing": b"",
    "no UTF-8": b"\xff",
}


@pytest.mark.parametrize("payload", OTHERS.values(), ids=OTHERS)
def test_a_signature_is_one_of_this_statement(payload):
    assert "not this statement" in refusal(*signed(sign(payload)))


@pytest.mark.parametrize("algorithm", ["HS256", "PS256"])
def test_other_algorithms_are_refused(algorithm):
    assert "RS256" in refusal(*signed(sign(statement(), algorithm=algorithm)))


def plain(header) -> bytes:
    """A JWS that nobody signed."""
    parts = [json.dumps(header).encode(), json.dumps(statement()).encode(), b"x"]
    return b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)


@pytest.mark.parametrize(
    "header",
    [{"alg": "none"}, {"alg": 7}, {"alg": ["RS256"]}, {}, {"alg": "rs256"},
     {"alg": "RS256", "crit": ["b64"], "b64": False}, [], "RS256", 7, None],
)  # fmt: skip
def test_a_header_that_proves_nothing_is_refused(header):
    assert "signature" in refusal(*signed(plain(header))).lower()


@pytest.mark.parametrize(
    "chain",
    ["x", [], [7], {}, None, ["not base64"], ["AAAA"], [certificate(key())[:-40]]],
)
def test_a_certificate_that_is_none_is_refused(chain):
    assert "x5c" in refusal(*signed(plain({"alg": "RS256", "x5c": chain})))


def test_the_key_of_the_certificate_made_the_signature():
    other, short, curve = key(2048, 1), key(1024), ec.generate_private_key(ec.SECP256R1())
    good = certificate(key())
    assert "its certificate" in refusal(*signed(sign(statement(), by=other, x5c=[good])))
    check_signatures(*signed(sign(statement(), by=other, x5c=[certificate(other), good])))
    assert "2048 bits" in refusal(*signed(sign(statement(), x5c=[certificate(short)])))
    assert "RSA" in refusal(*signed(sign(statement(), x5c=[certificate(curve)])))


def test_a_changed_signature_is_refused():
    head, payload, seal = sign(statement(), x5c=[certificate(key())]).split(b".")
    other = base64.urlsafe_b64encode(b"\0" * 256).rstrip(b"=")
    for wrong in (other, seal[:-8], b""):
        assert refusal(*signed(b".".join([head, payload, wrong])))


def test_a_signature_comes_as_any_bytes_and_with_the_statement():
    good = sign(statement())
    wrong = signed(good, contentType="text/plain; charset=ascii")
    assert "octet-stream" in refusal(*wrong)
    elsewhere, _ = signed(good, fileUrl="https://drill.example/signature")
    assert "fileUrl" in refusal(elsewhere, {})
    with pytest.raises(SignatureError) as refused:
        check_signatures(*signed(good, statement(attachments=[ATTACHMENT])))
    assert refused.value.attachment == 1


@given(st.binary(max_size=80) | st.lists(st.binary(max_size=20), max_size=4).map(b".".join))
def test_no_bytes_make_it_stumble(noise):
    assert refusal(*signed(noise))
