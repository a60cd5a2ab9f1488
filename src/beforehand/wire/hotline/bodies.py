"""The bodies of the hotline's verbs, as JSON holds them: of the API, of the command line's `--json`, and of scenarios' `with`.

Times are RFC 3339 with their zone; lengths and spans have their unit in the name. Ids are those that answers name. An unknown
field is an error: it might be one that matters.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from beforehand.core.hotline.words import (
    AnswerKind,
    Category,
    Coverage,
    ObjectionKind,
    PartyKind,
    Spread,
    Stage,
    Undertaking,
    WhoOfOurs,
    ZoneKind,
)
from beforehand.wire.hotline.bodies_volume import VolumeBody
from beforehand.wire.hotline.values import SaidAltitude


class StatementBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What a statement is bound to (H1.5); a signed one must name `party` and `nonce`.

    `record` is the leaf hash of the journal's first entry, `seen` the newest checkpoint that the sender was shown: entry and
    leaf hash, as the header Beforehand-Checkpoint names it. `subject`: such as `notice`, or `notice/ID` of one that exists.
    """

    record: str | None = None
    party: str | None = None
    role: str | None = None
    subject: str | None = None
    version: int | None = None
    agreement: str | None = None
    claimed_at: str | None = None
    nonce: str | None = None
    seen: tuple[int, str] | None = None


