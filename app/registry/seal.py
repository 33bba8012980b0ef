"""The secrets of one deployment at work: sealing restricted contacts, and digests of API keys.

From one text of the settings three keys are derived (HKDF-SHA256, RFC 5869), so that none tells anything about the
others. Sealing is AES-256-GCM with the slug of the service as associated data: a ciphertext that was moved to another
service does not open.
"""

import base64
import hmac
import secrets
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from app.domain.errors import ReferralError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SHORTEST_SECRET = 32
_NONCE_BYTES = 12


class WrongSeal(ReferralError):
    """A sealed contact does not open with this deployment's key, or was tampered with."""

    code = "wrong-seal"


def _derived(secret: str, use: str) -> bytes:
    """HKDF-SHA256 (RFC 5869) without a salt, one block of 32 bytes."""
    extracted = hmac.digest(bytes(32), secret.encode(), "sha256")
    return hmac.digest(extracted, f"referral/{use}/1".encode() + b"\x01", "sha256")


class Seal:
    """Seals and opens; immutable and thread-safe.

    Args:
        secret: At least 32 characters of chance (`Seal.new_secret()` makes one).
        older: Former secrets, to open what they sealed. Loading the directory again seals it with the new one.
        pepper: The secret behind the digests of API keys, when it shall outlive a change of `secret`; else `secret`.

    Raises:
        ValueError: A secret is too short. It is not repeated.
    """

    def __init__(self, secret: str, *, older: tuple[str, ...] = (), pepper: str = "") -> None:
        if any(len(text) < SHORTEST_SECRET for text in (secret, *older, pepper or secret)):
            raise ValueError(f"a secret of the register needs at least {SHORTEST_SECRET} characters")
        self._contact_keys = tuple(_derived(text, "contact") for text in (secret, *older))
        self._mark_key = _derived(secret, "mark")
        self._pepper = _derived(pepper or secret, "api-key")

    @cached_property
    def _ciphers(self) -> "tuple[AESGCM, ...]":
        """That of the secret, then those of the older ones. Answering people never needs them."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return tuple(map(AESGCM, self._contact_keys))

    def __repr__(self) -> str:
        return "Seal()"

    @staticmethod
    def new_secret() -> str:
        """A new secret of 256 random bits, as text for the settings."""
        return secrets.token_urlsafe(32)

    def sealed(self, text: str, *, about: str) -> str:
        """The text as ciphertext that only opens for the same `about`; different each time."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self._ciphers[0].encrypt(nonce, text.encode(), about.encode())).decode()

    def opened(self, ciphertext: str, *, about: str) -> str:
        """The text that was sealed.

        Raises:
            WrongSeal: No secret of ours sealed it, it was sealed for another `about`, or it was altered.
        """
        try:
            data = base64.b64decode(ciphertext.encode(), altchars=b"-_", validate=True)
        except ValueError:
            raise WrongSeal("a sealed contact is damaged") from None
        from cryptography.exceptions import InvalidTag

        for cipher in self._ciphers:
            try:
                return cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], about.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        raise WrongSeal("a sealed contact does not open with the secrets of this deployment")

    def mark(self, text: str, *, about: str) -> str:
        """A fingerprint that shows whether a sealed text changed; without the secret it tells nothing about it."""
        return hmac.new(self._mark_key, f"{about}\n{text}".encode(), sha256).hexdigest()[:32]

    def digest(self, key_secret: str) -> str:
        """HMAC-SHA256 of the secret part of an API key under the pepper, as 64 hexadecimal digits."""
        return hmac.new(self._pepper, key_secret.encode(), sha256).hexdigest()
