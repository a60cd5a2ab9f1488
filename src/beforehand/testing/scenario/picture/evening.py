"""What a picture shows, gathered from the record of a story: shapes, meetings, and what was done and said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import UNSET, Struct

from beforehand.airspace.moving import Leg
from beforehand.airspace.volume import Volume
from beforehand.core.hotline import events as e
from beforehand.core.hotline.contents import read_movement, read_notice
from beforehand.core.hotline.instants import day
from beforehand.testing.scenario.outcome import Outcome
from beforehand.testing.scenario.times import HOUR_US, MINUTE_US, length

#: Windows that end so long after the last step are not waited for.
FAR_US = 7 * 24 * HOUR_US
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)$")


class Shape(Struct):
    """A volume of a notice or zone. `current`: of the newest version. `words`: where it is said to be, if there is no shape."""

    kind: str
    party: int
    label: str
    volume: Volume
    windows: list[tuple[int | None, int | None]]
    current: bool = True
    words: str = ""


class Track(Struct):
    """A movement."""

    party: int
    label: str
    legs: tuple[Leg, ...]


class Mark(Struct):
    """Something that a party did or that befell it, in a few words. `tone`: good, bad, loud or plain."""

    at_us: int
    party: int
    says: str
    tone: str = "plain"


class Evening(Struct):
    """Everything, with parties as numbers in the order of the story."""

    parties: list[str]
    shapes: list[Shape]
    tracks: list[Track]
    meetings: list[e.MeetingFact]
    marks: list[Mark]
    loud: list[str]
    offset_us: int
    begin_us: int
    end_us: int

    @property
    def days(self) -> bool:
        """Whether it lasts for days, so that a time needs its day."""
        return day(self.begin_us + self.offset_us) != day(self.end_us + self.offset_us)

    def stamp(self, time_us: int) -> str:
        """A time in a list: with seconds, or where it lasts for days with its day."""
        if self.days:
            return f"{day(time_us + self.offset_us)[5:]} {self.clock(time_us)}"
        return self.clock(time_us, seconds=True)

    def tick(self, time_us: int) -> str:
        """A time on the axis: midnight as the day that begins."""
        said = self.clock(time_us)
        return day(time_us + self.offset_us)[5:] if self.days and said == "00:00" else said

    def clock(self, time_us: int, seconds: bool = False) -> str:
        """A time of day in the story's own zone."""
        of_day = (time_us + self.offset_us) // 1_000_000 % 86_400
        said = f"{of_day // 3600:02}:{of_day // 60 % 60:02}"
        return f"{said}:{of_day % 60:02}" if seconds and of_day % 60 else said


def evening(outcome: Outcome) -> Evening:
    """Gather what is shown."""
    gathering = _Gathering(outcome)
    for entry in outcome.journal:
        if entry.time_us <= outcome.played.end_us:
            gathering.take(entry.event, entry.content, entry.time_us)
    return gathering.done()


