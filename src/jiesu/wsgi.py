"""The WSGI entry for gunicorn, or any other server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiesu.settings")
_usual = get_wsgi_application()

from jiesu.api.lane import Lane  # noqa: E402 - models can be imported only once Django is set up

application = Lane(_usual)
