"""What is one person's own, and the addresses it has."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator

from accounts.actors import Actor, Via
from accounts.models import (
    ApiKey,
    Case,
    Decision,
    Erasure,
    Export,
    RefreshFamily,
    Report,
    Upload,
    UploadKind,
    User,
)
from accounts.services.clients import open_client
from accounts.services.second_factor import add_passkey
from accounts.tests.devices import Device
from events.models import AttendeeImport, Event
from events.services import attendee_imports


def give(owner: User, event: Event) -> None:
    """One of each to `owner`."""
    now, actor = datetime.now(UTC), Actor(via=Via.API, user=owner)
    wanted = {"publicKey": {"user": {"id": owner.public_id}, "rp": {"id": "localhost"}, "challenge": "AAAA"}}
    credential = json.loads(Device().make(wanted))
    add_passkey(actor=actor, name="Phone", credential=credential, now=now)  # signs out whatever came without it
    open_client(actor=actor, user=owner, now=now)
    ApiKey.objects.create(user=owner, name="Door list", digest=bytes(32), scopes=["events:read"], created_at=now)
    upload = Upload.objects.create(
        owner=owner, kind=UploadKind.AVATAR, width=96, height=96, bytes=1, sha256="0" * 64, created_at=now
    )
    case = Case.objects.create(
        subject_type="accounts.upload", subject_id=upload.public_id, owner=owner, state="held", opened_at=now
    )
    Report.objects.create(case=case, mark="somebody", reason="spam", points=1, at=now)
    Decision.objects.create(case=case, verdict="hold", reason="spam", words="Looks like it.", at=now)
    Export.objects.create(
        user=owner,
        state="ready",
        sections=1,
        done=1,
        file="gone.zip",
        requested_at=now,
        expires_at=now + timedelta(days=1),
    )
    Erasure.objects.create(language="en", steps=1, requested_at=now)
    attendee_imports.upload(
        actor=actor, public_id=event.public_id, file_name="list.csv", data=b"phone\n+14155550199\n", now=now
    )


def belongings_of(owner: User) -> dict[str, dict[str, Any]]:
    """For each address of something of theirs, what fills it in."""
    key, export = ApiKey.objects.get(user=owner), Export.objects.get(user=owner)
    client, upload = RefreshFamily.objects.get(user=owner), Upload.objects.get(owner=owner)
    passkey = Authenticator.objects.get(user=owner, type=Authenticator.Type.WEBAUTHN)
    erasure, list_ = Erasure.objects.get(), AttendeeImport.objects.get(event__owner=owner)
    by_id: dict[Any, tuple[str, ...]] = {
        key: ("accounts:key", "revoke-key"),
        client: ("accounts:session", "end-session"),
        export: ("accounts:export", "accounts:export-file", "my-copy"),
        erasure: ("accounts:erasure", "erasure"),
        list_: ("admin:attendee-import", "admin:attendee-progress", "admin:attendee-refused"),
    }
    case, decided, made = Case.objects.get(owner=owner), Decision.objects.get(), Report.objects.get()
    by_id |= {
        decided: ("accounts:appeal", "appeal"),
        case: ("accounts:admin-case", "accounts:admin-decide", "accounts:admin-answer"),
    }
    return {
        "report": {"kind": "image", "public_id": upload.public_id},
        "admin:accounts_case_step": {"pk": case.pk, "name": "remove"},
        "admin:accounts_case_trust": {"pk": case.pk, "report_id": made.public_id},
        **{name: {"public_id": row.public_id} for row, names in by_id.items() for name in names},
        **{name: {"key": passkey.pk} for name in ("mfa_edit_webauthn", "mfa_remove_webauthn")},
        "accounts:upload": {"upload_id": upload.public_id},
        "picture": {"public_id": upload.public_id, "width": 96},
    }
