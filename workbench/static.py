"""How static files are found and served."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django_htmx
import drf_spectacular_sidecar
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from workbench import modules

HTMX = Path(django_htmx.__file__).parent / "static/django_htmx"
SWAGGER = (
    Path(drf_spectacular_sidecar.__file__).parent
    / "static/drf_spectacular_sidecar/swagger-ui-dist"
)

MODULE = re.compile(r"annotations/js/.+")
#: What templates name; everything else is reached by imports.
PAGE = re.compile(r"annotations/js/(site|[\w-]+-page)\.js")


class ModuleStorage(CompressedManifestStaticFilesStorage):
    """Hash file names, and serve the modules of each page as one file under the page's name."""

    # Source maps, which the wheels' files name, are not collected.
    patterns = tuple(
        (kind, tuple(pattern for pattern in rules if "sourceMappingURL" not in str(pattern)))
        for kind, rules in CompressedManifestStaticFilesStorage.patterns
    )

    def post_process(self, paths, dry_run=False, **options):
        with TemporaryDirectory() as folder:
            pages = FileSystemStorage(folder)
            chosen = {name: where for name, where in paths.items() if not MODULE.fullmatch(name)}
            for name in filter(PAGE.fullmatch, paths):
                pages.save(name, ContentFile(_page_of(name, paths)))
                chosen[name] = pages, name
            yield from super().post_process(chosen, dry_run, **options)


def _page_of(name: str, paths: dict[str, tuple[Any, str]]) -> bytes:
    folder = name.rpartition("/")[0]

    def read(module: str) -> str:
        storage, path = paths[f"{folder}/{module}"]
        with storage.open(path) as file:
            return file.read().decode()

    return modules.joined(name.removeprefix(f"{folder}/"), read).encode()


class WheelFinder(BaseFinder):
    """Serve single files out of installed wheels under ``vendor/``.

    The wheels bring more files than we use, and not all of them survive the
    hashing of names, so each one that we do use is listed here.
    """

    files = {
        "htmx-2.min.js": HTMX,
        "swagger-ui.css": SWAGGER,
        "swagger-ui-bundle.js": SWAGGER,
        "swagger-ui-standalone-preset.js": SWAGGER,
        "favicon-32x32.png": SWAGGER,
    }

    def find(self, path: str, find_all: bool = False, **kwargs):
        folder, _, name = path.rpartition("/")
        if folder != "vendor" or name not in self.files:
            return []
        found = str(self.files[name] / name)
        return [found] if find_all else found

    def list(self, ignore_patterns):
        for name, folder in self.files.items():
            storage = FileSystemStorage(location=folder)
            storage.prefix = "vendor"  # type: ignore[attr-defined]
            yield name, storage
