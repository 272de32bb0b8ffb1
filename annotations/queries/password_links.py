"""When a link for a new password is still good."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from annotations.models import Member, User


class PasswordLinks(PasswordResetTokenGenerator):
    """Makes and checks the secrets of links for a new password.

    A link ends with its first use, with a sign-in, a new mail address and the time set for
    it; also when its account comes to other projects, roles or rights than it had. An admin
    can make links for accounts of the own projects only, and one that was made before must not
    open more than that later.
    """

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        held = Member.objects.current().filter(user=user).order_by("pk")
        rights = [user.is_superuser, list(held.values_list("project", "roles"))]
        return f"{super()._make_hash_value(user, timestamp)}{rights}"


password_links = PasswordLinks()
