"""What the hotline holds: parties, agreements, notices, zones, movements, and what each addressee has received.

Everything here follows from the entries alone, except `shapes` (exact outlines, dropped when their content is erased) and
`work` (searches under way); neither is in the state hash. Only `fold` changes the tables.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from msgspec import Struct, field

from beforehand.airspace.encounter import Body, Buffers
from beforehand.core.hotline.events import MeetingFact, TermRow, ZoneWarned
from beforehand.core.hotline.terms import Terms
from beforehand.core.index import CellIndex
from beforehand.core.strategic.state import StrategicState

EARLIEST = -(1 << 62)
LATEST = 1 << 62

#: Parties, and of each: people and services, keys, non-parties, live notices, zones, movements (P8).
PARTIES_MAX = 5_000
PEOPLE_MAX = 1_000
KEYS_MAX = 20
NONPARTIES_MAX = 200
LIVE_NOTICES_MAX = 50_000
LIVE_ZONES_MAX = 5_000
LIVE_MOVEMENTS_MAX = 20_000
AGREEMENTS_MAX = 500
#: Reference instruments of all parties.
INSTRUMENTS_MAX = 500
#: Sessions of one party that are open at one time; its oldest are forgotten first.
SESSIONS_MAX = 2_000
#: Nonces of one party that are remembered, each for a day at least while there are not more.
NONCES_MAX = 20_000
NONCE_US = 86_400_000_000
#: Notices that an entry names as shown or not shown.
SHOWN_MAX = 256
#: For how long what is over is kept in the tables, and how much of one party: beyond, its oldest leave early. The record
#: keeps it all.
KEPT_US = 30 * 86_400_000_000
KEPT_MAX = 10_000
#: Trial checks and advice that a party may ask for in one hour (H4.8): each tells something of what it may see.
ASKED_PER_HOUR = 120
HOUR_US = 3_600_000_000
#: Versions of one notice.
VERSIONS_MAX = 1_000


class Key(Struct, gc=False):
    """A signing key. `revoked_us`: from when on it is contested, or None."""

    id: str
    public: str
    start_us: int
    revoked_us: int | None = None


class Person(Struct, gc=False):
    """A person or service of a party. `entry` is where the credentials are kept as content; `secret` is of services."""

    id: str
    login: str
    roles: tuple[str, ...]
    entry: int
    secret: str | None = None
    active: bool = True


class Session(Struct, gc=False):
    """Somebody who is logged in, in a role, until a time."""

    id: str
    person: str
    role: str
    until_us: int


class Spoken(Struct, gc=False):
    """The first answer to a nonce: what it was computed from, and what it was."""

    digest: str
    time_us: int
    entry: int
    id: str
    version: int
    event: Any


class Party(Struct, gc=False):
    """A party on the line. `handle` is the entry that made it, and its place in every order."""

    handle: int
    code: str
    kind: str
    issuer: str
    subject: str
    keys: dict[str, Key] = field(default_factory=dict)
    invitations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    nonparties: dict[str, int] = field(default_factory=dict)
    nonces: dict[str, Spoken] = field(default_factory=dict)
    nonce_order: deque[str] = field(default_factory=deque)
    agreements: list[str] = field(default_factory=list)
    given: dict[str, None] = field(default_factory=dict)
    #: Notices it gave that have left the picture.
    over: dict[str, None] = field(default_factory=dict)
    told: dict[str, None] = field(default_factory=dict)
    zones: dict[str, None] = field(default_factory=dict)
    movements: dict[str, None] = field(default_factory=dict)
    #: Zones and movements that are over, by kind and id.
    ended: dict[tuple[str, str], None] = field(default_factory=dict)
    #: What others let it see of theirs, by (kind, id).
    released: dict[tuple[str, str], None] = field(default_factory=dict)
    #: Trial checks and advice it asked for, by kind.
    asked: dict[str, int] = field(default_factory=dict)
    #: Since when the present hour of asking runs, and how often it asked in it.
    asked_since_us: int = 0
    asked_in_hour: int = 0


class Agreement(Struct, gc=False):
    """An agreement. `history`: (time, state, entry), so that it is known at any instant what was in force."""

    handle: int
    id: str
    proposer: str
    parties: tuple[str, ...]
    observers: tuple[str, ...]
    terms: Terms
    start_us: int
    end_us: int | None
    cells: bytes
    state: str
    signed: dict[str, int] = field(default_factory=dict)
    history: list[tuple[int, str, int]] = field(default_factory=list)


class Place(Struct, gc=False):
    """One volume, leg or zone volume in the picture, by which it is found."""

    handle: int
    kind: str
    id: str
    version: int
    number: int
    party: str
    start_us: int
    end_us: int
    lower_mm: int | None
    upper_mm: int | None
    cells: bytes


class VolumeState(Struct, gc=False):
    """A volume of a version. `place` is its handle in the index, None where it has no cells or left the picture."""

    number: int
    cells: bytes
    lower_mm: int | None
    upper_mm: int | None
    start_us: int | None
    end_us: int | None
    km2: int
    place: int | None = None


class Version(Struct, gc=False):
    """A version of a notice."""

    number: int
    entry: int
    received_us: int
    kind: str
    volumes: list[VolumeState]
    lead_us: int | None
    agreements: list[str]
    emergency: bool
    #: What checks asked or said: rule, kind, volume.
    marks: list[tuple[str, str, int]]
    #: Id of the signing key, None: unsigned, by the node's word.
    key: str | None
    aware: int
    unaware: int
    #: By how much the clocks disagreed when it was received, while nobody had accepted either; else 0.
    uncertain_us: int
    #: Terms checks: agreement, addressee (or empty), rows.
    terms: list[tuple[str, str, list[TermRow]]] = field(default_factory=list)
    in_picture: bool = True
    looked: bool = False
    #: By party: what of its own meets which volume, as far as entries say: (volume, kind, id).
    conflicts: dict[str, dict[tuple[int, str, str], None]] = field(default_factory=dict)
    #: By party: what it was told of these meetings.
    touched: dict[str, list[MeetingFact]] = field(default_factory=dict)
    #: Standard intents that share cells with it, and since when that is known.
    cells_only: int = 0
    cells_only_us: int | None = None
    #: Who is still to be told because something of its own is met, and of which volumes.
    to_tell: dict[str, list[int]] = field(default_factory=dict)


class ReadBack(Struct, gc=False):
    """A read-back of one addressee and version."""

    state: str = "closed"
    person: str = ""
    until_us: int = 0
    asked: str = ""
    tries: int = 0
    wrong: int = 0


class Telling(Struct, gc=False):
    """What one addressee was told of one version. Times by stage; `missed` stages had their deadline pass."""

    handle: int
    party: str
    version: int
    volumes: list[int]
    hash: str
    asked: str
    stages: tuple[str, ...]
    deadlines: dict[str, int]
    told_us: int
    why: tuple[tuple[str, str], ...]
    handed_us: int | None = None
    received: dict[str, int] = field(default_factory=dict)
    #: How each stage was reached: of UNDERSTOOD and DISSEMINATED.
    how: dict[str, str] = field(default_factory=dict)
    missed: dict[str, int] = field(default_factory=dict)
    read_back: ReadBack = field(default_factory=ReadBack)


class Objection(Struct, gc=False):
    """An objection, a request for delay or a question, and how it stands."""

    id: str
    entry: int
    version: int
    party: str
    kind: str
    deadline_us: int | None
    state: str = "open"
    answer: str = ""
    #: The entry that holds the words of the answer.
    answer_entry: int | None = None


class RelayState(Struct, gc=False):
    """A non-party concerned by a notice, and who relays, if anybody."""

    named_by: str
    nonparty: str
    party: str | None
    deadline_us: int | None
    zone: str | None
    version: int
    to: tuple[str, ...]
    done_us: int | None = None
    how: str = ""
    #: Who passed it on.
    by: str | None = None
    missed_us: int | None = None


class Notice(Struct, gc=False):
    """A notice in all its versions. `entries` are those that speak of it, ascending."""

    handle: int
    id: str
    giver: str
    category: str
    state: str
    opens_us: int | None
    ends_us: int | None
    versions: list[Version] = field(default_factory=list)
    #: By party: what it was told, oldest first.
    tellings: dict[str, list[Telling]] = field(default_factory=dict)
    objections: dict[str, Objection] = field(default_factory=dict)
    relays: dict[tuple[str, str], RelayState] = field(default_factory=dict)
    warned: dict[tuple[str, int, str, str], ZoneWarned] = field(default_factory=dict)
    entries: list[int] = field(default_factory=list)
    deviated: bool = False
    over_us: int | None = None
    linger_us: int | None = None
    #: Number of the deadline at which the clock ends it; None: the clock will not.
    ends_due: int | None = None
    #: To whom its giver let it be seen, besides those who were told.
    released_to: list[str] = field(default_factory=list)

    @property
    def current(self) -> Version:
        """The newest version."""
        return self.versions[-1]


class Zone(Struct, gc=False):
    """A zone, declared or reported."""

    handle: int
    id: str
    party: str
    kind: str
    nonparty: str | None
    volumes: list[VolumeState]
    active: list[tuple[int, int | None]]
    shared: tuple[str, ...]
    reported_us: int
    capability: str = ""
    capability_us: int | None = None
    #: To whom its party let it be seen, besides those it is shared with.
    released_to: list[str] = field(default_factory=list)
    ended_us: int | None = None


class Movement(Struct, gc=False):
    """A movement of a party."""

    handle: int
    id: str
    party: str
    legs: list[Place]
    #: To whom its party let it be seen.
    released_to: list[str] = field(default_factory=list)
    ended_us: int | None = None


class Deadline(Struct, order=True, frozen=True, gc=False):
    """Something that is due, in a heap. `number` is unique, so that nothing else is compared."""

    time_us: int
    number: int
    what: str
    id: str
    version: int = 0
    party: str = ""
    about: str = ""


class Work(Struct, frozen=True, gc=False):
    """What the node is still to do about an object: `look` for meetings, or `tell` a notice's version to those found."""

    what: str
    kind: str
    id: str
    version: int


