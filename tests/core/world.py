"""A small, dense world and what its parties ask: few cells, few moments, so that meetings, touching and reuse are frequent.

Every choice comes from one `random.Random`; what is chosen may look at the model, so that most requests mean something.
"""

from __future__ import annotations

from random import Random
from typing import Any

from beforehand.core.stamp import Caller, Stamp
from beforehand.core.strategic import commands as c

from .driving import START_US, entropy
from .model import DAY, MINUTE, Limits, Model

#: Cells along the curve; the last two lie in the next block of the index.
CELLS = [bytes.fromhex(token) for token in ("478eb5ec", "478eb5f4", "478eb5fc", "478eb604", "478eb60c")]
HOUR = 60 * MINUTE
#: The first and the last moment that can be written down: years 2 and 9999.
LONG_AGO, FAR = -62_104_060_800_000_000, 253_402_300_799_999_999
ALTITUDES = [-1000, 0, 100_000, 200_000]
ONE, TWO = "https://one.issuer.example", "https://two.issuer.example"
CALLERS = [Caller(ONE, "alpha"), Caller(ONE, "bravo"), Caller(TWO, "charlie")]
STRANGERS = [Caller(TWO, "alpha"), Caller(ONE, "delta"), Caller(TWO, "delta")]
USSES = ["alpha", "bravo", "charlie", "nobody"]
URLS = ["https://a.example/x", "https://b.example"]
INTENT_IDS = [bytes([0xA0 + n]) * 6 + b"\x4a\xaa\x8a" + bytes([n]) * 7 for n in range(7)]
HAMMERED_ID = b"\xa9" * 6 + b"\x4a\xaa\x8a" + b"\x09" * 7
CONSTRAINT_IDS = INTENT_IDS[:1] + [bytes([0xC0 + n]) * 6 + b"\x4c\xcc\x8c" + bytes([n]) * 7 for n in range(3)]
SUBSCRIPTION_IDS = INTENT_IDS[:1] + [bytes([0xD0 + n]) * 6 + b"\x4d\xdd\x8d" + bytes([n]) * 7 for n in range(4)]

KINDS = {
    "put_intent": 40, "end_intent": 8, "get_intent": 3, "query_intents": 4, "put_constraint": 6, "end_constraint": 3,
    "get_constraint": 2, "query_constraints": 2, "put_subscription": 12, "end_subscription": 5, "get_subscription": 3,
    "query_subscriptions": 3, "set_availability": 4, "get_availability": 1, "file_report": 1, "again": 5, "evict": 2,
    "due": 2, "hammer": 1,
}  # fmt: skip
#: How much later the next request comes.
LATER = {1: 10, 2: 10, 100_000: 30, 1_000_000: 20, 20_000_000: 12, MINUTE: 8, 4 * MINUTE: 4, 10 * MINUTE: 2,
         10 * MINUTE + 1: 1, HOUR: 3, DAY: 1, 8 * DAY: 1}  # fmt: skip


def some_limits(random: Random) -> Limits:
    """Mostly those of the product; often small ones, so that they are met."""
    limits = Limits(strict_states=random.random() < 0.3, index_at_its_largest=random.random() < 0.5)
    if random.random() < 0.4:
        limits.live_intents, limits.live_cells, limits.live_subscriptions = (
            random.randint(1, 4), random.randint(4, 16), random.randint(1, 4))  # fmt: skip
    if random.random() < 0.4:
        limits.results, limits.named = random.randint(1, 3), random.randint(1, 3)
        limits.dependents, limits.meeting_subscriptions = random.randint(1, 3), random.randint(1, 4)
        limits.extended_cells, limits.raised = random.randint(2, 4), random.randint(3, 6)
    return limits


