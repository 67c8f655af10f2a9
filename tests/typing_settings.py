"""Settings under which mypy reads the models; the real ones look at a data directory and its keys."""

SECRET_KEY = "only for reading types"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "jiesu.store"]
AUTH_USER_MODEL = "auth.User"  # store.Staff once that model exists
USE_TZ = True
