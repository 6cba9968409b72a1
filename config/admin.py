"""The Django admin, entered through our own sign-in: one place for passwords, second factors and limits."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

admin.site.site_header = admin.site.site_title = "Fanfare"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth's guide says
