"""P5: a party learns what concerns it, no more; trying and asking never reveals what was not disclosed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from beforehand.core.stamp import Refusal
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import replies as r
from core.asking import ALICE, BOB, HERE, HOUR, SOON, THERE, extent, id_of, put_constraint, put_intent, put_subscription
from core.comparing import compare
from core.driving import START_US, Driver, stamp

NEW = c.NewSubscription("https://secret.example", False)
STATES = c.IntentState


def parts(value: Any) -> Iterator[Any]:
    """The value and everything inside it."""
    yield value
    if isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from parts(getattr(value, name))
    elif isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from parts(each)
    elif isinstance(value, dict):
        for each in value.items():
            yield from parts(each)


class Watcher:
    """Knows every OVN and version that was ever given, and whose it is; looks for them in every reply."""

    def __init__(self) -> None:
        self.holder: dict[str, str] = {}
        self.subscriptions: dict[bytes, str] = {}
        self.replies = 0

    def __call__(self, pair: Any, command: Any, reply: Any) -> None:
        for each in [*pair.model.intents, *pair.model.constraints]:
            assert self.holder.setdefault(each.ovn, each.manager) == each.manager, "an OVN returned"
        for sub in pair.model.subs:
            self.holder[sub.version] = sub.manager
            self.subscriptions[sub.id] = sub.manager
        if reply is None:
            return
        self.replies += 1
        asker = command.caller.subject
        others = {ovn for ovn, holder in self.holder.items() if holder != asker}
        for part in parts(reply):
            if isinstance(part, str):
                assert part not in others
                assert not any(ovn in part for ovn in others if len(part) > 20)
            if isinstance(part, r.SubscriptionView):
                assert self.subscriptions.get(part.id, asker) == asker
        self._ids_only_where_they_must_be(reply, asker)

    def _ids_only_where_they_must_be(self, reply: Any, asker: str) -> None:
        """Ids of others' subscriptions stand among those to be told, and on the intents that hang on them: nowhere else."""
        others = {id_ for id_, holder in self.subscriptions.items() if holder != asker}
        told = {part.id for part in parts(reply) if isinstance(part, r.Raised)}
        hung_on = {part.subscription for part in parts(reply) if isinstance(part, r.IntentReference)}
        things = {part.id for part in parts(reply) if isinstance(part, r.IntentReference | r.ConstraintReference)}
        things |= {id_ for part in parts(reply) if isinstance(part, r.SubscriptionView) for id_ in part.dependents}
        seen = {part for part in parts(reply) if isinstance(part, bytes)}
        assert seen & others <= told | hung_on | things
        assert not told or isinstance(reply, r.IntentChanged | r.ConstraintChanged)


@pytest.mark.parametrize("seed", range(0, 30, 3))
def test_no_reply_ever_shows_another_partys_ovn_or_subscription(seed):
    watcher = Watcher()
    for number in range(seed, seed + 3):
        compare(Random(number), 150, watcher)
        watcher.holder.clear()
        watcher.subscriptions.clear()
    assert watcher.replies > 300


def test_the_watcher_would_see_an_ovn():
    reference = r.ConstraintReference(b"", "alice", 1, "ovn-of-alice", 0, 0, "u")
    assert "ovn-of-alice" in set(parts(Refusal("unaware", "", r.Missing((), (reference,), 0))))


