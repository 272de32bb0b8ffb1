"""How often a worker says how far it is: often enough to be watched and to be called off."""

from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import TypeVar

#: Seconds between two writes of progress, each of which also renews the claim.
EVERY = 1.0

T = TypeVar("T")


def once_a_second(tell: Callable[[int], None]) -> Callable[[int], None]:
    """Return ``tell`` to be called however often: it hears of one number a second at most."""
    told = monotonic()

    def heard(done: int) -> None:
        nonlocal told
        if monotonic() - told >= EVERY:
            tell(done)
            told = monotonic()

    return heard


def steadily(things: Iterable[T], tell: Callable[[int], None]) -> Iterator[T]:
    """Pass things on, and once a second ``tell`` how many they were so far."""
    heard = once_a_second(tell)
    for done, thing in enumerate(things, start=1):
        yield thing
        heard(done)
