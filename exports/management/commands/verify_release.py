import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from exports.verification import verify


class Command(BaseCommand):
    """Needs only the files: works on any machine, without the database."""

    help = "Checks a downloaded release: hashes, schema, order, text[start:end] == quote."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="the release's folder, or its articles.jsonl")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, path, **options):
        report = verify(path)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False))
        else:
            self._tell(report)
        if not report.is_good:
            raise CommandError("The release is not what it should be.")

    def _tell(self, report):
        for problem in report.problems:
            self.stderr.write(problem)
        if report.is_full:
            self.stderr.write("… and perhaps more: the first problems are shown.")
        self.stdout.write(f"Checked: {', '.join(report.checked) or 'nothing'}.")
        if report.is_good:
            self.stdout.write(
                f"{report.articles} articles, {report.spans} gold spans, all good.\n"
                f"Content hash: {report.content_hash}"
            )
