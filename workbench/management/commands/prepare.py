from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from workbench.services import privileges


class Command(BaseCommand):
    """What ``script/run`` does by itself."""

    help = "Brings the tables up to date, and gives the application's role its rights on them."

    def handle(self, **options):
        call_command("migrate", interactive=False, stdout=self.stdout)
        privileges.grant_to_application(connection)
