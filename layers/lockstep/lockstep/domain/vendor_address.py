"""Addresses that our tokens may be sent to.

Promises that an address which a vendor, a user or an answer names is taken only if it is https on one
of the vendor's domains, or the very address that this deployment was configured with (S14).
"""

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
_VISIBLE = re.compile(r"[\x21-\x5b\x5d-\x7e]+")
_PORTS = {"http": 80, "https": 443}


def _origin(url: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port of a bare address; None for anything with more in it, or unclear."""
    if not _VISIBLE.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port


def vendor_origin(url: str, domains: tuple[str, ...], own: str | None = None) -> str:
    """`url` without a trailing slash, where it may be called; ValueError says why it may not (S14)."""
    origin = _origin(url)
    if origin is not None and own and origin == _origin(own):
        return url.rstrip("/")
    if origin is not None:
        scheme, host, port = origin
        if scheme == "https" and port == _PORTS["https"] and _HOST.fullmatch(host) and _belongs(host, domains):
            return f"https://{host}"
    wanted = " or ".join(f"https://<name>.{domain}" for domain in domains)
    raise ValueError(f"the address is not one of the vendor's; it must look like {wanted}")


def _belongs(host: str, domains: tuple[str, ...]) -> bool:
    return any(host.endswith(f".{domain}") for domain in domains)
