"""What a view's `scopes` may hold besides scope names.

A leaf of its own, because REST framework loads the default permission while its views are still being imported.
"""

from typing import Final

PUBLIC: Final = "public"  # open to everyone
PERSON: Final = "person"  # a person who is signed in (session or access token): no API key reaches the account itself
