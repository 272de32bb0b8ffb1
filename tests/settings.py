"""The product's settings, as the tests need them: the owner's role, which may empty tables."""

import os

os.environ.setdefault("DATABASE_ROLE", "owner")

from workbench.settings import *  # noqa: E402, F403
from workbench.settings import STATIC_ROOT, STORAGES  # noqa: E402

STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
}
PASSWORD_HASHERS = ["tests.hashers.CheapArgon2PasswordHasher"]
CELERY_BROKER_URL = "memory://"

STATIC_ROOT.mkdir(parents=True, exist_ok=True)
