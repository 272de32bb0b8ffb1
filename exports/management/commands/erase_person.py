import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from annotations.exceptions import Refused
from annotations.models import User
from annotations.queries import mentions
from exports.actions import erasure


class Command(BaseCommand):
    help = (
        "Forgets who a person was: names, mail, every way in, and the files of releases made with "
        "the name. What the person did stays. It can't be undone."
    )

    def add_arguments(self, parser):
        parser.add_argument("user")
        parser.add_argument("--yes", action="store_true", help="don't ask")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        person = User.objects.filter(username=options["user"], erased_at=None).first()
        if person is None:
            raise CommandError(f"There is no user “{options['user']}”.")
        if not options["yes"] and input("For good? Type the user name: ") != person.username:
            raise CommandError("Nothing was done.")
        words = [person.username, person.email, person.get_full_name()]
        try:
            purged = erasure.erase_person(person=person, by=None, at=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        left = mentions.of([word for word in words if word])
        told = {"releases": [str(release.uuid) for release in purged], "mentions": left}
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(f"Erased. Releases without files now: {len(purged)}.")
        for column, rows in left.items():
            self.stdout.write(f"People's own words still name the person: {column}, rows: {rows}")
