"""`{% load components %}`: one tag per component. What each takes stands in `config/components/` and in the gallery."""

from django.contrib.messages.storage.base import Message
from django.template import Library

from config.components import basics, content, forms, frame, live, stylesheets
from config.components.tags import register as register_components

register = Library()
register_components(
    register, (*basics.COMPONENTS, *forms.COMPONENTS, *content.COMPONENTS, *live.COMPONENTS, *frame.COMPONENTS)
)
register.inclusion_tag("components/stylesheets.html", name="stylesheets")(stylesheets.links)


@register.filter
def notice_kind(message: Message) -> str:
    """The kind of notice that shows a message of Django's, by its level."""
    return {"success": "good", "warning": "warn", "error": "bad"}.get(message.level_tag, "note")