class HotlineState:
    """The tables. Only `fold` changes them."""

    __slots__ = (
        "agreements",
        "away",
        "bound",
        "codes",
        "deadlines",
        "index",
        "instruments",
        "movements",
        "next_entry",
        "next_number",
        "notices",
        "pairs",
        "parties",
        "placeless",
        "places",
        "searches",
        "shapes",
        "strategic",
        "widest",
        "work",
        "zones",
    )

    def __init__(self, strategic: StrategicState) -> None:
        #: What stands in the registry: a notice meets it as cells.
        self.strategic = strategic
        #: The number that the next entry will have; the machine keeps it.
        self.next_entry = 0
        #: By code, in the order in which they were made.
        self.parties: dict[str, Party] = {}
        #: (issuer, subject) of a token -> code.
        self.bound: dict[tuple[str, str], str] = {}
        #: Codes as they are told apart: look-alikes fold to the same.
        self.codes: dict[str, str] = {}
        self.pairs: dict[tuple[str, str], str] = {}
        self.agreements: dict[str, Agreement] = {}
        #: Reference instruments: by id, whose, how many clauses, and the entry that holds their words.
        self.instruments: dict[str, tuple[str, int, int]] = {}
        #: In each dimension the widest buffer that any agreement ever had.
        self.widest = Buffers()
        self.notices: dict[str, Notice] = {}
        self.zones: dict[str, Zone] = {}
        self.movements: dict[str, Movement] = {}
        self.places: dict[int, Place] = {}
        self.index = CellIndex(self.places)
        #: Notices in the picture with a volume whose place is known in words alone.
        self.placeless: dict[str, None] = {}
        self.next_number = 0
        self.deadlines: list[Deadline] = []
        #: What is to be done, in order; a dict for its order and for quick removal.
        self.work: dict[Work, None] = {}
        #: The latest stretches in which no node served: from the last entry before to the opening.
        self.away: deque[tuple[int, int]] = deque(maxlen=16)
        #: Exact bodies by (object id, version); not in the state hash.
        self.shapes: dict[tuple[str, int], tuple[Body, ...]] = {}
        #: Searches under way; not in the state hash, begun anew after a restart.
        self.searches: dict[Work, Any] = {}
