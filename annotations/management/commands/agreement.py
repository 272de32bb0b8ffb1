import json
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from annotations.actions import agreement
from annotations.models import Batch, Project
from annotations.queries import agreement as figures
from annotations.queries import agreement_charts

RUNGS = {
    "found": "found the same (overlap F1)",
    "boundary": "same extent (F1)",
    "label": "same label, given the extent",
    "strict": "extent and label (F1)",
    "alpha": "character α",
}


class Command(BaseCommand):
    help = "Prints the agreement report of a project or of one batch."

    def add_arguments(self, parser):
        parser.add_argument("slug", help="the project")
        parser.add_argument("--batch", metavar="ID", type=UUID)
        parser.add_argument("--label", default="", help="as if there were no other label")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, slug, batch, label, **options):
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            raise CommandError(f"There is no project “{slug}”.")
        batches = Batch.objects.published().filter(project=project).order_by("pk")
        if batch is not None:
            batches = batches.filter(uuid=batch)
        chosen = list(batches)
        if not chosen:
            raise CommandError("There is no such batch." if batch else "There are no batches.")
        scope = figures.Scope(project, chosen, label)
        at = timezone.now()
        report = agreement.ask(scope=scope, at=at)
        agreement.compute(report_id=report.pk, at=at)
        answer = figures.as_contract(scope, None)
        if options["json"]:
            self.stdout.write(json.dumps(answer, cls=DjangoJSONEncoder, ensure_ascii=False))
            return
        self.stdout.write(f"{answer['articles']} articles, {len(answer['coders'])} coders")
        for rung in agreement_charts.ladder(answer, figures.details(scope, None)):
            self.stdout.write(f"{RUNGS[rung['name']]:32} {_shown(rung)}")


def _shown(figure):
    if figure["value"] is None:
        return f"n/a ({figure['na']})"
    interval = f"  [{figure['low']:.3f}, {figure['high']:.3f}]" if "low" in figure else ""
    return f"{figure['value']:.3f}{interval}"
