import logging
import time

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections

from exports.actions import building

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Here, because it sweeps for both applications. May run any number of times at once."""

    help = "Wakes workers for jobs that nobody is at, and removes what was left behind."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on until stopped")

    def handle(self, *, every, **options):
        if not every:
            sweep()
            return
        while True:
            try:
                sweep()
            except (OperationalError, InterfaceError) as error:
                logger.warning("nothing swept: %s", error)
            time.sleep(every)


def sweep():
    close_old_connections()
    building.sweep()
