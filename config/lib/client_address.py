"""The address a request really came from."""

from ipaddress import ip_address


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


def _address(hop: str) -> str:
    """The address of `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`; "" for anything else."""
    host = hop.removeprefix("[").partition("]")[0] if hop.startswith("[") else hop
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return str(ip_address(host.partition("%")[0]))
    except ValueError:
        return ""
