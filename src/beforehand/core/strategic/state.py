"""What strategic coordination holds: intents, constraints, subscriptions, availability, and what must be remembered.

Everything here follows from the entries alone, except `rules` (what the operator set) and `tallies` (refusals that have no
entry yet); neither is in the state hash. Objects are found by id (16 bytes) or by handle (the entry that made them).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct, json

from beforehand.core.index import CellIndex
from beforehand.core.strategic.commands import Availability
from beforehand.core.strategic.events import Unaware
from beforehand.core.strategic.replies import ConstraintChanged, IntentChanged, SubscriptionEnded

#: How long a requested OVN suffix and the answer to a deletion are remembered.
REMEMBERED_US = 600_000_000
#: How many requested OVNs are remembered at most; beyond, no suffix can be requested (`quota`).
REMEMBERED_OVNS_MAX = 1_000_000
#: How many deletions with their raised subscriptions are remembered at most; the oldest go first.
REMEMBERED_DELETIONS_MAX = 200_000
#: Repeats of one refusal within this time have one entry.
REPEAT_US = 60_000_000
#: Refusals of one party that have an entry of their own, in one second.
REFUSALS_PER_SECOND = 5
#: Width of the buckets by which ended objects are found for eviction.
BUCKET_US = 600_000_000
#: Parties that may ever write, and USSs whose availability may be set.
PARTIES_MAX = 100_000


class Rules(Struct, frozen=True):
    """What the operator set and decisions follow (docs/configuration.md). Times in µs."""

    strict_states: bool = False
    live_intents: int = 1_000_000
    live_cells: int = 20_000_000
    live_subscriptions: int = 1_000_000
    evict_after_us: int = 7 * 86_400_000_000


class Party(Struct, gc=False):
    """A party and how much of it is live."""

    subject: str
    issuer: str
    intents: int = 0
    cells: int = 0
    subscriptions: int = 0


class Intent(Struct, gc=False):
    """A live operational intent. `subscription` is a handle."""

    handle: int
    id: bytes
    manager: Party
    state: int
    version: int
    ovn: str
    url: str
    start_us: int
    end_us: int
    lower_mm: int
    upper_mm: int
    cells: bytes
    subscription: int | None


class Constraint(Struct, gc=False):
    """A live constraint."""

    handle: int
    id: bytes
    manager: Party
    version: int
    ovn: str
    url: str
    start_us: int
    end_us: int
    lower_mm: int | None
    upper_mm: int | None
    cells: bytes


class Subscription(Struct, gc=False):
    """A live subscription. `dependents`: none, the one intent's handle, or the handles as keys of a dict."""

    handle: int
    id: bytes
    manager: Party
    version: str
    url: str
    start_us: int
    end_us: int
    cells: bytes
    intents: bool
    constraints: bool
    implicit: bool
    index: int = 0
    dependents: int | dict[int, None] | None = None


class UssStatus(Struct, gc=False):
    availability: Availability
    version: str


class Refused(Struct):
    """Refusals of one party that have entries: by digest with their time, and how many in the latest second."""

    recent: dict[str, int]
    second: int
    in_second: int


class Tally(Struct):
    """Refusals of one party that have no entry yet. `due_us`: when they get one."""

    since_us: int
    due_us: int
    first: Unaware
    count: int
    digests: set[str]


Ended: TypeAlias = IntentChanged | ConstraintChanged | SubscriptionEnded


class Remembered(Struct):
    """A deletion: whose, at which OVN or version, and what was answered."""

    party: Party
    ovn: str
    reply: Ended
    at_us: int

    def answers(self, subject: str, ovn: str, now_us: int) -> bool:
        """Whether a deletion asked again by this subject with this OVN is the one remembered."""
        return self.party.subject == subject and self.ovn == ovn and self.at_us + REMEMBERED_US > now_us


