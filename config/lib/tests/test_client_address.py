"""Which address a request really came from."""

import pytest

from config.lib.client_address import client_address

PROXY = "10.0.0.1"


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("", 0, PROXY),
        ("198.51.100.7", 0, PROXY),
        ("198.51.100.7", 1, "198.51.100.7"),
        ("6.6.6.6, 198.51.100.7", 1, "198.51.100.7"),
        ("6.6.6.6, 198.51.100.7, 10.0.0.9", 2, "198.51.100.7"),
        ("198.51.100.7", 2, "198.51.100.7"),
        (" 198.51.100.7 ,", 1, "198.51.100.7"),
        ("198.51.100.7:4711", 1, "198.51.100.7"),
        ("2001:DB8::1", 1, "2001:db8::1"),
        ("[2001:db8::1]:4711", 1, "2001:db8::1"),
        ("fe80::1%eth0", 1, "fe80::1"),
        ("unknown", 1, PROXY),
        ("'; DROP TABLE", 1, PROXY),
        (",", 1, PROXY),
    ],
)
def test_only_what_trusted_proxies_saw_is_believed(forwarded: str, proxies: int, address: str) -> None:
    assert client_address(peer=PROXY, forwarded_for=forwarded, trusted_proxies=proxies) == address
