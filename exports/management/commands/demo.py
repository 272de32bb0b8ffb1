import json

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from annotations.exceptions import Refused
from exports.demo.ensure import ensure
from exports.demo.keys import Keys


class Command(BaseCommand):
    help = (
        "Make the demo project and its people, or see that they are there, and print their keys."
    )

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        keys = Keys.read(settings.DATA / "demo.json")
        try:
            content = ensure(keys=keys, url=settings.SITE_URL, at=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(content))
            return
        self.stdout.write(f"The demo project is at {content['url']}/")
        for name, entry in content["users"].items():
            self.stdout.write(f"  {name:<14}{entry['password']}")
