"""The address a request really came from."""


def client_address(*, peer: str, forwarded_for: str, trusted_proxies: int) -> str:
    """The client's IP address, for limits and evidence.

    `peer` is the socket's address and `forwarded_for` the X-Forwarded-For header. Each trusted proxy appends the address
    it saw, so only that many entries, counted from the right, can be believed; what stands before them is the client's
    own invention. With no trusted proxy the header is ignored.
    """
    if trusted_proxies < 1 or not forwarded_for:
        return peer
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    return hops[-min(trusted_proxies, len(hops))] if hops else peer
