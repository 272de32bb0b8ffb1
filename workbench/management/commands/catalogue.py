from django.core.management.base import BaseCommand

from workbench import texts


class Command(BaseCommand):
    help = "Writes the catalogue of the interface's texts anew, out of templates and modules."
    requires_system_checks = []

    def handle(self, **options):
        path = texts.path_of_catalogue()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts.catalogue())
        self.stdout.write(f"{path}")
