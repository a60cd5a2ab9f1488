"""Lists of what lives, looked through from end to end for every question."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

from beforehand.core.stamp import Caller, Refusal, Stamp
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import replies as r

from .things import Answer, Counted, Deletion, Limits, No, Sub, Thing, chunks


class Registry:
    """What lives, how it is looked through, and what of it a party sees."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.seq = 0
        self.issuers: dict[str, str] = {}
        self.availability: dict[str, tuple[c.Availability, str]] = {}
        self.intents: list[Thing] = []
        self.constraints: list[Thing] = []
        self.subs: list[Sub] = []
        self.given_suffixes: set[tuple[bytes, str]] = set()
        self.deletions: list[Deletion] = []
        self.refusals: list[tuple[str, list[int], int]] = []  # party, set, time: those with an entry
        self.counted: dict[str, Counted] = {}

    # --- asking

    def ask(self, command: Any, stamp: Stamp) -> Answer:
        self.now = stamp.time_us
        self.stamp = stamp
        self.entries: list[tuple[Any, ...]] = []
        name = "do_" + type(command).__name__
        try:
            caller = getattr(command, "caller", None)
            if caller is not None and self.issuers.get(caller.subject, caller.issuer) != caller.issuer:
                raise No("two_issuers")
            reply = getattr(self, name)(command)
        except No as no:
            reply = Refusal(no.reason, "", no.detail)
        self.seq += len(self.entries)
        return Answer(reply, self.entries)

    def write(self, caller: Caller, *said: Any) -> int:
        """Note an entry, and the one before it that binds a new party. Returns the entry's number."""
        if caller.subject not in self.issuers:
            self.issuers[caller.subject] = caller.issuer
            self.entries.append(("party.bound", caller.subject, caller.issuer))
        self.entries.append(said)
        return self.seq + len(self.entries) - 1

    def random(self, start: int) -> str:
        return urlsafe_b64encode(self.stamp.entropy[start : start + 33]).decode()

    def random_id(self) -> bytes:
        number = int.from_bytes(self.stamp.entropy[66:82], "big")
        number &= ~(0xF << 76) & ~(0x3 << 62)
        number |= 0x4 << 76 | 0x2 << 62
        return number.to_bytes(16, "big")

    # --- what is there

    @staticmethod
    def find(things: list[Any], id_: bytes | None) -> Any:
        return next((each for each in things if each.id == id_), None)

    @staticmethod
    def share(thing: Any, cells: set[bytes], start: int | None, end: int | None) -> bool:
        """A common cell, and windows that overlap or touch."""
        if not any(cell in thing.cells for cell in cells):
            return False
        if end is not None and thing.start > end:
            return False
        return start is None or thing.end >= start

    def intents_in(self, extent: c.Extent) -> list[Thing]:
        found = []
        for intent in self.intents:
            if not self.share(intent, chunks(extent.cells), extent.start_us, extent.end_us):
                continue
            if extent.upper_mm is not None and intent.lower > extent.upper_mm:
                continue
            if extent.lower_mm is not None and intent.upper < extent.lower_mm:
                continue
            found.append(intent)
        return found

    def constraints_in(self, extent: c.Extent) -> list[Thing]:
        return [x for x in self.constraints if self.share(x, chunks(extent.cells), extent.start_us, extent.end_us)]

    def subs_in(self, cells: set[bytes], start: int | None, end: int | None) -> list[Sub]:
        return [x for x in self.subs if self.share(x, cells, start, end)]

    def hanging_on(self, sub: Sub) -> list[Thing]:
        return [intent for intent in self.intents if intent.subscription == sub.id]

    def available(self, uss: str) -> c.Availability:
        return self.availability.get(uss, (c.Availability.UNKNOWN, ""))[0]

    # --- what a party sees

    def intent_ref(self, x: Thing, viewer: str) -> r.IntentReference:
        assert x.state is not None
        return r.IntentReference(
            id=x.id, manager=x.manager, availability=self.available(x.manager), version=x.version, state=x.state,
            ovn=x.ovn if viewer == x.manager else None, start_us=x.start, end_us=x.end, url=x.url,
            subscription=x.subscription)  # fmt: skip

    def constraint_ref(self, x: Thing, viewer: str) -> r.ConstraintReference:
        return r.ConstraintReference(
            id=x.id, manager=x.manager, version=x.version, ovn=x.ovn if viewer == x.manager else None, start_us=x.start,
            end_us=x.end, url=x.url)  # fmt: skip

    def sub_view(self, x: Sub) -> r.SubscriptionView:
        return r.SubscriptionView(
            id=x.id, version=x.version, notification_index=x.index, start_us=x.start, end_us=x.end, url=x.url,
            intents=x.intents, constraints=x.constraints, implicit=x.implicit,
            dependents=tuple(intent.id for intent in self.hanging_on(x)))  # fmt: skip

    @staticmethod
    def raise_all(subs: list[Sub]) -> tuple[r.Raised, ...]:
        for sub in subs:
            sub.index += 1
        return tuple(r.Raised(sub.id, sub.url, sub.index) for sub in subs)

    # --- quotas

    def holds(self, party: str) -> tuple[int, int, int]:
        """Live intents and constraints, cells, subscriptions."""
        things = [x for x in self.intents + self.constraints if x.manager == party]
        subs = [x for x in self.subs if x.manager == party]
        return len(things), sum(len(x.cells) for x in [*things, *subs]), len(subs)

    def within_quota(self, party: str, things: int, cells: int, subs: int) -> None:
        limits = self.limits
        most = (limits.live_intents, limits.live_cells, limits.live_subscriptions)
        for has, more, top in zip(self.holds(party), (things, cells, subs), most, strict=True):
            if more > 0 and has + more > top:
                raise No("quota")

    def not_crowded(self, meeting: list[Sub], party: str) -> None:
        if sum(x.manager == party for x in meeting) >= self.limits.meeting_subscriptions:
            raise No("quota")
