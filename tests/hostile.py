"""A world in which every text that a person or a file can fill tries to run a script."""

from collections.abc import Iterator
from typing import Any

import pgtrigger
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.db.models import CharField, F, TextField, Value
from django.db.models.functions import Cast, Concat
from lxml import etree, html

from tests.factories import TEXT, ArticleFactory
from tests.permission_table import Everybody

#: Breaks out of attributes, of texts and of JSON in a page.
SHORT = "\"'><img src=x onerror=ran()><script>ran()</script>"
#: What Markdown, links, styles and frames could do besides.
LONG = (
    SHORT + " [a](javascript:ran()) ![b](https://elsewhere.example/b.png)"
    " <svg onload=ran()> </textarea></style></title>"
    "<iframe srcdoc='<script>parent.ran()</script>'>"
    " <base href=https://elsewhere.example/> <style>@import url(https://elsewhere.example)</style>"
)
#: What is shorter holds no such words, with a number behind them.
ROOM = len(SHORT) + 10
#: Texts that a rule of the product or the database keeps to a shape, or that no one fills.
SHAPED = {
    "AgreementReport": {"step", "scope", "label"},
    "ApiToken": {"digest"},
    "Article": {"text", "text_sha256", "story_sha256"},
    "AuditEvent": {"target_type"},
    "Card": {"card_id", "words", "question"},
    "CleaningJob": {"step"},
    "CleaningRule": {"builtin", "pattern"},
    "CodebookEntry": {"label_key", "rule"},
    "Decision": {"card_id"},
    "ImportJob": {"step"},
    "ImportProblem": {"code"},
    "Invitation": {"digest"},
    "Label": {"key"},
    "LabelDefinition": {"colour", "hotkey"},
    "OutletHabits": {"date_order"},
    "Project": {"slug"},
    "Question": {"quote"},
    "RecoveredDraft": {"reason"},
    "Release": {"step", "content_hash"},
    "ReleaseFile": {"name", "path", "sha256"},
    "ReleaseShard": {"path"},
    "Remark": {"card_id"},
    "RulingDraft": {"card_id"},
    "SourceFile": {"format", "encoding", "path", "sha256"},
    "Span": {"quote"},
    "SpanOp": {"client_id"},
    "StagedRow": {"body"},
    "StoredReply": {"route", "key", "request_digest"},
    "Story": {"sha256"},
    "User": {"password"},
}
#: What in JSON is a text of somebody's own, wherever it lies.
OWN_WORDS = {
    *("author", "example", "lead", "note", "outlet", "reason", "text", "title", "url", "value"),
}
RUNNING = {"script", "iframe", "object", "embed", "base", "style"}
LEADING = ("href", "src", "action", "formaction", "hx-get", "hx-post", "data", "xlink:href")


class HostileWorld(Everybody):
    """Everything in its place, and then each text of it replaced, past every rule."""

    def __init__(self):
        super().__init__()
        with pgtrigger.ignore():
            for model in apps.get_models():
                if model.__module__.startswith(("annotations.", "exports.")):
                    self._poison(model)
        self.project.settings = {**self.project.settings, "reasons": [LONG]}
        self.project.save(update_fields=["settings"])

    def make_article(self):
        meta = dict.fromkeys(("title", "outlet", "author", "url", "published_at"), LONG)
        text = f"{TEXT}\n\n{LONG}\n"
        return ArticleFactory(
            project=self.project, import_job=self.import_job, text=text, meta=meta
        )

    def _poison(self, model: type[models.Model]) -> None:
        for field in texts_of(model):
            room = text_of(field).max_length
            words = SHORT if room and room < len(LONG) + 20 else LONG
            if isinstance(field, ArrayField):
                value: Any = [words]
            else:
                # Names are unique, also where they are hostile.
                value = Concat(Value(words), Cast(F("pk"), CharField()))
            try:
                with transaction.atomic():
                    model._base_manager.update(**{field.name: value})
            except IntegrityError:
                # A check that ties the text to the row's state: what has one keeps its own.
                rows = model._base_manager.exclude(**{field.name: ""})
                rows.update(**{field.name: value})
        for field in model._meta.concrete_fields:
            if isinstance(field, models.JSONField):
                for row in model._base_manager.all():
                    setattr(row, field.name, poisoned(getattr(row, field.name)))
                    model._base_manager.filter(pk=row.pk).update(
                        **{field.name: getattr(row, field.name)}
                    )


def texts_of(model: type[models.Model]) -> Iterator[models.Field]:
    """Yield the fields in which there can be any text."""
    for field in model._meta.concrete_fields:
        kind = text_of(field)
        is_text = isinstance(kind, CharField | TextField) and not kind.choices
        has_room = is_text and (kind.max_length is None or kind.max_length > ROOM)
        if has_room and field.name not in SHAPED.get(model.__name__, set()):
            yield field


def text_of(field: models.Field) -> models.Field:
    """Return the field of what a list holds, or else the field itself."""
    return field.base_field if isinstance(field, ArrayField) else field


def poisoned(value: Any, key: str = "") -> Any:
    """Return a JSON value with hostile words in the place of somebody's own."""
    if isinstance(value, dict):
        return {name: poisoned(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [poisoned(inner, key) for inner in value]
    return LONG if isinstance(value, str) and key in OWN_WORDS else value


def injected(page: str) -> list[str]:
    """Return what of a page a browser would run or fetch, were it not for the policy."""
    found = []
    for node in html.document_fromstring(page).iter(etree.Element):
        given = {name: (value or "").strip().lower() for name, value in node.items()}
        is_own = node.tag == "script" and given.get("src", "").startswith("/static/")
        leads_away = [
            address
            for name in LEADING
            if (address := given.get(name, "")).startswith(("javascript:", "data:text"))
            or "elsewhere.example" in address
        ]
        runs = any(name.startswith("on") for name in given) or given.get("src") == "x"
        if (node.tag in RUNNING and not is_own) or leads_away or runs:
            found.append(html.tostring(node, encoding="unicode", with_tail=False)[:200])
    return found
