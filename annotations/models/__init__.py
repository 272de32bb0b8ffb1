"""The tables, one module per topic."""

from annotations.models.adjudication import Card, Decision, Gold, Remark, RulingDraft
from annotations.models.agreement import AgreementReport, AgreementRow
from annotations.models.articles import (
    Article,
    ArticleRevision,
    ImportJob,
    ImportProblem,
    SourceFile,
    StagedRow,
    Suggestion,
)
from annotations.models.audit import AuditEvent
from annotations.models.batches import Assignment, Batch, Task
from annotations.models.cleaning import CleaningJob, CleaningRule, OutletHabits
from annotations.models.clusters import (
    Cluster,
    ClusterCorrection,
    Story,
    StoryRun,
    StoryRunPart,
)
from annotations.models.codebook import (
    CodebookDraft,
    CodebookEntry,
    CodebookVersion,
    Label,
    LabelDefinition,
)
from annotations.models.coding import RecoveredDraft, Span, SpanOp, Submission
from annotations.models.flags import FlagAnswer
from annotations.models.invitations import Invitation, InvitationUse
from annotations.models.jobs import Claimable, Job
from annotations.models.memos import Memo, Question
from annotations.models.people import ApiToken, Member, Project, User
from annotations.models.reminders import Reminder
from annotations.models.replies import StoredReply
from annotations.models.tallies import TaskTally, WorkTally
from annotations.models.training import Admission, Attempt

__all__ = [
    "Admission",
    "AgreementReport",
    "AgreementRow",
    "ApiToken",
    "Article",
    "ArticleRevision",
    "Assignment",
    "Attempt",
    "AuditEvent",
    "Batch",
    "Card",
    "Claimable",
    "CleaningJob",
    "CleaningRule",
    "Cluster",
    "ClusterCorrection",
    "CodebookDraft",
    "CodebookEntry",
    "CodebookVersion",
    "Decision",
    "FlagAnswer",
    "Gold",
    "ImportJob",
    "ImportProblem",
    "Invitation",
    "InvitationUse",
    "Job",
    "Label",
    "LabelDefinition",
    "Member",
    "Memo",
    "OutletHabits",
    "Project",
    "Question",
    "RecoveredDraft",
    "Remark",
    "Reminder",
    "RulingDraft",
    "SourceFile",
    "Span",
    "SpanOp",
    "StagedRow",
    "StoredReply",
    "Story",
    "StoryRun",
    "StoryRunPart",
    "Submission",
    "Suggestion",
    "Task",
    "TaskTally",
    "User",
    "WorkTally",
]
