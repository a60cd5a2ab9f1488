"""Constraints, subscriptions, availability, reports, and what the node asks of itself."""

from __future__ import annotations

from typing import Any

from beforehand.core.strategic import commands as c
from beforehand.core.strategic import replies as r

from .intents import Intents
from .things import DAY, MINUTE, Deletion, No, Sub, Thing, chunks


class Others(Intents):
    """All that is not an intent."""

    # --- constraints

    def do_GetConstraint(self, command: c.GetConstraint) -> Any:  # noqa: N802
        constraint = self.find(self.constraints, command.id)
        if constraint is None:
            raise No("not_found")
        return r.Constraint(self.constraint_ref(constraint, command.caller.subject))

    def do_QueryConstraints(self, command: c.QueryConstraints) -> Any:  # noqa: N802
        found = self.constraints_in(command.extent)
        if len(found) > self.limits.results:
            raise No("too_many_results")
        return r.Constraints(tuple(self.constraint_ref(x, command.caller.subject) for x in found))

    def do_PutConstraint(self, command: c.PutConstraint) -> Any:  # noqa: N802
        me = command.caller.subject
        extent = command.extent
        old = self.find(self.constraints, command.id)
        if old is None and command.ovn:
            raise No("constraint_update_of_nothing")
        self.may_stand(command.ovn, old, me)
        cells = chunks(extent.cells)
        self.within_quota(me, 0 if old else 1, len(cells) - (len(old.cells) if old else 0), 0)
        assert extent.start_us is not None
        assert extent.end_us is not None
        tell_cells, start, end = set(cells), extent.start_us, extent.end_us
        if old:
            tell_cells, start, end = cells | old.cells, min(start, old.start), max(end, old.end)
        told = [x for x in self.subs_in(tell_cells, start, end) if x.constraints]
        if len(told) >= self.limits.raised:
            raise No("too_many_results")
        entry = self.write(command.caller, "con.accepted")
        thing = Thing(
            old.entry if old else entry, command.id, me, command.url, self.random(0), old.version + 1 if old else 1, cells,
            extent.start_us, extent.end_us, extent.lower_mm, extent.upper_mm)  # fmt: skip
        if old is None:
            self.constraints.append(thing)
        else:
            self.constraints[self.constraints.index(old)] = thing
        return r.ConstraintChanged(self.constraint_ref(thing, me), self.raise_all(told), created=old is None)

    def do_EndConstraint(self, command: c.EndConstraint) -> Any:  # noqa: N802
        me = command.caller.subject
        old = self.find(self.constraints, command.id)
        if old is None:
            return self.deleted_before("constraint", command.id, me, command.ovn)
        self.may_stand(command.ovn, old, me)
        told = [x for x in self.subs_in(old.cells, old.start, old.end) if x.constraints]
        if len(told) >= self.limits.raised:
            raise No("too_many_results")
        self.write(command.caller, "con.ended")
        reply = r.ConstraintChanged(self.constraint_ref(old, me), self.raise_all(told), created=False)
        self.constraints.remove(old)
        self.deletions.append(Deletion("constraint", command.id, me, command.ovn, self.now, reply))
        return reply

    # --- subscriptions

    def do_GetSubscription(self, command: c.GetSubscription) -> Any:  # noqa: N802
        sub = self.find(self.subs, command.id)
        if sub is None:
            raise No("not_found")
        if sub.manager != command.caller.subject:
            raise No("owned_by_another")
        return r.Subscription(self.sub_view(sub))

    def do_QuerySubscriptions(self, command: c.QuerySubscriptions) -> Any:  # noqa: N802
        extent = command.extent
        found = [x for x in self.subs_in(chunks(extent.cells), extent.start_us, extent.end_us)
                 if x.manager == command.caller.subject and x.end >= self.now]  # fmt: skip
        if len(found) > self.limits.results:
            raise No("too_many_results")
        return r.Subscriptions(tuple(self.sub_view(x) for x in found))

    def do_PutSubscription(self, command: c.PutSubscription) -> Any:  # noqa: N802
        me = command.caller.subject
        extent = command.extent
        old = self.find(self.subs, command.id)
        mine = old if old is not None and old.manager == me else None
        start, end = extent.start_us, extent.end_us
        if start is not None and start < self.now - 5 * MINUTE:
            raise No("time_range")
        if start is None:
            start = mine.start if mine else self.now
        if end is None:
            end = mine.end if mine else start + DAY
        if not start < end <= start + DAY:
            raise No("time_range")
        if old is None and command.version:
            raise No("update_of_nothing")
        if old is not None and not command.version:
            raise No("already_exists")
        if old is not None and command.version != old.version:
            raise No("not_current")
        if old is not None and mine is None:
            raise No("owned_by_another")
        cells = chunks(extent.cells)
        self.within_quota(me, 0, len(cells) - (len(old.cells) if old else 0), 0 if old else 1)
        for intent in self.hanging_on(old) if old else []:
            covered = (
                extent.lower_mm is not None and extent.upper_mm is not None
                and extent.lower_mm <= intent.lower and extent.upper_mm >= intent.upper
                and start <= intent.start + 5 * MINUTE and end >= intent.end
                and cells >= intent.cells)  # fmt: skip
            if not covered:
                raise No("dependents_not_covered")
        self.not_crowded([x for x in self.subs_in(cells, start, end) if x is not old], me)
        window = c.Extent(extent.cells, None, None, start, end)
        intents = self.intents_in(window) if command.intents else []
        constraints = self.constraints_in(window) if command.constraints else []
        if max(len(intents), len(constraints)) > self.limits.results:
            raise No("too_many_results")
        entry = self.write(command.caller, "sub.accepted")
        if old is None:
            old = Sub(entry, command.id, me, "", "", set(), 0, 0, False, False, False)
            self.subs.append(old)
        old.url, old.version, old.cells, old.start, old.end = command.url, self.random(33), cells, start, end
        old.intents, old.constraints, old.implicit = command.intents, command.constraints, False
        return r.SubscriptionChanged(
            self.sub_view(old),
            tuple(self.intent_ref(x, me) for x in intents) if command.intents else None,
            tuple(self.constraint_ref(x, me) for x in constraints) if command.constraints else None,
        )

    def do_EndSubscription(self, command: c.EndSubscription) -> Any:  # noqa: N802
        me = command.caller.subject
        old = self.find(self.subs, command.id)
        if old is None:
            return self.deleted_before("subscription", command.id, me, command.version)
        if old.manager != me:
            raise No("owned_by_another")
        if command.version != old.version:
            raise No("not_current")
        if self.hanging_on(old):
            raise No("subscription_in_use")
        self.write(command.caller, "sub.ended")
        reply = r.SubscriptionEnded(self.sub_view(old))
        self.subs.remove(old)
        self.deletions.append(Deletion("subscription", command.id, me, command.version, self.now, reply))
        return reply

    # --- availability, reports

    def do_GetAvailability(self, command: c.GetAvailability) -> Any:  # noqa: N802
        availability, version = self.availability.get(command.uss, (c.Availability.UNKNOWN, ""))
        return r.UssAvailability(command.uss, version, availability)

    def do_SetAvailability(self, command: c.SetAvailability) -> Any:  # noqa: N802
        if command.old_version != self.availability.get(command.uss, (None, ""))[1]:
            raise No("not_current")
        self.write(command.caller, "uss.availability")
        self.availability[command.uss] = (command.availability, self.random(33))
        return r.UssAvailability(command.uss, self.random(33), command.availability)

    def do_FileReport(self, command: c.FileReport) -> Any:  # noqa: N802
        self.write(command.caller, "report.filed")
        return r.ReportFiled(self.random_id())

    # --- what the node asks of itself

    def evict(self, before_us: int) -> None:
        """Drop all that ended in ten-minute buckets that were wholly over then, with what implicit subscriptions are left."""
        last = before_us // (10 * MINUTE)
        self.intents = [x for x in self.intents if x.end // (10 * MINUTE) >= last]
        self.constraints = [x for x in self.constraints if x.end // (10 * MINUTE) >= last]
        self.subs = [x for x in self.subs if (self.hanging_on(x) if x.implicit else x.end // (10 * MINUTE) >= last)]

    def do_CountUnaware(self, command: c.CountUnaware) -> None:  # noqa: N802
        counted = self.counted.pop(command.party, None)
        if counted is not None:
            distinct = len({tuple(each) for each in counted.sets})
            self.entries.append(("oi.unaware_counted", counted.since, counted.count, distinct, counted.sets[0]))
