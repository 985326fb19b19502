"""Signed statements: the signature is an attachment, a JWS over the statement itself.

A signature says that the statement is as its signer wrote it; who the signer is, only a
certificate chain and somebody who trusts it could tell, and nobody here does.

Source: xAPI 1.0.3, part two, section 2.6 (signed statements); RFC 7515.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec.structs
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from aarportal.cycle.action.xapi.statement_comparison import same_statement
from aarportal.cycle.action.xapi.statement_model import Attachment
from aarportal.cycle.action.xapi.statements import Statement, StatementError, decode_batch

USAGE = "http://adlnet.gov/expapi/attachments/signature"
ALGORITHMS = ("RS256", "RS384", "RS512")
_CONTENT_TYPE = "application/octet-stream"
_LEAST_BITS = 2048


class _Registry(jws.JWSRegistry):
    """What the library takes, with room for a chain of certificates and for long statements."""

    max_header_length = 64 * 1024
    max_payload_length = 16 * 1024 * 1024
    max_signature_length = 4 * 1024


_REGISTRY = _Registry(algorithms=ALGORITHMS, strict_check_header=False)


class SignatureError(ValueError):
    """A signature that does not hold; the message says which rule it breaks.

    Attributes:
        attachment: Which attachment of the statement it is, counted from 0.
    """

    def __init__(self, message: str, attachment: int) -> None:
        """Keep the place beside the message."""
        super().__init__(message)
        self.attachment = attachment


def check_signatures(statement: Statement, data: Mapping[str, bytes]) -> None:
    """Look whether every signature of a statement is one of this very statement.

    Args:
        statement: With or without signatures.
        data: SHA-2 (lower-case hex) -> data of the attachments that came with it.

    Raises:
        SignatureError: The first one that does not hold.
    """
    for number, attachment in enumerate(statement.attachments):
        if attachment.usage_type == USAGE:
            try:
                _check(statement, attachment, data)
            except _BrokenError as broken:
                raise SignatureError(str(broken), number) from broken


class _BrokenError(ValueError):
    """What is wrong with a signature."""


def _check(statement: Statement, attachment: Attachment, data: Mapping[str, bytes]) -> None:
    if attachment.content_type.partition(";")[0].strip().lower() != _CONTENT_TYPE:
        raise _BrokenError(f"A signature has the contentType {_CONTENT_TYPE}")
    signature = data.get(attachment.sha2.lower())
    if signature is None:
        raise _BrokenError("A signature comes with the statement, not from a fileUrl")
    try:
        compact = jws.extract_compact(signature.strip(), registry=_REGISTRY)
    except (JoseError, ValueError) as error:
        raise _BrokenError("A signature is a JWS in compact serialization") from error
    header = compact.headers()
    if header.get("alg") not in ALGORITHMS:
        raise _BrokenError(f"A signature is made with one of {', '.join(ALGORITHMS)}")
    if "crit" in header:
        raise _BrokenError("A signature uses no critical extensions")
    if "x5c" in header:
        _verify(compact, _leaf(header["x5c"]))
    if not _same(statement, compact.payload):
        raise _BrokenError("What was signed is not this statement")


def _verify(compact: jws.CompactSignature, key: RSAKey) -> None:
    """Look whether the signature was made with the key."""
    try:
        good = jws.validate_compact(compact, key, registry=_REGISTRY)
    except (JoseError, ValueError) as error:
        raise _BrokenError(f"The signature cannot be verified: {error}") from error
    if not good:
        raise _BrokenError("The signature was not made with the key of its certificate")


def _leaf(chain: Any) -> RSAKey:
    """The key of the first certificate of a chain."""
    if not isinstance(chain, Sequence) or not chain or not isinstance(chain[0], str):
        raise _BrokenError("x5c is an array of certificates")
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(chain[0], validate=True))
        key = certificate.public_key()
    except (binascii.Error, ValueError) as error:
        raise _BrokenError("The first certificate of x5c cannot be read") from error
    if not isinstance(key, RSAPublicKey):
        raise _BrokenError("The first certificate of x5c has no RSA key")
    if key.key_size < _LEAST_BITS:
        raise _BrokenError(f"A key of less than {_LEAST_BITS} bits proves nothing")
    return RSAKey.import_key(key)


def _same(statement: Statement, payload: bytes) -> bool:
    """Whether a payload is the statement as it was before its signatures were added."""
    hashes = {attachment.sha2.lower() for attachment in statement.attachments}
    try:
        [signed] = decode_batch(payload, statement.timestamp, hashes, version=None)
    except (StatementError, ValueError):
        return False
    if signed.id not in {None, statement.id}:
        return False
    return same_statement(_unsigned(signed), _unsigned(statement))


def _unsigned(statement: Statement) -> Statement:
    """The statement without its signatures."""
    others = tuple(each for each in statement.attachments if each.usage_type != USAGE)
    return msgspec.structs.replace(statement, attachments=others)
