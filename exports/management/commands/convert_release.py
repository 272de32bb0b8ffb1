import json
from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from exports import conversion, losses
from exports.formats import DERIVED


class Command(BaseCommand):
    """Needs only the files: works on any machine, without the database."""

    help = "Writes a downloaded release in other formats, and says what these can't say."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="the release's folder, or its articles.jsonl")
        parser.add_argument(
            "--format", action="append", dest="formats", required=True, choices=DERIVED
        )
        parser.add_argument("--out", type=Path, help="default: where the records are")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, path, formats, out, **options):
        try:
            converted = conversion.convert_release(path, formats, out)
        except conversion.CannotConvert as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename or path}: {error.strerror}.") from error
        reports = {one.format: one.report for one in converted}
        if options["json"]:
            files = [asdict(file) for one in converted for file in one.files]
            answer = {"files": files, "losses": reports}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        for one in converted:
            for file in one.files:
                self.stdout.write(f"{file.name}: {file.rows:,} rows, {file.bytes:,} bytes.")
        for sentence in losses.sentences(reports):
            self.stdout.write(sentence)
