"""Operational intents, as registries of this ecosystem keep them."""

from __future__ import annotations

from typing import Any

from beforehand.core.strategic import commands as c
from beforehand.core.strategic import replies as r

from .registry import Registry
from .things import MINUTE, Counted, Deletion, No, Sub, Thing, chunks


class Intents(Registry):
    """Get, query, put, end."""

    def do_GetIntent(self, command: c.GetIntent) -> Any:  # noqa: N802
        intent = self.find(self.intents, command.id)
        if intent is None:
            raise No("not_found")
        return r.Intent(self.intent_ref(intent, command.caller.subject))

    def do_QueryIntents(self, command: c.QueryIntents) -> Any:  # noqa: N802
        found = self.intents_in(command.extent)
        if len(found) > self.limits.results:
            raise No("too_many_results")
        return r.Intents(tuple(self.intent_ref(x, command.caller.subject) for x in found))

    def do_PutIntent(self, command: c.PutIntent) -> Any:  # noqa: N802
        me = command.caller.subject
        old = self.find(self.intents, command.id)
        self.may_stand(command.ovn, old, me)
        self.may_follow(command, old)
        off_nominal = command.state in (c.IntentState.NONCONFORMING, c.IntentState.CONTINGENT)
        cells, start, end = chunks(command.extent.cells), command.extent.start_us, command.extent.end_us
        assert start is not None
        assert end is not None

        # Which subscription will it hang on, and what becomes of the others?
        before = None if old is None else self.find(self.subs, old.subscription)
        sub, stretched, made = None, False, None
        if command.new_subscription is not None:
            new = command.new_subscription
            made = Sub(-1, self.random_id(), me, new.url, self.random(33), set(cells), start, end, True, new.constraints,
                       True)  # fmt: skip
        elif command.subscription is not None:
            sub = self.find(self.subs, command.subscription)
            stretched = self.may_hang(command, sub, before, me)
        asks_for_constraints = made.constraints if made else sub.constraints if sub else False
        dropped = None
        if before is not None and before is not sub and before.implicit and self.hanging_on(before) == [old]:
            dropped = before

        if not off_nominal:
            more = len(cells) - (len(old.cells) if old else 0)
            more += len(made.cells) if made else 0
            more += len(cells - sub.cells) if stretched else 0
            more -= len(dropped.cells) if dropped else 0
            self.within_quota(me, 0 if old else 1, more, (1 if made else 0) - (1 if dropped else 0))

        # Did its planner know?
        missing, excused = [], []
        for other in self.intents_in(command.extent):
            if other.id == command.id or other.ovn in command.named_ovns:
                continue
            if other.state == c.IntentState.ACCEPTED and self.available(other.manager) == c.Availability.DOWN:
                excused.append(other)
            else:
                missing.append(other)
        missing_constraints = []
        if asks_for_constraints:
            missing_constraints = [x for x in self.constraints_in(command.extent) if x.ovn not in command.named_ovns]
        if not off_nominal and missing + missing_constraints:
            self.refuse_unaware(command, missing, missing_constraints)

        ovn = self.random(0)
        if command.requested_suffix is not None:
            if (command.id, command.requested_suffix) in self.given_suffixes:
                raise No("ovn_used_before")
            h = command.id.hex()
            ovn = f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}_{command.requested_suffix}"

        # Who is told: whoever subscribed to what it was or will be. The subscriptions as they will be.
        tell_cells, tell_start, tell_end = set(cells), start, end
        if old is not None:
            tell_cells |= old.cells
            tell_start, tell_end = min(start, old.start), max(end, old.end)
        told = [x for x in self.subs if x.intents and x is not dropped and
                (self.share(x, tell_cells, tell_start, tell_end) or (x is sub and stretched))]  # fmt: skip
        if len(told) >= self.limits.raised:
            raise No("too_many_results")
        if made and not off_nominal:
            self.not_crowded(told, me)

        # It is accepted.
        if command.requested_suffix is not None:
            self.given_suffixes.add((command.id, command.requested_suffix))
        unknown = sorted(x.entry for x in [*missing, *missing_constraints, *excused])
        entry = self.write(command.caller, "oi.accepted", unknown, self.stamp.uncertain_us)
        if stretched:
            assert sub is not None
            sub.cells |= cells
            sub.start, sub.end, sub.version = min(sub.start, start), max(sub.end, end), self.random(33)
        if made:
            made.entry = entry
            self.subs.append(made)
            told.append(made)
        attached = made or sub
        thing = Thing(
            old.entry if old else entry, command.id, me, command.url, ovn, old.version + 1 if old else 1, cells, start,
            end, command.extent.lower_mm, command.extent.upper_mm, command.state,
            attached.id if attached else None)  # fmt: skip
        if old is None:
            self.intents.append(thing)
        else:
            self.intents[self.intents.index(old)] = thing
        if dropped is not None:
            self.subs.remove(dropped)
        return r.IntentChanged(self.intent_ref(thing, me), self.raise_all(told), created=old is None)

    def may_stand(self, ovn: str | None, old: Thing | None, me: str) -> None:
        if old is None:
            if ovn:
                raise No("update_of_nothing")
        elif old.manager != me:
            raise No("owned_by_another")
        elif not ovn:
            raise No("already_exists")
        elif ovn != old.ovn:
            raise No("not_current")

    def may_follow(self, command: c.PutIntent, old: Thing | None) -> None:
        state = command.state.name
        if old is None:
            allowed = state == "ACCEPTED"
        elif not self.limits.strict_states:
            allowed = True
        else:
            allowed = state in {
                "ACCEPTED": ("ACCEPTED", "ACTIVATED", "NONCONFORMING", "CONTINGENT"),
                "ACTIVATED": ("ACTIVATED", "NONCONFORMING", "CONTINGENT"),
                "NONCONFORMING": ("ACTIVATED", "NONCONFORMING", "CONTINGENT"),
                "CONTINGENT": ("CONTINGENT",),
            }[c.IntentState(old.state).name]  # fmt: skip
        if not allowed:
            raise No("transition_not_allowed")
        if self.limits.strict_states and state in ("ACCEPTED", "ACTIVATED"):
            self.not_down(command.caller.subject)

    def not_down(self, party: str) -> None:
        if self.available(party) == c.Availability.DOWN:
            raise No("manager_is_down")

    def may_hang(self, command: c.PutIntent, sub: Sub | None, before: Sub | None, me: str) -> bool:
        """Whether the subscription is to be stretched for this intent."""
        if sub is None:
            raise No("subscription_not_found")
        if sub.manager != me:
            raise No("subscription_owned_by_another")
        if sub is not before and len(self.hanging_on(sub)) >= self.limits.dependents:
            raise No("quota")
        cells, start, end = chunks(command.extent.cells), command.extent.start_us, command.extent.end_us
        if sub.start <= start and sub.end >= end and cells <= sub.cells:
            return False
        if not sub.implicit or len(sub.cells | cells) > self.limits.extended_cells:
            raise No("subscription_not_covering")
        return True

    def refuse_unaware(self, command: c.PutIntent, intents: list[Thing], constraints: list[Thing]) -> None:
        me = command.caller.subject
        entries = sorted(x.entry for x in intents + constraints)
        refs: list[Any] = [self.intent_ref(x, me) for x in intents] + [self.constraint_ref(x, me) for x in constraints]
        shown = refs[: self.limits.named]
        detail = r.Missing(
            tuple(x for x in shown if isinstance(x, r.IntentReference)),
            tuple(x for x in shown if isinstance(x, r.ConstraintReference)),
            len(refs) - len(shown),
        )
        repeated = any(p == me and e == entries and at + MINUTE > self.now for p, e, at in self.refusals)
        this_second = [at for p, _, at in self.refusals if p == me and at // 1_000_000 == self.now // 1_000_000]
        if repeated or len(this_second) >= 5:
            counted = self.counted.setdefault(me, Counted(self.now, 0, []))
            counted.count += 1
            counted.sets.append(entries)
        else:
            at = self.now + (me not in self.issuers)
            self.write(command.caller, "oi.unaware", entries)
            self.refusals.append((me, entries, at))
        raise No("unaware", detail)

    def do_EndIntent(self, command: c.EndIntent) -> Any:  # noqa: N802
        me = command.caller.subject
        old = self.find(self.intents, command.id)
        if old is None:
            return self.deleted_before("intent", command.id, me, command.ovn)
        if old.manager != me:
            raise No("owned_by_another")
        if command.ovn != old.ovn:
            raise No("not_current")
        told = [x for x in self.subs_in(old.cells, old.start, old.end) if x.intents]
        if len(told) >= self.limits.raised:
            raise No("too_many_results")
        if self.limits.strict_states:
            self.not_down(me)
        self.write(command.caller, "oi.ended")
        reply = r.IntentChanged(self.intent_ref(old, me), self.raise_all(told), created=False)
        sub = self.find(self.subs, old.subscription)
        self.intents.remove(old)
        if sub is not None and sub.implicit and not self.hanging_on(sub):
            self.subs.remove(sub)
        self.deletions.append(Deletion("intent", command.id, me, command.ovn, self.now, reply))
        return reply

    def deleted_before(self, kind: str, id_: bytes, me: str, ovn: str) -> Any:
        """The first answer again, where this party ended this version in the last 10 minutes."""
        for deletion in self.deletions:
            its = (deletion.kind, deletion.id, deletion.manager, deletion.ovn)
            if its == (kind, id_, me, ovn) and self.now - deletion.at <= 10 * MINUTE:
                return deletion.reply
        raise No("not_found")
