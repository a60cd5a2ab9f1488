"""Asking the holders of intents for what the registry does not have: their current OVN and their exact shape."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from beforehand.client.http import Http, NoAnswer
from beforehand.client.messages import NOT_READ, Reference, read_held, told
from beforehand.client.retries import Retries
from beforehand.client.shapes import Shape, ShapeError, read_shapes
from beforehand.client.tokens import Tokens, audience_of

#: A holder that gave no answer is not asked again for so long (seconds), so that one dead peer holds up no day.
SILENT_S = 30.0


class Disclosed(Struct, frozen=True):
    """What a holder told of its intent."""

    id: str
    version: int
    ovn: str
    shapes: tuple[Shape, ...]


class Undisclosed(Struct, frozen=True):
    """What its holder could not be brought to tell. `gone`: the holder says that there is no such intent."""

    id: str
    message: str
    gone: bool = False


class Peers:
    """The other parties, as one party asks them."""

    def __init__(self, http: Http, tokens: Tokens, retries: Retries, now_s: Callable[[], float]) -> None:
        self._http = http
        self._tokens = tokens
        self._retries = retries
        self._now_s = now_s
        self._silent_until: dict[str, float] = {}

    async def details(self, reference: Reference) -> Disclosed | Undisclosed:
        """The intent as its holder tells it, at the version that the registry named or a later one.

        A holder learns of its own intent's acceptance only when the registry's answer reaches it; until then it tells
        the version before, or that there is none (F3548-21), and is asked again.
        """
        base = reference.uss_base_url.rstrip("/")
        if self._silent_until.get(base, 0.0) > self._now_s():
            return Undisclosed(reference.id, f"{base} gave no answer a moment ago")
        gone, message = False, ""
        for wait in (*self._retries.waits(), None):
            try:
                token = self._tokens.for_audience(audience_of(base))
                answer = await self._http("GET", f"{base}/uss/v1/operational_intents/{reference.id}", token)
            except (NoAnswer, ValueError) as error:
                gone, message = False, str(error)
            else:
                gone, message = answer.status == 404, f"{base} answers {answer.status}: {told(answer).message}"
                if answer.status == 200:
                    read = _read(reference, answer.body)
                    if isinstance(read, Disclosed):
                        return read
                    message = read
                elif answer.status in (400, 401, 403):
                    return Undisclosed(reference.id, message)
            if wait is not None:
                await self._retries.sleep(wait)
        if not gone:
            self._silent_until[base] = self._now_s() + SILENT_S
        return Undisclosed(reference.id, message, gone)


def _read(asked: Reference, body: bytes) -> Disclosed | str:
    try:
        held = read_held(body).operational_intent
        reference, details = held.reference, held.details
        if reference.id != asked.id or reference.known_ovn is None:
            return f"{asked.uss_base_url} told of another intent, or no OVN"
        if reference.version < asked.version:
            return f"{asked.uss_base_url} tells version {reference.version}, the registry has {asked.version}"
        shapes = read_shapes(bytes(details.volumes)) + read_shapes(bytes(details.off_nominal_volumes))
    except (*NOT_READ, ShapeError) as error:
        return f"what {asked.uss_base_url} told cannot be read: {error}"
    if not shapes:
        return f"{asked.uss_base_url} told of no volume"
    return Disclosed(asked.id, reference.version, reference.known_ovn, shapes)
