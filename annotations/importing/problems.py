"""Why a record can't come in."""


class Problem(Exception):
    """One record is refused; ``code`` is for programs, ``detail`` for the person."""

    def __init__(self, code: str, detail: str):
        super().__init__(detail)
        self.code = code
        self.detail = detail
