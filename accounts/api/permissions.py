"""The default permission of the API: a view's method names what it needs, or nobody gets in."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.actors import actor_of
from accounts.policies import require_person, require_scope
from config.lib.api.scopes import PERSON, PUBLIC


class HasScope(BasePermission):
    """Reads `view.scopes[method]`: PUBLIC, PERSON, or a scope that role and credential must both give."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the method is open; False when it names no scope. Raises AuthRequired or InsufficientScope."""
        method = "GET" if request.method == "HEAD" else request.method
        if method == "OPTIONS" or not hasattr(view, str(method).lower()):
            return True  # CORS asks with OPTIONS; a method the view lacks is answered 405 by DRF itself
        needed: str | None = getattr(view, "scopes", {}).get(method)
        if needed == PUBLIC:
            return True
        if needed == PERSON:
            require_person(actor_of(request))
        elif needed:
            require_scope(actor_of(request), needed)
        return needed is not None
