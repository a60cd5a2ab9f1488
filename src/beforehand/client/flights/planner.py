"""Planning one flight: declare leg by leg, learn from refusals whom it concerns, and move the whole flight where it must."""

from __future__ import annotations

import asyncio
import uuid

from msgspec import Struct

from beforehand.airspace.meeting import overlap
from beforehand.airspace.volume import Volume
from beforehand.client.dss import Accepted, Declaration, Refused, Unaware, stands_as
from beforehand.client.flights.blocked import MAX_DELAY_MIN, MINUTE_US, Course, first_free
from beforehand.client.flights.legs import Leg
from beforehand.client.flights.party import Party
from beforehand.client.flights.tracks import Flight
from beforehand.client.messages import Reference
from beforehand.client.peers import Disclosed, Undisclosed
from beforehand.client.shapes import write_outline, write_volume

#: So often is a flight moved, and one leg sent again with more names in its key, before it is given up.
MAX_ROUNDS = 20
#: Moved flights wait by chance up to so long (seconds), so that two do not dodge each other in step.
JITTER_S = 0.05
#: Questions that one flight asks at once.
_AT_ONCE = 8
STATE = "Accepted"


class Outcome(Struct, frozen=True):
    """What became of a flight. `delay_min` is None and `reason` is given if it is not planned; `detail` may say more.

    `left`: legs of an unplanned flight that could not be withdrawn. `named`: how many intents of other flights refusals
    named; `met`: how many of them the flight really met, and `met_at` the legs at which.
    """

    flight: Flight
    delay_min: int | None
    reason: str
    detail: str
    legs: tuple[Reference, ...]
    volumes: tuple[Volume, ...]
    left: tuple[str, ...]
    rounds: int
    refusals: int
    named: int
    met: int
    met_at: tuple[int, ...]
    leg_count: int


def unplannable(flight: Flight, reason: str, detail: str) -> Outcome:
    """What becomes of a flight that cannot even be tried."""
    return Outcome(flight, None, reason, detail, (), (), (), 0, 0, 0, 0, (), 0)


class _Known(Struct):
    """Another flight's intent. `near`: the legs near each of its shapes, and `blocked`: the delays it blocks, as bits.

    `sure`: the registry has just said that it stands; else it may have moved or gone.
    """

    intent: Disclosed
    near: tuple[int, ...]
    blocked: int
    sure: bool


