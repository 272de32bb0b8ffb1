import json
from pathlib import Path
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from annotations.enums import ReleaseState
from annotations.exceptions import Refused
from annotations.models import Project
from exports import folders
from exports.actions import building, releases
from exports.recipe import FORMATS, PARTS, STRATA, Recipe


class Command(BaseCommand):
    """Builds as a worker would; if a worker is quicker, waits for it."""

    help = "Builds a gold release of a project in the foreground."

    def add_arguments(self, parser):
        parser.add_argument("slug", help="the project")
        parser.add_argument("--name", required=True)
        parser.add_argument(
            "--format",
            action="append",
            dest="formats",
            help=f"default: jsonl. Of {', '.join(FORMATS)}",
        )
        parser.add_argument("--out", type=Path, help="a folder to copy the files to")
        parser.add_argument("--batch", action="append", dest="batches", metavar="ID", type=UUID)
        parser.add_argument("--include", action="append", choices=PARTS)
        parser.add_argument("--split", action="append", metavar="NAME=SHARE", default=[])
        parser.add_argument("--stratify", choices=STRATA)
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--no-text", action="store_false", dest="text")
        parser.add_argument("--real-names", action="store_true")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, slug, name, out, **options):
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            raise CommandError(f"There is no project “{slug}”.")
        try:
            release = releases.request(
                project=project, name=name, recipe=recipe(options), by=None, at=timezone.now()
            )
        except Refused as refusal:
            faults = [str(refusal), *(error["detail"] for error in refusal.errors)]
            raise CommandError("\n".join(faults)) from refusal
        release = building.see_through(release=release)
        if release.state != ReleaseState.READY:
            raise CommandError(release.failure or f"The release was {release.state}.")
        if out:
            out.mkdir(parents=True, exist_ok=True)
            for file in release.files.all():
                folders.write_to(out / file.name, folders.pieces(file.path))
        self._tell(release, as_json=options["json"])

    def _tell(self, release, *, as_json):
        counts = release.manifest["counts"]
        if not as_json:
            self.stdout.write(
                f"{release}: {counts['articles']} articles, {counts['spans']} gold spans.\n"
                f"Content hash: {release.content_hash}"
            )
            return
        answer = {
            "id": str(release.uuid),
            "number": release.number,
            "content_hash": release.content_hash,
            "counts": counts,
            "files": list(release.files.order_by("name").values("name", "bytes", "sha256")),
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False))


def recipe(options):
    """Read a recipe from the options; what is not given keeps its default."""
    given = {
        name: options[name]
        for name in ("formats", "batches", "include", "stratify")
        if options[name] is not None
    }
    if options["batches"]:
        given["batches"] = [str(uuid) for uuid in options["batches"]]
    if options["split"]:
        try:
            pairs = [split.rsplit("=", 1) for split in options["split"]]
            given["splits"] = {name: float(share) for name, share in pairs}
        except ValueError as error:
            raise CommandError("Write splits as --split train=0.8 --split test=0.2.") from error
    return Recipe(
        seed=options["seed"], text=options["text"], real_names=options["real_names"], **given
    )
