"""What a component is: a class whose fields are its arguments, and a partial with the same name.

    class Badge(Component):
        label: Text
        kind: Literal["plain", "good", "bad"] = "plain"

is `{% badge "Sold out" kind="bad" %}` and draws `templates/components/badge.html`. The first argument may be given
without its name. A component with `slots` is a block: what stands between its tags is the slot `content`, and
`{% slot actions %}…{% endslot %}` fills a named one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from inspect import Parameter, signature
from typing import ClassVar, Final, Literal, dataclass_transform, get_args, get_origin, get_type_hints

from django.template import TemplateSyntaxError
from django.utils.functional import Promise

Text = str | Promise
PASSED_ON: Final = ("data_", "hx_", "aria_")  # prefixes of arguments that become attributes of the element


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Component:
    """Base of all components; a subclass becomes a frozen dataclass. Properties are given to the partial, too."""

    slots: ClassVar[tuple[str, ...]] = ()
    passes_attributes: ClassVar[bool] = False
    tag: ClassVar[str]
    arguments: ClassVar[Mapping[str, Parameter]]
    choices: ClassVar[Mapping[str, tuple[object, ...]]]
    _properties: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        dataclass(frozen=True, kw_only=True)(cls)
        hints = get_type_hints(cls)
        cls.tag = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()
        cls.arguments = signature(cls).parameters
        cls.choices = {name: get_args(hints[name]) for name in cls.arguments if get_origin(hints[name]) is Literal}
        cls._properties = tuple(name for name, member in vars(cls).items() if isinstance(member, property))

    @classmethod
    def template(cls) -> str:
        return f"components/{cls.tag}.html"

    @classmethod
    def first(cls) -> str:
        """The argument that may be given without its name."""
        return next(iter(cls.arguments))

    @classmethod
    def refuse_names(cls, names: frozenset[str]) -> None:
        """Raises TemplateSyntaxError for an argument the component does not declare, or one it cannot do without."""
        for name in sorted(names - cls.arguments.keys()):
            nearest = get_close_matches(name, cls.arguments, n=1)
            hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
            raise TemplateSyntaxError(f"{{% {cls.tag} %}} has no argument {name!r}.{hint} It takes: {cls.spelled()}.")
        for name in cls.required():
            if name not in names:
                raise TemplateSyntaxError(f"{{% {cls.tag} %}} needs {name!r}. It takes: {cls.spelled()}.")

    @classmethod
    def built(cls, values: Mapping[str, object]) -> "Component":
        """The component with these values. Raises TemplateSyntaxError for an empty required one or an unknown choice."""
        for name in cls.required():
            if values.get(name) is None or values[name] == "":
                raise TemplateSyntaxError(f"{{% {cls.tag} %}}: {name!r} is empty.")
        for name, allowed in cls.choices.items():
            if name in values and values[name] not in allowed:
                listed = ", ".join(repr(choice) for choice in allowed)
                raise TemplateSyntaxError(f"{{% {cls.tag} %}}: {name}={values[name]!r} is none of {listed}.")
        return cls(**values)

    @classmethod
    def required(cls) -> list[str]:
        return [name for name, parameter in cls.arguments.items() if parameter.default is Parameter.empty]

    @classmethod
    def spelled(cls) -> str:
        """The arguments as a person would write them: `label, kind="plain"`."""
        return ", ".join(
            name if parameter.default is Parameter.empty else f"{name}={parameter.default!r}"
            for name, parameter in cls.arguments.items()
        )

    def context(self) -> dict[str, object]:
        """What the partial sees: the arguments and the properties, and nothing of the page around it."""
        return {name: getattr(self, name) for name in (*self.arguments, *self._properties)}
