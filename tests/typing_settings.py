"""Settings under which mypy reads the models; the real ones look at a data directory and its keys."""

SECRET_KEY = "only for reading types"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "jiesu.store"]
AUTH_USER_MODEL = "store.Staff"
USE_TZ = True
