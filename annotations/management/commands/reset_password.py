import json

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from annotations.models import User


class Command(BaseCommand):
    help = "Print a one-time link with which a user sets a password, for instances without mail."

    def add_arguments(self, parser):
        parser.add_argument("user")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user “{options['user']}”.")
        path = reverse(
            "annotations:reset-password",
            kwargs={
                "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
                "token": default_token_generator.make_token(user),
            },
        )
        link = f"{settings.SITE_URL}{path}"
        self.stdout.write(json.dumps({"link": link}) if options["json"] else link)
