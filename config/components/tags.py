"""From a declaration to a template tag: names are checked when a template is compiled, values when it is rendered."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.forms.utils import flatatt
from django.template import Context, Library, TemplateSyntaxError
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.utils.safestring import SafeString

from config.components.declaration import PASSED_ON, Component

_CONTENT: Final = "content"


def register(library: Library, components: Iterable[type[Component]]) -> None:
    """Gives the library one tag per component, and `slot` for the blocks among them."""
    library.tag("slot", _compile_slot)
    for component in components:
        library.tag(component.tag, _compiler(component))


class Slot(Node):
    """What fills a named slot. It is drawn by the component around it, never by itself."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        raise TemplateSyntaxError(f"{{% slot {self.name} %}} must stand directly inside a component.")


class ComponentNode(Node):
    """One use of a component in a template."""

    def __init__(
        self, component: type[Component], arguments: dict[str, FilterExpression], slots: dict[str, NodeList]
    ) -> None:
        passed = {name for name in arguments if component.passes_attributes and name.startswith(PASSED_ON)}
        component.refuse_names(frozenset(arguments.keys() - passed))
        self.component = component
        self.arguments = {name: value for name, value in arguments.items() if name not in passed}
        self.attributes = {name.replace("_", "-"): arguments[name] for name in sorted(passed)}
        self.slots = slots
        self.nodelist = NodeList(node for nodes in slots.values() for node in nodes)  # for whoever walks the template

    def render(self, context: Context) -> SafeString:
        part = self.component.built({name: value.resolve(context) for name, value in self.arguments.items()})
        values = part.context()
        for name in self.component.slots:
            nodes = self.slots.get(name)
            values[name] = SafeString(nodes.render(context).strip()) if nodes else ""
        if self.component.passes_attributes:
            values["attributes"] = flatatt({name: value.resolve(context) for name, value in self.attributes.items()})
        assert context.template is not None, "a bound template: Django binds it before it renders"
        template = context.template.engine.get_template(self.component.template())
        return template.render(context.new(values | _of_the_request(context)))


def _of_the_request(context: Context) -> dict[str, object]:
    """What a partial may know of the page: the request, and the token its forms must carry (lazy: asking sets a cookie)."""
    return {"request": context.get("request"), "csrf_token": context.get("csrf_token", "")}


def _compiler(component: type[Component]) -> Callable[[Parser, Token], ComponentNode]:
    def compile_component(parser: Parser, token: Token) -> ComponentNode:
        arguments = _arguments(component, parser, token.split_contents()[1:])
        slots: dict[str, NodeList] = {}
        if component.slots:
            slots = _slots(component, parser.parse((f"end{component.tag}",)))
            parser.delete_first_token()
        return ComponentNode(component, arguments, slots)

    return compile_component


def _arguments(component: type[Component], parser: Parser, bits: list[str]) -> dict[str, FilterExpression]:
    found: dict[str, Any] = {}
    for position, bit in enumerate(bits):
        pair = token_kwargs([bit], parser)
        if not pair and position == 0:
            pair = {component.first(): parser.compile_filter(bit)}
        if not pair:
            raise TemplateSyntaxError(f"{{% {component.tag} %}}: name the argument {bit} (name=value).")
        if repeated := pair.keys() & found.keys():
            raise TemplateSyntaxError(f"{{% {component.tag} %}}: {repeated.pop()!r} is given twice.")
        found.update(pair)
    return found


def _slots(component: type[Component], nodes: NodeList) -> dict[str, NodeList]:
    slots = {_CONTENT: NodeList()}
    for node in nodes:
        if not isinstance(node, Slot):
            slots[_CONTENT].append(node)
            continue
        if node.name not in component.slots:
            known = ", ".join(component.slots)
            raise TemplateSyntaxError(f"{{% {component.tag} %}} has no slot {node.name!r}. It has: {known}.")
        slots[node.name] = node.nodelist
    return slots


def _compile_slot(parser: Parser, token: Token) -> Slot:
    match token.split_contents():
        case [_, name]:
            nodes = parser.parse(("endslot",))
            parser.delete_first_token()
            return Slot(name, nodes)
    raise TemplateSyntaxError("{% slot %} takes one name, without quotes.")
