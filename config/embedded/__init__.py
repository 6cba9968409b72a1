"""The PostgreSQL and Valkey that a checkout starts for itself, and the supervisor of `make run`.

Needs nothing but the standard library and no Django settings: it runs before either can be relied on. Its words are
not translated for the same reason.
"""
