"""What actions raise when a rule says no."""


class Refused(Exception):
    """A rule said no; the message is for the person who asked.

    ``status`` is the HTTP status that the API answers with, ``code`` the
    machine-readable reason, ``errors`` an optional list of
    ``{"field" | "line" | …, "code", "detail"}`` that names each fault.
    """

    status = 409
    code = "refused"

    def __init__(self, message: str, *, code: str | None = None, errors: list | None = None):
        super().__init__(message)
        self.code = code or self.code
        self.errors = errors or []


class Forbidden(Refused):
    """You can see this, but your roles do not let you do that."""

    status = 403
    code = "forbidden"


class Invalid(Refused):
    """The content can't be accepted as it is; ``errors`` says where and why."""

    status = 422
    code = "invalid"
