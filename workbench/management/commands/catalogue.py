from django.core.management.base import BaseCommand

from workbench import texts


class Command(BaseCommand):
    help = "Brings the catalogues of the interface's texts up to date with templates and modules."
    requires_system_checks = []

    def handle(self, **options):
        written = {"en": texts.catalogue()}
        written |= {language: texts.translated(language) for language in texts.languages()}
        for language, content in written.items():
            path = texts.path_of_catalogue(language)
            path.write_text(content)
            self.stdout.write(f"{path}")
