"""LIMITS: how often what may be asked for, as (requests, seconds); `docs/configuration.md` explains each, ADR 0015 why so."""

import environs
from django.core.exceptions import ImproperlyConfigured

env = environs.Env()


def limit(name: str, number: int, seconds: int) -> tuple[int, int]:
    """`LIMIT_<NAME>=<requests>/<seconds>` or the default."""
    text = env.str(f"LIMIT_{name.upper()}", f"{number}/{seconds}")
    requests, _slash, window = text.partition("/")
    if not (requests.isdecimal() and window.isdecimal()):
        raise ImproperlyConfigured(f"LIMIT_{name.upper()} is {text!r}. Write requests/seconds, as 100/900.")
    return int(requests), int(window)


LIMITS = {
    "anonymous": limit("anonymous", 100, 900),
    "user": limit("user", 1_000, 900),
    "key": limit("key", 1_000, 900),  # per API key, where its row names no limit of its own
    "sign_in": limit("sign_in", 600, 300),  # attempts per address, right or wrong: a venue shares one
    "sign_in_failures": limit("sign_in_failures", 300, 900),  # wrong passwords per address
    "link_mails": limit("link_mails", 5, 3_600),  # mails with a link that are asked for, per mail address
    "sign_up": limit("sign_up", 200, 3_600),  # per address: a venue shares one
    "second_factor": limit("second_factor", 5, 300),  # codes tried, per account and per challenge
    "refresh": limit("refresh", 3_000, 300),  # new access tokens per address: nothing there can be guessed
    "page_address": limit("page_address", 20_000, 60),  # pages per address: a whole room behind one
    "page_visitor": limit("page_visitor", 600, 60),  # pages per session
    "search": limit("search", 1_500, 60),  # pages that search, per address
    "room": limit("room", 20_000, 60),  # per event: what a whole room does at once (reads, joins)
    "vote_token": limit("vote_token", 30, 60),  # per voting token
    "bad_token": limit("bad_token", 300, 60),  # bad tokens and keys per address: never blocks a valid one
    "report": limit("report", 20, 3_600),  # reports of content: per account, without one per address
    "upload": limit("upload", 60, 3_600),  # per account
    "phone_code_account": limit("phone_code_account", 5, 3_600),
    "phone_code_number": limit("phone_code_number", 5, 86_400),  # per phone, whoever asks
    "phone_code_address": limit("phone_code_address", 20, 3_600),
    "bad_signature": limit("bad_signature", 60, 60),  # unsigned webhooks per address
}
