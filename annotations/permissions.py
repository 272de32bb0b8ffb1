"""Who may do what. Who may *see* a row is said by ``visible_to()`` on its manager."""

from django.db.models import QuerySet

from annotations.enums import AssignmentState, Role, TaskState
from annotations.models import Assignment, Batch, Member, Project, Task, User
from annotations.models.prepared import prepared


def has_role(user: User, project: Project, *roles: Role) -> bool:
    """Say whether ``user``, with the token at hand, may act in one of ``roles``."""
    return bool(_acts_in(user, project.pk, roles))


@prepared
def _acts_in(user: User, project: int, roles: tuple[Role, ...]) -> QuerySet[Project, int]:
    return Project.objects.where(user, *roles).filter(pk=project).values_list("pk", flat=True)


def can_create_project(user: User) -> bool:
    """Any signed-in person may, unless a token is narrower than its owner."""
    return user.is_authenticated and (
        user.token is None or (user.token.project_id is None and bool(user.usable((Role.ADMIN,))))
    )


def can_administer(user: User, project: Project) -> bool:
    """Members, codebook, imports, batches, settings, history: the admin's."""
    return has_role(user, project, Role.ADMIN)


def can_change(user: User, project: Project) -> bool:
    """An archived project can be read but no longer worked on."""
    return project.archived_at is None and can_administer(user, project)


def can_propose(user: User, project: Project) -> bool:
    """Examples and rules for the codebook's draft come from those too who rule.

    What is in the draft holds for nobody, until an admin has looked at it and publishes.
    """
    return project.archived_at is None and has_role(user, project, Role.ADMIN, Role.ADJUDICATOR)


def can_reset_password(user: User, member: Member) -> bool:
    """An admin may, of an account that lives in no project but those that the admin runs.

    Anybody can make a project and name others in it, so that being its admin alone must not
    open accounts; neither does it ever open an operator's.
    """
    person = member.user
    if person is None or not person.is_active or not _lives_in_projects_of(person, user):
        return False
    return can_administer(user, member.project)


def can_erase(user: User, person: User) -> bool:
    """An admin may forget somebody else who is, or ever was, in no project of another's.

    Whom several projects know is for the operator, who has the command, as are
    operators themselves. It can't be undone, so that nobody does it to the own account.
    """
    is_theirs = person.memberships.exists() and _lives_in_projects_of(person, user)
    return is_theirs and person.pk != user.pk and person.erased_at is None


def _lives_in_projects_of(person: User, user: User) -> bool:
    """Say whether ``person`` is no operator, and in projects alone that ``user`` runs."""
    if person.is_staff or person.is_superuser:
        return False
    own = Project.objects.where(user, Role.ADMIN)
    return not Member.objects.filter(user=person).exclude(project__in=own).exists()


def can_correct_clusters(user: User, project: Project) -> bool:
    """Which articles are versions of one story is for those to say who read them all."""
    return project.archived_at is None and has_role(user, project, Role.ADMIN, Role.ADJUDICATOR)


def is_coder_of(user: User, assignment: Assignment) -> bool:
    """The work is ``user``'s own, and ``user`` is still a coder of the project."""
    return Assignment.objects.of(user).filter(pk=assignment.pk).exists()


def is_open_to_coding(assignment: Assignment) -> bool:
    """Neither handed in nor taken away."""
    return assignment.state in {
        AssignmentState.ASSIGNED,
        AssignmentState.CODING,
        AssignmentState.RETURNED,
    }


def can_know_of(user: User, batch: Batch) -> bool:
    """Progress, agreement and others' work of a batch: not while one's own is undecided."""
    return Batch.objects.open_book_for(user).filter(pk=batch.pk).exists()


def can_rule(user: User, task: Task) -> bool:
    """Adjudicators, on complete work, and never on a task that they coded themselves.

    Where the project sets ``adjudicate_own``, people who have submitted all
    their work in the batch may.
    """
    project = task.batch.project
    if not has_role(user, project, Role.ADJUDICATOR) or not can_know_of(user, task.batch):
        return False
    coded = Assignment.objects.live().filter(task=task, coder__user=user).exists()
    return not coded or bool(project.settings.get("adjudicate_own"))


def is_open_to_rulings(task: Task) -> bool:
    """All wanted coders have submitted, and nobody has finished the task yet."""
    return task.state in {TaskState.CODED, TaskState.ADJUDICATING}


def can_publish(user: User, project: Project) -> bool:
    """Asking for, cancelling and retracting a release is the admin's."""
    return has_role(user, project, Role.ADMIN)


def member_of(user: User, project: Project) -> Member | None:
    """Return ``user``'s current membership, whatever its roles."""
    member = next(iter(_current_member(user, project.pk)), None)
    if member is not None:
        member.project = project
    return member


@prepared
def _current_member(user: User, project: int) -> QuerySet[Member]:
    return Member.objects.current().filter(user=user, project=project)
