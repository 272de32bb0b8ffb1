"""The words that the database, the API and the pages share."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member does in a project; a member may hold several."""

    ADMIN = "admin", _("admin")
    CODER = "coder", _("coder")
    ADJUDICATOR = "adjudicator", _("adjudicator")
    RESEARCHER = "researcher", _("researcher")


class Scope(models.TextChoices):
    """What a token lets its bearer do; each scope unlocks one role of its owner."""

    ADMIN = "admin", _("administration")
    CODING = "coding", _("coding")
    ADJUDICATION = "adjudication", _("adjudication")
    RELEASES = "releases", _("releases")

    @property
    def role(self) -> Role:
        return ROLE_OF_SCOPE[self]


ROLE_OF_SCOPE = {
    Scope.ADMIN: Role.ADMIN,
    Scope.CODING: Role.CODER,
    Scope.ADJUDICATION: Role.ADJUDICATOR,
    Scope.RELEASES: Role.RESEARCHER,
}


class InvitationState(models.TextChoices):
    """Whether a link still lets people in, and if not, why."""

    OPEN = "open", _("open")
    USED = "used", _("used")
    EXPIRED = "expired", _("expired")
    REVOKED = "revoked", _("revoked")


class JobState(models.TextChoices):
    """How far a background job has come."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class StoryState(models.TextChoices):
    """How far the versions of a story have been looked for."""

    NEW = "new", _("new")
    AGAIN = "again", _("to be compared again")
    COMPARED = "compared", _("compared")
    PLACED = "placed", _("in its cluster, if it has one")


class ZoneKind(models.TextChoices):
    """What a stretch of an article is, other than running text."""

    BOILERPLATE = "boilerplate", _("site furniture")
    TITLE = "title", _("title")
    BYLINE = "byline", _("byline")
    DATELINE = "dateline", _("dateline")
    CAPTION = "caption", _("caption")
    OTHER = "other", _("other")


class ZonesBy(models.TextChoices):
    """Who said what the zones of an article are."""

    RECORD = "record", _("the record it came in")
    RULES = "rules", _("rules")
    PERSON = "person", _("a person")


class MetaSource(models.TextChoices):
    """Where a value of an article's metadata comes from."""

    RECORD = "record", _("in the record")
    COLUMN = "column", _("import column")
    PAGE = "page", _("meta tag of the page")
    FIRST_LINES = "first_lines", _("guessed from the first lines")
    BYLINE = "byline", _("guessed from the byline")
    DAY_ASSUMED = "day_assumed", _("guessed: the day was taken to come before the month")
    ORDER_LEARNT = "order_learnt", _("guessed: day and month as the outlet writes them")
    FILE_NAME = "file_name", _("file name")
    ADDRESS = "address", _("guessed from the address")
    FURNITURE = "furniture", _("guessed from the site furniture")
    TEXT = "text", _("guessed from the text")
    PERSON = "person", _("set by a person")


class CleaningScope(models.TextChoices):
    """Which articles the rules are applied to."""

    ALL = "all", _("all articles")
    IMPORT = "import", _("articles of one import")
    OUTLET = "outlet", _("articles of one outlet")


class Change(models.TextChoices):
    """What a codebook version means for work that has begun."""

    MINOR = "minor", _("minor: applies at once")
    MEANING = "meaning", _("meaning: applies to work not begun")


class Strategy(models.TextChoices):
    """How a batch finds its coders."""

    BALANCED = "balanced", _("balanced: assigned when the batch is made")
    POOL = "pool", _("pool: coders draw the next article")


class Order(models.TextChoices):
    """In which order the articles of a batch are read."""

    IMPORTED = "imported", _("as imported")
    DATE = "date", _("by date of publication")
    SHUFFLED = "shuffled", _("shuffled by the seed")


class Versions(models.TextChoices):
    """What becomes of the other versions of a chosen story."""

    WHOLE = "whole", _("all of a story, even those not found")
    ONE = "one", _("one of a story, the earliest")


class Priority(models.IntegerChoices):
    """Which batch comes first where several wait."""

    LOW = 1, _("low")
    NORMAL = 2, _("normal")
    HIGH = 3, _("high")


class TaskState(models.TextChoices):
    """The life of one article in one batch."""

    OPEN = "open", _("open")
    CODED = "coded", _("coded")
    ADJUDICATING = "adjudicating", _("adjudicating")
    ADJUDICATED = "adjudicated", _("adjudicated")
    #: The batch was closed before anybody had handed the article in.
    DROPPED = "dropped", _("dropped")


class AssignmentState(models.TextChoices):
    """The life of one coder's copy of a task."""

    ASSIGNED = "assigned", _("to do")
    CODING = "coding", _("in progress")
    SUBMITTED = "submitted", _("submitted")
    RETURNED = "returned", _("returned")
    RELEASED = "released", _("taken away")


class OpType(models.TextChoices):
    """What one step of coding does."""

    CREATE = "create", _("tag a span")
    UPDATE = "update", _("change a span")
    DELETE = "delete", _("remove a span")
    FLAG = "flag", _("flag the article")
    NOTE = "note", _("note on a span")
    REFUSE = "refuse", _("refuse a suggestion")
    RESTORE = "restore", _("take a refusal back")


class DraftReason(models.TextChoices):
    """Why steps of coding came too late to be saved."""

    ALREADY_SUBMITTED = "already_submitted", _("the article was handed in before")
    RELEASED = "released", _("the article was taken away before")
    TEXT_CHANGED = "text_changed", _("they were made on another text")
    CODEBOOK_CHANGED = "codebook_changed", _("the codebook of this work has no such label")
    ARCHIVED = "archived", _("the project is archived")


class OpStatus(models.TextChoices):
    """What the server did with an op. A replay is answered ``duplicate`` and never stored."""

    APPLIED = "applied", _("applied")
    CONFLICT = "conflict", _("the span had changed")
    GONE = "gone", _("the span was deleted")
    INVALID = "invalid", _("refused")


class CardKind(models.TextChoices):
    """How the coders of a task differ in one place."""

    AGREED = "agreed", _("agreed")
    ATTRIBUTE = "attribute", _("attribute")
    MISSING = "missing", _("missing")
    LABEL = "label", _("label")
    BOUNDARY = "boundary", _("boundary")
    SPLIT = "split", _("split")
    MIXED = "mixed", _("mixed")
    ADDED = "added", _("added by the adjudicator")


class Outcome(models.TextChoices):
    """What was ruled. The last three keep the history of what is no longer in force."""

    ACCEPT = "accept", _("one coder's version")
    EDIT = "edit", _("another version")
    REJECT = "reject", _("nothing here")
    UNCLEAR = "unclear", _("can't be decided")
    ADD = "add", _("a span nobody coded")
    REOPEN = "reopen", _("ruling taken back")
    WITHDRAW = "withdraw", _("added span taken back")


class Source(models.TextChoices):
    """How a gold span came about."""

    UNANIMOUS = "unanimous", _("all coders")
    MAJORITY = "majority", _("most coders")
    ADJUDICATED = "adjudicated", _("adjudicated")
    SINGLE = "single", _("one coder")


class ReleaseState(models.TextChoices):
    """The life of a gold release."""

    QUEUED = "queued", _("queued")
    FREEZING = "freezing", _("freezing")
    RENDERING = "rendering", _("rendering")
    FINALIZING = "finalizing", _("finalizing")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")
    RETRACTED = "retracted", _("retracted")
