import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from annotations.models import SourceFile
from exports import folders
from exports.models import Release, ReleaseFile
from workbench.services import backup
from workbench.services.processes import ServiceError


class Command(BaseCommand):
    """People may go on working meanwhile."""

    help = "Writes the whole system, files included, to one file."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, file, **options):
        releases_are_here = folders.is_local()
        try:
            # What is told of the database is told of the moment that is dumped.
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SELECT pg_export_snapshot()")
                (snapshot,) = cursor.fetchone()
                published = list(_published())
                wanted = {entry["path"] for entry in _uploaded()}
                wanted |= {entry["path"] for entry in published} if releases_are_here else set()
                manifest = backup.write(
                    file.absolute(),
                    database=connection.settings_dict,
                    snapshot=snapshot,
                    files=Path(default_storage.path("")),
                    about={
                        "version": settings.VERSION,
                        "releases": _content_hashes(),
                        "elsewhere": [] if releases_are_here else published,
                    },
                    at=timezone.now(),
                )
        except (ServiceError, OSError) as error:
            raise CommandError(str(error)) from error
        self._tell(file, manifest, is_json=options["json"])
        if missing := sorted(wanted - manifest["files"].keys()):
            raise CommandError(
                f"{file} is written, but {len(missing)} files that the database names are not "
                f"there: {', '.join(missing[:5])}{' …' if missing[5:] else ''}"
            )

    def _tell(self, file: Path, manifest: dict[str, Any], *, is_json: bool) -> None:
        size = file.stat().st_size
        if is_json:
            self.stdout.write(json.dumps({"file": str(file), "bytes": size, **manifest}))
            return
        count = len(manifest["releases"])
        self.stdout.write(f"{file}: {size:,} bytes, {count} releases.")
        if elsewhere := len(manifest["elsewhere"]):
            self.stdout.write(
                f"{elsewhere} files of releases are kept elsewhere, and only named in it."
            )


def _content_hashes():
    releases = Release.objects.exclude(content_hash="").order_by("pk")
    return {str(one.uuid): one.content_hash for one in releases}


def _uploaded():
    return SourceFile.objects.order_by("path").values("path")


def _published():
    kept = ReleaseFile.objects.filter(release__purged_at=None)
    return kept.order_by("path").values("path", "bytes", "sha256")
