"""The address a request really came from."""

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

_IPV6_PREFIX: Final = 64  # what one household or machine is given (RFC 6177), so counting less would count nobody


def client_address(*, peer: str, forwarded_for: str, trusted_proxies: int) -> str:
    """The client's IP address, for limits and evidence; always an IP address, or `peer` as it is.

    `peer` is the socket's address and `forwarded_for` the X-Forwarded-For header. Each trusted proxy appends the address
    it saw, so only that many entries, counted from the right, can be believed; what stands before them is the client's
    own invention. With no trusted proxy the header is ignored. Some proxies append a port, which is dropped.
    """
    if trusted_proxies < 1 or not forwarded_for:
        return peer
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    return _address(hops[-min(trusted_proxies, len(hops))]) or peer if hops else peer


def network_of(address: str) -> str:
    """What limits count for an address: an IPv4 address itself, of IPv6 the /64 it is in; other text as it is."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    if known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return str(IPv6Network((known, _IPV6_PREFIX), strict=False))


def _address(hop: str) -> str:
    """The address of `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`; "" for anything else."""
    host = hop.removeprefix("[").partition("]")[0] if hop.startswith("[") else hop
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return str(ip_address(host.partition("%")[0]))
    except ValueError:
        return ""
