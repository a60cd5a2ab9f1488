"""Random play: parties that give, move, see, read back and object, in a small sky where much meets; from one seed.

Nobody is chosen by code, so that the same play with other codes is the same play.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from beforehand.airspace.cells import cover_leg, pack
from beforehand.airspace.moving import Leg
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.state import Notice
from beforehand.core.hotline.terms import BufferTerms, Deadlines, Relay, Silence, Terms
from beforehand.core.stamp import Refusal
from core.hotline.line import MINUTE_US, Hand, Line, circle
from core.hotline.slices import restart, slice_of_work

CODES = ("GREY", "TEAL", "PLUM", "RUST")
OBSERVER = "IRIS"
PLACES = [circle(35.52, 35.77), circle(35.56, 35.80, 2_000), circle(36.2, 35.2), circle(36.22, 35.25, 9_000)]
CATEGORIES = ["air_operation", "unmanned_flight", "exercise", "announced_operation"]
STAGES = ["DELIVERED", "SEEN", "UNDERSTOOD", "DISSEMINATED"]
ACTS = {
    "give": 8, "change": 5, "shift": 3, "say": 5, "fetch": 10, "receive": 12, "open": 5, "answer": 6, "voice": 2, "who": 3,
    "phrase": 1, "object_": 3, "answer_objection": 3, "release": 3, "advise": 1, "trial": 1, "zone": 4, "end_zone": 1,
    "posture": 1, "movement": 5, "end_movement": 1, "relay": 2, "wait": 10, "slices": 6, "catch_up": 14, "restart": 2,
}  # fmt: skip


class Play:
    """One seed's play. `replies`: what was answered, in order."""

    def __init__(self, seed: int, codes: Sequence[str] = CODES) -> None:
        self.random = Random(seed)
        self.line = Line(seed)
        self.hands = [self.line.party(code) for code in codes]
        self.observer = self.line.party(OBSERVER, "observer")
        self.replies: list[Any] = []
        for hand in self.hands:
            self.line.done(c.NameNonparty(hand.by, f"HILLS{len(self.replies)}", ""))
            self.replies.append(None)
        self._agree(0, 1, observers=[OBSERVER])
        self._agree(0, 2, 3)

    def _agree(self, *at: int, observers: Sequence[str] = ()) -> None:
        hands = [self.hands[each] for each in at]
        terms = Terms(
            lead_s={"*": 1_200}, usable_s={"air_operation": 900}, stages={"*": STAGES}, tell={"exercise": [hands[1].code]},
            deadlines=Deadlines(60, 300, 900, 1_200, 600), buffers=BufferTerms(1_000_000, 100_000, 30), linger_s=1_800,
            silence=Silence("will hold until answered", "may go ahead"),
            relays=[Relay(hands[1].code, hands[1].code, f"HILLS{at[1]}", 600)])  # fmt: skip
        self.line.agreement(*hands, terms=terms, observers=observers)

    def run(self, steps: int) -> Play:
        """So many acts, and then whatever follows by itself."""
        for _ in range(steps):
            self.step()
        self.line.catch_up()
        return self

    def step(self) -> None:
        """One act, whether it is refused or not."""
        command = getattr(self, self.random.choices(list(ACTS), list(ACTS.values()))[0])()
        if command is not None:
            while self.line.machine.due(self.line.now_us, 1):
                self.line.decide(self.line.machine.due(self.line.now_us, 1)[0])
            self.replies.append(self.line.decide(command))

    # What is chosen ---------------------------------------------------------------------------------------------------------

    def hand(self) -> Hand:
        return self.random.choice(self.hands)

    def notice(self) -> Notice | None:
        return self.random.choice(list(self.line.state.notices.values()) or [None])

    def volumes(self, hand: Hand) -> tuple[c.GivenVolume, ...]:
        made = []
        for _ in range(self.random.choice([1, 1, 2])):
            start = (self.line.now_us - self.line.at(0)) / MINUTE_US + self.random.choice([-5, 5, 30, 60])
            nowhere = self.random.random() < 0.1
            low = self.random.choice([None, 0, 1_000])
            place = self.random.choice(PLACES)
            made.append(hand.volume(place, start, start + self.random.choice([10, 40]), low, 2_000, nowhere=nowhere))
        return tuple(made)

    def told(self) -> tuple[Hand, Notice] | None:
        found = [
            (hand, each)
            for each in self.line.state.notices.values()
            for hand in self.hands
            if hand.code in each.tellings
        ]
        return self.random.choice(found) if found else None

    def own(self) -> tuple[Hand, Notice] | None:
        notice = self.notice()
        return None if notice is None else (next(each for each in self.hands if each.code == notice.giver), notice)

    # Acts -------------------------------------------------------------------------------------------------------------------

    def give(self) -> Any:
        hand = self.hand()
        return hand.giving(*self.volumes(hand), category=self.random.choice(CATEGORIES))

    def trial(self) -> Any:
        hand = self.hand()
        return hand.giving(*self.volumes(hand), kind=c.TryNotice)

    def change(self) -> Any:
        own = self.own()
        return own and c.ChangeNotice(own[0].by, own[1].id, False, self.volumes(own[0]), (), "{}")

    def shift(self) -> Any:
        own = self.own()
        by_us = self.random.choice([5, 10, 30]) * MINUTE_US
        return own and c.ShiftNotice(own[0].by, own[1].id, by_us, self.random.random() < 0.5)

    def say(self) -> Any:
        own = self.own()
        event = self.random.choice(["begun", "ended", "broken off", "all-clear", "not flown", "withdrawn", "deviated"])
        return own and c.MoveNotice(own[0].by, own[1].id, event)

    def fetch(self) -> Any:
        notice = self.notice()
        hand = self.random.choice([*self.hands, self.observer])
        return notice and c.FetchNotice(hand.by, notice.id, self.random.choice([0, 0, 1]))

    def receive(self) -> Any:
        told = self.told()
        if told is None:
            return None
        hand, notice = told
        stage = self.random.choice(["DELIVERED", "SEEN", "SEEN", "DISSEMINATED"])
        hash_ = self.random.choice([notice.tellings[hand.code][-1].hash, "0" * 64])
        more = {"coverage": "part", "spread": "told", "means": "radio"} if stage == "DISSEMINATED" else {"hash": hash_}
        return c.Receive(hand.by, notice.id, 0, stage, **more)

    def open(self) -> Any:
        told = self.told()
        return told and c.OpenReadBack(told[0].by, told[1].id)

    def values(self, hand: Hand, notice: Notice) -> tuple[c.ReadBackValues, ...]:
        telling = notice.tellings[hand.code][-1]
        bodies: Any = self.line.state.shapes[notice.id, telling.version]
        wrong = self.random.random() < 0.3
        return tuple(
            c.ReadBackValues(
                each.outline, each.lower_mm, 9_000_000 if wrong else each.upper_mm, each.start_us, each.end_us
            )
            for each in (bodies[number - 1] for number in telling.volumes)
        )

    def answer(self) -> Any:
        told = self.told()
        return told and c.AnswerReadBack(told[0].by, told[1].id, self.values(*told), "")

    def voice(self) -> Any:
        told = self.told()
        if told is None:
            return None
        giver = next(each for each in self.hands if each.code == told[1].giver)
        return c.AnswerReadBack(giver.by, told[1].id, self.values(*told), "", told[0].code)

    def who(self) -> Any:
        told = self.told()
        return told and c.SayWhoOfOurs(told[0].by, told[1].id, self.random.choice(["none", "some", "not known"]))

    def phrase(self) -> Any:
        told = self.told()
        return told and c.SayPhraseEqual(told[0].by, told[1].id, "", "duty", None)

    def object_(self) -> Any:
        told = self.told()
        return told and c.Object(told[0].by, told[1].id, self.random.choice(["OBJECTION", "QUESTION"]), "words")

    def answer_objection(self) -> Any:
        own = self.own()
        if own is None or not own[1].objections:
            return None
        return c.AnswerObjection(
            own[0].by, own[1].id, self.random.choice(list(own[1].objections)), "noted, goes ahead", "words"
        )

    def release(self) -> Any:
        told = self.told()
        return told and c.Release(told[0].by, told[1].id)

    def advise(self) -> Any:
        own = self.own()
        return own and c.AskAdvice(own[0].by, own[1].id)

    def zone(self) -> Any:
        hand = self.hand()
        nonparty = self.random.choice([None, next(iter(self.line.state.parties[hand.code].nonparties))])
        shared = tuple(each.code for each in self.hands if self.random.random() < 0.3)
        volume = hand.volume(self.random.choice(PLACES), None, None, None, None)
        start_us = self.line.now_us + self.random.choice([-10, 20]) * MINUTE_US
        active = ((start_us, self.random.choice([None, start_us + 60 * MINUTE_US])),)
        return c.SetZone(hand.by, "air_defence", nonparty, (volume,), active, shared, "{}")

    def posture(self) -> Any:
        zone = self.random.choice(list(self.line.state.zones.values()) or [None])
        hand = self.hand()
        return zone and c.SetPosture(hand.by, zone.id, "long range", self.line.now_us)

    def end_zone(self) -> Any:
        zone = self.random.choice(list(self.line.state.zones.values()) or [None])
        hand = self.hand()
        return zone and c.EndZone(hand.by, zone.id)

    def movement(self) -> Any:
        hand = self.hand()
        one, other = self.random.choices(PLACES, k=2)
        start_us = self.line.now_us + self.random.choice([-10, 5, 30]) * MINUTE_US
        leg = Leg(
            one.lat_e7, one.lng_e7, other.lat_e7 + 1, other.lng_e7 + 1, start_us, start_us + 40 * MINUTE_US, 0, 1_500_000,
            500_000)  # fmt: skip
        return c.DeclareMovement(hand.by, (leg,), (pack(cover_leg(leg)),), "{}")

    def end_movement(self) -> Any:
        movement = self.random.choice(list(self.line.state.movements.values()) or [None])
        hand = self.hand()
        return movement and c.EndMovement(hand.by, movement.id)

    def relay(self) -> Any:
        notice = self.notice()
        if notice is None or not notice.relays:
            return None
        named_by, nonparty = self.random.choice(list(notice.relays))
        return c.ReportRelay(self.hand().by, notice.id, named_by, nonparty, "by telephone", None, "")

    def wait(self) -> None:
        self.line.now_us += self.random.choice([1, 3, 10, 20]) * MINUTE_US

    def slices(self) -> None:
        for _ in range(self.random.randint(1, 3)):
            slice_of_work(self.line)

    def catch_up(self) -> None:
        self.line.catch_up()

    def restart(self) -> None:
        restart(self.line)


def of_notice(play: Play, id_: str) -> list[tuple[int, Any]]:
    """The entries that speak of a notice, as (time, event)."""
    return [
        (time_us, event)
        for time_us, event, _ in play.line.journal
        if getattr(event, "notice", event.id if isinstance(event, e.Looked) else None) == id_
    ]


def refusals(play: Play) -> set[str]:
    """The reasons for which something was refused."""
    return {each.reason for each in play.replies if isinstance(each, Refusal)}
