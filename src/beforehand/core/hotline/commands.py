"""What parties ask of the hotline, read and covered by `wire`, and what the node does by itself.

Every command carries its `Speaker`. Shapes are exact bodies of `airspace`; `words` and `said` are content, as JSON text.
"""

from __future__ import annotations

from msgspec import Struct

from beforehand.airspace.moving import Leg
from beforehand.airspace.volume import Outline
from beforehand.core.hotline.terms import Terms
from beforehand.core.stamp import Caller


class Statement(Struct, frozen=True, gc=False):
    """What a statement is bound to, as its sender says (H1.5). Empty or None: not said."""

    record: str = ""
    party: str = ""
    role: str = ""
    subject: str = ""
    version: int | None = None
    agreement: str = ""
    claimed_us: int | None = None
    nonce: str = ""
    seen: tuple[int, str] | None = None


class Speaker(Struct, frozen=True, gc=False):
    """Who asks, as a verified token says, and the statement that came with it.

    `code` only of a token that this node issued; `person`, `role` and `session` likewise. `public` is the signing key by
    which the bytes were found signed, `digest` their SHA-256, `said` the bytes themselves and their signature, as kept.
    """

    caller: Caller
    code: str | None = None
    person: str | None = None
    role: str | None = None
    session: str | None = None
    operator: bool = False
    statement: Statement = Statement()
    digest: str = ""
    public: str = ""
    bytes_as_sent: str = ""
    signature: str = ""


class Asked(Struct, frozen=True, gc=False):
    """What all commands of parties are."""

    by: Speaker

    @property
    def caller(self) -> Caller:
        """Who pays for it in rates."""
        return self.by.caller


# Parties and people -----------------------------------------------------------------------------------------------------


class CreateParty(Asked, frozen=True, gc=False):
    code: str
    kind: str
    issuer: str
    subject: str
    key: str
    public: str
    invitation: str
    words: str


class Join(Asked, frozen=True, gc=False):
    """Take up an invitation. `login` is a digest; `credentials` is content."""

    party: str
    invitation: str
    login: str
    credentials: str


class Invite(Asked, frozen=True, gc=False):
    invitation: str
    roles: tuple[str, ...]


class MakeService(Asked, frozen=True, gc=False):
    login: str
    secret: str
    words: str


class RemovePerson(Asked, frozen=True, gc=False):
    person: str


class FindLogin(Asked, frozen=True, gc=False):
    """Read: whom a login names, and where the credentials are kept."""

    party: str
    login: str


class OpenSession(Asked, frozen=True, gc=False):
    """The password was right: on duty in a role."""

    party: str
    person: str
    role: str
    until_us: int


class CloseSession(Asked, frozen=True, gc=False):
    pass


class AddKey(Asked, frozen=True, gc=False):
    key: str
    public: str
    start_us: int


class RevokeKey(Asked, frozen=True, gc=False):
    key: str
    start_us: int


class NameNonparty(Asked, frozen=True, gc=False):
    nonparty: str
    words: str


class ListParties(Asked, frozen=True, gc=False):
    pass


class DayValue(Asked, frozen=True, gc=False):
    """Read: the pair's value of a UTC day (H3.2)."""

    party: str
    day: str


# Agreements -------------------------------------------------------------------------------------------------------------


class Propose(Asked, frozen=True, gc=False):
    parties: tuple[str, ...]
    observers: tuple[str, ...]
    terms: Terms
    start_us: int
    end_us: int | None
    cells: bytes
    area: tuple[Outline, ...]
    words: str


class Sign(Asked, frozen=True, gc=False):
    agreement: str


class MoveAgreement(Asked, frozen=True, gc=False):
    """`event` is a column of the lifecycle: suspended, resumed or denounced; `ends_us` of the last."""

    agreement: str
    event: str
    ends_us: int | None = None


class CiteInstrument(Asked, frozen=True, gc=False):
    """`clauses`: how many; `words` is content."""

    clauses: int
    words: str


class ListAgreements(Asked, frozen=True, gc=False):
    agreement: str = ""
    at_us: int | None = None


# Notices ----------------------------------------------------------------------------------------------------------------


class GivenVolume(Struct, frozen=True, gc=False):
    """A volume as read: exact, covered, and as it counts."""

    outline: Outline | None
    cells: bytes
    lower_mm: int | None
    upper_mm: int | None
    start_us: int | None
    end_us: int | None
    km2: int


class GivenMark(Struct, frozen=True, gc=False):
    """What a check asks or says; a contradiction has the rule H4.4."""

    rule: str
    kind: str
    volume: int
    distance: int | None = None


class GiveNotice(Asked, frozen=True, gc=False):
    """Give a notice in one act. `words` is content, JSON."""

    category: str
    emergency: bool
    volumes: tuple[GivenVolume, ...]
    marks: tuple[GivenMark, ...]
    words: str


class TryNotice(GiveNotice, frozen=True, gc=False):
    """Only say what giving it would come to."""


class ChangeNotice(Asked, frozen=True, gc=False):
    """A new version, whole."""

    notice: str
    emergency: bool
    volumes: tuple[GivenVolume, ...]
    marks: tuple[GivenMark, ...]
    words: str


