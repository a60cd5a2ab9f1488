"""The registry (DSS) as one party uses it: declare an intent, end it, ask what is known of an area.

What becomes of a request whose answer is lost, or is 503 `outcome_unknown`, is found out by asking: an intent that is not
there is sent again; one that is there with this content is PUT once more with its current OVN, for only an answer to a PUT
names the subscribers to be told.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Raw, Struct
from msgspec.json import Encoder

from beforehand.client.http import Answer, Http, NoAnswer
from beforehand.client.messages import (
    NOT_READ,
    Changed,
    Reference,
    Subscriber,
    read_changed,
    read_conflict,
    read_many,
    read_one,
    told,
)
from beforehand.client.retries import Retries, asked_wait
from beforehand.wire.f3548.times import parse_time

INTENTS = "/dss/v1/operational_intent_references"
#: Answers that say for certain that nothing was done.
_NOT_DONE = frozenset({"not_done", "overloaded"})


class Declaration(Struct, frozen=True):
    """An intent as it is to stand. `extents`: a JSON list of Volume4D whose union is from `start_us` to `end_us`.

    `standing`: what is declared under this id already, or None.
    """

    id: str
    extents: bytes
    start_us: int
    end_us: int
    state: str
    uss_base_url: str
    named_ovns: tuple[str, ...]
    standing: Reference | None = None


class Accepted(Struct, frozen=True):
    """It stands, and these are to be told."""

    reference: Reference
    subscribers: tuple[Subscriber, ...]


class Unaware(Struct, frozen=True):
    """Refused: `missing` are the intents that were not named, or not by their current OVN.

    `standing`: what stands under this id nevertheless; a lost answer may have hidden an acceptance.
    """

    missing: tuple[Reference, ...]
    standing: Reference | None


class Refused(Struct, frozen=True):
    """Refused for another reason, or no answer could be had; `status` is 0 then. `certain`: nothing was changed."""

    status: int
    message: str
    standing: Reference | None
    certain: bool = True


class Try(Struct, frozen=True):
    """One request and what came of it, for the record; `status` is 0 where no answer came."""

    method: str
    declaration: Declaration
    status: int
    message: str
    reference: Reference | None
    missing: tuple[Reference, ...]


class _Body(Struct, omit_defaults=True):
    extents: Raw
    key: tuple[str, ...]
    state: str
    uss_base_url: str


_encode = Encoder().encode


class Dss:
    """One party's registry. `token` gives its current token; `heard` is told of every request."""

    def __init__(
        self, http: Http, url: str, token: Callable[[], str], retries: Retries, heard: Callable[[Try], None]
    ) -> None:
        self._http = http
        self._url = url.rstrip("/") + INTENTS
        self._token = token
        self._retries = retries
        self._heard = heard

    async def declare(self, wanted: Declaration) -> Accepted | Unaware | Refused:
        """Create or change an intent."""
        body = _encode(_Body(Raw(wanted.extents), wanted.named_ovns, wanted.state, wanted.uss_base_url))
        waits = self._retries.waits()
        standing, lost, message, status = wanted.standing, False, "", 0
        while True:
            url = f"{self._url}/{wanted.id}" + (f"/{standing.ovn}" if standing is not None else "")
            wait_asked = None
            try:
                answer = await self._http("PUT", url, self._token(), body)
            except NoAnswer as error:
                lost, status, message = True, 0, str(error)
                self._tell("PUT", wanted, 0, message)
            else:
                status, wait_asked = answer.status, answer.headers.get("retry-after")
                end = self._ended(wanted, answer, standing, lost)
                if end is not None:
                    return end
                said = told(answer)
                message = said.message
                lost = lost or status in (200, 201, 409) or (status >= 500 and said.reason not in _NOT_DONE)
            wait = next(waits, None)
            if wait is None:
                return Refused(status, f"given up after {self._retries.tries} tries: {message}", standing, not lost)
            await self._retries.sleep(asked_wait(wait_asked, wait))
            if lost:
                found = await self.get(wanted.id)
                if isinstance(found, Refused):
                    return Refused(found.status, found.message, standing, certain=False)
                if not _same_version(found, standing) and not stands_as(found, wanted):
                    return Refused(409, "The intent was changed by other means; ask what it is now.", found)
                # What was lost may still arrive, so that a later 409 need not be another's doing.
                standing = found

    def _ended(
        self, wanted: Declaration, answer: Answer, standing: Reference | None, lost: bool
    ) -> Accepted | Unaware | Refused | None:
        """The end that an answer puts to declaring, or None where it is to be tried again."""
        if answer.status in (200, 201):
            try:
                changed = read_changed(answer.body)
            except NOT_READ as error:
                self._tell("PUT", wanted, answer.status, f"the answer cannot be read: {error}")
                return None
            reference = changed.operational_intent_reference
            self._tell("PUT", wanted, answer.status, "", reference)
            return Accepted(reference, changed.subscribers)
        said = told(answer)
        if answer.status == 409:
            missing = _missing(answer)
            self._tell("PUT", wanted, 409, said.message, None, missing)
            if missing:
                return Unaware(missing, standing)
            # This may be the echo of one's own act: after a lost answer, or where something on the way sent it twice.
            return None
        self._tell("PUT", wanted, answer.status, said.message)
        if answer.status == 429 or answer.status >= 500:
            return None
        return Refused(answer.status, said.message, standing, certain=not lost)

    async def end(self, wanted: Declaration) -> Changed | Refused | None:
        """End an intent that stands; None if it is gone already. A repeated DELETE gets its first answer again."""
        assert wanted.standing is not None
        url = f"{self._url}/{wanted.id}/{wanted.standing.ovn}"
        answer = await self._asked("DELETE", url, None, wanted)
        if isinstance(answer, Refused) or answer.status == 404:
            return answer if isinstance(answer, Refused) else None
        if answer.status == 200:
            try:
                return read_changed(answer.body)
            except NOT_READ:
                return None
        return Refused(answer.status, told(answer).message, wanted.standing)

    async def get(self, intent_id: str) -> Reference | Refused | None:
        """What the registry has of an intent, or None."""
        answer = await self._asked("GET", f"{self._url}/{intent_id}", None)
        if isinstance(answer, Refused) or answer.status == 404:
            return answer if isinstance(answer, Refused) else None
        try:
            if answer.status == 200:
                return read_one(answer.body).operational_intent_reference
        except NOT_READ as error:
            return Refused(answer.status, f"the answer cannot be read: {error}", None)
        return Refused(answer.status, told(answer).message, None)

    async def query(self, volume: bytes) -> tuple[Reference, ...] | Refused:
        """The intents that touch a Volume4D (JSON)."""
        answer = await self._asked("POST", f"{self._url}/query", b'{"area_of_interest":%b}' % volume)
        if isinstance(answer, Refused):
            return answer
        try:
            if answer.status == 200:
                return read_many(answer.body).operational_intent_references
        except NOT_READ as error:
            return Refused(answer.status, f"the answer cannot be read: {error}", None)
        return Refused(answer.status, told(answer).message, None)

    async def _asked(
        self, method: str, url: str, body: bytes | None, wanted: Declaration | None = None
    ) -> Answer | Refused:
        """A request that may be repeated without harm, repeated until it is answered."""
        status, message = 0, ""
        for wait in (*self._retries.waits(), None):
            wait_asked = None
            try:
                answer = await self._http(method, url, self._token(), body)
                status, wait_asked = answer.status, answer.headers.get("retry-after")
                message = told(answer).message if status >= 300 else ""
            except NoAnswer as error:
                status, message = 0, str(error)
            if wanted is not None:
                self._tell(method, wanted, status, message)
            if status not in (0, 429) and status < 500:
                return answer
            if wait is not None:
                await self._retries.sleep(asked_wait(wait_asked, wait))
        return Refused(status, f"given up after {self._retries.tries} tries: {message}", None, certain=False)

    def _tell(
        self,
        method: str,
        wanted: Declaration,
        status: int,
        message: str,
        reference: Reference | None = None,
        missing: tuple[Reference, ...] = (),
    ) -> None:
        self._heard(Try(method, wanted, status, message, reference, missing))


def _missing(answer: Answer) -> tuple[Reference, ...]:
    try:
        return read_conflict(answer.body).missing_operational_intents
    except NOT_READ:
        return ()


def _same_version(found: Reference | None, standing: Reference | None) -> bool:
    if found is None or standing is None:
        return found is standing
    return found.version == standing.version


def stands_as(found: Reference | None, wanted: Declaration) -> bool:
    """Is what is there what was to be there, as far as the registry tells?"""
    if found is None or found.known_ovn is None:
        return False
    try:
        times = parse_time(found.time_start.value), parse_time(found.time_end.value)
    except ValueError:
        return False
    return (*times, found.state, found.uss_base_url) == (
        wanted.start_us,
        wanted.end_us,
        wanted.state,
        wanted.uss_base_url,
    )
