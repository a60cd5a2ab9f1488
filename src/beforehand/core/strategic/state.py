"""What strategic coordination holds: intents, constraints, subscriptions, availability, and what must be remembered.

Everything here follows from the entries alone, except `rules` (what the operator set) and `tallies` (refusals that have no
entry yet); neither is in the state hash. Objects are found by id (16 bytes) or by handle (the entry that made them).
"""

from __future__ import annotations

from collections import deque
from typing import TypeAlias

from msgspec import Struct, field

from beforehand.core.index import CellIndex
from beforehand.core.strategic.commands import Availability
from beforehand.core.strategic.ends import Ends
from beforehand.core.strategic.events import Unaware
from beforehand.core.strategic.replies import ConstraintChanged, IntentChanged, SubscriptionEnded

#: How long the answer to a deletion is remembered.
REMEMBERED_US = 600_000_000
#: How long a requested OVN is. Its suffix says when it was made, to be taken only within 5 minutes of that, so that none
#: is taken twice after 10; the eleventh is for what waits between that check and its stamp.
REMEMBERED_OVN_US = 660_000_000
#: How many requested OVNs of one party are remembered; beyond, it can request no suffix (`quota`).
REMEMBERED_OVNS_MAX = 500_000
#: How many deletions of one party, with the subscriptions they raised, are remembered; its oldest go first.
REMEMBERED_DELETIONS_MAX = 200_000
#: Repeats of one refusal within this time have one entry.
REPEAT_US = 60_000_000
#: Refusals of one party that have an entry of their own, in one second.
REFUSALS_PER_SECOND = 5
#: Cells that an implicit subscription may be extended to, by its intents one after another.
EXTENDED_CELLS_MAX = 40_000
#: Intents that may hang on one subscription.
DEPENDENTS_MAX = 20_000
#: Subscriptions of one party that one change may raise; it may make no more in that place and time.
MEETING_SUBSCRIPTIONS_MAX = 20_000
#: Subscriptions that one entry can raise: facts have at most 8 MiB, and a handle ten characters or so.
RAISED_MAX = 500_000
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
    """A party and how much of it is live: intents and constraints, subscriptions, the cells of all three.

    `requested` counts its requested OVNs, `weight` its deletions and whom they raised: those that are remembered.
    `deletions` are the latter by age: time, key in `remembered`, weight.
    """

    subject: str
    issuer: str
    intents: int = 0
    cells: int = 0
    subscriptions: int = 0
    requested: int = 0
    weight: int = 0
    deletions: deque[tuple[int, tuple[str, bytes, str], int]] = field(default_factory=deque)


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

    def hanging(self) -> int:
        """How many intents hang on it."""
        hanging = self.dependents
        return 0 if hanging is None else 1 if isinstance(hanging, int) else len(hanging)


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


#: What was deleted: its kind, id, and the OVN or version named, which never returns.
Deletion: TypeAlias = tuple[str, bytes, str]


class Remembered(Struct):
    """A deletion: whose, and what was answered when."""

    party: Party
    reply: Ended
    at_us: int

    def answers(self, subject: str, now_us: int) -> bool:
        """Whether this subject, asking again, is still given the first answer."""
        return self.party.subject == subject and self.at_us + REMEMBERED_US >= now_us


class StrategicState:
    """The tables. Only `fold` changes them."""

    __slots__ = (
        "availability",
        "constraint_ids",
        "constraint_index",
        "constraints",
        "ends",
        "forget_ovns",
        "intent_ids",
        "intent_index",
        "intents",
        "next_entry",
        "parties",
        "refused",
        "remembered",
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
        self.ends = Ends()
        self.used_ovns: dict[str, int] = {}
        self.forget_ovns: deque[tuple[int, str, Party]] = deque()
        self.remembered: dict[Deletion, Remembered] = {}
        self.refused: dict[str, Refused] = {}
        self.tallies: dict[str, Tally] = {}

    def dependents(self, subscription: Subscription) -> list[int]:
        """Handles of the intents that hang on a subscription, ascending."""
        hanging = subscription.dependents
        if hanging is None:
            return []
        return [hanging] if isinstance(hanging, int) else sorted(hanging)
