"""Chapter 3: both vendors connected with the real `lockstep` command, as a user would."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.demo.product import Product
from local.demo.screen import Screen
from local.demo.vendors import Vendors

APP, APP_SECRET = "demo-client", "demo-secret"
BY_KEY = ("seller1@example.com", "seller2@example.com")
BY_CONSENT = "seller3@example.com"
NOT_CONNECTED = "seller4@example.com"


@dataclass(frozen=True)
class Connecting:
    """The one who sets the product up."""

    product: Product
    vendors: Vendors
    screen: Screen

    def everything(self) -> None:
        """Marketo, three sellers, a fourth who is only known, and the two switches."""
        with tempfile.TemporaryDirectory(prefix="lockstep-demo-") as folder:
            self._connect(Path(folder))
        self._type("users", "add", NOT_CONNECTED)
        self._type("settings", "set", "log_emails=true", "log_calls=true", "log_replies=true")

    def one_more(self, seller: str) -> None:
        """A seller who has worked without a connection connects at last."""
        with tempfile.TemporaryDirectory(prefix="lockstep-demo-") as folder:
            self._by_consent(Path(folder), seller, _write(Path(folder) / "client-secret.txt", APP_SECRET))

    def _connect(self, folder: Path) -> None:
        secret = _write(folder / "client-secret.txt", APP_SECRET)
        private, public = _key_pair()
        key = _write(folder / "private-key.pem", private)
        self.vendors.public_key(APP, public)
        self._type("connect", "marketo", "--client-id", APP, "--client-secret-file", secret)
        for seller in BY_KEY:
            self._type("connect", "salesforce", seller, "--client-id", APP, "--private-key-file", key)
        self._by_consent(folder, BY_CONSENT, secret)

    def _by_consent(self, folder: Path, seller: str, secret: str) -> None:
        consent = _write(folder / "refresh-token.txt", self.vendors.refresh_token(seller))
        tokens = ("--refresh-token-file", consent, "--client-secret-file", secret)
        self._type("connect", "salesforce", seller, "--client-id", APP, *tokens)

    def _type(self, *words: str) -> None:
        shown = " ".join(Path(word).name if word.startswith("/") else word for word in words)
        self.screen.command(f"lockstep {shown}")
        with self.screen.waiting(words[0]):
            answer = self.product.cli(*words)
        self.screen.said(answer)


def _write(path: Path, text: str) -> str:
    path.touch(mode=0o600)
    path.write_text(text)
    return str(path)


def _key_pair() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()
