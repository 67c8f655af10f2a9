"""The WSGI entry for gunicorn, or any other server of threads."""

import os
import threading

from django.core.wsgi import get_wsgi_application
from django.urls import base as addresses
from django.utils.translation import trans_real as languages

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiesu.settings")
_usual = get_wsgi_application()

from jiesu.api.lane import Lane  # noqa: E402 - models can be imported only once Django is set up

# Every link and every number on a page asks these three what was set for this request: little or nothing ever is. Made
# for tasks as well as threads, each guards itself by one lock of the whole process, at which busy threads queue for
# half of a page's time. Here are only threads.
addresses._urlconfs = threading.local()  # noqa: SLF001
addresses._prefixes = threading.local()  # noqa: SLF001
languages._active = threading.local()  # noqa: SLF001

application = Lane(_usual)
