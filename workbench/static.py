"""How static files are found and served."""

from pathlib import Path

import django_htmx
import drf_spectacular_sidecar
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

HTMX = Path(django_htmx.__file__).parent / "static/django_htmx"
SWAGGER = (
    Path(drf_spectacular_sidecar.__file__).parent
    / "static/drf_spectacular_sidecar/swagger-ui-dist"
)


class ModuleStorage(CompressedManifestStaticFilesStorage):
    """Hash file names, those that ES modules import included."""

    support_js_module_import_aggregation = True
    # A pass settles the names of one more layer of imports: as many as the deepest chain has.
    max_post_process_passes = 20
    # Source maps, which the wheels' files name, are not collected.
    patterns = tuple(
        (kind, tuple(pattern for pattern in rules if "sourceMappingURL" not in str(pattern)))
        for kind, rules in CompressedManifestStaticFilesStorage.patterns
    )


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