class Holding:
    """What Alice holds, in one of several ways; Bob must not be able to tell which."""

    def __init__(self, how: int) -> None:
        self.core = Driver()
        core = self.core
        # The same number of entries, in the same order, whatever is in them.
        box = extent(start=SOON + how * HOUR, end=SOON + (how + 1) * HOUR, lower=1000 * how, upper=2000 * how + 1)
        window = replace(box, start_us=START_US + how * HOUR, end_us=SOON + (how + 20) * HOUR, cells=HERE + THERE)
        sub = core.ask(put_subscription(ALICE, 7, extent=window, constraints=bool(how), url=f"https://{how}.example"))
        first = core.ask(put_intent(ALICE, 1, extent=box, subscription=sub.subscription.id if how % 2 else None,
                                    new_subscription=None if how % 2 else NEW))  # fmt: skip
        second = core.ask(put_intent(
            ALICE, 1, ovn=first.reference.ovn, extent=box, state=list(STATES)[how % 4], new_subscription=NEW))  # fmt: skip
        con = core.ask(put_constraint(ALICE, 3, extent=box))
        self.ovn, self.con_ovn, self.version = second.reference.ovn, con.reference.ovn, sub.subscription.version
        gone = core.ask(put_intent(ALICE, 4, extent=replace(box, lower_mm=90_000, upper_mm=90_000)))
        core.ask(c.EndIntent(ALICE, id_of(4), gone.reference.ovn))
        self.gone = gone.reference.ovn

    def probes(self) -> Iterator[Any]:
        """What Bob may try on what is not his: with no version, a wrong one, and even the right one."""
        times = [None, START_US, SOON, SOON + HOUR, SOON + 3 * HOUR, SOON + 26 * HOUR]
        for ovn in (None, "", "guessed", self.ovn):
            for state in STATES:
                yield put_intent(BOB, 1, ovn=ovn, state=state, new_subscription=NEW)
                yield put_intent(
                    BOB, 1, ovn=ovn, state=state, extent=extent(cells=THERE, start=SOON + 9 * HOUR, end=SOON + 9 * HOUR)
                )
            yield c.EndIntent(BOB, id_of(1), ovn or "x")
        for ovn in (None, "", "guessed", self.con_ovn):
            yield put_constraint(BOB, 3, ovn=ovn)
            yield c.EndConstraint(BOB, id_of(3), ovn or "x")
        for version in (None, "", "guessed", self.version):
            for start in times:
                for end in times:
                    yield put_subscription(BOB, 7, version=version, extent=extent(start=start, end=end))
            yield put_subscription(BOB, 7, version=version, extent=extent(lower=None, upper=None), constraints=True)
            yield c.EndSubscription(BOB, id_of(7), version or "x")
        yield c.GetSubscription(BOB, id_of(7))
        yield c.QuerySubscriptions(BOB, extent(cells=HERE + THERE, start=None, end=None))
        for ovn in ("guessed", self.gone):
            yield c.EndIntent(BOB, id_of(4), ovn)
        yield put_intent(BOB, 99, subscription=id_of(7), extent=extent(lower=90_001, upper=90_002))


def test_a_refusal_of_ownership_says_the_same_whatever_stands_there():
    """Four worlds that differ in windows, heights, states, flags and urls of Alice: Bob is answered alike in all."""
    answers = []
    for how in range(4):
        holding = Holding(how)
        answers.append([(type(probe), holding.core.ask(probe, 1)) for probe in holding.probes()])
    for other in answers[1:]:
        assert other == answers[0]
    refusals = [reply for _, reply in answers[0] if isinstance(reply, Refusal)]
    assert len(refusals) > 150
    assert {each.reason for each in refusals} == {
        "owned_by_another", "already_exists", "not_current", "time_range", "not_found", "subscription_owned_by_another",
    }  # fmt: skip


def test_of_intents_and_constraints_the_owner_is_looked_at_before_the_version():
    holding = Holding(1)
    for right, wrong in (
        (put_intent(BOB, 1, ovn=holding.ovn), put_intent(BOB, 1, ovn="guessed")),
        (c.EndIntent(BOB, id_of(1), holding.ovn), c.EndIntent(BOB, id_of(1), "guessed")),
        (put_constraint(BOB, 3, ovn=holding.con_ovn), put_constraint(BOB, 3, ovn="guessed")),
        (c.EndConstraint(BOB, id_of(3), holding.con_ovn), c.EndConstraint(BOB, id_of(3), "guessed")),
    ):
        one, other = holding.core.ask(right), holding.core.ask(wrong)
        assert one == other
        assert one.reason == "owned_by_another"


def test_how_many_entries_an_act_writes_does_not_depend_on_what_its_actor_may_not_see():
    """With and without another party's subscriptions in reach, and knowing or not: one entry."""
    for subscriptions in (0, 5):
        core = Driver()
        for number in range(subscriptions):
            core.ask(put_subscription(ALICE, number, constraints=True))
        core.ask(c.SetAvailability(ALICE, "x", "", c.Availability.NORMAL))
        core.ask(c.SetAvailability(BOB, "y", "", c.Availability.NORMAL))
        for command in (
            put_intent(BOB, 1),
            put_constraint(BOB, 1),
            put_subscription(BOB, 50),
            put_intent(BOB, 2),
            put_intent(BOB, 3, extent=extent(lower=200_000, upper=300_000), new_subscription=NEW),
        ):
            before = len(core.journal)
            core.ask(command)
            assert len(core.journal) == before + 1


def test_versions_are_random_and_never_follow_from_time_or_id():
    """The same request at the same time with other random bytes has another OVN, and no byte of the time is in it."""
    ovns = set()
    for number in range(3):
        core = Driver()
        told = core.tell(put_intent(ALICE, 1), stamp(number, SOON))
        ovns.add(told.reply.reference.ovn)
    assert len(ovns) == 3
    assert {len(ovn) for ovn in ovns} == {44}
