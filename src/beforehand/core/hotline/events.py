"""The facts of the hotline, as the journal keeps them.

Tags are never renamed or removed; fields are only added, with a default that means *not said*. Ids are dashed lower-case
UUIDs, codes those of parties, cells S2 tokens of level 13 (ascending, one space between), times µs since the Unix epoch,
altitudes and distances mm. Words, names and exact shapes are content. `entry` numbers name entries. `to` are the codes of those
for whom an entry is meant, where its other fields do not say so. An event names all that it changes; `fold` searches nothing.
"""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from beforehand.core.hotline.terms import Terms


class Fact(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What all events are."""


class By(Fact, frozen=True, gc=False):
    """Whose statement made the entry (H1.5).

    `nonce` and `digest` (SHA-256 of the verb and the bytes as sent) are what a repetition is known by; `key` is the id of the
    signing key, not said where the statement is unsigned and holds by the node's word; `agreement` that to which it is bound;
    `seen` the newest checkpoint that the sender names: entry and leaf hash.
    """

    party: str
    person: str | UnsetType = UNSET
    role: str | UnsetType = UNSET
    nonce: str | UnsetType = UNSET
    digest: str | UnsetType = UNSET
    key: str | UnsetType = UNSET
    claimed: int | UnsetType = UNSET
    agreement: str | UnsetType = UNSET
    seen: tuple[int, str] | UnsetType = UNSET


# Parties and people -----------------------------------------------------------------------------------------------------


class PartyCreated(Fact, tag="party.created", frozen=True, gc=False):
    """The node operator made a party, with its first signing key and one invitation (digest). Content: its name."""

    party: str
    kind: str
    issuer: str
    subject: str
    key: str
    public: str
    invitation: str


class PersonJoined(Fact, tag="party.person", frozen=True, gc=False):
    """A person took up an invitation. Content: login, name, and the hash of the password."""

    party: str
    person: str
    login: str
    roles: list[str]
    invitation: str


class Invited(Fact, tag="party.invited", frozen=True, gc=False):
    """A party invited somebody, once, for some roles."""

    party: str
    invitation: str
    roles: list[str]
    by: By


class ServiceMade(Fact, tag="party.service", frozen=True, gc=False):
    """A party made a service client; `secret` is the digest of its secret. Content: its name."""

    party: str
    person: str
    login: str
    secret: str
    by: By


class PersonRemoved(Fact, tag="party.removed", frozen=True, gc=False):
    """A party removed a person or service; what it was logged in to has ended."""

    party: str
    person: str
    by: By


class SessionOpened(Fact, tag="party.session", frozen=True, gc=False):
    """Somebody logged in, in a role, until a time: on duty, as far as is known."""

    party: str
    person: str
    role: str
    session: str
    until: int


class SessionClosed(Fact, tag="party.left", frozen=True, gc=False):
    """A session was ended by who had it."""

    party: str
    session: str


class KeyAdded(Fact, tag="party.key", frozen=True, gc=False):
    """A signing key of a party, good from a time on."""

    party: str
    key: str
    public: str
    start: int
    by: By


class KeyRevoked(Fact, tag="party.revoked", frozen=True, gc=False):
    """A signing key is not to be trusted from a time on: statements since then are contested (H1.1)."""

    party: str
    key: str
    start: int
    by: By


class NonpartyNamed(Fact, tag="nonparty.named", frozen=True, gc=False):
    """A party named, for itself, a force or traffic that is not on the line (H1.2). Content: what it says of it."""

    party: str
    nonparty: str
    by: By


class PairKeyed(Fact, tag="pair.keyed", frozen=True, gc=False):
    """The value of a pair of parties from which check phrases are made, day by day (H3.2)."""

    parties: tuple[str, str]
    value: str


# Agreements -------------------------------------------------------------------------------------------------------------


class AgreementProposed(Fact, tag="agreement.proposed", frozen=True, gc=False):
    """A party proposed an agreement (H7.1). Content: its title and exact area. No `cells`: it holds everywhere."""

    agreement: str
    parties: list[str]
    observers: list[str]
    terms: Terms
    start: int
    end: int | None
    cells: str
    by: By


class AgreementSigned(Fact, tag="agreement.signed", frozen=True, gc=False):
    """A party signed; `state` is what it is in now."""

    agreement: str
    party: str
    state: str
    by: By


class AgreementMoved(Fact, tag="agreement.moved", frozen=True, gc=False):
    """An agreement went to another state, by the clock or by a party; `ends` is when a denounced one does."""

    agreement: str
    event: str
    state: str
    ends: int | UnsetType = UNSET
    by: By | UnsetType = UNSET


class InstrumentCited(Fact, tag="instrument.cited", frozen=True, gc=False):
    """A reference instrument, such as a resolution, of so many clauses (H7.2). Content: title, source, clauses."""

    instrument: str
    party: str
    clauses: int
    by: By


# Notices ----------------------------------------------------------------------------------------------------------------


class VolumeFact(Fact, frozen=True, gc=False):
    """A volume of a notice as it counts: contradictory bounds as their hull; None is unbounded or not said.

    `km2` is the area, rounded up. No cells: the place is known in words alone.
    """

    number: int
    cells: str
    lower: int | None
    upper: int | None
    start: int | None
    end: int | None
    km2: int


class Mark(Fact, frozen=True, gc=False):
    """What a check asks or says of a volume (0: of the whole): a contradiction, a slip of a value, words against shape."""

    rule: str
    kind: str
    volume: int
    distance: int | UnsetType = UNSET


class Unshown(Fact, frozen=True, gc=False):
    """Notices by id and version: at most 256 of them, and how many in all."""

    notices: list[tuple[str, int]]
    count: int


class NoticeGiven(Fact, tag="notice.given", frozen=True, gc=False):
    """A version of a notice was given. Content: its words and exact shapes, values as said, the bytes and the signature.

    `state` is that of the notice now, `opens` and `ends` bound the windows that count. `lead` is window minus receipt.
    `retires` are versions that nobody has in its picture any more; `lapses` is said of one that was over when it was given.
    `aware` was shown to the giver before, `unaware` was told to it and not shown (H4.1). `agreements` were in force.
    """

    notice: str
    version: int
    giver: str
    category: str
    emergency: bool
    volumes: list[VolumeFact]
    kind: str
    state: str
    opens: int | None
    ends: int | None
    lead: int | None
    marks: list[Mark]
    aware: Unshown
    unaware: Unshown
    agreements: list[str]
    retires: list[int]
    by: By
    uncertain: int | UnsetType = UNSET
    lapses: int | UnsetType = UNSET


class TermRow(Fact, frozen=True, gc=False):
    """One term: `met`, `not met` (`off` by how much: seconds) or `cannot be judged` (`why`)."""

    term: str
    value: str
    off: int | UnsetType = UNSET
    why: str | UnsetType = UNSET


class TermsChecked(Fact, tag="notice.terms", frozen=True, gc=False):
    """A version held against an agreement (H4.3); `party` where the term is about one addressee."""

    notice: str
    version: int
    agreement: str
    rows: list[TermRow]
    to: list[str]
    party: str | UnsetType = UNSET


class Why(Fact, frozen=True, gc=False):
    """Why somebody is told: an agreement (`id`), or that something of its own is met, of which another entry tells it more."""

    cause: str
    id: str


class NoticeTold(Fact, tag="notice.told", frozen=True, gc=False):
    """A version was made ready for an addressee: its part, why, and what it is asked for. Content: the document.

    `hash` is the SHA-256 of the document, which a receipt of delivery names. `deadlines` are by stage.
    """

    notice: str
    version: int
    party: str
    volumes: list[int]
    why: list[Why]
    hash: str
    read_back: str
    stages: list[str]
    deadlines: dict[str, int]


class NoticeMoved(Fact, tag="notice.moved", frozen=True, gc=False):
    """Something happened to a notice: by the clock, or as its giver says. `state` is what follows.

    `deviated`: what was done lay outside what was declared. `at`: when it happened, as said. `lapses`: when it will, if
    nobody says more.
    """

    notice: str
    event: str
    state: str
    deviated: bool = False
    at: int | UnsetType = UNSET
    lapses: int | UnsetType = UNSET
    by: By | UnsetType = UNSET


# Meetings, zones, movements ---------------------------------------------------------------------------------------------


class LegFact(Fact, frozen=True, gc=False):
    """A leg of a movement: where it may be (cells), its band and window."""

    cells: str
    lower: int | None
    upper: int | None
    start: int
    end: int


class MovementDeclared(Fact, tag="movement.declared", frozen=True, gc=False):
    """A party declared a moving volume of its own (H6.2). Content: legs, exactly, and words. It is nobody else's to see."""

    movement: str
    party: str
    legs: list[LegFact]
    by: By


class MovementEnded(Fact, tag="movement.ended", frozen=True, gc=False):
    """A movement is over, or will not be."""

    movement: str
    party: str
    by: By


class ZoneSet(Fact, tag="zone.set", frozen=True, gc=False):
    """A zone: declared by its owner, or reported about a non-party by `party` (H6.4). Content: shape and words.

    `active` are its times. `shared` are the codes of those who may see it.
    """

    zone: str
    party: str
    kind: str
    nonparty: str | None
    volumes: list[VolumeFact]
    active: list[tuple[int, int | None]]
    shared: list[str]
    by: By


class ZonePosture(Fact, tag="zone.posture", frozen=True, gc=False):
    """A zone's capability class changed, from a time on; nothing is held of the state of any weapon."""

    zone: str
    party: str
    capability: str
    start: int
    by: By


class ZoneEnded(Fact, tag="zone.ended", frozen=True, gc=False):
    """A zone is no more, or no longer reported."""

    zone: str
    party: str
    by: By


class Looked(Fact, tag="meet.looked", frozen=True, gc=False):
    """Meetings of an object were looked for, among all entries before `to_entry`. What was found has entries of its own."""

    kind: str
    id: str
    version: int
    party: str
    to_entry: int


class MeetingFact(Fact, frozen=True, gc=False):
    """Where one volume of a notice meets something: `kind` and `id` of that, band and window that both share."""

    volume: int
    kind: str
    id: str
    lower: int | None
    upper: int | None
    start: int | None
    end: int | None


class ConflictFound(Fact, tag="meet.conflict", frozen=True, gc=False):
    """What the giver learns (H4.8): ask this party, about these of your own volumes (none: about the whole).

    `meetings` only of what the giver may see already.
    """

    notice: str
    version: int
    giver: str
    party: str
    volumes: list[int]
    meetings: list[MeetingFact]


class Touched(Fact, tag="meet.touched", frozen=True, gc=False):
    """What the other learns: this notice meets these of its own."""

    notice: str
    version: int
    party: str
    volumes: list[int]
    meetings: list[MeetingFact]


class CellsOnly(Fact, tag="meet.cells", frozen=True, gc=False):
    """Standard intents whose details are not known share cells with a version (H4.9): never called clear."""

    notice: str
    version: int
    giver: str
    intents: list[tuple[str, str]]
    count: int


class Released(Fact, tag="meet.released", frozen=True, gc=False):
    """A party lets the giver see what of its own the notice meets: `meetings`, and from now on the object itself."""

    notice: str
    version: int
    giver: str
    party: str
    meetings: list[MeetingFact]
    by: By


class ZoneWarned(Fact, tag="zone.warned", frozen=True, gc=False):
    """An aircraft of `party` is or will be in an active zone at the time of a notice there (H6.4)."""

    zone: str
    notice: str
    version: int
    party: str
    kind: str
    id: str
    nonparty: str | None
    start: int | None
    end: int | None
    to: list[str]


class RelayNeeded(Fact, tag="relay.needed", frozen=True, gc=False):
    """A non-party is concerned by a version (H1.2). `party` None: nobody relays. `zone`: beside which it stands."""

    notice: str
    version: int
    named_by: str
    nonparty: str
    party: str | None
    deadline: int | None
    zone: str | None
    to: list[str]


class Relayed(Fact, tag="relay.done", frozen=True, gc=False):
    """A party says that it passed a notice on to a non-party; to those who were told that it is concerned."""

    notice: str
    version: int
    named_by: str
    nonparty: str
    party: str
    how: str
    at: int
    to: list[str]
    by: By


# Receipts ---------------------------------------------------------------------------------------------------------------


class HandedOut(Fact, tag="receipt.handed_out", frozen=True, gc=False):
    """The server is about to hand a version to an addressee: written before it leaves, and no receipt."""

    notice: str
    version: int
    party: str
    person: str | UnsetType = UNSET


class Received(Fact, tag="receipt.stage", frozen=True, gc=False):
    """One of the four facts of H5, of an addressee and version.

    `how`: of UNDERSTOOD `blind`, `times` or `by voice`; of DISSEMINATED its means. `coverage` and `spread` are of
    DISSEMINATED. `retires`: versions that leave the addressee's picture with it; `opens` and `ends`: the clock's bounds then.
    """

    notice: str
    version: int
    party: str
    stage: str
    by: By
    how: str | UnsetType = UNSET
    coverage: str | UnsetType = UNSET
    spread: str | UnsetType = UNSET
    at: int | UnsetType = UNSET
    retires: list[int] | UnsetType = UNSET
    opens: int | UnsetType | None = UNSET
    ends: int | UnsetType | None = UNSET


class HashDiffers(Fact, tag="receipt.differs", frozen=True, gc=False):
    """An addressee named another hash than that of what it was told: it does not hold the same."""

    notice: str
    version: int
    party: str
    hash: str
    by: By


class ReadBackOpened(Fact, tag="readback.opened", frozen=True, gc=False):
    """A person began to read back, blind, until a time."""

    notice: str
    version: int
    party: str
    person: str
    until: int
    asked: str
    volumes: list[int]
    by: By


class ReadBackTried(Fact, tag="readback.tried", frozen=True, gc=False):
    """A try (H5.3): which of area, band and times was wrong, never by how much. Content: what was given.

    `call`: both officers are asked onto a call because of it.
    """

    notice: str
    version: int
    party: str
    number: int
    asked: str
    wrong: list[str]
    by: By
    by_voice: bool = False
    call: bool = False


class ReadBackLapsed(Fact, tag="readback.lapsed", frozen=True, gc=False):
    """A read-back was opened and not answered in time, or before the addressee was told more."""

    notice: str
    version: int
    party: str
    person: str


class FetchedMeanwhile(Fact, tag="readback.fetched", frozen=True, gc=False):
    """Somebody else of the party fetched the notice while one of it was reading back."""

    notice: str
    version: int
    party: str
    person: str | UnsetType = UNSET


class CallAsked(Fact, tag="call.asked", frozen=True, gc=False):
    """Both officers are asked onto a call, after two wrong read-backs."""

    notice: str
    version: int
    giver: str
    party: str


class WhoOfOursSaid(Fact, tag="readback.who", frozen=True, gc=False):
    """Who of the addressee's own is in it or heading there: the addressee's own to see."""

    notice: str
    version: int
    party: str
    answer: str
    by: By


class WhoOfOursAnswered(Fact, tag="readback.answered", frozen=True, gc=False):
    """That the question after a read-back was answered: the giver sees this and no more."""

    notice: str
    version: int
    party: str


class PhraseEqual(Fact, tag="phrase.equal", frozen=True, gc=False):
    """Both ends read the check phrase aloud and found it equal (H3.2): supports UNDERSTOOD, never replaces it."""

    notice: str
    version: int
    party: str
    other_role: str
    at: int
    by: By


class Objected(Fact, tag="objection.raised", frozen=True, gc=False):
    """An addressee objects, asks for a delay, or asks (H5.5). It stops nothing by itself. Content: its words."""

    notice: str
    version: int
    objection: str
    party: str
    kind: str
    deadline: int | None
    by: By


class ObjectionAnswered(Fact, tag="objection.answered", frozen=True, gc=False):
    """The giver's answer (H4.12). Content: its words."""

    notice: str
    objection: str
    party: str
    answer: str
    by: By


class DeadlineMissed(Fact, tag="deadline.missed", frozen=True, gc=False):
    """A deadline passed: `what` is a stage, `answer` or `relay`; it goes to the next role, and is on both consoles (H5.6).

    `away`: the service was away over it. `undertook`: what the giver undertook for this silence (H7.1).
    """

    what: str
    notice: str
    version: int
    party: str
    to: list[str]
    deadline: int
    noticed: int
    role: str
    about: str | UnsetType = UNSET
    undertook: str | UnsetType = UNSET
    away: tuple[int, int] | UnsetType = UNSET


class Forgotten(Fact, tag="hotline.forgotten", frozen=True, gc=False):
    """A notice, zone or movement that was over long ago left the tables; the record keeps it."""

    kind: str
    id: str


class AskedCounted(Fact, tag="asked.counted", frozen=True, gc=False):
    """A party made a trial check or asked for advice: those it has an agreement with see how often (H4.8)."""

    party: str
    kind: str
    to: list[str]


HotlineEvent = (
    PartyCreated
    | PersonJoined
    | Invited
    | ServiceMade
    | PersonRemoved
    | SessionOpened
    | SessionClosed
    | KeyAdded
    | KeyRevoked
    | NonpartyNamed
    | PairKeyed
    | AgreementProposed
    | AgreementSigned
    | AgreementMoved
    | InstrumentCited
    | NoticeGiven
    | TermsChecked
    | NoticeTold
    | NoticeMoved
    | MovementDeclared
    | MovementEnded
    | ZoneSet
    | ZonePosture
    | ZoneEnded
    | Looked
    | ConflictFound
    | Touched
    | CellsOnly
    | Released
    | ZoneWarned
    | RelayNeeded
    | Relayed
    | HandedOut
    | Received
    | HashDiffers
    | ReadBackOpened
    | ReadBackTried
    | ReadBackLapsed
    | FetchedMeanwhile
    | CallAsked
    | WhoOfOursSaid
    | WhoOfOursAnswered
    | PhraseEqual
    | Objected
    | ObjectionAnswered
    | DeadlineMissed
    | AskedCounted
    | Forgotten
)
