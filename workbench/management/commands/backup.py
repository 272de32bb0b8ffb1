import json
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from exports.models import Release
from workbench.services import backup
from workbench.services.processes import ServiceError


class Command(BaseCommand):
    """People may go on working meanwhile."""

    help = "Writes the whole system, files included, to one file."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, file, **options):
        releases = Release.objects.exclude(content_hash="").order_by("pk")
        about = {
            "version": settings.VERSION,
            "releases": {str(one.uuid): one.content_hash for one in releases},
        }
        try:
            manifest = backup.write(
                file.absolute(),
                database=connection.settings_dict,
                files=Path(default_storage.path("")),
                about=about,
                at=timezone.now(),
            )
        except (ServiceError, OSError) as error:
            raise CommandError(str(error)) from error
        size = file.stat().st_size
        if options["json"]:
            self.stdout.write(json.dumps({"file": str(file), "bytes": size, **manifest}))
        else:
            self.stdout.write(f"{file}: {size:,} bytes, {len(releases)} releases.")