class Body(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every body may hold."""

    statement: StatementBody | None = None


# Parties and people -----------------------------------------------------------------------------------------------------


class CreateParty(Body, frozen=True, kw_only=True):
    """The operator makes a party. `issuer` and `subject`: whose tokens speak for it, besides those of its people here."""

    code: str
    kind: PartyKind = "participant"
    name: str
    public_key: str
    issuer: str = ""
    subject: str = ""
    languages: list[str] = []
    endpoints: list[str] = []


class Join(Body, frozen=True, kw_only=True):
    """Take up an invitation."""

    party: str
    invitation: str
    login: str
    password: str
    name: str = ""


class Login(Body, frozen=True, kw_only=True):
    """Of a person, with the password; of a service, with its secret as `password` and no role."""

    party: str
    login: str
    password: str
    role: str = "duty"


class Nothing(Body, frozen=True, kw_only=True):
    """No fields."""


class Invite(Body, frozen=True, kw_only=True):
    """Invite somebody into one's own party, for these roles."""

    roles: list[str]


class MakeService(Body, frozen=True, kw_only=True):
    """Make a client that speaks for the party, but for no person."""

    login: str
    about: str = ""


class RemovePerson(Body, frozen=True, kw_only=True):
    """`person`: its id, as the list of one's own party names it."""

    person: str


class AddKey(Body, frozen=True, kw_only=True):
    """A signing key: 32 bytes in base64url."""

    public_key: str
    from_: str | None = field(default=None, name="from")


class RevokeKey(Body, frozen=True, kw_only=True):
    """`key`: its id. From `from` on, what it signed is contested."""

    key: str
    from_: str = field(name="from")


class NameNonparty(Body, frozen=True, kw_only=True):
    """A force or traffic that is not on the line, named for oneself."""

    code: str
    about: str = ""


# Agreements -------------------------------------------------------------------------------------------------------------


class DeadlinesBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Minutes after it was told, by stage; `answer` of the giver to an objection. 0: no deadline."""

    delivered: float = 0
    seen: float = 0
    understood: float = 0
    disseminated: float = 0
    answer: float = 0


class TolerancesBody(Struct, frozen=True, forbid_unknown_fields=True):
    """How near a read-back must come."""

    area_m: float = 2_000
    altitude_m: float = 100
    time_s: int = 60


class BuffersBody(Struct, frozen=True, forbid_unknown_fields=True):
    """By how much volumes are grown to find whom they concern."""

    horizontal_m: float = 0
    vertical_m: float = 0
    time_s: int = 0


class StepsBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The grid of advice, and how many steps it reaches to either side."""

    time_min: float = 5
    altitude_ft: float = 500
    time_steps: int = 24
    altitude_steps: int = 20


class SilenceBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What the giver undertook when unanswered, per cause."""

    not_delivered: Undertaking | None = None
    delivered_not_seen: Undertaking | None = None


class RelayBody(Struct, frozen=True, forbid_unknown_fields=True):
    """`party` passes on to `nonparty`, named so by `named_by` (itself, where left out), within so many minutes."""

    party: str
    nonparty: str
    named_by: str | None = None
    within_min: float = 0


class TermsBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Terms. Where a term is by category, `*` stands for all others."""

    lead_min: dict[str, float] = {}
    usable_min: dict[str, float] = {}
    stages: dict[str, list[Stage]] = {}
    tell: dict[str, list[str]] = {}
    categories: list[Category] = []
    deadlines_min: DeadlinesBody = DeadlinesBody()
    tolerances: TolerancesBody = TolerancesBody()
    buffers: BuffersBody = BuffersBody()
    steps: StepsBody = StepsBody()
    silence: SilenceBody = SilenceBody()
    relays: list[RelayBody] = []
    linger_min: float = 0


class Propose(Body, frozen=True, kw_only=True):
    """`area`: shapes, each with `outline` (GeoJSON) or `circle`; none: it holds everywhere. `until` None: without end."""

    title: str = ""
    parties: list[str]
    observers: list[str] = []
    area: list[VolumeBody] = []
    from_: str = field(name="from")
    until: str | None = None
    terms: TermsBody = TermsBody()


class OfAgreement(Body, frozen=True, kw_only=True):
    """An agreement, by id."""

    agreement: str


class Denounce(Body, frozen=True, kw_only=True):
    """`ends`: when the notice period runs out; left out, at once."""

    agreement: str
    ends: str | None = None


class CiteInstrument(Body, frozen=True, kw_only=True):
    """A reference instrument, such as a resolution: its clauses by number, each in its words; not signed here."""

    title: str
    source: str = ""
    clauses: dict[str, str]


# Notices ----------------------------------------------------------------------------------------------------------------


class GiveNotice(Body, frozen=True, kw_only=True):
    """Where, when, category; everything else may follow (H4.1).

    `where`: the area in words; with no volume that has a shape, they stand alone, with `from` and `to` of `volumes[0]`.
    """

    category: Category
    volumes: list[VolumeBody] = []
    where: str = ""
    title: str = ""
    text: str = ""
    emergency: bool = False


class ChangeNotice(Body, frozen=True, kw_only=True):
    """A new version, whole."""

    notice: str
    volumes: list[VolumeBody] = []
    where: str = ""
    title: str = ""
    text: str = ""
    emergency: bool = False


class ShiftNotice(Body, frozen=True, kw_only=True):
    """A new version with all windows moved by `minutes` (earlier if negative), or with `end_only` their ends alone."""

    notice: str
    minutes: float
    end_only: bool = False
    text: str = ""


class OfNotice(Body, frozen=True, kw_only=True):
    """A notice, by id."""

    notice: str


class MoveNotice(Body, frozen=True, kw_only=True):
    """What happened to a notice, as its giver says; `at`: when. `deviated`: outside what was declared."""

    notice: str
    at: str | None = None
    deviated: bool = False


class AskAdvice(Body, frozen=True, kw_only=True):
    """Steps other than the agreement's may be asked for."""

    notice: str
    time_min: float | None = None
    altitude_ft: float | None = None


class Object(Body, frozen=True, kw_only=True):
    """An objection, a request for delay, or a question. It stops nothing by itself."""

    notice: str
    kind: ObjectionKind = "OBJECTION"
    text: str = ""


class AnswerObjection(Body, frozen=True, kw_only=True):
    """The giver's answer."""

    notice: str
    objection: str
    answer: AnswerKind
    text: str = ""


class ReportRelay(Body, frozen=True, kw_only=True):
    """That a notice was passed on to a non-party: `how`, such as `telephone`; `named_by` left out: oneself."""

    notice: str
    nonparty: str
    named_by: str | None = None
    how: Literal["telephone", "radio", "in person", "text", "liaison", "other"] = "telephone"
    at: str | None = None
    text: str = ""


# Zones and movements ----------------------------------------------------------------------------------------------------


class SetZone(Body, frozen=True, kw_only=True):
    """A zone of one's own, or (`nonparty`) one reported. `active`: its times, each `[from, to]`; `to` null: without end.

    `shared`: codes of the parties that may see it.
    """

    kind: ZoneKind
    volumes: list[VolumeBody]
    active: list[tuple[str, str | None]]
    shared: list[str] = []
    nonparty: str | None = None
    title: str = ""
    text: str = ""


class SetPosture(Body, frozen=True, kw_only=True):
    """A new capability class of a zone, from when. Nothing is held of the state of any weapon."""

    zone: str
    capability: str
    from_: str = field(name="from")


class OfZone(Body, frozen=True, kw_only=True):
    """A zone, by id."""

    zone: str


class LegBody(
    Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from", "start": "from_time", "end": "to_time"}
):
    """A leg at constant speed along the great circle. `from`, `to`: latitude and longitude in degrees."""

    from_: tuple[float | str, float | str]
    to: tuple[float | str, float | str]
    start: str
    end: str
    lower: SaidAltitude | None = None
    upper: SaidAltitude | None = None
    radius_m: float = 1_000


class DeclareMovement(Body, frozen=True, kw_only=True):
    """A moving volume of one's own, nobody else's to see unless released."""

    legs: list[LegBody]
    title: str = ""
    text: str = ""
    vehicles: str = ""
    headcount: int | None = None
    contact: str = ""


class OfMovement(Body, frozen=True, kw_only=True):
    """A movement, by id."""

    movement: str


# Receipts ---------------------------------------------------------------------------------------------------------------


class Delivered(Body, frozen=True, kw_only=True):
    """The machine has it: `hash` is the SHA-256 of the document's bytes, in hex. `version` 0: the newest told."""

    notice: str
    hash: str
    version: int = 0


class Seen(Body, frozen=True, kw_only=True):
    """A person on duty opened it."""

    notice: str
    version: int = 0


class Disseminated(Body, frozen=True, kw_only=True):
    """That it was passed on to those of one's own whom it concerns; names of units stay with the party."""

    notice: str
    coverage: Coverage
    means: Literal["radio", "telephone", "data link", "in person", "orders", "other"] = "other"
    spread: Spread = "told"
    at: str | None = None
    version: int = 0


class AnswerReadBack(Body, frozen=True, kw_only=True):
    """What was read back: one volume for the whole, or one for each that is asked for, in their order."""

    notice: str
    volumes: list[VolumeBody]


class ReadBackByVoice(Body, frozen=True, kw_only=True):
    """What the giver heard an addressee read back by voice."""

    notice: str
    party: str
    volumes: list[VolumeBody]


class SayWhoOfOurs(Body, frozen=True, kw_only=True):
    """Who of ours is in it or heading there: the answer is one's own, the giver sees that there is one."""

    notice: str
    answer: WhoOfOurs


class SayPhraseEqual(Body, frozen=True, kw_only=True):
    """Both ends found the check phrase equal, by voice. `party`: the addressee, where the giver says so."""

    notice: str
    party: str = ""
    role: str = "duty"
    at: str | None = None
