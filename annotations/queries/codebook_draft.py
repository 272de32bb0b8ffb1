"""The codebook as somebody edits it: the draft, if there is one, brought up to a version."""

from dataclasses import dataclass
from typing import Any

from annotations.algorithms.codebook_changes import merge
from annotations.models import CodebookDraft, CodebookVersion, Project
from annotations.queries import codebook


@dataclass(frozen=True)
class Edition:
    """What an editor is shown; ``content`` is ``{labels, rules}`` as the API writes them."""

    version: CodebookVersion
    draft: CodebookDraft | None
    content: dict[str, Any]
    published: dict[str, Any]

    @property
    def numbers(self) -> tuple[int, int]:
        """The version and the draft that it consists of; 0 is no draft."""
        return self.version.number, self.draft.number if self.draft else 0

    @property
    def has_caught_up(self) -> bool:
        """Whether a version was published since the draft was saved, and is now part of it."""
        return self.draft is not None and self.draft.base_id != self.version.pk


def latest(project: Project) -> Edition:
    """Return what is to be edited now."""
    draft = project.drafts.filter(closed_at=None).select_related("base", "saved_by").first()
    return _edition(codebook.current(project), draft)


def as_it_was(project: Project, version: int, draft: int) -> Edition:
    """Return the edition of these ``numbers``; where there is none, the latest."""
    known = project.codebooks.filter(number=version).first()
    saved = project.drafts.filter(number=draft).select_related("base", "saved_by").first()
    if known is None or (draft and saved is None):
        return latest(project)
    return _edition(known, saved)


def _edition(version: CodebookVersion, draft: CodebookDraft | None) -> Edition:
    published = _content(version)
    if draft is None:
        content = published
    elif draft.base_id == version.pk:
        content = draft.content
    else:
        content = merge(_content(draft.base), draft.content, published)
    return Edition(version, draft, content, published)


def _content(version: CodebookVersion) -> dict[str, Any]:
    book = codebook.as_contract(version)
    return {name: book[name] for name in ("labels", "rules")}
