"""The keys of encrypted fields, from the environment variable FIELD_KEYS, and what is done with them.

`FIELD_KEYS` holds `name:key` pairs separated by commas; the first key encrypts, every one of them decrypts. A key is 32
random bytes in URL-safe base64. A stored value names the version of the format and its key:
`v1:<name>:<base64 of nonce and AES-256-GCM ciphertext>` (NIST SP 800-38D: a random nonce of 96 bits for each value).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = "v1"
KEY_BYTES = 32
NONCE_BYTES = 12
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,32}")


class UnreadableValue(Exception):
    """A stored value cannot be decrypted: its key is missing, or it was changed or moved to another field."""


@dataclass(frozen=True)
class KeyRing:
    """The keys of an installation by name; the first one is the present one."""

    keys: tuple[tuple[str, bytes], ...]

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """The keys of `FIELD_KEYS`.

        Raises:
            ImproperlyConfigured: a name or a key is not what it should be. Keys are never part of the message.
        """
        found: dict[str, bytes] = {}
        for pair in filter(None, (part.strip() for part in text.split(","))):
            name, _, encoded = pair.partition(":")
            if not _NAME.fullmatch(name) or name in found:
                raise ImproperlyConfigured("FIELD_KEYS: each key needs a name of its own, as in 2026:<key>.")
            try:
                key = base64.urlsafe_b64decode(encoded)
            except (binascii.Error, ValueError):
                key = b""
            if len(key) != KEY_BYTES:
                raise ImproperlyConfigured(
                    f"FIELD_KEYS: the key “{name}” is not {KEY_BYTES} bytes in URL-safe base64. "
                    "Make one with: manage.py rotate_keys --new-key"
                )
            found[name] = key
        if not found:
            raise ImproperlyConfigured("FIELD_KEYS is empty: encrypted fields need a key.")
        return cls(tuple(found.items()))

    @property
    def present(self) -> str:
        """The name of the key that encrypts."""
        return self.keys[0][0]

    def is_present(self, stored: str) -> bool:
        """Whether a stored value is encrypted with the present key."""
        return stored.startswith(f"{VERSION}:{self.present}:")

    def encrypt(self, text: str, place: str) -> str:
        """The stored form of `text`; it can be read at `place` (such as "members.member.document") only."""
        name, key = self.keys[0]
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, text.encode(), place.encode())
        return f"{VERSION}:{name}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def decrypt(self, stored: str, place: str) -> str:
        """The text of a stored value.

        Raises:
            UnreadableValue: without the value and without the text.
        """
        version, _, rest = stored.partition(":")
        name, _, encoded = rest.partition(":")
        key = dict(self.keys).get(name)
        if version != VERSION or key is None:
            raise UnreadableValue(f"A value of {place} is encrypted with the key “{name[:32]}”, which is not here.")
        try:
            sealed = base64.urlsafe_b64decode(encoded)
            return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise UnreadableValue(f"A value of {place} was changed, or was written elsewhere.") from error

    def hashes(self, text: str, place: str) -> list[str]:
        """The keyed hashes of `text` under every key, the present one first; by them a value is found again."""
        wanted = normal_form(text).encode()
        return [
            f"{name}:{hmac.new(_search_key(key, place), wanted, hashlib.sha256).hexdigest()}" for name, key in self.keys
        ]


def normal_form(text: str) -> str:
    """What is compared in a search: letters and digits alone, in capitals, as documents are typed in many ways."""
    return "".join(character for character in text.upper() if character.isalnum())


@lru_cache(maxsize=64)
def _search_key(key: bytes, place: str) -> bytes:
    """A key of its own for hashing, so that a hash says nothing of the ciphertext (RFC 5869)."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"search:{place}".encode()).derive(key)


@lru_cache(maxsize=4)
def _parsed(text: str) -> KeyRing:
    return KeyRing.parse(text)


def key_ring() -> KeyRing:
    """The keys of this installation. Raises ImproperlyConfigured when there is none."""
    return _parsed(settings.FIELD_KEYS)


def search_hashes(text: str, place: str) -> list[str]:
    """The hashes under which a value of the field `place` may be stored: `filter(document_hash__in=…)`."""
    return key_ring().hashes(text, place)


def new_key() -> str:
    """A fresh key as FIELD_KEYS wants it."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()
