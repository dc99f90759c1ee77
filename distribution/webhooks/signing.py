"""Checks an RSA signature against a certificate that the signer publishes."""

import base64
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from distribution.webhooks.calls import NotGenuine

SMALLEST_KEY = 2048
"""Bits."""


def key_of(certificate: bytes, now: datetime) -> RSAPublicKey:
    """The key of a certificate in PEM; raises NotGenuine where it is none, or not valid now.

    Who issued it is not asked: its address, over TLS, says whose it is.
    """
    try:
        read = x509.load_pem_x509_certificate(certificate)
        key = read.public_key()
    except ValueError:
        raise NotGenuine("no certificate at its address") from None
    if not read.not_valid_before_utc <= now <= read.not_valid_after_utc:
        raise NotGenuine("the certificate is not valid now")
    if not isinstance(key, RSAPublicKey) or key.key_size < SMALLEST_KEY:
        raise NotGenuine("the certificate's key is no RSA key, or too short")
    return key


def signed(key: RSAPublicKey, signature: str, text: bytes) -> bool:
    """Whether the owner of the key signed this (PKCS #1 v1.5, SHA-256; Base64)."""
    try:
        key.verify(base64.b64decode(signature, validate=True), text, PKCS1v15(), SHA256())
    except (ValueError, InvalidSignature):
        return False
    return True
