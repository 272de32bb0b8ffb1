"""How people get in: links for a forgotten password, and where one is signed in."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from annotations.models import User


def reset_link(*, user: User) -> str:
    """Make the address at which ``user`` sets a new password, once. Nothing of it is kept."""
    path = reverse(
        "annotations:reset-password",
        kwargs={
            "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
            "token": default_token_generator.make_token(user),
        },
    )
    return f"{settings.SITE_URL}{path}"
