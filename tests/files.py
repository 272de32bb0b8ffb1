"""Where the files of tests lie."""

from pathlib import Path
from typing import Any

FILES = "django.core.files.storage.FileSystemStorage"
STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"


def storages_in(folder: Path) -> dict[str, Any]:
    """Return ``STORAGES`` that keep uploads and releases in a folder of the test's own."""
    files = {"BACKEND": FILES, "OPTIONS": {"location": folder}}
    return {"default": files, "releases": files, "staticfiles": {"BACKEND": STATIC}}
