import json
import sys
import time
from pathlib import Path

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from annotations.actions import imports
from annotations.enums import JobState
from annotations.exceptions import Refused
from annotations.models import ImportJob, Project

POLL = 0.5
WIDTH = 30


class Command(BaseCommand):
    """Imports as a worker would; if a worker is quicker, waits for it."""

    help = "Imports articles into a project: files, folders and archives."

    def add_arguments(self, parser):
        parser.add_argument("slug", help="the project")
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="file or folder")
        parser.add_argument("--dry-run", action="store_true", help="only say what would come in")
        parser.add_argument("--create-labels", action="store_true", help="declare new labels")
        parser.add_argument("--keep-duplicates", action="store_true")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, slug, paths, **options):
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            raise CommandError(f"There is no project “{slug}”.")
        found = dict(_files(paths))
        try:
            job = imports.request_import(
                project=project,
                by=None,
                at=timezone.now(),
                files=[File(_OnDisk(path), name=path.name) for path in found],
                paths=list(found.values()),
                dry_run=options["dry_run"],
                create_labels=options["create_labels"],
                on_duplicate=imports.KEEP if options["keep_duplicates"] else imports.SKIP,
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        job = self._run(job)
        self._tell(job, as_json=options["json"])
        if job.state != JobState.READY:
            raise CommandError(job.failure or f"The import was {job.state}.")
        if job.refused:
            raise CommandError(f"{job.refused} records were refused.")

    def _run(self, job):
        is_watched = sys.stderr.isatty()
        while ImportJob.objects.unfinished().filter(pk=job.pk).exists():
            imports.run_import(
                job_id=job.pk,
                at=timezone.now(),
                on_progress=self._draw if is_watched else lambda job: None,
            )
            if ImportJob.objects.unfinished().filter(pk=job.pk).exists():
                time.sleep(POLL)
        if is_watched:
            self.stderr.write("")
        return ImportJob.objects.get(pk=job.pk)

    def _draw(self, job):
        filled = WIDTH * job.done // max(1, job.total)
        bar = "█" * filled + "░" * (WIDTH - filled)
        self.stderr.write(f"\r{bar} {job.done} of {job.total}", ending="")
        self.stderr.flush()

    def _tell(self, job, *, as_json):
        problems = list(job.problems.order_by("pk").values("file", "line", "code", "detail"))
        if as_json:
            answer = {
                "id": str(job.uuid),
                "state": job.state,
                "done": job.done,
                "total": job.total,
                "created": job.created,
                "duplicates": job.duplicates,
                "refused": job.refused,
                "errors": problems,
            }
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        for problem in problems:
            self.stderr.write("{file}:{line}: {detail}".format(**problem))
        self.stdout.write(
            f"{job.created} created, {job.duplicates} duplicates, {job.refused} refused."
        )


class _OnDisk:
    """A file that is open only while it is read: a folder holds more than a process may open."""

    closed = False

    def __init__(self, path):
        self._path = path
        self._at = 0

    def seek(self, at):
        self._at = at

    def read(self, size=-1):
        with self._path.open("rb") as file:
            file.seek(self._at)
            data = file.read(size)
        self._at += len(data)
        return data


def _files(paths):
    """Yield the files named, and those in the folders named, hidden ones left out.

    With each goes its name below the folder: folders in it can say whose work it is.
    """
    for path in paths:
        if path.is_dir():
            for inside in sorted(path.rglob("*")):
                if inside.is_file() and not inside.name.startswith("."):
                    yield inside, inside.relative_to(path).as_posix()
        elif path.is_file():
            yield path, path.name
        else:
            raise CommandError(f"There is no file {path}.")
