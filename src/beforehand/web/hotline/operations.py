"""The operations of the hotline: each verb, and what can be looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from beforehand.auth.scopes import HOTLINE_OPERATOR, HOTLINE_PARTY, Options
from beforehand.core.hotline import commands as c
from beforehand.core.hotline.decide.receipts import PAGE_MAX
from beforehand.core.hotline.knew import Knew
from beforehand.core.hotline.replies import Opened, Result
from beforehand.wire.hotline import answers as a
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.requests.reading import time_us
from beforehand.wire.hotline.texts import code, identifier
from beforehand.wire.hotline.values import said_time
from beforehand.wire.hotline.verbs import VERBS, Verb

_PARTY: Options = (frozenset({HOTLINE_PARTY}),)
_OPERATOR: Options = (frozenset({HOTLINE_OPERATOR}),)
_EITHER: Options = (*_PARTY, *_OPERATOR)

PAGE = 100


class Looking(Struct, frozen=True):
    """What a read is made of: path parameters, the query's values by name, who asks."""

    params: tuple[str, ...]
    query: dict[str, str]
    by: c.Speaker


class HotlineOperation(Struct, frozen=True):
    """A verb, or a read (`look` makes its command). `answer` is the type of what is answered, for the description."""

    id: str
    method: str
    template: str
    says: str
    scopes: Options | None
    answer: Any
    verb: Verb | None = None
    look: Callable[[Looking], Any] | None = None
    query: tuple[str, ...] = ()

    @property
    def warns(self) -> bool:
        """Whether it is a warning, or hands one out: never refused for a rate."""
        return self.id == "getNotice" or (self.verb is not None and self.verb.warns)

    @property
    def reads(self) -> bool:
        """Whether it changes nothing that its caller has to know of: fetching records that it was handed out."""
        return self.verb is None


_ANSWERS: dict[str, Any] = {
    "done": a.Done,
    "created": a.WithSecret,
    "invited": a.WithSecret,
    "service": a.WithSecret,
    "token": a.Token,
    "trial": a.AdviceAnswer,
    "advice": a.AdviceAnswer,
    "opened": Opened,
    "result": Result,
}
_WHO: dict[str, Options | None] = {"party": _PARTY, "operator": _OPERATOR, "anyone": None}


def _id_of(verb: Verb) -> str:
    """`notice give` as `noticeGive`."""
    first, *rest = verb.name.replace("-", " ").split()
    return first + "".join(each.capitalize() for each in rest)


def time_asked(looking: Looking) -> int | None:
    """The instant `at` that is asked about; None: now. Raises BadField."""
    said = looking.query.get("at")
    return None if said is None else time_us(said, "at")


def _whole(looking: Looking, name: str, default: int, most: int) -> int:
    said = looking.query.get(name)
    if said is None:
        return default
    if not (said.isascii() and said.isdecimal()) or len(said) > 16 or int(said) > most:
        raise BadField(name, "bad_number", f"must be a whole number from 0 to {most}.")
    return int(said)


def _notices(looking: Looking) -> c.ListNotices:
    live = looking.query.get("live", "false")
    if live not in ("true", "false"):
        raise BadField("live", "wrong_type", "must be true or false.")
    limit = _whole(looking, "limit", PAGE, PAGE_MAX)
    return c.ListNotices(looking.by, _whole(looking, "after", -1, 1 << 53), limit or 1, live == "true")


def _notice(looking: Looking) -> c.FetchNotice:
    return c.FetchNotice(looking.by, identifier(looking.params[0], "notice"), _whole(looking, "version", 0, 1_000))


def _agreement(looking: Looking) -> c.ListAgreements:
    return c.ListAgreements(looking.by, identifier(looking.params[0], "agreement"), time_asked(looking))


def _day_value(looking: Looking) -> c.DayValue:
    party, day = looking.params
    said_time(f"{day}T00:00:00Z", "day")
    return c.DayValue(looking.by, code(party, "party"), day)


_BASE = "/hotline/v1"
_NOTICE = "/{notice}"
LOOKS: tuple[HotlineOperation, ...] = (
    HotlineOperation(
        "listParties", "GET", f"{_BASE}/parties", "Who is on the line, and on duty.", _EITHER, a.Parties,
        look=lambda looking: c.ListParties(looking.by)),
    HotlineOperation(
        "listAgreements", "GET", f"{_BASE}/agreements", "One's agreements, as of a time.", _PARTY, a.Agreements,
        look=lambda looking: c.ListAgreements(looking.by, "", time_asked(looking)), query=("at",)),
    HotlineOperation(
        "getAgreement", "GET", f"{_BASE}/agreements/{{agreement}}", "One agreement, with its title and area.", _PARTY,
        a.AgreementAnswer, look=_agreement, query=("at",)),
    HotlineOperation(
        "listNotices", "GET", f"{_BASE}/notices", "Notices that one gave or was told of, a page at a time.", _PARTY,
        a.Notices, look=_notices, query=("after", "limit", "live")),
    HotlineOperation(
        "getNotice", "GET", f"{_BASE}/notices{_NOTICE}",
        "One notice. To an addressee this hands it out: the entry that says so is durable before it leaves.", _PARTY,
        a.NoticeAnswer, look=_notice, query=("version",)),
    HotlineOperation(
        "getKnew", "GET", f"{_BASE}/knew{_NOTICE}", "What each side knew at an instant, as far as one may see it.",
        _PARTY, Knew,
        look=lambda looking: c.EntriesOf(looking.by, identifier(looking.params[0], "notice")), query=("at",)),
    HotlineOperation(
        "listZones", "GET", f"{_BASE}/zones", "Zones that one may see.", _PARTY, a.Zones,
        look=lambda looking: c.ListZones(looking.by)),
    HotlineOperation(
        "listMovements", "GET", f"{_BASE}/movements", "Movements that one may see.", _PARTY, a.Movements,
        look=lambda looking: c.ListMovements(looking.by)),
    HotlineOperation(
        "getDayValue", "GET", f"{_BASE}/pairs/{{party}}/{{day}}", "The pair's value of a UTC day, for check phrases.", _PARTY,
        a.DayValueAnswer, look=_day_value),
)  # fmt: skip

HOTLINE: tuple[HotlineOperation, ...] = (
    *(
        HotlineOperation(_id_of(verb), "POST", verb.path, verb.says, _WHO[verb.who], _ANSWERS[verb.answer], verb=verb)
        for verb in VERBS
    ),
    *LOOKS,
)
