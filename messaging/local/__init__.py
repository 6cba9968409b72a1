"""The local phone and the local mailbox, as pages: where texts and mails go while no provider is set up.

`config/urls.py` gives them addresses in development only.
"""
