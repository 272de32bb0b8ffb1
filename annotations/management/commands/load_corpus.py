import json
import sys
from time import monotonic

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from annotations.actions import corpus, people, projects
from annotations.models import Project, User

OWNER = "corpus-owner"


class Command(BaseCommand):
    help = "Fills a project with synthetic articles, codings and gold, for measuring."

    def add_arguments(self, parser):
        parser.add_argument("--articles", type=int, default=1000, metavar="N")
        parser.add_argument(
            "--spans-per-article", type=int, default=20, metavar="M", help="of each coder"
        )
        parser.add_argument("--coders", type=int, default=3, metavar="K")
        parser.add_argument("--project", default="corpus", metavar="SLUG", help="made if missing")
        parser.add_argument("--seed", type=int, default=0, help="another one for more articles")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, articles, spans_per_article, coders, project, seed, **options):
        if min(articles, coders) < 1 or spans_per_article < 0:
            raise CommandError("Ask for at least one article and one coder.")
        at = timezone.now()
        began = monotonic()
        with transaction.atomic():
            home = Project.objects.filter(slug=project).first() or self._make(project, at)
            if home.batches.filter(name=f"corpus {seed}").exists():
                raise CommandError(f"“{project}” has the articles of seed {seed} already.")
            corpus.load(
                project=home,
                articles=articles,
                spans_per_article=spans_per_article,
                coders=coders,
                seed=seed,
                at=at,
                on_progress=self._tell if sys.stderr.isatty() else lambda done: None,
            )
        seconds = monotonic() - began
        if options["json"]:
            answer = {"project": project, "articles": articles, "seconds": round(seconds, 2)}
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(f"{articles} articles in “{project}” after {seconds:.1f} s.")

    def _make(self, slug, at):
        owner = User.objects.filter(username=OWNER).first() or people.create_account(
            username=OWNER
        )
        return projects.create(name="Synthetic corpus", slug=slug, by=owner, at=at)

    def _tell(self, done):
        self.stderr.write(f"\r{done} articles", ending="")
        self.stderr.flush()
