"""What a view's `scopes` may hold besides scope names.

A leaf of its own, because REST framework loads the default permission while its views are still being imported.
"""

from typing import Final

PUBLIC: Final = "public"  # open to everyone
SIGNED_IN: Final = "signed_in"  # open to everyone who is signed in
