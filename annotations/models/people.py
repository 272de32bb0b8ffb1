from __future__ import annotations

import uuid

import pgtrigger
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from annotations.enums import Role, Scope

#: How the user names of erased people begin. No account can be given a name with a colon.
ERASED = "erased:"


class User(AbstractUser):
    """A person who can sign in. Names and mail live in this one row, so that it can be emptied."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    #: How the annotation page is worked with, ``{caret, has_letters, keys, first_steps}``, and how
    #: pages look, ``{theme, density}``; what is missing is as usual.
    coding_preferences = models.JSONField(default=dict, blank=True)

    #: Counts how often all sessions were ended other than by a new password.
    session_epoch = models.PositiveIntegerField(default=0, db_default=0)

    #: Since then nobody can tell from this row who it was.
    erased_at = models.DateTimeField(null=True, blank=True)

    #: The token that this request came with; it narrows what the user may do.
    token: ApiToken | None = None

    objects = UserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(
                    username__startswith=ERASED,
                    first_name="",
                    last_name="",
                    email="",
                    last_login=None,
                    password__startswith=UNUSABLE_PASSWORD_PREFIX,
                    is_active=False,
                    is_staff=False,
                    is_superuser=False,
                    coding_preferences={},
                ),
                name="erased_person_has_neither_a_name_nor_a_way_in",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="erasure_is_for_ever",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__erased_at__isnull=False,
                    old__erased_at__df=pgtrigger.F("new__erased_at"),
                ),
            ),
        ]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sign what a session has to agree with: the password, and that none was ended since."""
        # The salt is Django's: who was signed in before there was an epoch still is.
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        value = f"{self.password}{self.session_epoch or ''}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()

    def usable(self, roles: tuple[Role, ...]) -> list[str]:
        """Return those of ``roles`` that the token of this request, if any, unlocks."""
        if self.token is None:
            return [str(role) for role in roles]
        unlocked = {Scope(scope).role for scope in self.token.scopes}
        return [str(role) for role in roles if role in unlocked]


class ProjectQuerySet(models.QuerySet):
    def where(self, user: User, *roles: Role) -> ProjectQuerySet:
        """Keep the projects in which ``user`` may act in one of ``roles``."""
        held = Member.objects.acting(user, *roles)
        return self.filter(models.Exists(held.filter(project=models.OuterRef("pk"))))

    def visible_to(self, user: User) -> ProjectQuerySet:
        """Keep the projects of which ``user`` is a member in any role."""
        return self.where(user, *Role)


class Project(models.Model):
    """One study: its members, codebook, articles, batches and releases."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    settings = models.JSONField(default=dict, blank=True)
    secret = models.BinaryField(max_length=32, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(slug__regex=r"^[a-z0-9][a-z0-9-]*$"), name="project_slug_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MemberQuerySet(models.QuerySet):
    def current(self) -> MemberQuerySet:
        """Leave out people who were removed from the project."""
        return self.filter(removed_at=None)

    def acting(self, user: User, *roles: Role) -> MemberQuerySet:
        """Keep ``user``'s own memberships, as far as they and the token allow one of ``roles``.

        None for who is not signed in, or whose account was closed since: the database says so,
        because whoever asks may have been here before that.
        """
        if not user.is_authenticated:
            return self.none()
        own = self.current().filter(user=user, user__is_active=True)
        held = own.filter(roles__overlap=user.usable(roles))
        if user.token is not None and user.token.project_id is not None:
            held = held.filter(project=user.token.project_id)
        return held

    def people(self) -> MemberQuerySet:
        """Leave out external coders, who are names and can't sign in."""
        return self.exclude(user=None)

    def visible_to(self, user: User) -> MemberQuerySet:
        """Keep oneself, and everybody in the projects that one runs."""
        own = Q(user_id=user.pk, removed_at=None, project__in=Project.objects.visible_to(user))
        return self.filter(own | Q(project__in=Project.objects.where(user, Role.ADMIN)))


class Member(models.Model):
    """Somebody in a project: a user with roles, or an external coder who is only a name."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="memberships", null=True, blank=True
    )
    external_name = models.CharField(max_length=200, blank=True)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list)
    joined_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    #: The version whose changes the person has said to know; see ``queries.memberships``.
    codebook_seen = models.PositiveIntegerField(default=0, db_default=0)
    #: What was taken away when the person left; who comes back gets back what is still free.
    set_aside = models.ManyToManyField("annotations.Assignment", related_name="+")
    #: Of which rulings the person has read how the own work differs from gold.
    feedback_seen_at = models.DateTimeField(null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user"], name="member_joins_a_project_once"
            ),
            models.UniqueConstraint(
                fields=["project", "external_name"],
                condition=Q(user=None),
                name="external_coder_has_one_row_per_name",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, external_name="")
                | Q(user__isnull=True) & ~Q(external_name=""),
                name="member_is_a_user_or_a_name",
            ),
            models.CheckConstraint(
                condition=Q(roles__contained_by=Role.values), name="member_has_known_roles"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(roles=[Role.CODER.value]),
                name="external_member_is_a_coder_only",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What the member is called where names are shown."""
        return self.user.username if self.user else self.external_name

    @property
    def is_external(self) -> bool:
        return self.user_id is None


class ApiTokenQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ApiTokenQuerySet:
        """Keep one's own tokens, or for a request that came with a token, that one alone."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(user=user) if user.token is None else self.filter(pk=user.token.pk)


class ApiToken(models.Model):
    """A program's key. Only its digest is kept; the key itself is shown once."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices))
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scopes__contained_by=Scope.values), name="token_has_known_scopes"
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("created_at")),
                name="token_expires_after_it_was_made",
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"),
                name="token_is_kept_as_a_digest",
            ),
        ]

    def __str__(self) -> str:
        return self.name
