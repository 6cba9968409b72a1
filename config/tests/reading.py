"""Reading the pages that views answer with."""

from typing import Any


def main_of(response: Any) -> str:
    """The page without its head and foot, which have a form of their own."""
    return str(response.content.decode()).partition("<main")[2].partition("</main>")[0]