class ShiftNotice(Asked, frozen=True, gc=False):
    """A new version with all windows moved, or their ends alone (H4.10: one key each).

    `words`: what is said of it. `carried`: the words of the version before, as JSON, which hold on.
    """

    notice: str
    by_us: int
    end_only: bool
    words: str = ""
    carried: str = ""


class MoveNotice(Asked, frozen=True, gc=False):
    """`event` is a column of the lifecycle: begun, ended, broken off, all-clear, not flown, withdrawn."""

    notice: str
    event: str
    deviated: bool = False
    at_us: int | None = None


class FetchNotice(Asked, frozen=True, gc=False):
    """Hand a notice out: to an addressee this writes, before it leaves, that it was handed out. `version` 0: the newest."""

    notice: str
    version: int = 0


class ListNotices(Asked, frozen=True, gc=False):
    after: int = -1
    limit: int = 100
    live: bool = False


class EntriesOf(Asked, frozen=True, gc=False):
    """Read: which entries speak of a notice, as far as the caller may see them (H8.1)."""

    notice: str


class AskAdvice(Asked, frozen=True, gc=False):
    notice: str
    time_s: int | None = None
    altitude_mm: int | None = None


class Release(Asked, frozen=True, gc=False):
    """Let the giver see what of one's own a notice meets (H4.8)."""

    notice: str


class Object(Asked, frozen=True, gc=False):
    notice: str
    kind: str
    words: str


class AnswerObjection(Asked, frozen=True, gc=False):
    notice: str
    objection: str
    answer: str
    words: str


class ReportRelay(Asked, frozen=True, gc=False):
    notice: str
    named_by: str
    nonparty: str
    how: str
    at_us: int | None
    words: str


# Zones and movements ----------------------------------------------------------------------------------------------------


class SetZone(Asked, frozen=True, gc=False):
    kind: str
    nonparty: str | None
    volumes: tuple[GivenVolume, ...]
    active: tuple[tuple[int, int | None], ...]
    shared: tuple[str, ...]
    words: str


class SetPosture(Asked, frozen=True, gc=False):
    zone: str
    capability: str
    start_us: int


class EndZone(Asked, frozen=True, gc=False):
    zone: str


class ListZones(Asked, frozen=True, gc=False):
    pass


class DeclareMovement(Asked, frozen=True, gc=False):
    legs: tuple[Leg, ...]
    cells: tuple[bytes, ...]
    words: str


class EndMovement(Asked, frozen=True, gc=False):
    movement: str


class ListMovements(Asked, frozen=True, gc=False):
    pass


# Receipts ---------------------------------------------------------------------------------------------------------------


class Receive(Asked, frozen=True, gc=False):
    """DELIVERED (with the hash of what was received), SEEN or DISSEMINATED."""

    notice: str
    version: int
    stage: str
    hash: str = ""
    coverage: str = ""
    means: str = ""
    spread: str = ""
    at_us: int | None = None
    words: str = ""


class OpenReadBack(Asked, frozen=True, gc=False):
    notice: str


class ReadBackValues(Struct, frozen=True, gc=False):
    """What an officer read back; None: not given. `lower_or`, `upper_or`: what it may be too, where no reference was said."""

    outline: Outline | None
    lower_mm: int | None
    upper_mm: int | None
    start_us: int | None
    end_us: int | None
    lower_or: tuple[int, ...] = ()
    upper_or: tuple[int, ...] = ()


class AnswerReadBack(Asked, frozen=True, gc=False):
    """Values in the order of the volumes asked for. `party`: by voice, entered by the giver for this addressee."""

    notice: str
    values: tuple[ReadBackValues, ...]
    words: str
    party: str = ""


class SayWhoOfOurs(Asked, frozen=True, gc=False):
    notice: str
    answer: str


class SayPhraseEqual(Asked, frozen=True, gc=False):
    notice: str
    party: str
    other_role: str
    at_us: int | None


# Of the node itself -----------------------------------------------------------------------------------------------------


class DoWork(Struct, frozen=True, gc=False):
    """Go on with a piece of work; `content` is that of the notice's version, read for those who are to be told."""

    what: str
    kind: str
    id: str
    version: int
    content: bytes | None = None


class DoDue(Struct, frozen=True, gc=False):
    """A deadline has passed."""

    what: str
    id: str
    version: int
    party: str
    about: str
    time_us: int


READS = (
    FindLogin,
    ListParties,
    DayValue,
    ListAgreements,
    ListNotices,
    EntriesOf,
    ListZones,
    ListMovements,
)
#: Never refused for ignorance, lateness, clock or rate (P2): they go out at once.
WARNINGS: tuple[type, ...] = (
    GiveNotice,
    ChangeNotice,
    ShiftNotice,
    MoveNotice,
    Object,
    ReportRelay,
    SetZone,
    SetPosture,
)
#: What goes first: warnings, and handing them out.
GOES_FIRST: tuple[type, ...] = (*WARNINGS, FetchNotice)
