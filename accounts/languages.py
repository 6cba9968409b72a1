"""Which language somebody is spoken to in."""

from django.utils import translation

from accounts.models import Language


def language_here() -> str:
    """The language of the request being answered, as one of ours."""
    spoken = (translation.get_language() or "").partition("-")[0]
    return spoken if spoken in Language.values else Language.ENGLISH
