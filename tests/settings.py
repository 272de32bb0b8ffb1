"""The product's settings, as the tests need them: the owner's role, which may empty tables."""

import os

os.environ.setdefault("DATABASE_ROLE", "owner")

from workbench.settings import *  # noqa: F403
from workbench.settings import STATIC_ROOT, STORAGES

STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
}
PASSWORD_HASHERS = ["tests.hashers.CheapArgon2PasswordHasher"]
CELERY_BROKER_URL = "memory://"

STATIC_ROOT.mkdir(parents=True, exist_ok=True)
