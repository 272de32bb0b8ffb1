import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from annotations.actions import tokens
from annotations.enums import Scope
from annotations.models import Project, User


class Command(BaseCommand):
    help = "Make an API token for a user and print it. It can't be shown again."

    def add_arguments(self, parser):
        parser.add_argument("user")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--project", metavar="SLUG", help="only this project")
        parser.add_argument(
            "--scope",
            action="append",
            default=[],
            choices=Scope.values,
            help="may be given several times; without it, all",
        )

    def handle(self, *args, **options):
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user “{options['user']}”.")
        project = None
        if slug := options["project"]:
            project = Project.objects.visible_to(user).filter(slug=slug).first()
            if project is None:
                raise CommandError(f"“{user}” is in no project “{slug}”.")
        token, key = tokens.create(
            user=user,
            name="made on the command line",
            scopes=options["scope"],
            project=project,
            at=timezone.now(),
        )
        self.stdout.write(
            json.dumps({"id": str(token.uuid), "token": key}) if options["json"] else key
        )
