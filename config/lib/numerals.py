"""Numbers as the reader writes them."""

from django.utils.formats import number_format


def written(number: float, *, places: int | None = None) -> str:
    """As `1,234` or `1.234`; `places` behind the point, as many as there are without."""
    return str(number_format(number, places, force_grouping=True))
