"""Encryption at rest of single fields: `EncryptedTextField`, `SearchHashField`, and changing the key."""

from core.encryption.fields import EncryptedTextField, Hidden, SearchHashField
from core.encryption.keys import KeyRing, UnreadableValue, key_ring, new_key, search_hashes

__all__ = [
    "EncryptedTextField", "Hidden", "KeyRing", "SearchHashField", "UnreadableValue", "key_ring", "new_key",
    "search_hashes",
]  # fmt: skip
