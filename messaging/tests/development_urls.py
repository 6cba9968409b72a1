"""All addresses there are in development; the tests run without."""

from config import urls

urlpatterns = [*urls.urlpatterns, *urls.development]
