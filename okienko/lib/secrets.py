"""Keys that sign tokens and seal secrets: files with ids, rotated by adding one, apart from each other.

A keyring is a file ``<name>.keys`` with a line ``<id> <hex>`` for each key; the last one signs and seals, all of them
verify and open. Sealing is AES-256-GCM (NIST SP 800-38D), signing HMAC-SHA-256 (RFC 2104), cut to 80 bits.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_folder = Path()


class Unreadable(Exception):
    """A sealed secret that no key of ours opens."""


@dataclass(frozen=True)
class Keyring:
    """Keys by id, oldest first."""

    keys: tuple[tuple[str, bytes], ...]

    @property
    def newest(self) -> bytes:
        return self.keys[-1][1]


def use(folder: Path) -> None:
    """Names the folder that holds the keyrings; they are made on first use."""
    global _folder
    _folder = folder
    keyring.cache_clear()


@lru_cache
def keyring(name: str) -> Keyring:
    """The keyring ``name``; a new one gets its first key, written durably before it is used."""
    path = _folder / f"{name}.keys"
    if not path.exists():
        _begin(path)
    lines = path.read_text(encoding="ascii").split("\n")
    return Keyring(tuple((i, bytes.fromhex(k)) for i, k in (line.split() for line in lines if line.strip())))


def rotate(name: str) -> None:
    """Adds a key to the keyring ``name``; it signs and seals from now on, the older ones still verify and open."""
    keyring(name)
    _write(_folder / f"{name}.keys")
    keyring.cache_clear()


def _begin(path: Path) -> None:
    # Two processes may want the first key at once: the hard link lets exactly one of them win.
    own = path.with_suffix(f".{os.getpid()}")
    _write(own)
    with suppress(FileExistsError):
        os.link(own, path)
    own.unlink()


def _write(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"{os.urandom(2).hex()} {os.urandom(32).hex()}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sign(purpose: str, text: str) -> str:
    """A signature of ``text`` for one ``purpose``: key id and 16 letters, usable in a mail address."""
    key_id, key = keyring("sign").keys[-1]
    return key_id + _mac(key, purpose, text)


def is_signed(purpose: str, text: str, signature: str) -> bool:
    """Whether ``signature`` was made by ``sign`` with any of our keys."""
    signature = signature.lower()
    for key_id, key in keyring("sign").keys:
        if signature.startswith(key_id) and hmac.compare_digest(
            signature[len(key_id) :], _mac(key, purpose, text)
        ):
            return True
    return False


def _mac(key: bytes, purpose: str, text: str) -> str:
    digest = hmac.new(key, f"{purpose}\0{text}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:10]).decode().lower()


def seal(secret: str) -> str:
    """``secret`` encrypted for storage; the empty string stays empty."""
    if not secret:
        return ""
    key_id, key = keyring("seal").keys[-1]
    nonce = os.urandom(12)
    return f"{key_id}:{base64.b64encode(nonce + AESGCM(key).encrypt(nonce, secret.encode(), key_id.encode())).decode()}"


def unseal(sealed: str) -> str:
    """What ``seal`` was given. Raises Unreadable when no key of ours opens it."""
    if not sealed:
        return ""
    key_id, _, body = sealed.partition(":")
    for candidate, key in keyring("seal").keys:
        if candidate == key_id:
            raw = base64.b64decode(body)
            try:
                return AESGCM(key).decrypt(raw[:12], raw[12:], key_id.encode()).decode()
            except InvalidTag as error:
                raise Unreadable("a sealed secret does not open with its key") from error
    raise Unreadable("the key that sealed this secret is missing from the keys folder")
