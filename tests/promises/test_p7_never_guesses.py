"""P7: unknown, late, contradictory and unanswered are shown as such; a clock never makes a sky safe."""

from __future__ import annotations

import asyncio
import json

import pytest

from beforehand.core.operator import ClockAccepted
from beforehand.core.stamp import Refusal
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import replies as r
from beforehand.core.strategic.decide import awareness, constraints, intents, subscriptions
from beforehand.core.strategic.events import Evicted, IntentAccepted
from beforehand.core.strategic.replies import REASONS
from beforehand.core.strategic.state import Rules
from beforehand.node.node import ACCEPT_CLOCK_FILE
from beforehand.node.outcomes import NotDone, OutcomeUnknown
from beforehand.testing.faulty import Fault
from beforehand.wire.f3548 import replies
from beforehand.wire.f3548.times import format_time
from node.everything import all_kinds
from node.world import World, asked, in_simulation, outcomes
from web.asking import Client
from wire.f3548.asking import ID, intent, volume

HOUR_US = 3_600_000_000
OFF_NOMINAL = [c.IntentState.NONCONFORMING, c.IntentState.CONTINGENT]


@pytest.fixture
def world():
    return World()


def reason(reply):
    return reply.reason if isinstance(reply, Refusal) else None


# --- a clock never makes a sky safe


@in_simulation
async def test_what_has_expired_counts_until_an_entry_says_that_it_is_gone(world):
    node = await world.open(rules=Rules(evict_after_us=HOUR_US))
    a, b = world.party("uss-a"), world.party("uss-b")
    stands = (await node.ask(a.plan(0, begins_s=60, lasts_s=600))).reference
    later = {"begins_s": -10_000, "lasts_s": 20_000}
    for _ in range(6):  # 660 s to its end, an hour more, and ten minutes by which ends are grouped
        await asyncio.sleep(660)
        refused = await node.ask(b.plan(0, **later))
        assert reason(refused) == "unaware"
        assert [each.id for each in refused.detail.intents] == [stands.id]
        shown = await node.ask(b.get(stands.id))
        assert shown.reference.end_us == stands.end_us
        assert not any(isinstance(event, Evicted) for event in await world.events())
    await asyncio.sleep(3_600)
    assert isinstance(await node.ask(b.plan(0, **later)), r.IntentChanged)
    (gone,) = [event for event in await world.events() if isinstance(event, Evicted)]
    assert len(gone.intents) == 1
    assert reason(await node.ask(a.get(stands.id))) == "not_found"


@in_simulation
async def test_a_doubted_clock_is_shown_and_whoever_looks_at_it_is_on_record(world, tmp_path):
    world.folder = tmp_path
    node = await world.open(space_floor=0)
    party = world.party("uss-a")
    plain = (await node.ask(party.plan(0))).reference
    world.clock.set_wall(+HOUR_US)
    await asyncio.sleep(2)
    assert node.ready().startswith("The clock disagrees by 3600.0 s")
    with pytest.raises(NotDone, match=r"The clock disagrees by 3600\.0 s .* Nothing was done"):
        await node.ask(party.plan(1))
    shown = (await node.ask(party.get(plain.id))).reference
    assert shown == plain, "what can be answered without a new time is answered"
    astray = party.plan(0, id=plain.id, ovn=plain.ovn, state=c.IntentState.CONTINGENT, subscribes=True, begins_s=-3_500)
    assert isinstance(await node.ask(astray), r.IntentChanged)

    (tmp_path / ACCEPT_CLOCK_FILE).touch()
    await asyncio.sleep(2)
    assert node.ready() is None
    await node.ask(party.plan(1))
    events = await world.events()
    doubts = [event.uncertain for event in events if isinstance(event, IntentAccepted)]
    (accepted,) = [event for event in events if isinstance(event, ClockAccepted)]
    assert [isinstance(doubt, int) for doubt in doubts] == [False, True, False]
    assert abs(doubts[1] - HOUR_US) < 2_000
    assert abs(accepted.by - HOUR_US) < 2_000
    assert abs(accepted.disagreed - HOUR_US) < 2_000


@pytest.mark.parametrize("accepted", [False, True])
@in_simulation
async def test_a_clock_that_was_wrong_makes_no_flight_over(world, tmp_path, accepted):
    """The node ran an hour ahead and was set right: what goes astray now ends long before the node's last entry."""
    world.folder = tmp_path
    client = Client()
    path = f"/dss/v1/operational_intent_references/{ID}"

    def body(begins_s, **more):
        times = tuple(format_time(world.clock.wall_us() + (begins_s + s) * 1_000_000) for s in (0, 1_200))
        return intent(extents=[volume(window=times)], **more)

    world.clock.set_wall(+HOUR_US)
    client.app._node = await world.open(space_floor=0)
    made = await client.ask("PUT", path, body(600))
    assert made.status == 201
    await world.end()
    world.clock.set_wall(-HOUR_US)
    client.app._node = node = await world.open()
    assert node.ready().startswith("The clock disagrees")
    if accepted:
        (tmp_path / ACCEPT_CLOCK_FILE).touch()
        await asyncio.sleep(2)
        assert node.ready() is None
    astray = body(0, state="Nonconforming", new_subscription={"uss_base_url": "https://uss1.example.com"})
    ovn = made.json["operational_intent_reference"]["ovn"]
    assert (await client.ask("PUT", f"{path}/{ovn}", astray)).status == 200


# --- what is not known is not made up


