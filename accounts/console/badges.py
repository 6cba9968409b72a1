"""States in lists, as the theme's labels."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from django.utils.functional import Promise
from unfold.decorators import display

Colour = Literal["success", "info", "warning", "danger"]
Column = TypeVar("Column", bound=Callable[..., Any])


class _Colours(dict[Any, str]):
    """The theme drops the words of a state that has no colour of its own."""

    def __missing__(self, state: Any) -> str:
        return ""


def badge(
    *, description: str | Promise, colours: Mapping[Any, Colour], ordering: str | None = None
) -> Callable[[Column], Column]:
    """A column of states. It returns (state, its words); states without a colour are quiet."""
    decorate: Callable[[Column], Column] = display(description=description, ordering=ordering, label=_Colours(colours))
    return decorate
