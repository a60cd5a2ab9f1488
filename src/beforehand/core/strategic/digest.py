"""Everything that the state hash covers, in one order, as tuples of plain values.

Spelled out field by field, so that a field added to a reply or a table changes no hash by itself. Indexes, `ends` and the
queues of what is to be forgotten follow from what stands here and from the entries.
"""

from __future__ import annotations

from collections.abc import Iterator

from beforehand.core.strategic.replies import ConstraintChanged, IntentChanged, Raised
from beforehand.core.strategic.state import Ended, StrategicState


def facts(state: StrategicState) -> Iterator[tuple[object, ...]]:
    """Parties, availability, intents, constraints, subscriptions, and what is remembered."""
    for subject in sorted(state.parties):
        party = state.parties[subject]
        yield ("party", subject, party.issuer, party.intents, party.cells, party.subscriptions,
               party.requested, party.weight)  # fmt: skip
    for uss in sorted(state.availability):
        status = state.availability[uss]
        yield ("uss", uss, int(status.availability), status.version)
    for handle in sorted(state.intents):
        i = state.intents[handle]
        yield ("oi", handle, i.id.hex(), i.manager.subject, i.state, i.version, i.ovn, i.url, i.start_us, i.end_us,
               i.lower_mm, i.upper_mm, i.cells.hex(), i.subscription)  # fmt: skip
    for handle in sorted(state.constraints):
        c = state.constraints[handle]
        yield ("con", handle, c.id.hex(), c.manager.subject, c.version, c.ovn, c.url, c.start_us, c.end_us, c.lower_mm,
               c.upper_mm, c.cells.hex())  # fmt: skip
    for handle in sorted(state.subscriptions):
        s = state.subscriptions[handle]
        yield ("sub", handle, s.id.hex(), s.manager.subject, s.version, s.url, s.start_us, s.end_us, s.cells.hex(),
               s.intents, s.constraints, s.implicit, s.index, *state.dependents(s))  # fmt: skip
    for ovn in sorted(state.used_ovns):
        yield ("ovn", ovn, state.used_ovns[ovn])
    for kind, id_, ovn in sorted(state.remembered):
        ended = state.remembered[kind, id_, ovn]
        yield ("ended", kind, id_.hex(), ended.party.subject, ovn, ended.at_us, *_ended(ended.reply))
    for subject in sorted(state.refused):
        refused = state.refused[subject]
        yield ("refused", subject, refused.second, refused.in_second, *sorted(refused.recent.items()))


def _ended(reply: Ended) -> tuple[object, ...]:
    if isinstance(reply, IntentChanged):
        i = reply.reference
        return (int(i.availability), i.version, int(i.state), i.start_us, i.end_us, i.url,
                None if i.subscription is None else i.subscription.hex(), *map(_raised, reply.raised))  # fmt: skip
    if isinstance(reply, ConstraintChanged):
        c = reply.reference
        return (c.version, c.start_us, c.end_us, c.url, *map(_raised, reply.raised))
    s = reply.subscription
    return (s.notification_index, s.start_us, s.end_us, s.url, s.intents, s.constraints)


def _raised(raised: Raised) -> tuple[object, ...]:
    return (raised.id.hex(), raised.url, raised.notification_index)
