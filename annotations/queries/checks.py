"""Articles of known gold that are hidden among those of a real batch, and what came of them.

What coders read must not tell a check from any other article, so nothing here is for them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotations.algorithms.fall import Fall, fall
from annotations.models import Assignment, Attempt, Batch, Gold, Member, Project, Task, User
from annotations.queries import training
from annotations.queries.batch_selection import CannotPlan, Chosen, with_gold
from annotations.queries.training import strict_f1

#: So many checks, the latest, are held against the earlier ones of the same coder.
LATEST = 5

#: So many are listed.
SHOWN = 10

#: With fewer earlier ones nothing is said.
FEWEST_EARLIER = 5

#: A fall that chance makes more often than this is none to act on.
RARE = 0.05


def drawn(
    project: Project,
    members: Mapping[str, Member],
    number: int,
    *,
    besides: Collection[Chosen],
    seed: int,
) -> dict[Chosen, list[str]]:
    """Return ``number`` check articles in the order of a draw, each with whom it can go to.

    Those who never had an article nor ruled on it, in any batch. What most can have is taken
    first. Gold has spans in each; none is among the articles ``besides``, nor a version of one
    of their stories or of another check's. Raises ``CannotPlan`` if there are too few.
    """
    if not number:
        return {}
    taken = {article.pk for article in besides}
    stories = {article.cluster for article in besides} - {None}
    fit = [article for article in with_gold(project, seed=seed) if article.pk not in taken]
    golds = training.gold_of(article.pk for article in fit)
    marked_golds = Gold.objects.filter(pk__in=golds.values()).exclude(spans=[])
    marked = set(marked_golds.values_list("pk", flat=True))
    known = training.known_to(members.values(), golds)
    able = {
        article: [name for name, one in members.items() if (one.pk, article.pk) not in known]
        for article in fit
        if golds.get(article.pk) in marked
    }
    found: dict[Chosen, list[str]] = {}
    for article in sorted(able, key=lambda article: -len(able[article])):
        if able[article] and article.cluster not in stories and len(found) < number:
            found[article] = able[article]
            stories |= {article.cluster} - {None}
    if len(found) < number:
        message = ngettext(
            "There is %(count)s article that can be a check here: with spans in its gold, no "
            "version of the stories chosen, and new to one of the coders.",
            "There are %(count)s articles that can be checks here: with spans in their gold, no "
            "versions of the stories chosen, and new to one of the coders.",
            len(found),
        )
        raise CannotPlan.because("checks", "too_few_checks", message % {"count": len(found)})
    return found


@dataclass
class Checked:
    """What a coder's checks came to, each as it was first handed in, the earliest first.

    ``attempts`` are those asked about, of ``given``; ``all_attempts`` the coder's in every batch
    that the reader may know of, which ``drift`` rests on.
    """

    member: Member
    given: int = 0
    attempts: list[Attempt] = field(default_factory=list)
    all_attempts: Sequence[Attempt] = ()

    @property
    def f1(self) -> float | None:
        return strict_f1(self.attempts)

    @property
    def latest_first(self) -> list[Attempt]:
        """The last few, to be listed."""
        return self.attempts[: -SHOWN - 1 : -1]

    @property
    def latest_f1(self) -> float | None:
        return strict_f1(self.all_attempts[-LATEST:])

    @property
    def earlier_f1(self) -> float | None:
        return strict_f1(self.all_attempts[:-LATEST])

    @cached_property
    def fall(self) -> Fall | None:
        """How far the latest are below the earlier ones; none where there are too few to say."""
        if len(self.all_attempts) < LATEST + FEWEST_EARLIER:
            return None
        return fall([(one.alike, one.own + one.gold) for one in self.all_attempts], LATEST)

    @property
    def has_drifted(self) -> bool:
        found = self.fall
        return found is not None and found.by > 0 and found.chance <= RARE

    @property
    def drift(self) -> str:
        """Say whether the coder agrees less with gold than before, and what that means."""
        count = len(self.all_attempts)
        found = self.fall
        if found is None:
            text = ngettext(
                "Too few to say: %(count)s check so far, of the %(needed)s that it takes.",
                "Too few to say: %(count)s checks so far, of the %(needed)s that it takes.",
                count,
            )
            return text % {"count": count, "needed": LATEST + FEWEST_EARLIER}
        figures = {
            "latest": LATEST,
            "f1": floatformat(self.latest_f1, 3),
            "earlier": count - LATEST,
            "before": floatformat(self.earlier_f1, 3),
            "orders": ceil(found.chance * 100),
        }
        if found.by <= 0:
            text = _(
                "No fall: the last %(latest)s come to %(f1)s, the %(earlier)s before to "
                "%(before)s."
            )
        elif self.has_drifted:
            text = _(
                "The last %(latest)s come to %(f1)s, the %(earlier)s before to "
                "%(before)s. By chance a fall as deep comes in at most %(orders)s of 100 orders "
                "of these checks. Look at the last ones with the coder."
            )
        else:
            text = _(
                "Nothing to act on: the last %(latest)s come to %(f1)s, the %(earlier)s before "
                "to %(before)s, but by chance a fall as deep comes in %(orders)s of 100 orders of "
                "these checks."
            )
        return text % figures


def of_batch(batch: Batch, reader: User) -> list[Checked]:
    """Return what the checks of ``batch`` came to, coder by coder. For who may know of it."""
    work = Assignment.objects.live().filter(task__in=Task.objects.checks().filter(batch=batch))
    found: dict[int, Checked] = {}
    for assignment in work.select_related("coder__user"):
        found.setdefault(assignment.coder_id, Checked(assignment.coder)).given += 1
    for coder, attempts in _attempts(batch.project_id, reader, found).items():
        found[coder].all_attempts = attempts
        found[coder].attempts = [
            one for one in attempts if one.assignment.task.batch_id == batch.pk
        ]
    return sorted(found.values(), key=lambda one: one.member.name.casefold())


def of_coder(member: Member, reader: User) -> Checked | None:
    """Return what came of ``member``'s checks in all batches that ``reader``, an admin of the
    project, may know of; none where there are none."""
    attempts = _attempts(member.project_id, reader, [member.pk]).get(member.pk)
    return Checked(member, len(attempts), attempts, attempts) if attempts else None


def _attempts(project: int, reader: User, coders: Iterable[int]) -> dict[int, list[Attempt]]:
    known = Batch.objects.published().filter(project=project).open_book_for(reader)
    first = Attempt.objects.filter(
        assignment__task__in=Task.objects.checks().filter(batch__in=known),
        assignment__coder__in=list(coders),
        number=1,
    )
    found: dict[int, list[Attempt]] = defaultdict(list)
    related = first.select_related(
        "submission", "assignment__task__article", "assignment__task__batch"
    )
    for one in related.defer("assignment__task__article__text").order_by("pk"):
        found[one.assignment.coder_id].append(one)
    return found
