"""A second step for accounts in tests, and the codes of their app, as RFC 6238 makes them."""

import base64
import hmac
import struct
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

SECRET = base64.b32encode(b"twenty bytes it has.").decode()


def give(user, secret=SECRET):
    """Let ``user`` sign in by code, and return the recovery codes."""
    TOTP.activate(user, secret)
    return RecoveryCodes.activate(user).get_unused_codes()


def code(secret=SECRET, steps_on=0):
    """Return what the app shows now, or so many half minutes later."""
    step = int(time.time() // 30) + steps_on
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def has(user):
    return Authenticator.objects.filter(user=user).exists()