class _Unplannable(Exception):
    """The flight cannot be planned: why, in words that are the same for all such flights, and what was particular."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


class _Blocked(Exception):
    """What is known blocks the present delay."""


class _Placed(Struct):
    """One leg in the registry: `reference` is None until it stands; `at_min` the delay at which it stands.

    `tried`: it was sent, so that it may stand whatever was heard of it.
    """

    id: str
    outline: bytes
    reference: Reference | None = None
    at_min: int | None = None
    tried: bool = False


class Planner:
    """Plans one flight of a party."""

    def __init__(self, party: Party, flight: Flight, legs: list[Leg], offset_us: int) -> None:
        self._party = party
        self._flight = flight
        self._legs = legs
        self._offset_us = offset_us
        self._course = Course(legs, offset_us)
        self._placed = [_Placed(str(uuid.UUID(int=party.random.getrandbits(128), version=4)),
                                write_outline(leg.volume.outline)) for leg in legs]  # fmt: skip
        self._number = {placed.id: i for i, placed in enumerate(self._placed)}
        self._known: dict[str, _Known] = {}
        self._delay = 0
        self._rounds = 0
        self._refusals = 0
        self._named: dict[tuple[str, str], bool] = {}
        self._met_at: set[int] = set()

    async def plan(self) -> Outcome:
        """Plan the flight; if that cannot be, nothing of it is left behind."""
        outage = self._party.outage.message
        if outage is not None:
            return unplannable(self._flight, "the registry had stopped answering", outage)
        self._party.begin(self._flight.name, [placed.id for placed in self._placed])
        for intent in self._party.known():
            self._learn(intent, sure=False)
        try:
            await self._place_all()
        except _Unplannable as error:
            left = await self._withdraw_all()
            return self._outcome(None, error.reason, error.detail, left)
        return self._outcome(self._delay, "", "", ())

    async def _place_all(self) -> None:
        while True:
            try:
                for i, placed in enumerate(self._placed):
                    if placed.reference is None or placed.at_min != self._delay:
                        await self._place(i)
                return
            except _Blocked:
                await self._move()

    async def _place(self, i: int) -> None:
        """Have one leg stand at the present delay. Raises _Blocked, _Unplannable."""
        for _ in range(MAX_ROUNDS):
            self._check()
            placed = self._placed[i]
            wanted = self._declaration(i)
            placed.tried = True
            answer = await self._party.dss.declare(wanted)
            if isinstance(answer, Accepted):
                placed.reference, placed.at_min = answer.reference, self._delay
                self._party.stands(answer.reference, wanted, answer.subscribers)
                return
            self._note(i, wanted, answer.standing)
            if isinstance(answer, Refused):
                self._party.outage.answered(answer)
                raise _Unplannable("the registry refuses a leg", f"leg {i}, status {answer.status}: {answer.message}")
            self._refusals += 1
            await self._hear(i, wanted, answer)
        raise _Unplannable(f"a leg was refused {MAX_ROUNDS} times, each time for intents that were new", f"leg {i}")

    def _note(self, i: int, wanted: Declaration, standing: Reference | None) -> None:
        """Keep what stands of a leg after a declaration that was not accepted, as far as that was found out."""
        placed = self._placed[i]
        before, placed.reference = placed.reference, standing
        if standing is None or before is None or standing.version != before.version:
            # Whatever was accepted unheard is declared once more, so that its answer is heard.
            placed.at_min = None
            if standing is not None and stands_as(standing, wanted):
                self._party.stands(standing, wanted)

    async def _hear(self, i: int, wanted: Declaration, answer: Unaware) -> None:
        """Learn of those that a refusal named; one's own legs are known, but for an OVN that a lost answer changed."""
        others = []
        for reference in answer.missing:
            number = self._number.get(reference.id)
            if number is None:
                others.append(reference)
            elif reference.known_ovn is not None:
                self._placed[number].reference = reference
        await self._ask_for(others, frozenset(wanted.named_ovns))
        for reference in others:
            known = self._known.get(reference.id)
            if known is not None:
                met = bool(known.blocked >> self._delay & 1)
                self._named[reference.id, known.intent.ovn] = met
                if met:
                    self._met_at.add(i)

    async def _move(self) -> None:
        """Go to the first minute that clears every shape known, after asking what stands around the whole flight."""
        self._rounds += 1
        if self._rounds > MAX_ROUNDS:
            raise _Unplannable(f"no free time was found in {MAX_ROUNDS} rounds")
        await self._party.sleep(self._party.random.random() * JITTER_S)
        await self._look_around()
        blocked = 0
        for known in self._known.values():
            blocked |= known.blocked
        delay = first_free(blocked)
        if delay is None:
            raise _Unplannable(f"no minute from 0 to {MAX_DELAY_MIN} is free of others' flights")
        self._delay = delay

    async def _look_around(self) -> None:
        """Ask the registry for what touches the flight at any delay, and the holders for its shapes; forget the rest."""
        found: dict[str, Reference] = {}
        for begin in range(0, len(self._legs), _AT_ONCE):
            asked = [self._area(i) for i in range(begin, min(begin + _AT_ONCE, len(self._legs)))]
            for answer in await asyncio.gather(*map(self._party.dss.query, asked)):
                if isinstance(answer, Refused):
                    self._party.outage.answered(answer)
                    raise _Unplannable("the registry does not say what stands", answer.message)
                found.update((reference.id, reference) for reference in answer if reference.id not in self._number)
        for intent_id in [intent_id for intent_id in self._known if intent_id not in found]:
            del self._known[intent_id]
        await self._ask_for(list(found.values()))

    async def _ask_for(self, references: list[Reference], outdated_ovns: frozenset[str] = frozenset()) -> None:
        for begin in range(0, len(references), _AT_ONCE):
            asked = references[begin : begin + _AT_ONCE]
            telling = [self._party.disclosed(reference, outdated_ovns) for reference in asked]
            for intent in await asyncio.gather(*telling):
                if isinstance(intent, Disclosed):
                    self._learn(intent, sure=True)
                elif isinstance(intent, Undisclosed) and intent.gone:
                    self._known.pop(intent.id, None)
                else:
                    raise _Unplannable(
                        "the holder of an intent does not tell its shape", f"{intent.id}: {intent.message}"
                    )

    def _learn(self, intent: Disclosed, sure: bool) -> None:
        known = self._known.get(intent.id)
        if known is not None and known.intent.ovn == intent.ovn:
            known.sure = known.sure or sure
            return
        near = tuple(map(self._course.near, intent.shapes))
        if not sure and not any(near):
            return
        blocked = 0
        for shape, legs in zip(intent.shapes, near, strict=True):
            blocked |= self._course.blocked(shape, legs)
        self._known[intent.id] = _Known(intent, near, blocked, sure)

    def _check(self) -> None:
        for known in self._known.values():
            if known.sure and known.blocked >> self._delay & 1:
                raise _Blocked

    def _declaration(self, i: int) -> Declaration:
        volume = self._at(i, self._delay)
        assert volume.start_us is not None
        assert volume.end_us is not None
        placed = self._placed[i]
        extents = b"[%b]" % write_volume(placed.outline, volume)
        return Declaration(placed.id, extents, volume.start_us, volume.end_us, STATE, self._party.base_url,
                           tuple(self._names(i, volume)), placed.reference)  # fmt: skip

    def _names(self, i: int, volume: Volume) -> list[str]:
        """The key: one's own legs that touch this one's window, and others that the registry may find relevant.

        What really meets is never named, for naming it would have the leg accepted.
        """
        names = []
        for j, placed in enumerate(self._placed):
            if j == i or placed.reference is None:
                continue
            other = self._at(j, placed.at_min) if placed.at_min is not None else None
            if other is None or overlap(other, volume) is not None:
                names.append(placed.reference.ovn)
        for known in self._known.values():
            if known.blocked >> self._delay & 1:
                continue
            for shape, near in zip(known.intent.shapes, known.near, strict=True):
                if near >> i & 1 and self._course.touches_window(i, self._delay, shape):
                    names.append(known.intent.ovn)
                    break
        return names

    def _at(self, i: int, delay_min: int, more_min: int = 0) -> Volume:
        """A leg at a delay, its window open for some minutes more."""
        volume = self._legs[i].volume
        assert volume.start_us is not None
        assert volume.end_us is not None
        shift = self._offset_us + delay_min * MINUTE_US
        return Volume(volume.outline, volume.lower_mm, volume.upper_mm, volume.start_us + shift,
                      volume.end_us + shift + more_min * MINUTE_US)  # fmt: skip

    def _area(self, i: int) -> bytes:
        return write_volume(write_outline(self._legs[i].wide), self._at(i, 0, MAX_DELAY_MIN))

    async def _withdraw_all(self) -> tuple[str, ...]:
        """End every leg that was ever sent, and see that it is gone; returns the ids of those that could not be ended."""
        left: list[str] = []
        for i, placed in enumerate(self._placed):
            if not placed.tried:
                continue
            # Where the registry does not answer, asking it leg by leg would take for ever.
            if (left and self._party.outage.message is not None) or not await self._withdraw(i):
                left.append(placed.id)
        return tuple(left)

    async def _withdraw(self, i: int) -> bool:
        """End a leg, and see that it is gone."""
        placed = self._placed[i]
        for _ in range(3):
            if placed.reference is not None:
                wanted = Declaration(placed.id, b"[]", 0, 0, STATE, self._party.base_url, (), placed.reference)
                answer = await self._party.dss.end(wanted)
                if not isinstance(answer, Refused):
                    self._party.gone(placed.id, answer.subscribers if answer is not None else ())
                elif not self._party.outage.answered(answer):
                    return False
            found = await self._party.dss.get(placed.id)
            if isinstance(found, Refused):
                self._party.outage.answered(found)
                return False
            placed.reference, placed.at_min = found, None
            if found is None:
                return True
        return False

    def _outcome(self, delay_min: int | None, reason: str, detail: str, left: tuple[str, ...]) -> Outcome:
        legs = () if delay_min is None else tuple(p.reference for p in self._placed if p.reference is not None)
        volumes = () if delay_min is None else tuple(self._at(i, delay_min) for i in range(len(self._legs)))
        return Outcome(self._flight, delay_min, reason, detail, legs, volumes, left, self._rounds, self._refusals,
                       len(self._named), sum(self._named.values()), tuple(sorted(self._met_at)), len(self._legs))  # fmt: skip
