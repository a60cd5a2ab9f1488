"""What ends when, so that what is long over is found without looking through all that lives.

Objects stand in buckets of ten minutes by the end of their window; a heap knows the earliest bucket. `fold` alone changes
it. Implicit subscriptions are not here: they go with their last intent.
"""

from __future__ import annotations

from heapq import heappop, heappush

#: Width of a bucket.
BUCKET_US = 600_000_000

INTENTS, CONSTRAINTS, SUBSCRIPTIONS = range(3)

#: Handles that end in one bucket: of intents, constraints, explicit subscriptions.
Bucket = tuple[set[int], set[int], set[int]]


class Ends:
    """Handles by kind and bucket. `buckets` holds none that is empty."""

    __slots__ = ("_heap", "buckets")

    def __init__(self) -> None:
        self.buckets: dict[int, Bucket] = {}
        self._heap: list[int] = []  # every bucket, and some that are gone; the first one is not gone

    def add(self, kind: int, end_us: int, handle: int) -> None:
        """Enter an object by its end."""
        number = end_us // BUCKET_US
        found = self.buckets.get(number)
        if found is None:
            found = self.buckets[number] = (set(), set(), set())
            heappush(self._heap, number)
        found[kind].add(handle)

    def remove(self, kind: int, end_us: int, handle: int) -> None:
        """Take an object out; `end_us` is what it was entered with."""
        number = end_us // BUCKET_US
        found = self.buckets[number]
        found[kind].remove(handle)
        if found[0] or found[1] or found[2]:
            return
        del self.buckets[number]
        heap = self._heap
        while heap and heap[0] not in self.buckets:
            heappop(heap)
        if len(heap) > 2 * len(self.buckets) + 64:  # a bucket that comes and goes leaves one number each time
            heap[:] = sorted(self.buckets)

    def earliest(self) -> int | None:
        """Number of the earliest bucket, or None where nothing lives."""
        return self._heap[0] if self._heap else None
