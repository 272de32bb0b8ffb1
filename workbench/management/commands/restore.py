import json
from contextlib import suppress
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
        faults = list(_faults(manifest)) if verify else []
        if verify:
            answer["verified"] = not faults
        if options["json"]:
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(f"Restored what was backed up at {manifest['made_at']}.")
        if faults:
            raise CommandError("\n".join(["What was restored is not sound:", *faults]))


def _faults(manifest):
    """Name the releases that differ from the manifest, and whatever breaks a rule."""
    releases = Release.objects.exclude(content_hash="")
    there = {str(one.uuid): one.content_hash for one in releases}
    for uuid, content_hash in manifest["releases"].items():
        if there.get(uuid) != content_hash:
            yield f"release {uuid} is missing or differs"
    said = StringIO()
    with suppress(CommandError):
        call_command("fsck", "--json", stdout=said)
    for rule, rows in json.loads(said.getvalue())["broken"].items():
        yield f"broken: {rule.replace('_', ' ')}: {'; '.join(rows[:5])}"
