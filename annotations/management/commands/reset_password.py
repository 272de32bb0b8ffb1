import json

from django.core.management.base import BaseCommand, CommandError

from annotations.actions import sign_in
from annotations.models import User


class Command(BaseCommand):
    help = "Print a one-time link with which a user sets a password, for instances without mail."

    def add_arguments(self, parser):
        parser.add_argument("user")
        parser.add_argument(
            "--without-second-step",
            action="store_true",
            help="forget the authenticator app too, for a person who has lost phone and codes",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user “{options['user']}”.")
        if options["without_second_step"]:
            sign_in.forget_second_step(user=user)
        link = sign_in.reset_link(user=user)
        self.stdout.write(json.dumps({"link": link}) if options["json"] else link)
