"""The issuer's key pair and its tokens; the same folder always gives the same key, so tokens outlive a restart."""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ROLES = ("user", "admin")
KEY_ID = "local-1"


@dataclass(frozen=True)
class Person:
    """Whom a token speaks for."""

    email: str
    role: str = "user"


class Keys:
    """One RS256 key pair in a file that only its owner can read."""

    def __init__(self, folder: Path) -> None:
        """Load the key of this folder, or make it."""
        path = folder / "issuer-key.pem"
        if not path.exists():
            _make(path)
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError(f"{path.name} is no RSA key; delete it and start again")
        self._key = key

    def key_set(self) -> dict[str, Any]:
        """The public half, as a JWKS document."""
        public = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [{**public, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]}

    def token(self, person: Person, issuer: str, audience: str, lifetime_s: int = 3600) -> str:
        """A signed token for this person; a negative lifetime gives an expired one."""
        now = int(time.time())
        claims = {
            "iss": issuer,
            "sub": person.email,
            "aud": audience,
            "iat": now + min(0, lifetime_s) - 1,
            "exp": now + lifetime_s,
            "email": person.email,
            "lockstep_role": person.role,
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": KEY_ID})


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
