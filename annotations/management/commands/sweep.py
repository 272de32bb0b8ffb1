import json
import time

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from annotations.actions.sweep import sweep


class Command(BaseCommand):
    help = (
        "Rings again for jobs whose worker is gone, frees abandoned work, removes orphaned files. "
        "Safe to run twice at once."
    )

    def add_arguments(self, parser):
        parser.add_argument("--every", type=float, metavar="SECONDS", help="go on for ever")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, every, **options):
        if every is None:
            found = sweep(at=timezone.now())
            answer = json.dumps(found) if options["json"] else f"Found: {found}"
            self.stdout.write(answer)
            return
        while True:
            close_old_connections()
            try:
                sweep(at=timezone.now())
            except (OperationalError, InterfaceError) as error:
                self.stderr.write(f"The database is away: {error}")
            time.sleep(every)