class _Gathering:
    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self.names = outcome.played.names
        self._parties = list(outcome.script.parties)
        self._shapes: dict[tuple[str, int], list[Shape]] = {}
        self._newest: dict[str, int] = {}
        self._tracks: list[Track] = []
        self._meetings: list[e.MeetingFact] = []
        self._marks: list[Mark] = []
        self._loud: dict[str, None] = {}

    def take(self, event: Any, content: bytes | None, at_us: int) -> None:
        if isinstance(event, e.NoticeGiven):
            assert content is not None
            self._newest[event.notice] = event.version
            label = f"{self.names.label_of(event.notice)}, version {event.version}"
            given = read_notice(content)
            where = str(given.words.get("where", ""))
            self._shapes[event.notice, event.version] = [
                Shape("notice", self._of(event.giver), label, each, [(each.start_us, each.end_us)], words=where)
                for each in given.volumes
            ]
        elif isinstance(event, e.ZoneSet):
            assert content is not None
            of = event.nonparty or event.party
            self._shapes[event.zone, 0] = [
                Shape("zone", self._of(event.party), f"{of}: {self._title(event.zone)}", each, list(event.active))
                for each in read_notice(content).volumes
            ]
        elif isinstance(event, e.MovementDeclared):
            assert content is not None
            label = self.names.label_of(event.movement)
            self._tracks.append(Track(self._of(event.party), label, read_movement(content).legs))
        elif isinstance(event, e.Touched):
            self._meetings += [each for each in event.meetings if each.kind != "zone"]
        self._mark(event, at_us)

    def _title(self, id_: str) -> str:
        named = self.names.of_id(id_)
        return named.title if named is not None and named.title else "zone"

    def _of(self, code: str) -> int:
        return self._parties.index(code)

    def _mark(self, event: Any, at_us: int) -> None:
        wording = _MARKS.get(type(event))
        if wording is None:
            return
        for party, says, tone in wording(event, self):
            self._marks.append(Mark(at_us, self._of(party), says, tone))
            if tone == "loud":
                self._loud[says] = None

    def done(self) -> Evening:
        shapes = []
        for (id_, version), found in self._shapes.items():
            for shape in found:
                shape.current = version == self._newest.get(id_, 0)
                shapes.append(shape)
        begin_us, end_us = self._span(shapes)
        marks = [each for each in self._marks if begin_us <= each.at_us <= end_us]
        return Evening(
            self._parties, shapes, self._tracks, self._meetings, marks, list(self._loud), self._offset(),
            begin_us, end_us)  # fmt: skip

    def _span(self, shapes: list[Shape]) -> tuple[int, int]:
        """From the first act to the last, or the last window of a notice, whichever is later; a little more each way."""
        steps = [each.at_us for each in self._outcome.played.did if each.row.section == "steps"]
        if not steps:
            steps = [self._outcome.played.begin_us]
        ends = [end for each in shapes if each.kind == "notice" for _, end in each.windows if end is not None]
        ends += [leg.end_us for track in self._tracks for leg in track.legs]
        first, last = min(steps), max(steps)
        last = max([last, *(each for each in ends if each < last + FAR_US)])
        margin = max((last - first) // 30, MINUTE_US)
        return first - margin, last + margin

    def _offset(self) -> int:
        for row in self._outcome.script.steps:
            found = _OFFSET.search(row.value["at"])
            if found is not None:
                minutes = int(found[2]) * 60 + int(found[3])
                return (minutes if found[1] == "+" else -minutes) * MINUTE_US
        return 0


_Marked = Iterator[tuple[str, str, str]]


def _given(event: e.NoticeGiven, _all: _Gathering) -> _Marked:
    what = "gives notice" if event.version == 1 else f"version {event.version}: {event.kind}"
    lead = "" if event.lead is None else f", notice lead {length(event.lead)}"
    yield event.giver, f"{what}{lead}", "plain"


def _terms(event: e.TermsChecked, _all: _Gathering) -> _Marked:
    for row in event.rows:
        if row.value == "not met" and row.off is not UNSET:
            yield event.to[0], f"term {row.term}: not met (by {length(row.off * 1_000_000)})", "bad"
        elif row.value == "met":
            yield event.to[0], f"term {row.term}: met", "good"


def _moved(event: e.NoticeMoved, all_: _Gathering) -> _Marked:
    named = all_.names.of_id(event.notice)
    if named is not None and event.by is not UNSET:
        tone = "good" if event.state == "clear" else "plain"
        yield named.party, event.event, tone


def _conflict(event: e.ConflictFound, _all: _Gathering) -> _Marked:
    which = f"volumes {', '.join(map(str, event.volumes))}" if event.volumes else "the whole"
    yield event.giver, f"CONFLICT, ask {event.party} ({which})", "bad"


def _relay(event: e.RelayNeeded, _all: _Gathering) -> _Marked:
    if event.party is None:
        yield event.to[0] if event.to else event.named_by, f"NOBODY RELAYS to {event.nonparty}", "loud"


def _relayed(event: e.Relayed, _all: _Gathering) -> _Marked:
    yield event.party, f"relays to {event.nonparty}: {event.how}", "good"


def _told(event: e.NoticeTold, all_: _Gathering) -> _Marked:
    why = [f"{each.cause} {all_.names.label_of(each.id)}".strip() for each in event.why]
    yield event.party, f"is told: {'; '.join(why)}", "plain"


def _received(event: e.Received, _all: _Gathering) -> _Marked:
    yield event.party, event.stage, "good" if event.stage == "UNDERSTOOD" else "plain"


def _tried(event: e.ReadBackTried, _all: _Gathering) -> _Marked:
    if event.wrong:
        yield event.party, f"read-back {event.number} wrong: {', '.join(event.wrong)}", "bad"
    else:
        yield event.party, f"read-back {event.number} right", "good"


def _equal(event: e.PhraseEqual, _all: _Gathering) -> _Marked:
    yield event.party, "check phrase equal, by voice", "good"


def _objected(event: e.Objected, _all: _Gathering) -> _Marked:
    yield event.party, event.kind, "bad"


def _answered(event: e.ObjectionAnswered, _all: _Gathering) -> _Marked:
    yield event.by.party, f"answers: {event.answer}", "plain"


def _released(event: e.Released, _all: _Gathering) -> _Marked:
    yield event.party, "releases what it meets", "plain"


def _missed(event: e.DeadlineMissed, _all: _Gathering) -> _Marked:
    yield event.party, f"{event.what} missed", "bad"


_MARKS: dict[type[Any], Any] = {
    e.NoticeGiven: _given,
    e.TermsChecked: _terms,
    e.NoticeMoved: _moved,
    e.ConflictFound: _conflict,
    e.RelayNeeded: _relay,
    e.Relayed: _relayed,
    e.NoticeTold: _told,
    e.Received: _received,
    e.ReadBackTried: _tried,
    e.PhraseEqual: _equal,
    e.Objected: _objected,
    e.ObjectionAnswered: _answered,
    e.Released: _released,
    e.DeadlineMissed: _missed,
}