@in_simulation
async def test_availability_that_nobody_set_is_unknown(world):
    node = await world.open()
    a, b = world.party("uss-a"), world.party("uss-b")
    planned = (await node.ask(a.plan(0))).reference
    assert planned.availability == c.Availability.UNKNOWN
    unknown = await node.ask(c.GetAvailability(b.caller, "uss-a"))
    assert unknown == r.UssAvailability("uss-a", "", c.Availability.UNKNOWN)
    body = json.loads("".join(replies.pieces(unknown, None)))
    assert body == {"version": "", "status": {"uss": "uss-a", "availability": "Unknown"}}
    version = ""
    for said in (c.Availability.NORMAL, c.Availability.UNKNOWN):
        version = (await node.ask(c.SetAvailability(b.caller, "uss-a", version, said))).version
        assert (await node.ask(b.get(planned.id))).reference.availability == said


@pytest.mark.parametrize("availability", [c.Availability.UNKNOWN, c.Availability.NORMAL])
@in_simulation
async def test_nobody_is_passed_over_for_being_of_unknown_availability(world, availability):
    """Only a manager who was said to be Down need not be known, and then the record says what was not."""
    node = await world.open()
    a, b = world.party("uss-a"), world.party("uss-b")
    await node.ask(a.plan(0))
    set_ = await node.ask(c.SetAvailability(b.caller, "uss-a", "", availability))
    assert reason(await node.ask(b.plan(0))) == "unaware"
    await node.ask(c.SetAvailability(b.caller, "uss-a", set_.version, c.Availability.DOWN))
    assert isinstance(await node.ask(b.plan(0)), r.IntentChanged)
    assert (await world.events())[-1].unaware.count == 1


@pytest.mark.parametrize("state", OFF_NOMINAL)
@in_simulation
async def test_what_a_warning_had_not_seen_is_on_record(world, state):
    node = await world.open()
    a, b = world.party("uss-a"), world.party("uss-b")
    flies = (await node.ask(b.plan(5))).reference
    for place in range(3):
        await node.ask(a.plan(place))
    await node.ask(b.plan(0, 1, 2, id=flies.id, ovn=flies.ovn, state=state, subscribes=True))
    assert (await world.events())[-1].unaware.count == 3


# --- complete, or refused


@in_simulation
async def test_an_answer_is_complete_or_refused_and_never_cut(world, monkeypatch):
    for place in (r, intents.r, constraints.r, subscriptions.r, awareness.r):
        monkeypatch.setattr(place, "MAX_RESULTS", 3)
        monkeypatch.setattr(place, "MAX_NAMED", 3)
    node = await world.open()
    a, b = world.party("uss-a"), world.party("uss-b")
    everywhere = b.extent(range(4), 0, 3_600)
    asks = [
        (b.look(*range(4)), "references", a.plan),
        (c.QueryConstraints(b.caller, everywhere), "references", a.close_off),
        (c.QuerySubscriptions(b.caller, everywhere), "subscriptions", b.subscribe),
    ]
    for question, name, make in asks:
        for count in range(4):
            assert len(getattr(await node.ask(question), name)) == count
            await node.ask(make(count))
        refused = await node.ask(question)
        assert reason(refused) == "too_many_results"
        assert "4 results, more than the 3" in refused.message
    missing = await node.ask(b.plan(*range(4)))
    assert (len(missing.detail.intents), missing.detail.more) == (3, 1)
    assert "1 more are not listed here" in missing.message


# --- the two ways of not answering are never confused


@pytest.mark.parametrize("fault", [Fault.FAILS, Fault.STORED_UNTOLD, Fault.LOST_UNTOLD])
@in_simulation
async def test_not_done_is_certain_and_outcome_unknown_says_so(world, fault):
    """Whoever was told `not_done` finds nothing after a restart; only who cannot be sure is told `outcome_unknown`."""
    node = await world.open()
    questions = await all_kinds(world, node)
    world.engine.fault_next(Fault.HANGS)
    [first] = await asked(node.ask(world.party("uss-z").plan(1_000)))
    await world.engine.hanging.wait()
    tasks = await asked(*map(node.ask, questions.values()))
    world.engine.fault_next(fault)
    world.engine.let_go()
    await first
    before = node.durable
    told = await outcomes(tasks)
    await node.failed()
    await node.close()
    world.nodes.clear()
    kinds = {type(each) for each in told}
    certain = fault == Fault.FAILS
    assert kinds == ({NotDone} if certain else {NotDone, OutcomeUnknown})
    reads = (c.GetIntent, c.QueryIntents, c.GetConstraint, c.QueryConstraints, c.GetSubscription, c.QuerySubscriptions)
    for question, answer in zip(questions.values(), told, strict=True):
        if isinstance(question, reads):
            assert not isinstance(answer, OutcomeUnknown), "a read changes nothing, whatever became of it"
    await world.engine.inner.open()
    assert (await world.engine.inner.head() > before) == (fault == Fault.STORED_UNTOLD)


@pytest.mark.parametrize(
    ("outcome", "said"), [(NotDone("Nothing was done.", 3), "not_done"), (OutcomeUnknown("Read."), "outcome_unknown")]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/dss/v1/operational_intent_references/36aa4f80-c0bf-4f5c-8a3b-0bfa50e2d04b"),
        ("DELETE", "/dss/v1/operational_intent_references/36aa4f80-c0bf-4f5c-8a3b-0bfa50e2d04b/ovn"),
        ("GET", "/dss/v1/uss_availability/uss1"),
    ],
)
def test_header_and_body_of_a_503_say_the_same(method, path, outcome, said):
    client = Client()
    client.node.reply = outcome
    got = asyncio.run(client.ask(method, path))
    assert (got.status, got.reason, got.json["reason"]) == (503, said, said)
    assert ("retry-after" in got.headers) == (said == "not_done"), "who may not know must not be told to repeat"


def test_no_refusal_of_the_core_is_a_503():
    """So that what is answered 503 was never decided, or never shown to be durable."""
    assert 503 not in REASONS.values()
