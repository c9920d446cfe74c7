"""Which addresses a token may be sent to."""

import pytest

from lockstep.domain.vendor_address import vendor_origin

DOMAINS = ("salesforce.com", "mktorest.com")

FORBIDDEN = [
    "http://acme.my.salesforce.com",
    "https://salesforce.com",
    "https://salesforce.com.evil.example",
    "https://evilsalesforce.com",
    "https://acme.salesforce.com@evil.example",
    "https://user:password@acme.salesforce.com",
    "https://evil.example/acme.salesforce.com",
    "https://evil.example#.salesforce.com",
    "https://evil.example?.salesforce.com",
    "https://evil.example\\.salesforce.com",
    "https://evil.example\\@acme.salesforce.com",
    "https://acme.salesforce.com/path",
    "https://acme.salesforce.com?query",
    "https://acme.salesforce.com#fragment",
    "https://acme.salesforce.com:8443",
    "https://acme.salesforce.com:99999",
    "https://acme.salesforce.com:port",
    "https://.salesforce.com",
    "https://a..salesforce.com",
    "https://acme.salesforce.com.",
    "https://-a.salesforce.com",
    "https://a_b.salesforce.com",
    "https://ac me.salesforce.com",
    "https://acme.salesforce.com\r\nHost: evil.example",
    "https://acme.salesforce.com\t",
    "https://acme.salesforcé.com",
    "https://аcme.salesforce.com",
    "https://169.254.169.254",
    "https://[::ffff:169.254.169.254]",
    "https://2852039166",
    "https://0x7f000001",
    "https://127.0.0.1",
    "https://localhost",
    "https://[::1].salesforce.com",
    "ftp://acme.salesforce.com",
    "file://etc/passwd",
    "javascript:alert(1)",
    "//acme.salesforce.com",
    "acme.salesforce.com",
    "https://",
    "",
]


@pytest.mark.parametrize("url", FORBIDDEN)
def test_only_the_vendors_own_hosts_pass(url: str) -> None:
    """An address that is not plain https on a vendor's domain is refused with a sentence (S14)."""
    with pytest.raises(ValueError, match="must look like https"):
        vendor_origin(url, DOMAINS)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        ("https://acme.my.salesforce.com/", "https://acme.my.salesforce.com"),
        ("https://ACME.my.SalesForce.com:443", "https://acme.my.salesforce.com"),
        ("https://123-ABC-456.mktorest.com", "https://123-abc-456.mktorest.com"),
    ],
)
def test_a_vendors_address_is_written_in_one_way(url: str, origin: str) -> None:
    """Case, a trailing slash and the default port make no difference."""
    assert vendor_origin(url, DOMAINS) == origin


def test_the_deployments_own_address_passes() -> None:
    """The configured address may be anything, its neighbours on other ports or hosts may not."""
    own = "http://127.0.0.1:43127"
    assert vendor_origin("http://127.0.0.1:43127/", DOMAINS, own) == own
    for other in ("http://127.0.0.1:43128", "https://127.0.0.1:43127", "http://127.0.0.2:43127"):
        with pytest.raises(ValueError, match="not one of the vendor's"):
            vendor_origin(other, DOMAINS, own)
