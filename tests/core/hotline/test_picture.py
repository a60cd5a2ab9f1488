"""Random evenings: what stands, what is in whose picture and what the journal keeps, against a slow model."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.state import Notice
from beforehand.core.hotline.terms import Terms
from beforehand.core.stamp import Refusal
from beforehand.record.canonical import encode_facts
from core.hotline.line import Hand, Line, circle
from core.hotline.picture_model import OVER, ModelNotice, Round

CODES = ("GREY", "TEAL", "RUST")
#: The same evening with two codes swapped: P6.
SWAPPED = {"GREY": "TEAL", "TEAL": "GREY", "RUST": "RUST"}
#: Where each party gives its notices: far from all others, so that nobody meets anybody.
PLACES = {"GREY": (35.0, 35.0), "TEAL": (33.0, 34.0), "RUST": (37.0, 33.0)}
#: What only content may hold.
WORDS = "north of the river, by telephone"
SAID = ("begun", "ended", "broken off", "all-clear", "not flown", "withdrawn", "deviated")

rounds = st.tuples(
    st.sampled_from([1_000, 2_000]), st.sampled_from([1_000, 2_000]), st.integers(-3, 12), st.integers(0, 9)
)


class Evening:
    """One line with three parties of some codes; two agreements, one of which lets what is over lapse."""

    def __init__(self, codes: dict[str, str], linger: int) -> None:
        self.line = Line()
        self.hands = {code: self.line.party(codes[code]) for code in CODES}
        self.notices: list[str] = []
        grey, teal, rust = (self.hands[code] for code in CODES)
        everybody = Terms(tell={"*": [codes["GREY"], codes["TEAL"]]}, linger_s=0)
        lapsing = Terms(tell={"*": [codes["TEAL"], codes["RUST"]]}, linger_s=60 * linger + 30)
        self.line.agreement(grey, teal, terms=everybody)
        self.line.agreement(teal, rust, terms=lapsing)

    def volume(self, code: str, now: int, said: Round) -> c.GivenVolume:
        radius, upper, start, end = said
        return self.hands[code].volume(circle(*PLACES[code], radius), now + start, now + end, 0, upper)

    def give(self, code: str, now: int, said: Round) -> Any:
        hand: Hand = self.hands[code]
        words = f'{{"text":"{WORDS}"}}'
        reply = self.line.done(replace(hand.giving(self.volume(code, now, said)), words=words))
        self.notices.append(reply.id)
        return reply

    def notice(self, number: int) -> Notice:
        return self.line.state.notices[self.notices[number]]


class Evenings(RuleBasedStateMachine):
    """An evening, the same with two codes swapped, and the model."""

    def __init__(self) -> None:
        super().__init__()
        self.linger = 2
        self.one = Evening({code: code for code in CODES}, self.linger)
        self.other = Evening(SWAPPED, self.linger)
        self.model: list[ModelNotice] = []
        self.now = 0

    def _both(self) -> tuple[Evening, Evening]:
        return self.one, self.other

    def _settle(self) -> None:
        for each in self.model:
            each.tick(self.now)

    @precondition(lambda self: len(self.model) < 4)
    @rule(code=st.sampled_from(CODES), said=rounds)
    def give(self, code: str, said: tuple[int, int, int, int]) -> None:
        radius, upper, start, length = said
        to = {"GREY": ("TEAL",), "TEAL": ("GREY", "RUST"), "RUST": ("TEAL",)}[code]
        window = (radius, upper, start, start + length)
        for evening in self._both():
            evening.give(code, self.now, window)
        # The line writes an entry some microseconds after the minute: a window that ends with it is over.
        notice = ModelNotice(code, to, 0 if code == "GREY" else self.linger)
        notice.give(self.now, (radius, upper, self.now + start, self.now + start + length))
        self.model.append(notice)
        self._settle()

    @precondition(lambda self: self.model)
    @rule(data=st.data(), said=rounds)
    def change(self, data: st.DataObject, said: tuple[int, int, int, int]) -> None:
        number = data.draw(st.integers(0, len(self.model) - 1))
        code = self.model[number].giver
        radius, upper, start, length = said
        kind = self.model[number].give(self.now, (radius, upper, self.now + start, self.now + start + length))
        for evening in self._both():
            volume = evening.volume(code, self.now, (radius, upper, start, start + length))
            by = evening.hands[code].by
            reply = evening.line.act(c.ChangeNotice(by, evening.notices[number], False, (volume,), (), ""))
            if kind is None:
                assert isinstance(reply, Refusal)
                assert reply.reason == "over"
            else:
                assert evening.notice(number).current.kind == kind
        self._settle()

    @precondition(lambda self: self.model)
    @rule(data=st.data(), event=st.sampled_from(SAID))
    def say(self, data: st.DataObject, event: str) -> None:
        number = data.draw(st.integers(0, len(self.model) - 1))
        done = self.model[number].say(self.now, event)
        for evening in self._both():
            by = evening.hands[self.model[number].giver].by
            reply = evening.line.act(c.MoveNotice(by, evening.notices[number], event))
            assert isinstance(reply, Refusal) != done
        self._settle()

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def see(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, len(self.model) - 1))
        code = data.draw(st.sampled_from(self.model[number].to))
        first = self.model[number].see(code)
        for evening in self._both():
            by, id_ = evening.hands[code].by, evening.notices[number]
            evening.line.act(c.FetchNotice(by, id_))
            assert isinstance(evening.line.act(c.Receive(by, id_, 0, "SEEN")), Refusal) != first
        self._settle()

    @rule(minutes=st.integers(1, 8))
    def wait(self, minutes: int) -> None:
        for _ in range(minutes):
            self.now += 1
            self._settle()
        for evening in self._both():
            evening.line.pass_until(self.now)

    @rule()
    def restart(self) -> None:
        """Whoever opens the journal anew finds the same, and the same is due."""
        for evening in self._both():
            evening.line.machine = evening.line.replayed()

    @invariant()
    def every_notice_stands_as_the_model_says(self) -> None:
        for evening in self._both():
            for number, model in enumerate(self.model):
                notice = evening.notice(number)
                assert (notice.state, notice.deviated) == (model.state, model.deviated), number
                assert {each.number for each in notice.versions if each.in_picture} == model.picture()
                if model.state not in OVER:
                    opens, ends = model.bounds()
                    assert (notice.opens_us, notice.ends_us) == (evening.line.at(opens), evening.line.at(ends))

    @invariant()
    def the_journal_alone_gives_the_same(self) -> None:
        machine = self.one.line.replayed()
        assert machine.state_hash() == self.one.line.machine.state_hash()
        assert machine.next_due() == self.one.line.machine.next_due()

    @invariant()
    def no_event_holds_a_float_or_words(self) -> None:
        for _, event, content in self.one.line.journal[-8:]:
            assert not list(_floats(msgspec.to_builtins(event)))
            assert WORDS.encode() not in encode_facts(event)
            assert content is None or isinstance(content, bytes)

    @invariant()
    def the_clock_says_a_thing_once(self) -> None:
        moved = self.one.line.events(e.NoticeMoved)
        stood: dict[str, str] = {}
        for _, event, _ in self.one.line.journal:
            if isinstance(event, e.NoticeGiven):
                stood[event.notice] = event.state
            if isinstance(event, e.NoticeMoved):
                if event.event in ("clock opens", "clock ends", "linger"):
                    assert event.state != stood[event.notice]
                stood[event.notice] = event.state
        for event_name in ("clock opens", "linger"):
            counts = Counter(each.notice for each in moved if each.event == event_name)
            assert max(counts.values(), default=0) <= 1

    @invariant()
    def swapping_two_codes_swaps_them_and_nothing_else(self) -> None:
        pairs = zip(self.one.line.journal[-8:], self.other.line.journal[-8:], strict=True)
        for (time_us, event, content), (other_us, other, other_content) in pairs:
            assert time_us == other_us
            assert _facts(other) == _swapped(_facts(event))
            assert (other_content is None) == (content is None)
            if content is not None and other_content is not None:
                assert other_content == _swapped(content)


def _facts(event: Any) -> bytes:
    """Without the hash of a document, which names its giver."""
    if isinstance(event, e.NoticeTold):
        event = replace(event, hash="")
    return encode_facts(event)


def _swapped(written: bytes) -> bytes:
    return written.replace(b"GREY", b"____").replace(b"TEAL", b"GREY").replace(b"____", b"TEAL")


def _floats(value: Any) -> Any:
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _floats(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _floats(each)


TestEvenings = Evenings.TestCase
TestEvenings.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestEvenings.__doc__ = "H4.1, H4.10, H4.4: the union of versions, the clock on it, linger; P4 and P6 after every step."
