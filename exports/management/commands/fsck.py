import json
from itertools import islice

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from exports.invariants import CHECKS

#: A rule that is broken everywhere is told by its first rows.
MOST_SHOWN = 100


class Command(BaseCommand):
    """Looks at one moment of the database: people may go on working."""

    help = "Checks every invariant in the database and of its files; 0 = none broken."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options):
        is_first = not connection.in_atomic_block
        with transaction.atomic():
            if is_first:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            broken = {check.__name__: list(islice(check(), MOST_SHOWN)) for check in CHECKS}
        faults = {name: rows for name, rows in broken.items() if rows}
        if options["json"]:
            answer = {"ok": not faults, "checks": len(broken), "broken": faults}
            self.stdout.write(json.dumps(answer))
        else:
            self._tell(broken)
        if faults:
            raise CommandError(f"{len(faults)} of {len(broken)} rules are broken.")

    def _tell(self, broken):
        for name, rows in broken.items():
            self.stdout.write(f"{'broken' if rows else 'ok':8}{name.replace('_', ' ')}")
            for row in rows:
                self.stdout.write(f"        {row}")
            if len(rows) == MOST_SHOWN:
                self.stdout.write("        … and perhaps more.")