class World:
    """Draws one request after another, as seen from a model that has answered those before."""

    def __init__(self, random: Random, model: Model) -> None:
        self.random = random
        self.model = model
        self.now = START_US
        self.steps = 0
        self.asked: list[Any] = []
        self.seen_versions: list[str] = ["unheard"]
        self.hammering: list[c.PutIntent] = []

    def one(self, options: Any) -> Any:
        return self.random.choice(list(options))

    def chance(self, of: float) -> bool:
        return self.random.random() < of

    def weighted(self, weights: dict[Any, int]) -> Any:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def next(self) -> tuple[Any, Stamp]:
        """A command and its stamp, later than any entry so far."""
        self.steps += 1
        self.now += 2 + (self.one([1, 1000, 300_000]) if self.hammering else self.weighted(LATER))
        stamp = Stamp(self.now, entropy(self.steps), 1, 7 if self.chance(0.05) else 0)
        if self.hammering:
            return self.hammering.pop(), stamp
        kind = self.weighted(KINDS)
        if kind == "hammer":
            self.hammering = self.hammer()
            kind = "put_intent"
        again = [each for each in self.asked[-20:] if self.in_time(each)] if kind == "again" else []
        if again:
            return self.one(again), stamp
        command = getattr(self, kind if kind != "again" else "put_intent")()
        if kind not in ("evict", "due"):
            self.asked.append(command)
        return command, stamp

    def in_time(self, command: Any) -> bool:
        """Whether its reader would let its suffix pass: made within 5 minutes of now."""
        suffix = getattr(command, "requested_suffix", None)
        return suffix is None or abs(int(suffix[:8] + suffix[9:13], 16) * 1000 - self.now) <= 5 * MINUTE

    def hammer(self) -> list[c.PutIntent]:
        """A planner that knows nothing and asks again and again, at once, for one of a few places."""
        caller = self.caller()
        few = []
        for _ in range(self.random.randint(1, 9)):
            there = [c.Extent(b"".join(sorted(x.cells)), x.lower, x.upper, x.start, x.end) for x in self.model.intents]
            extent = self.one(there or [self.extent()])
            knows = frozenset(x.ovn for x in self.model.intents_in(extent) if self.chance(0.3))
            few.append(c.PutIntent(
                caller, HAMMERED_ID, None, extent, c.IntentState.ACCEPTED, URLS[0], knows, None, None, None))  # fmt: skip
        return [self.one(few) for _ in range(self.random.randint(3, 15))]

    # --- parts of requests --------------------------------------------------------------------------------------------

    def caller(self, owner: str | None = None) -> Caller:
        if owner is not None and self.chance(0.85):
            return next(each for each in [*CALLERS, *STRANGERS[1:]] if each.subject == owner)
        return self.one(STRANGERS) if self.chance(0.04) else self.one(CALLERS)

    def cells(self) -> bytes:
        if self.chance(0.1):
            return b"".join(sorted(self.random.sample(CELLS, self.random.randint(1, 5))))
        first = self.random.randrange(len(CELLS))
        return b"".join(CELLS[first : first + self.random.randint(1, 3)])

    def extent(self, open_times: float = 0.0, open_band: float = 0.0) -> c.Extent:
        """Windows on whole hours, one or two hours mostly; some of no length, some longer than a day."""
        hour = self.now // HOUR * HOUR
        start = hour + self.random.randint(-1, 4) * HOUR
        end = start + self.weighted({0: 1, HOUR: 10, 2 * HOUR: 6, DAY: 1, DAY + HOUR: 1})
        if self.chance(0.04):
            start, end = self.one([(start, FAR), (LONG_AGO, end), (FAR, FAR), (LONG_AGO, FAR)])
        lower, upper = sorted((self.one(ALTITUDES), self.one(ALTITUDES)))
        return c.Extent(
            self.cells(),
            None if self.chance(open_band) else lower,
            None if self.chance(open_band) else upper,
            None if self.chance(open_times) else start,
            None if self.chance(open_times) else end,
        )

    def version(self, current: str | None) -> str | None:
        """Mostly the current one; else none, an empty or an old one, or another's."""
        if current is not None:
            self.seen_versions.append(current)
            if self.chance(0.85):
                return current
        return self.one([None, "", self.one(self.seen_versions[-12:])])

    def suffix(self) -> str | None:
        """One of few, made within 5 minutes of now as its reader sees to."""
        if self.chance(0.75):
            return None
        made = (self.now // (4 * MINUTE) + self.one([0, 1])) * 4 * MINUTE
        digits = f"{made // 1000:012x}"
        return f"{digits[:8]}-{digits[8:]}-7000-8000-000000000000"

    def named(self, command: c.PutIntent) -> frozenset[str]:
        """Often all that is needed; else some of it, old ones, nothing, or everything there is."""
        everything = [x.ovn for x in [*self.model.intents, *self.model.constraints]]
        needed = [x.ovn for x in [*self.model.intents_in(command.extent), *self.model.constraints_in(command.extent)]]
        how = self.weighted({"needed": 50, "all but one": 12, "none": 12, "some": 8, "everything": 10, "old": 8})
        if how == "needed":
            return frozenset([*needed, "of nobody"])
        if how == "all but one" and needed:
            self.random.shuffle(needed)
            return frozenset(needed[1:])
        if how == "some":
            return frozenset(x for x in everything if self.chance(0.5))
        if how == "everything":
            return frozenset(everything)
        return frozenset(self.seen_versions[-12:]) if how == "old" else frozenset()

    # --- requests -----------------------------------------------------------------------------------------------------

    def put_intent(self) -> Any:
        id_ = self.one(INTENT_IDS)
        old = self.model.find(self.model.intents, id_)
        caller = self.caller(old.manager if old else None)
        create = {c.IntentState.ACCEPTED: 30, c.IntentState.ACTIVATED: 1, c.IntentState.CONTINGENT: 1}
        change = {c.IntentState.ACCEPTED: 6, c.IntentState.ACTIVATED: 6, c.IntentState.NONCONFORMING: 3,
                  c.IntentState.CONTINGENT: 2}  # fmt: skip
        own = [x.id for x in self.model.subs if x.manager == caller.subject]
        how = self.weighted({"none": 3, "new": 5, "attached": 5, "own": 5, "other": 1})
        subscription = None
        if how == "attached":
            subscription = old.subscription if old else None
        elif how == "own" and own:
            subscription = self.one(own)
        elif how == "other":
            subscription = self.one([x.id for x in self.model.subs] + SUBSCRIPTION_IDS)
        new = c.NewSubscription(self.one(URLS), self.chance(0.4)) if how == "new" else None
        extent = self.extent()
        if old and self.chance(0.4):
            extent = c.Extent(b"".join(sorted(old.cells)), old.lower, old.upper, old.start, old.end)
        version = self.version(old.ovn if old else None)
        if old is None and self.chance(0.7):
            version = None
        command = c.PutIntent(
            caller, id_, version, extent, self.weighted(change if old else create), self.one(URLS), frozenset(),
            subscription, new, self.suffix())  # fmt: skip
        return c.PutIntent(*(self.named(command) if name == "named_ovns" else getattr(command, name)
                             for name in c.PutIntent.__struct_fields__))  # fmt: skip

    def end_intent(self) -> Any:
        old = self.model.find(self.model.intents, self.one(INTENT_IDS))
        id_ = old.id if old else self.one(INTENT_IDS)
        return c.EndIntent(
            self.caller(old.manager if old else None), id_, self.version(old.ovn if old else None) or "x"
        )

    def get_intent(self) -> Any:
        return c.GetIntent(self.caller(), self.one(INTENT_IDS))

    def query_intents(self) -> Any:
        return c.QueryIntents(self.caller(), self.extent(0.3, 0.3))

    def put_constraint(self) -> Any:
        id_ = self.one(CONSTRAINT_IDS)
        old = self.model.find(self.model.constraints, id_)
        version = self.version(old.ovn if old else None)
        if old is None and self.chance(0.7):
            version = None
        return c.PutConstraint(
            self.caller(old.manager if old else None), id_, version, self.extent(0, 0.3), self.one(URLS))  # fmt: skip

    def end_constraint(self) -> Any:
        old = self.model.find(self.model.constraints, self.one(CONSTRAINT_IDS))
        id_ = old.id if old else self.one(CONSTRAINT_IDS)
        version = self.version(old.ovn if old else None) or "x"
        return c.EndConstraint(self.caller(old.manager if old else None), id_, version)

    def get_constraint(self) -> Any:
        return c.GetConstraint(self.caller(), self.one(CONSTRAINT_IDS))

    def query_constraints(self) -> Any:
        return c.QueryConstraints(self.caller(), self.extent(0.3, 0.3))

    def any_subscription(self) -> bytes:
        return self.one([x.id for x in self.model.subs] + SUBSCRIPTION_IDS)

    def put_subscription(self) -> Any:
        id_ = self.any_subscription()
        old = self.model.find(self.model.subs, id_)
        version = self.version(old.version if old else None)
        if old is None and self.chance(0.7):
            version = None
        extent = self.extent(0.4, 0.3)
        if self.chance(0.5):  # wide enough for what hangs on it
            extent = c.Extent(b"".join(CELLS), ALTITUDES[0], ALTITUDES[-1], extent.start_us, extent.end_us)
        intents = self.chance(0.8)
        return c.PutSubscription(
            self.caller(old.manager if old else None), id_, version, extent, self.one(URLS), intents,
            not intents or self.chance(0.4))  # fmt: skip

    def end_subscription(self) -> Any:
        id_ = self.any_subscription()
        old = self.model.find(self.model.subs, id_)
        version = self.version(old.version if old else None) or "x"
        return c.EndSubscription(self.caller(old.manager if old else None), id_, version)

    def get_subscription(self) -> Any:
        id_ = self.any_subscription()
        old = self.model.find(self.model.subs, id_)
        return c.GetSubscription(self.caller(old.manager if old else None), id_)

    def query_subscriptions(self) -> Any:
        return c.QuerySubscriptions(self.caller(), self.extent(0.4, 0.4))

    def set_availability(self) -> Any:
        uss = self.one(USSES)
        version = self.model.availability.get(uss, (None, ""))[1]
        state = self.one([c.Availability.DOWN, c.Availability.DOWN, c.Availability.NORMAL, c.Availability.UNKNOWN])
        return c.SetAvailability(self.caller(), uss, version if self.chance(0.9) else "stale", state)

    def get_availability(self) -> Any:
        return c.GetAvailability(self.caller(), self.one(USSES))

    def file_report(self) -> Any:
        return c.FileReport(self.caller(), b"what went wrong")

    def evict(self) -> Any:
        return c.EvictExpired(self.now - self.one([0, HOUR, DAY]), self.one([1, 2, 256]))

    def due(self) -> Any:
        return "due"
