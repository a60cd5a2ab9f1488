"""A hotline without a node: parties that act on one machine, and time that goes on as it is told.

What is decided is folded at once, as a node does it; what is due and what nobody waits for is done by `catch_up`. Every event
is kept with its entry, its time and its content, and passes through bytes on its way, as in a journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any, TypeVar

from msgspec.json import encode

from beforehand.airspace.agreeing import enclosing_circle
from beforehand.airspace.cells import cover, cover_leg, pack
from beforehand.airspace.moving import Leg
from beforehand.airspace.outline import area_km2
from beforehand.airspace.volume import Circle, Outline
from beforehand.core.hotline import commands as c
from beforehand.core.hotline.replies import Done
from beforehand.core.hotline.state import Agreement, HotlineState, Notice
from beforehand.core.hotline.terms import Terms
from beforehand.core.machine import EpochOpened, Machine, read_event
from beforehand.core.stamp import ENTROPY_BYTES, Caller, Refusal, Stamp
from beforehand.record.canonical import encode_facts
from beforehand.testing.clock import BEGIN_US
from beforehand.testing.entropy import seeded

MINUTE_US = 60_000_000
T = TypeVar("T")


def circle(lat: float = 35.52, lng: float = 35.77, radius_m: float = 3_000) -> Circle:
    """A circle, off Latakia unless said otherwise: 28 km²."""
    return Circle.from_degrees(lat, lng, radius_m)


class Line:
    """One machine, its journal as (time, event, content), and parties by code."""

    def __init__(self, seed: int | str = 1) -> None:
        self.machine = Machine()
        self.now_us = BEGIN_US
        self.journal: list[tuple[int, Any, bytes | None]] = []
        self._entropy = seeded(seed)
        self._last_us = 0
        self._write((EpochOpened(1, "node"),), ())

    @property
    def state(self) -> HotlineState:
        return self.machine.hotline

    def at(self, minutes: float) -> int:
        """So many minutes after the beginning, in µs."""
        return BEGIN_US + round(minutes * MINUTE_US)

    def stamp(self) -> Stamp:
        self._last_us = max(self._last_us + 1, self.now_us)
        return Stamp(self._last_us, self._entropy(ENTROPY_BYTES), 1)

    def _write(self, events: Sequence[Any], contents: Sequence[bytes | None], stamp: Stamp | None = None) -> None:
        first = (stamp or self.stamp()).time_us
        for at, (event, content) in enumerate(zip(events, contents or (None,) * len(events), strict=True)):
            read = read_event(encode_facts(event))
            assert read == event
            self.machine.fold(read, content, first + at)
            self.journal.append((first + at, read, content))
            self._last_us = max(self._last_us, first + at)

    def decide(self, command: Any, uncertain_us: int = 0) -> Any:
        """The reply to a command; its events are folded. Neither deadlines nor work. `uncertain_us`: as the clocks disagree."""
        stamp = self.stamp()._replace(uncertain_us=uncertain_us)
        decision = self.machine.decide(command, stamp)
        self._write(decision.events, decision.contents, stamp)
        return decision.reply

    def act(self, command: Any) -> Any:
        """The same, and then whatever the node does by itself."""
        reply = self.decide(command)
        self.catch_up()
        return reply

    def done(self, command: Any) -> Done:
        """The same for what must be done."""
        reply = self.act(command)
        assert not isinstance(reply, Refusal), reply
        found: Done = reply
        return found

    def refused(self, command: Any) -> str:
        """The reason of a command that must be refused."""
        reply = self.act(command)
        assert isinstance(reply, Refusal), reply
        return reply.reason

    def catch_up(self) -> None:
        """Do what is due and what is to be done."""
        for _ in range(100_000):
            due = self.machine.due(self.now_us, 1)
            if due:
                self.decide(due[0])
                continue
            work = self.machine.next_work()
            if work is None:
                return
            entry = self.machine.content_of_work(work)
            content = None if entry is None else self.journal[entry][2]
            self.decide(c.DoWork(work.what, work.kind, work.id, work.version, content))
        raise AssertionError("there is always more to do")

    def pass_until(self, minutes: float) -> None:
        """Let time pass, until so many minutes after the beginning; each deadline is dealt with at its own time."""
        until = self.at(minutes)
        while (due := self.machine.next_due()) is not None and due <= until:
            self.now_us = max(self.now_us, due)
            self.catch_up()
        self.now_us = max(self.now_us, until)
        self.catch_up()

    def events(self, kind: type[T]) -> list[T]:
        """All events of a kind, in order."""
        return [event for _time, event, _content in self.journal if isinstance(event, kind)]

    def replayed(self) -> Machine:
        """Another machine, from the journal alone."""
        machine = Machine()
        for time_us, event, content in self.journal:
            machine.fold(event, content, time_us)
        return machine

    # Parties ------------------------------------------------------------------------------------------------------------

    def party(self, code: str, kind: str = "participant") -> Hand:
        """A new party, with a person on duty as senior."""
        operator = c.Speaker(Caller("operator", "operator"), operator=True)
        self.done(
            c.CreateParty(operator, code, kind, "", "", f"key-{code}", f"public-{code}", f"invitation-{code}", "{}")
        )
        nobody = c.Speaker(Caller("", ""))
        joined = self.done(c.Join(nobody, code, f"invitation-{code}", f"login-{code}", "{}"))
        return Hand(self, code, joined.id).as_("senior")

    def agreement(
        self, *hands: Hand, terms: Terms | None = None, observers: Iterable[str] = (), area: Sequence[Outline] = (),
        from_min: float = -60, until_min: float | None = None,
    ) -> Agreement:  # fmt: skip
        """An agreement, proposed by the first and signed by all."""
        cells = sorted({cell for outline in area for cell in cover(outline)})
        proposed = self.done(
            c.Propose(hands[0].by, tuple(each.code for each in hands), tuple(observers), terms or Terms(), self.at(from_min),
                      None if until_min is None else self.at(until_min), pack(tuple(cells)), tuple(area), ""))  # fmt: skip
        for hand in hands:
            self.done(c.Sign(hand.by, proposed.id))
        return self.state.agreements[proposed.id]

    def notice(self, done: Done) -> Notice:
        """The notice of an answer."""
        return self.state.notices[done.id]


class Hand:
    """A person of a party, logged in in a role; makes the party's commands from few words."""

    def __init__(self, line: Line, code: str, person: str) -> None:
        self.line = line
        self.code = code
        self.person = person
        self.by = c.Speaker(Caller("", code))

    def as_(self, role: str) -> Hand:
        """Log in in a role, for a day."""
        nobody = c.Speaker(Caller("", ""))
        until_us = self.line.now_us + 24 * 60 * MINUTE_US
        opened = self.line.done(c.OpenSession(nobody, self.code, self.person, role, until_us))
        self.by = c.Speaker(Caller("node", self.code), self.code, self.person, role, opened.id)
        return self

    def service(self) -> c.Speaker:
        """A service client of the party, logged in."""
        made = self.line.done(c.MakeService(self.by, f"service-{self.code}", "digest", ""))
        nobody = c.Speaker(Caller("", ""))
        until_us = self.line.now_us + 24 * 60 * MINUTE_US
        opened = self.line.done(c.OpenSession(nobody, self.code, made.id, "service", until_us))
        return c.Speaker(Caller("node", self.code), self.code, None, "service", opened.id)

    def volume(
        self, outline: Outline | None = None, from_min: float | None = 30, to_min: float | None = 50,
        lower_m: float | None = 0, upper_m: float | None = 3_000, nowhere: bool = False,
    ) -> c.GivenVolume:  # fmt: skip
        """A volume as read, by default a circle off Latakia, 0 to 3,000 m, from minute 30 to minute 50."""
        place = None if nowhere else outline or circle()
        return c.GivenVolume(
            place, b"" if place is None else pack(cover(place)), None if lower_m is None else round(lower_m * 1000),
            None if upper_m is None else round(upper_m * 1000), None if from_min is None else self.line.at(from_min),
            None if to_min is None else self.line.at(to_min), 0 if place is None else ceil(area_km2(place)))  # fmt: skip

    def giving(
        self, *volumes: c.GivenVolume, category: str = "air_operation", emergency: bool = False,
        marks: Sequence[c.GivenMark] = (), kind: type[c.GiveNotice] = c.GiveNotice,
    ) -> c.GiveNotice:  # fmt: skip
        """The command that gives a notice."""
        given = volumes or (self.volume(),)
        return kind(self.by, category, emergency, given, tuple(marks), _words(given))

    def give(self, *volumes: c.GivenVolume, **more: Any) -> Notice:
        """Give a notice, and let everything follow that follows by itself."""
        return self.line.notice(self.line.done(self.giving(*volumes, **more)))

    def change(self, notice: Notice, *volumes: c.GivenVolume, emergency: bool = False) -> Done:
        """Give a new version, whole."""
        given = volumes or (self.volume(),)
        return self.line.done(c.ChangeNotice(self.by, notice.id, emergency, given, (), _words(given)))

    def say(self, notice: Notice, event: str) -> Done:
        """begun, ended, broken off, all-clear, not flown, withdrawn, deviated."""
        return self.line.done(c.MoveNotice(self.by, notice.id, event))

    def fetch(self, notice: Notice) -> Any:
        """Have it handed out: the view."""
        return self.line.act(c.FetchNotice(self.by, notice.id)).view

    def see(self, notice: Notice) -> Done:
        """Fetch it and say SEEN."""
        self.fetch(notice)
        return self.line.done(c.Receive(self.by, notice.id, 0, "SEEN"))

    def read_back(self, notice: Notice, *values: c.ReadBackValues) -> Any:
        """Open a read-back and answer it: the result."""
        self.line.done(c.OpenReadBack(self.by, notice.id))
        return self.line.act(c.AnswerReadBack(self.by, notice.id, values, ""))

    def told_values(self, notice: Notice, **but: Any) -> c.ReadBackValues:
        """What is right of the first volume, but for some fields."""
        volume = self.line.state.shapes[notice.id, notice.current.number][0]
        right = {
            "outline": enclosing_circle([volume.outline]) if volume.outline is not None else None,
            "lower_mm": volume.lower_mm,
            "upper_mm": volume.upper_mm,
            "start_us": volume.start_us,
            "end_us": volume.end_us,
        }
        return c.ReadBackValues(**{**right, **but})

    def understand(self, notice: Notice) -> Any:
        """See it and read it back, right."""
        self.see(notice)
        return self.read_back(notice, self.told_values(notice))

    def zone(
        self, outline: Outline | None = None, active_min: Sequence[tuple[float, float | None]] = ((0, 120),),
        nonparty: str | None = None, shared: Iterable[str] = (), lower_m: float | None = None, upper_m: float | None = None,
    ) -> Done:  # fmt: skip
        """A zone, declared or (nonparty) reported."""
        if nonparty is not None and nonparty not in self.line.state.parties[self.code].nonparties:
            self.line.done(c.NameNonparty(self.by, nonparty, ""))
        volume = self.volume(outline or circle(radius_m=8_000), None, None, lower_m, upper_m)
        active = tuple((self.line.at(start), None if end is None else self.line.at(end)) for start, end in active_min)
        return self.line.done(c.SetZone(self.by, "air_defence", nonparty, (volume,), active, tuple(shared), "{}"))

    def move(
        self, start: tuple[float, float] = (35.9, 35.2), end: tuple[float, float] = (35.4, 35.95),
        from_min: float = 20, to_min: float = 60, radius_m: float = 1_000, lower_m: float | None = 500,
        upper_m: float | None = 1_500,
    ) -> Done:  # fmt: skip
        """A movement of one leg; by default a patrol that comes across the volume off Latakia."""
        leg = Leg(
            *(round(each * 1e7) for each in (*start, *end)), self.line.at(from_min), self.line.at(to_min),
            None if lower_m is None else round(lower_m * 1000), None if upper_m is None else round(upper_m * 1000),
            round(radius_m * 1000))  # fmt: skip
        return self.line.done(c.DeclareMovement(self.by, (leg,), (pack(cover_leg(leg)),), "{}"))


def _words(volumes: Sequence[c.GivenVolume]) -> str:
    return encode({"title": "a notice", "volumes": [{} for _ in volumes]}).decode()
