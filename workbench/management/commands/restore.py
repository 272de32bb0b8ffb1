import json
from io import StringIO
from pathlib import Path

from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from exports.models import Release
from workbench.services import backup, privileges
from workbench.services.processes import ServiceError


class Command(BaseCommand):
    """Works as the role that owns the tables. Stop the servers first."""

    help = "Puts a backup in place of everything that is there."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--verify", action="store_true", help="run fsck, and compare the releases' hashes"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, file, verify, **options):
        try:
            with backup.opened(file.absolute()) as (folder, manifest):
                # An idle connection of our own would hold up the dropping of tables.
                connection.close()
                backup.restore(
                    folder,
                    database=connection.settings_dict,
                    files=Path(default_storage.path("")),
                )
        except (ServiceError, OSError) as error:
            raise CommandError(str(error)) from error
        # A backup of an older version is brought up to this one.
        call_command("migrate", interactive=False, verbosity=0)
        privileges.grant_to_application(connection)
        answer = {"file": str(file), "made_at": manifest["made_at"]}
        if verify:
            answer["verified"] = self._verify(manifest)
        if options["json"]:
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(f"Restored what was backed up at {manifest['made_at']}.")
        if verify and not answer["verified"]:
            raise CommandError("What was restored is not sound: run fsck.")

    def _verify(self, manifest):
        """Compare the releases with the manifest, and everything with the rules."""
        releases = Release.objects.exclude(content_hash="")
        there = {str(one.uuid): one.content_hash for one in releases}
        # The backup may have caught one more than its manifest, but none may be missing.
        if not manifest["releases"].items() <= there.items():
            self.stderr.write("A release is missing or differs.")
            return False
        said = StringIO()
        try:
            call_command("fsck", stdout=said)
        except CommandError:
            self.stderr.write(said.getvalue())
            return False
        return True
