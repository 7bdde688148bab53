"""The installation's key: encrypts text at rest and makes the keyed hash by which numbers are found again."""

import base64
import hashlib
import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12  # what AES-GCM asks for (NIST SP 800-38D)


class KeyProblem(Exception):
    """The key is missing, malformed, or not the one this store was written with."""


class Vault:
    """Holds the key of this process; empty until `unlock`, so that importing opens nothing."""

    def __init__(self) -> None:
        self._cipher: AESGCM | None = None
        self._hash_key = b""

    def unlock(self, key: bytes) -> None:
        """Use this 32-byte key from now on."""
        if len(key) != KEY_BYTES:
            raise KeyProblem(f"the key holds {len(key)} bytes, {KEY_BYTES} are needed")
        self._cipher = AESGCM(key)
        self._hash_key = hashlib.blake2b(key, person=b"lianfang-lookup"[:16]).digest()

    def encrypt(self, text: str) -> bytes:
        """Nonce and ciphertext of `text`; lone surrogates, which UTF-8 cannot hold, are replaced."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._opened().encrypt(nonce, text.encode("utf-8", "replace"), None)

    def decrypt(self, stored: bytes) -> str:
        """The text behind what `encrypt` returned; raises `KeyProblem` if another key wrote it."""
        try:
            return self._opened().decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], None).decode()
        except (InvalidTag, ValueError) as error:
            raise KeyProblem("this store was written with another key, or the text is damaged") from error

    def lookup(self, value: str) -> str:
        """A keyed hash, equal for equal values, by which a number is found without being readable."""
        self._opened()
        return hmac.new(self._hash_key, value.encode(), hashlib.sha256).hexdigest()

    def _opened(self) -> AESGCM:
        if self._cipher is None:
            raise KeyProblem("the vault is locked: no key was given")
        return self._cipher


vault = Vault()  # one a process: column types are class-level and cannot be handed an instance


def read_or_make_key(path: Path) -> bytes:
    """The key in the file at `path`, made there with mode 0600 if there is none yet."""
    if path.exists():
        return decode_key(path.read_bytes().decode("utf-8", "replace"))
    path.parent.mkdir(parents=True, exist_ok=True)
    key = os.urandom(KEY_BYTES)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(base64.b64encode(key).decode() + "\n")
    return key


def decode_key(text: str) -> bytes:
    """The key behind its base64 form; raises `KeyProblem` for anything else."""
    try:
        return base64.b64decode(text.strip(), validate=True)
    except ValueError as error:
        raise KeyProblem("the key is not valid base64") from error
