"""Secrets that must be readable again, kept encrypted (AES-256-GCM), so that a copy of the database alone gives nothing away.

The keys are those of the setting `data_key`, newest first: what is sealed is sealed with the newest, what was sealed with an older
one can still be read. Each sealed text is bound to a purpose, so that it cannot be moved to another row or another use.
"""

import base64
import binascii
import hashlib
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

NONCE = 12  # bytes, as NIST SP 800-38D recommends


class SealBroken(ValueError):
    """A sealed text that was changed, that belongs to another purpose, or whose key is gone."""


def seal(text: str, purpose: str) -> str:
    """The text encrypted with the newest key; only `unseal` with the same purpose gives it back."""
    name, box = next(iter(_boxes(_keys()).items()))
    nonce = os.urandom(NONCE)
    packed = nonce + box.encrypt(nonce, text.encode("utf-8"), purpose.encode("utf-8"))
    return f"{name}.{base64.urlsafe_b64encode(packed).decode('ascii')}"


def unseal(sealed: str, purpose: str) -> str:
    """The text that was sealed for a purpose. Raises SealBroken."""
    name, _, packed = sealed.partition(".")
    box = _boxes(_keys()).get(name)
    try:
        content = base64.urlsafe_b64decode(packed.encode("ascii"))
        if box is None or len(content) <= NONCE:
            raise SealBroken
        return box.decrypt(content[:NONCE], content[NONCE:], purpose.encode("utf-8")).decode("utf-8")
    except (InvalidTag, binascii.Error, UnicodeError) as error:
        raise SealBroken from error


def is_newest(sealed: str) -> bool:
    """Whether the text was sealed with the newest key."""
    return sealed.partition(".")[0] == next(iter(_boxes(_keys())))


def _keys() -> str:
    keys: str = current_app.extensions["settings"].data_key
    return keys


@lru_cache(maxsize=8)
def _boxes(keys: str) -> dict[str, AESGCM]:
    """The ciphers by the name that stands before what they sealed, newest first; a key is any text of 32 characters or more."""
    digests = [hashlib.sha256(b"simpul data key:" + key.encode("utf-8")).digest() for key in keys.split()]
    return {hashlib.sha256(digest).hexdigest()[:8]: AESGCM(digest) for digest in digests}
