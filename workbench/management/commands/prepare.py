from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from workbench.services import privileges

#: A change of a table that waits makes everybody wait who comes after it: it gives up instead.
PATIENCE = "5s"


class Command(BaseCommand):
    """What ``script/run`` does by itself. People may go on working: can be run again."""

    help = "Brings the tables up to date, and gives the application's role its rights on them."

    def handle(self, **options):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [PATIENCE])
        try:
            call_command("migrate", interactive=False, stdout=self.stdout)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            raise CommandError(
                f"A table was in use for {PATIENCE}. What was done so far is kept: try again."
            ) from error
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
        privileges.grant_to_application(connection)
