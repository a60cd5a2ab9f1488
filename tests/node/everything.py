"""One command of every kind, in each of the ways it can be answered."""

from __future__ import annotations

from beforehand.core.strategic import commands as c
from beforehand.core.strategic import replies as r

EXPECTED = {
    "an intent is accepted": r.IntentChanged,
    "an intent is changed": r.IntentChanged,
    "a flight gone astray is taken": r.IntentChanged,
    "an intent is ended": r.IntentChanged,
    "an ending is repeated": r.IntentChanged,
    "an intent is shown": r.Intent,
    "intents are listed": r.Intents,
    "a constraint is accepted": r.ConstraintChanged,
    "a constraint is ended": r.ConstraintChanged,
    "a constraint is shown": r.Constraint,
    "constraints are listed": r.Constraints,
    "a subscription is accepted": r.SubscriptionChanged,
    "a subscription is ended": r.SubscriptionEnded,
    "a subscription is shown": r.Subscription,
    "subscriptions are listed": r.Subscriptions,
    "an availability is set": r.UssAvailability,
    "an availability is shown": r.UssAvailability,
    "a report is filed": r.ReportFiled,
    "ignorance is refused": "unaware",
    "ignorance is refused again": "unaware",
    "a stale version is refused": "not_current",
    "a second creation is refused": "already_exists",
    "another's intent is kept": "owned_by_another",
    "an update of nothing is refused": "update_of_nothing",
    "an unknown intent is not found": "not_found",
    "an unknown constraint is not found": "not_found",
    "an unknown subscription is not found": "not_found",
    "a foreign issuer is refused": "two_issuers",
}


async def all_kinds(world, node):
    """Set the scene, durably; then name -> command, to be asked in this order."""
    a, b = world.party("uss-a"), world.party("uss-b")
    stands, changes, ends = [(await node.ask(a.plan(place))).reference for place in (0, 10, 20)]
    ended = (await node.ask(a.plan(30))).reference
    await node.ask(a.end(ended.id, ended.ovn))
    strays = (await node.ask(b.plan(15))).reference
    closed, opens = [(await node.ask(a.close_off(place))).reference for place in (40, 50)]
    told, untold = [(await node.ask(a.subscribe(place))).subscription for place in (60, 70)]
    place = a.extent((0,), 0, 3_600)
    everywhere = a.extent((40, 60), 0, 3_600)
    stranger = type(a)("uss-a", world.clock.wall_us, world.entropy)
    stranger.caller = c.Caller("https://elsewhere.example.com", "uss-a")
    ignorant = b.plan(0)
    nothing = a.new_id()
    made = {
        "an intent is accepted": b.plan(80, subscribes=True),
        "an intent is changed": a.plan(11, id=changes.id, ovn=changes.ovn),
        "a flight gone astray is taken": b.plan(0, 15, id=strays.id, ovn=strays.ovn, state=c.IntentState.NONCONFORMING),
        "an intent is ended": a.end(ends.id, ends.ovn),
        "an ending is repeated": a.end(ended.id, ended.ovn),
        "an intent is shown": b.get(stands.id),
        "intents are listed": b.look(0),
        "a constraint is accepted": b.close_off(90),
        "a constraint is ended": c.EndConstraint(a.caller, opens.id, opens.ovn),
        "a constraint is shown": c.GetConstraint(b.caller, closed.id),
        "constraints are listed": c.QueryConstraints(b.caller, everywhere),
        "a subscription is accepted": b.subscribe(0),
        "a subscription is ended": c.EndSubscription(a.caller, untold.id, untold.version),
        "a subscription is shown": c.GetSubscription(a.caller, told.id),
        "subscriptions are listed": c.QuerySubscriptions(a.caller, everywhere),
        "an availability is set": c.SetAvailability(b.caller, "uss-x", "", c.Availability.DOWN),
        "an availability is shown": c.GetAvailability(b.caller, "uss-x"),
        "a report is filed": c.FileReport(b.caller, b"{}"),
        "ignorance is refused": ignorant,
        "ignorance is refused again": ignorant,
        "a stale version is refused": a.plan(0, id=stands.id, ovn="stale" * 6),
        "a second creation is refused": a.plan(0, id=stands.id),
        "another's intent is kept": b.plan(0, id=stands.id, ovn="guessed" * 4),
        "an update of nothing is refused": a.plan(0, id=nothing, ovn="guessed" * 4),
        "an unknown intent is not found": a.get(nothing),
        "an unknown constraint is not found": c.GetConstraint(a.caller, nothing),
        "an unknown subscription is not found": c.GetSubscription(a.caller, nothing),
        "a foreign issuer is refused": c.QueryIntents(stranger.caller, place),
    }
    assert made.keys() == EXPECTED.keys()
    return made


def fits(name, answer):
    """Whether an answer is of the kind that is expected under this name."""
    expected = EXPECTED[name]
    return answer.reason == expected if isinstance(expected, str) else isinstance(answer, expected)
