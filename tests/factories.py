"""Rows for tests, each valid by itself. Stories that matter go through actions instead."""

import hashlib
import uuid
from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from annotations.enums import AssignmentState, Change, JobState, Role, Strategy
from annotations.models import (
    ApiToken,
    Article,
    Assignment,
    Batch,
    CodebookVersion,
    ImportJob,
    Invitation,
    Label,
    LabelDefinition,
    Member,
    Project,
    Suggestion,
    Task,
    User,
)

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
TEXT = "Mayor Ada Brandt said in Velmora that the talks had failed."
LABELS = ("actor", "location", "event", "claim")
ATTRIBUTES = {
    "event": [{"name": "when", "type": "date"}, {"name": "planned", "type": "yes_no"}],
    "claim": [
        {"name": "stance", "type": "choice", "values": ["supports", "opposes"]},
        {"name": "words", "type": "text"},
    ],
}
LINKS = {
    "event": [
        {"name": "participants", "targets": ["actor"]},
        {"name": "place", "targets": ["location"], "single": True},
    ],
    "claim": [{"name": "speaker", "targets": ["actor"]}],
}


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence("person{}".format)
    password = factory.django.Password("open sesame 42")
    # Who has been through the first steps: pages are as they are every day.
    coding_preferences = {"first_steps": False}


class ProjectFactory(DjangoModelFactory):
    """A project without members or codebook."""

    class Meta:
        model = Project

    slug = factory.Sequence("study-{}".format)
    name = factory.Sequence("Study {}".format)
    secret = b"0123456789abcdef0123456789abcdef"
    created_at = MONDAY


class MemberFactory(DjangoModelFactory):
    """A person in a project, by default a coder."""

    class Meta:
        model = Member

    project = factory.SubFactory(ProjectFactory)
    user = factory.SubFactory(UserFactory)
    roles = [Role.CODER]
    joined_at = MONDAY


class ApiTokenFactory(DjangoModelFactory):
    """A token whose key is ``wbt_`` and its name."""

    class Meta:
        model = ApiToken

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence("key{}".format)
    digest = factory.LazyAttribute(lambda t: hashlib.sha256(f"wbt_{t.name}".encode()).hexdigest())
    scopes = ["admin", "coding", "adjudication", "releases"]
    created_at = MONDAY


class InvitationFactory(DjangoModelFactory):
    """A link for one coder, whose ``secret`` opens it until Tuesday."""

    class Meta:
        model = Invitation

    class Params:
        secret = factory.Sequence("secret{}".format)

    project = factory.SubFactory(ProjectFactory)
    roles = [Role.CODER]
    digest = factory.LazyAttribute(lambda i: hashlib.sha256(i.secret.encode()).hexdigest())
    created_by = factory.SubFactory(UserFactory)
    created_at = MONDAY
    expires_at = TUESDAY


class CodebookFactory(DjangoModelFactory):
    """Version 1 with the four default labels, ``ATTRIBUTES`` and ``LINKS``.

    ``labels__required`` names those of them that a span must have.
    """

    class Meta:
        model = CodebookVersion
        skip_postgeneration_save = True

    project = factory.SubFactory(ProjectFactory)
    number = 1
    change = Change.MEANING
    published_at = MONDAY

    @factory.post_generation
    def labels(self, create, extracted, required=(), **kwargs):
        def declared(all_of, key):
            return [
                {**one, "required": True} if one["name"] in required else one
                for one in all_of.get(key, [])
            ]

        keys = extracted or LABELS
        # Every second test has a codebook: three statements, not seven for each label.
        Label.objects.bulk_create(
            [Label(project=self.project, key=key) for key in keys], ignore_conflicts=True
        )
        labels = {label.key: label for label in self.project.labels.filter(key__in=keys)}
        LabelDefinition.objects.bulk_create(
            LabelDefinition(
                codebook=self,
                label=labels[key],
                position=position,
                name=key.capitalize(),
                colour="#2256BB",
                hotkey={"location": "l", "event": "e"}.get(key, key[0]),
                attributes=declared(ATTRIBUTES, key),
                links=declared(LINKS, key),
            )
            for position, key in enumerate(keys)
        )


class ImportJobFactory(DjangoModelFactory):
    """A finished import, so that its articles can be seen."""

    class Meta:
        model = ImportJob

    project = factory.SubFactory(ProjectFactory)
    state = JobState.READY
    options = {"dry_run": False, "on_duplicate": "skip", "create_labels": False}
    created_at = MONDAY


class ArticleFactory(DjangoModelFactory):
    class Meta:
        model = Article

    project = factory.SubFactory(ProjectFactory)
    import_job = factory.SubFactory(ImportJobFactory, project=factory.SelfAttribute("..project"))
    key = factory.Sequence("article-{}".format)
    text = TEXT
    text_sha256 = factory.LazyAttribute(lambda a: hashlib.sha256(a.text.encode()).hexdigest())
    text_length = factory.LazyAttribute(lambda a: len(a.text))
    created_at = MONDAY


class SuggestionFactory(DjangoModelFactory):
    """Spans that ``model-1`` proposed for an article, given as ``(start, end, label)``."""

    class Meta:
        model = Suggestion

    article = factory.SubFactory(ArticleFactory)
    origin = "model-1"

    class Params:
        extents = ()

    @factory.lazy_attribute
    def spans(self):
        return [
            {
                "id": str(uuid.uuid4()),
                "start": start,
                "end": end,
                "label": label,
                "quote": self.article.text[start:end],
                "attributes": [],
                "links": [],
                "note": "",
            }
            for start, end, label in self.extents
        ]


class BatchFactory(DjangoModelFactory):
    class Meta:
        model = Batch

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence("Batch {}".format)
    strategy = Strategy.BALANCED
    created_at = MONDAY


class TaskFactory(DjangoModelFactory):
    class Meta:
        model = Task

    batch = factory.SubFactory(BatchFactory)
    article = factory.SubFactory(ArticleFactory, project=factory.SelfAttribute("..batch.project"))
    coders_wanted = 2


class AssignmentFactory(DjangoModelFactory):
    """Work that waits for a coder who is a member of the project."""

    class Meta:
        model = Assignment

    task = factory.SubFactory(TaskFactory)
    coder = factory.SubFactory(
        MemberFactory, project=factory.SelfAttribute("..task.batch.project")
    )
    created_at = MONDAY

    @factory.lazy_attribute
    def codebook(self):
        project = self.task.batch.project
        return project.codebooks.order_by("-number").first() or CodebookFactory(project=project)


def submitted(assignment: Assignment, spans: list[dict]) -> Assignment:
    """Hand ``assignment`` in with ``spans`` as ``{label, start, end}``, past the actions."""
    text = assignment.task.article.text
    assignment.submissions.create(
        uuid=uuid.uuid4(),
        doc_rev=len(spans),
        codebook_version=assignment.codebook.number,
        submitted_at=MONDAY,
        spans=[
            {
                "id": str(uuid.uuid4()),
                "attributes": [],
                "links": [],
                "note": "",
                **span,
                "quote": text[span["start"] : span["end"]],
            }
            for span in spans
        ],
    )
    assignment.state = AssignmentState.SUBMITTED
    assignment.submitted_at = MONDAY
    assignment.save(update_fields=["state", "submitted_at"])
    return assignment
