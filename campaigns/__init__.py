"""Whom we write to and why: broadcasts and campaigns on top of messaging's one engine."""