class StrategicState:
    """The tables. Only `fold` changes them."""

    __slots__ = (
        "availability",
        "constraint_ids",
        "constraint_index",
        "constraints",
        "ends",
        "forget_deletions",
        "forget_ovns",
        "intent_ids",
        "intent_index",
        "intents",
        "next_entry",
        "parties",
        "refused",
        "remembered",
        "remembered_weight",
        "rules",
        "subscription_ids",
        "subscription_index",
        "subscriptions",
        "tallies",
        "used_ovns",
    )

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        #: The number that the next entry will have; the machine keeps it.
        self.next_entry = 0
        self.parties: dict[str, Party] = {}
        self.availability: dict[str, UssStatus] = {}
        self.intents: dict[int, Intent] = {}
        self.intent_ids: dict[bytes, Intent] = {}
        self.intent_index = CellIndex(self.intents)
        self.constraints: dict[int, Constraint] = {}
        self.constraint_ids: dict[bytes, Constraint] = {}
        self.constraint_index = CellIndex(self.constraints)
        self.subscriptions: dict[int, Subscription] = {}
        self.subscription_ids: dict[bytes, Subscription] = {}
        self.subscription_index = CellIndex(self.subscriptions)
        #: bucket of end time -> what ends in it, as (intents, constraints, explicit subscriptions)
        self.ends: dict[int, tuple[set[int], set[int], set[int]]] = {}
        self.used_ovns: dict[str, int] = {}
        self.forget_ovns: deque[tuple[int, str]] = deque()
        self.remembered: dict[tuple[str, bytes], Remembered] = {}
        self.forget_deletions: deque[tuple[int, tuple[str, bytes], int]] = deque()
        self.remembered_weight = 0
        self.refused: dict[str, Refused] = {}
        self.tallies: dict[str, Tally] = {}

    def dependents(self, subscription: Subscription) -> list[int]:
        """Handles of the intents that hang on a subscription, ascending."""
        hanging = subscription.dependents
        if hanging is None:
            return []
        return [hanging] if isinstance(hanging, int) else sorted(hanging)

    def facts(self) -> Iterator[tuple[object, ...]]:
        """Everything the state hash covers, in one order, as tuples of plain values."""
        for subject in sorted(self.parties):
            party = self.parties[subject]
            yield ("party", subject, party.issuer, party.intents, party.cells, party.subscriptions)
        for uss in sorted(self.availability):
            status = self.availability[uss]
            yield ("uss", uss, int(status.availability), status.version)
        for handle in sorted(self.intents):
            i = self.intents[handle]
            yield ("oi", handle, i.id.hex(), i.manager.subject, i.state, i.version, i.ovn, i.url, i.start_us, i.end_us,
                   i.lower_mm, i.upper_mm, i.cells.hex(), i.subscription)  # fmt: skip
        for handle in sorted(self.constraints):
            c = self.constraints[handle]
            yield ("con", handle, c.id.hex(), c.manager.subject, c.version, c.ovn, c.url, c.start_us, c.end_us,
                   c.lower_mm, c.upper_mm, c.cells.hex())  # fmt: skip
        for handle in sorted(self.subscriptions):
            s = self.subscriptions[handle]
            yield ("sub", handle, s.id.hex(), s.manager.subject, s.version, s.url, s.start_us, s.end_us, s.cells.hex(),
                   s.intents, s.constraints, s.implicit, s.index, *self.dependents(s))  # fmt: skip
        for ovn in sorted(self.used_ovns):
            yield ("ovn", ovn, self.used_ovns[ovn])
        for (kind, id_), ended in sorted(self.remembered.items()):
            yield (
                "ended",
                kind,
                id_.hex(),
                ended.party.subject,
                ended.ovn,
                ended.at_us,
                json.encode(ended.reply).decode(),
            )
        for subject in sorted(self.refused):
            refused = self.refused[subject]
            yield ("refused", subject, refused.second, refused.in_second, *sorted(refused.recent.items()))
