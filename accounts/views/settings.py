"""`/me/settings/`: what the account says about somebody, and what they have set."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actors import Via, actor_of
from accounts.forms.profile import ProfileForm
from accounts.models import UploadKind, User
from accounts.services.own_page import store
from accounts.services.uploads import keep_picture, own_upload
from config.lib.errors import NotFound, Refusal


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def my_settings(request: HttpRequest) -> HttpResponse:
    """One form. What was typed and sent stays, whatever is wrong with it."""
    assert isinstance(request.user, User)
    if request.method != "POST":
        return render(request, "me/settings.html", {"form": ProfileForm(None, user=request.user)})
    form = ProfileForm(request.POST, request.FILES, user=request.user)
    _pick(request, form)
    if form.is_valid() and _stored(request, form):
        messages.success(request, _("Saved."))
        return redirect("my-settings")
    return render(request, "me/settings.html", {"form": form}, status=form.refused_with)


def _pick(request: HttpRequest, form: ProfileForm) -> None:
    """Keep the picture that was sent now, else the one that was sent before and waits."""
    actor, file = actor_of(request, Via.PAGE), request.FILES.get("avatar")
    try:
        if isinstance(file, UploadedFile) and file.size and file.file:
            now = timezone.now()
            upload = keep_picture(actor=actor, kind=UploadKind.AVATAR, file=file.file, size=file.size, now=now)
            form.picked = upload.public_id
        elif picked := request.POST.get("picked"):
            form.picked = own_upload(actor=actor, public_id=picked).public_id
    except NotFound:
        form.picked = ""  # it waited for too long, or was never there: the form shows that there is none
    except Refusal as refusal:
        form.refused_with = refusal.status
        form.add_error("avatar", str(refusal))


def _stored(request: HttpRequest, form: ProfileForm) -> bool:
    """Whether the service took it; if not, the form says why."""
    try:
        user = store(
            actor=actor_of(request, Via.PAGE), profile=form.changes(), settings=form.settings(), now=timezone.now()
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    translation.activate(user.language)  # what is said about it is said in the language that was chosen
    return True
