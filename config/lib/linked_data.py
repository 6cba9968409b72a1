"""Documents for search engines inside a page (JSON-LD, https://www.w3.org/TR/json-ld11/#embedding-json-ld-in-html-documents)."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.utils.safestring import SafeString

SCHEMA: Final = "https://schema.org"
# Inside <script> nothing may end the element or open a comment (HTML, section 4.12.1.3).
_INSIDE_SCRIPT: Final = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})


def inside_script(document: Mapping[str, Any]) -> SafeString:
    """The document as text that is safe inside a script element of type `application/ld+json`."""
    written = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return SafeString(written.translate(_INSIDE_SCRIPT))
