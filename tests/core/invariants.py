"""What must hold of the tables after every entry, however they came about."""

from __future__ import annotations

from typing import Any

from beforehand.core.blocks import cells_of, in_blocks
from beforehand.core.index import CellIndex
from beforehand.core.machine import Machine
from beforehand.core.strategic import state as s
from beforehand.core.strategic.ends import BUCKET_US
from core.held import held


def check(machine: Machine) -> None:
    """Raise AssertionError where a table contradicts another."""
    state = machine.strategic
    for table, ids, index in (
        (state.intents, state.intent_ids, state.intent_index),
        (state.constraints, state.constraint_ids, state.constraint_index),
        (state.subscriptions, state.subscription_ids, state.subscription_index),
    ):
        things: Any = table
        assert all(each.handle == handle for handle, each in things.items())
        assert {each.id: each.handle for each in things.values()} == {id_: each.handle for id_, each in ids.items()}
        _index_holds(index, things)
    _dependents(state)
    _counters(state)
    _ends(state)
    _memory(state, machine.time_us)


def _index_holds(index: CellIndex, things: dict[int, Any]) -> None:
    lives: dict[int, list[int]] = {}
    for handle in sorted(things):
        cells = cells_of(things[handle].cells)
        assert list(cells) == sorted(set(cells))
        assert cells
        for place in in_blocks(things[handle].cells) or cells:
            lives.setdefault(place, []).append(handle)
    assert held(index) == lives


def _dependents(state: s.StrategicState) -> None:
    hanging: dict[int, list[int]] = {}
    for handle in sorted(state.intents):
        subscription = state.intents[handle].subscription
        if subscription is not None:
            hanging.setdefault(subscription, []).append(handle)
    for handle, sub in state.subscriptions.items():
        expected = hanging.pop(handle, [])
        assert state.dependents(sub) == expected
        assert sub.hanging() == len(expected)
        assert expected or not sub.implicit, "an implicit subscription without intent"
        assert not sub.implicit or sub.intents
        for each in expected:
            intent = state.intents[each]
            assert intent.manager is sub.manager
            assert set(cells_of(intent.cells)) <= set(cells_of(sub.cells))
            assert sub.end_us >= intent.end_us
            assert sub.start_us <= intent.start_us + 300_000_000
    assert not hanging, "an intent on a subscription that is gone"


def _counters(state: s.StrategicState) -> None:
    for subject, party in state.parties.items():
        assert party.subject == subject
        things = [x for x in [*state.intents.values(), *state.constraints.values()] if x.manager is party]
        subs = [x for x in state.subscriptions.values() if x.manager is party]
        assert party.intents == len(things)
        assert party.subscriptions == len(subs)
        assert party.cells == sum(len(x.cells) // 4 for x in [*things, *subs])
    managers = {id(party) for party in state.parties.values()}
    for table in (state.intents, state.constraints, state.subscriptions):
        assert all(id(each.manager) in managers for each in table.values())


def _ends(state: s.StrategicState) -> None:
    expected: dict[int, tuple[set[int], set[int], set[int]]] = {}
    for kind, table in enumerate((state.intents, state.constraints, state.subscriptions)):
        for handle, each in table.items():
            if not getattr(each, "implicit", False):
                expected.setdefault(each.end_us // BUCKET_US, (set(), set(), set()))[kind].add(handle)
    assert state.ends.buckets == expected
    assert state.ends.earliest() == min(expected, default=None)
    assert len(state.ends._heap) <= 2 * len(expected) + 65


def _memory(state: s.StrategicState, now_us: int) -> None:
    assert [ovn for _, ovn, _ in state.forget_ovns] == list(state.used_ovns)
    assert all(at + s.REMEMBERED_OVN_US >= now_us for at in state.used_ovns.values())
    for party in state.parties.values():
        assert party.requested == sum(each is party for _, _, each in state.forget_ovns)
        assert party.weight == sum(weight for _, _, weight in party.deletions)
    for key, ended in state.remembered.items():
        assert (ended.at_us, key) in [(at, key) for at, key, _ in ended.party.deletions]
    for refused in state.refused.values():
        assert list(refused.recent.values()) == sorted(refused.recent.values())
        assert refused.in_second <= s.REFUSALS_PER_SECOND
    for intent in state.intents.values():
        if intent.ovn in state.used_ovns:
            assert intent.ovn.startswith(intent.id.hex()[:8])
