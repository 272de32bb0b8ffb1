"""Which things belong together: sets that grow as pairs are joined."""


class Groups:
    """Disjoint sets of numbers, each named by the smallest."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def name(self, member: int) -> int:
        """Return the name of the group that a member is in; alone, it is its own."""
        above = self._above
        while (upper := above.get(member, member)) != member:
            above[member] = member = above.get(upper, upper)
        return member

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.name(one), self.name(other)))
        # The name itself is kept too: it is one of what was joined.
        self._above[low] = low
        self._above[high] = low

    def are_joined(self, one: int, other: int) -> bool:
        return self.name(one) == self.name(other)

    def names(self) -> dict[int, int]:
        """Return all that was joined, each with the name of its group."""
        return {member: self.name(member) for member in list(self._above)}
