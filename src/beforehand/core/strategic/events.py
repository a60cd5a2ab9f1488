"""The facts of strategic coordination, as the journal keeps them.

Tags are never renamed or removed; fields are only added, with a default that means *not said*. Ids are dashed lower-case
UUIDs, cells S2 tokens of level 13 separated by one space and ascending, times µs (spelled as `moments` says), altitudes mm.
`entry` numbers name the entry that made an object: they are its handle for as long as it lives. `raised` names the
subscriptions whose holders are to be told, ascending. An event names all that it changes; `fold` searches nothing.
"""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from beforehand.core.strategic.moments import Moment


class Unaware(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What a planner had not named: the lowest entries (at most `NAMED_MAX`), how many in all, SHA-256 over all."""

    entries: list[int]
    count: int
    digest: str


#: Entries an `Unaware` lists.
NAMED_MAX = 256


class MadeSubscription(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The implicit subscription made by its intent's entry: same window and cells, same entry number."""

    id: str
    version: str
    url: str
    constraints: bool


class ExtendedSubscription(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The window and cells that an implicit subscription is extended to."""

    version: str
    start: Moment
    end: Moment
    cells: str


class IntentAccepted(Struct, tag="oi.accepted", frozen=True, gc=False, forbid_unknown_fields=True):
    """A version of an operational intent was accepted.

    `manager` is a subject, `unaware` what it was planned without, `uncertain` by how much the clocks disagreed then.
    """

    id: str
    manager: str
    state: int
    version: int
    ovn: str
    url: str
    start: Moment
    end: Moment
    lower: int
    upper: int
    cells: str
    raised: list[int]
    subscription: int | None
    made: MadeSubscription | UnsetType = UNSET
    extended: ExtendedSubscription | UnsetType = UNSET
    dropped: int | UnsetType = UNSET
    unaware: Unaware | UnsetType = UNSET
    uncertain: int | UnsetType = UNSET


class IntentEnded(Struct, tag="oi.ended", frozen=True, gc=False, forbid_unknown_fields=True):
    """An intent was ended by its party; `dropped` is the implicit subscription that went with it."""

    id: str
    raised: list[int]
    dropped: int | UnsetType = UNSET


class UnawareRefused(Struct, tag="oi.unaware", frozen=True, gc=False, forbid_unknown_fields=True):
    """A planner was refused and told which intents and constraints it had not named."""

    manager: str
    id: str
    missing: Unaware


class UnawareCounted(Struct, tag="oi.unaware_counted", frozen=True, gc=False, forbid_unknown_fields=True):
    """Refusals of a planner that have no entry of their own: how many, since when, how many distinct sets, the first."""

    manager: str
    since: int
    count: int
    distinct: int
    first: Unaware


class ConstraintAccepted(Struct, tag="con.accepted", frozen=True, gc=False, forbid_unknown_fields=True):
    """A version of a constraint was accepted; an open band has no `lower` or `upper`."""

    id: str
    manager: str
    version: int
    ovn: str
    url: str
    start: Moment
    end: Moment
    lower: int | None
    upper: int | None
    cells: str
    raised: list[int]


class ConstraintEnded(Struct, tag="con.ended", frozen=True, gc=False, forbid_unknown_fields=True):
    """A constraint was ended by its party."""

    id: str
    raised: list[int]


class SubscriptionAccepted(Struct, tag="sub.accepted", frozen=True, gc=False, forbid_unknown_fields=True):
    """A version of a subscription was accepted; a PUT makes it explicit."""

    id: str
    manager: str
    version: str
    url: str
    start: Moment
    end: Moment
    cells: str
    intents: bool
    constraints: bool


class SubscriptionEnded(Struct, tag="sub.ended", frozen=True, gc=False, forbid_unknown_fields=True):
    """A subscription was ended by its party."""

    id: str


class AvailabilitySet(Struct, tag="uss.availability", frozen=True, gc=False, forbid_unknown_fields=True):
    """`by` said that `uss` is available so."""

    uss: str
    by: str
    availability: int
    version: str


class ReportFiled(Struct, tag="report.filed", frozen=True, gc=False, forbid_unknown_fields=True):
    """A report was filed; what it says is the entry's content."""

    id: str
    by: str


class Evicted(Struct, tag="expired.evicted", frozen=True, gc=False, forbid_unknown_fields=True):
    """What had ended long ago and was dropped, by entry; `dropped` are implicit subscriptions left without intent."""

    before: int
    intents: list[int]
    constraints: list[int]
    subscriptions: list[int]
    dropped: list[int]


class PartyBound(Struct, tag="party.bound", frozen=True, gc=False, forbid_unknown_fields=True):
    """A subject wrote for the first time: from now on it is of this issuer alone."""

    subject: str
    issuer: str


StrategicEvent = (
    IntentAccepted
    | IntentEnded
    | UnawareRefused
    | UnawareCounted
    | ConstraintAccepted
    | ConstraintEnded
    | SubscriptionAccepted
    | SubscriptionEnded
    | AvailabilitySet
    | ReportFiled
    | Evicted
    | PartyBound
)
