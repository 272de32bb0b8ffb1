"""One small study with something in every place, for tests that look at everything."""

import hashlib
from datetime import timedelta
from typing import ClassVar

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from annotations.actions import adjudication, memos
from annotations.enums import CardKind, CleaningScope, ReleaseState, Role
from annotations.models import Assignment, CleaningJob
from exports.models import Release
from exports.recipe import Recipe
from tests.coder import hand_in, save, step
from tests.factories import (
    MONDAY,
    ApiTokenFactory,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    ImportJobFactory,
    InvitationFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
)
from tests.stories import article_with_gold, coded_task, opened

ACTOR = {"label": "actor", "start": 0, "end": 16}
NAME_ONLY = {"label": "actor", "start": 6, "end": 16}
CONTENT = b'{"id": "a"}\n'
RULE = {"id": "R1", "text": "The longest name."}
TABLE = b"id,text\na,The ferry was late.\n"
PLACE = {"label": "location", "start": 25, "end": 32}


class World:
    """A project with a member of each role, work in every state, and a published release.

    ``coder`` has open work in one batch; another batch waits for rulings, and a
    third is adjudicated and released.
    """

    rules: ClassVar[list] = []

    def __init__(self, slug="study", invited_by="open"):
        self.secret = invited_by
        self.project = ProjectFactory(
            slug=slug, name=slug.capitalize(), settings={"auto_finish": False}
        )
        self.codebook = CodebookFactory(project=self.project, rules=self.rules)
        self.admin = self.member(Role.ADMIN)
        self.coder = self.member(Role.CODER)
        self.adjudicator = self.member(Role.ADJUDICATOR)
        self.researcher = self.member(Role.RESEARCHER)
        self.import_job = ImportJobFactory(project=self.project)
        self.article = self.make_article()
        self.batch = BatchFactory(project=self.project)
        self.open = TaskFactory(batch=self.batch, article=self.article)
        self.assignment = AssignmentFactory(task=self.open, coder=self.coder)
        self.coded = self.make_coded_task([ACTOR, PLACE], [NAME_ONLY, PLACE])
        self.card = self.coded.cards.get(kind=CardKind.BOUNDARY)
        self.done = self.make_coded_task([PLACE], [PLACE])
        adjudication.finish(task=self.done, by=self.adjudicator.user, at=timezone.now())
        self.release = self.make_release()
        self.cleaning = CleaningJob.objects.create(
            project=self.project, scope=CleaningScope.ALL, created_at=MONDAY
        )
        self.cluster = self.project.clusters.create(name="told-twice")
        type(self.article).objects.filter(pk=self.article.pk).update(
            cluster=self.cluster, is_clustered_by_hand=True
        )
        self.question = self.make_question()
        self.memo = self.make_answer(self.make_question())
        self.token = ApiTokenFactory(user=self.admin.user)
        self.invitation = InvitationFactory(
            project=self.project,
            created_by=self.admin.user,
            secret=self.secret,
            expires_at=timezone.now() + timedelta(days=1),
        )

    def member(self, *roles):
        return MemberFactory(project=self.project, roles=list(roles))

    def make_article(self):
        return ArticleFactory(project=self.project, import_job=self.import_job)

    def make_question(self):
        said = {"start": 0, "end": 5, "text": "A title?"}
        return memos.ask(assignment=self.assignment, by=self.coder.user, at=MONDAY, **said)

    def make_answer(self, question):
        return memos.answer(
            question=question, asked="Titles?", answer="Yes.", by=self.admin.user, at=MONDAY
        )

    def make_coded_task(self, *codings):
        return coded_task(
            *codings, batch=BatchFactory(project=self.project), article=self.make_article()
        )

    def make_release(self, name="First", *, has_real_names=False):
        release = Release.objects.create(
            project=self.project,
            number=self.project.releases.count() + 1,
            name=name,
            request=Recipe(real_names=has_real_names).as_json(),
            has_real_names=has_real_names,
            state=ReleaseState.READY,
            content_hash=hashlib.sha256(CONTENT).hexdigest(),
            created_at=MONDAY,
        )
        release.files.create(
            name="articles.jsonl",
            path=default_storage.save(f"releases/{name}/articles.jsonl", ContentFile(CONTENT)),
            bytes=len(CONTENT),
            sha256=release.content_hash,
        )
        return release

    @property
    def addresses(self):
        """What stands for ``{name}`` in a path of the permission table."""
        return {
            "project": self.project.slug,
            "member": self.coder.uuid,
            "import": self.import_job.uuid,
            "invitation": self.invitation.uuid,
            "secret": self.secret,
            "article": self.article.uuid,
            "cleaning": self.cleaning.uuid,
            "cluster": self.cluster.uuid,
            "batch": self.batch.uuid,
            "assignment": self.assignment.uuid,
            "task": self.coded.uuid,
            "finished": self.done.uuid,
            "card": self.card.card_id,
            "decision": self.card.task.uuid,
            "span": self.card.task.uuid,
            "question": self.question.uuid,
            "memo": self.memo.uuid,
            "release": self.release.uuid,
            "token": self.token.uuid,
        }


class WholeWorld(World):
    """What every route has something to show of, too: a refused row, an earlier release, a
    training article, a rule."""

    rules: ClassVar[list] = [RULE]

    def __init__(self, *named):
        super().__init__(*named)
        self.refuse_a_row(self.import_job)
        self.release = self.make_release("Second")
        self.training = self.make_training()

    def refuse_a_row(self, job):
        """Have an import be that of a table, one row of which was refused."""
        job.files.create(
            name="table.csv",
            format="csv",
            path=default_storage.save(f"imports/{job.uuid}/table.csv", ContentFile(TABLE)),
            size=len(TABLE),
            sha256=hashlib.sha256(TABLE).hexdigest(),
            position=0,
        )
        default_storage.save(f"imports/{job.uuid}/refused.jsonl", ContentFile(CONTENT))

    def make_training(self):
        """Return a training article that ``coder`` has handed in."""
        article = article_with_gold(self.project, PLACE, import_job=self.import_job)
        batch = opened(self.project, self.coder, articles=[article], training=True)
        work = Assignment.objects.get(task__batch=batch)
        save(work, step())
        hand_in(work)
        return work.task

    @property
    def addresses(self):
        return {**super().addresses, "training": self.training.uuid}
