"""API keys of whoever is signed in. A key cannot reach these addresses: they are a person's."""

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of
from accounts.api.serializers.keys import KeyBody, KeySerializer, NewKeySerializer, new_key_answer
from accounts.models import ApiKey
from accounts.policies import EmailUnverified, require_person
from accounts.services.keys import TooManyKeys, create_key, revoke_key
from config.lib.api.views import PERSON, ApiView


class KeysView(ApiView):
    scopes = {"GET": PERSON, "POST": PERSON}
    refusals = {"POST": (EmailUnverified, TooManyKeys)}

    @extend_schema(operation_id="keys_list", responses=KeySerializer(many=True), tags=["keys"])
    def get(self, request: Request) -> Response:
        """Your keys, the newest first; expired and revoked ones for 90 days."""
        mine = ApiKey.objects.filter(user=require_person(actor_of(request)))
        return self.page(request, mine, KeySerializer, ordering="-id")

    @extend_schema(operation_id="keys_create", request=KeyBody, responses={201: NewKeySerializer}, tags=["keys"])
    def post(self, request: Request) -> Response:
        """A new key, shown this once. It may do what its scopes say, as far as your role gives them at the time."""
        new = create_key(actor=actor_of(request), now=timezone.now(), **self.body(request, KeyBody))
        location = reverse("accounts:key", args=[new.key.public_id])
        return Response(new_key_answer(new), status=201, headers={"Location": location})


class KeyView(ApiView):
    scopes = {"DELETE": PERSON}

    @extend_schema(operation_id="keys_revoke", responses={204: None}, tags=["keys"])
    def delete(self, request: Request, public_id: str) -> Response:
        """Revoke a key: it is refused from now on. Doing it again changes nothing."""
        revoke_key(actor=actor_of(request), public_id=public_id, now=timezone.now())
        return Response(status=204)
