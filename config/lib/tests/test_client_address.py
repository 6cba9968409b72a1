"""Which address a request really came from."""

import pytest

from config.lib.client_address import client_address, network_of

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


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_limits_count_networks(address: str, network: str) -> None:
    assert network_of(address) == network
