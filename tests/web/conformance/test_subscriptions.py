from __future__ import annotations

import time
from datetime import timedelta

import pytest

from .asking import (
    HIDDEN,
    SUBSCRIPTIONS,
    constraint,
    ids,
    implicit,
    intent,
    minutes,
    moment,
    new_id,
    now,
    soon,
    subscription,
    told,
    volume,
)
from .shapes import Error, SubscriptionAnswer, SubscriptionPut, SubscriptionsAnswer, shaped

DAY = timedelta(hours=24)
URL = "https://uss.example.com/hears"


class TestLife:
    def test_a_subscription_is_put_read_changed_found_and_ended(self, alice, here):
        id_, start, end = new_id(), minutes(0), minutes(45)
        made = alice.put_subscription(subscription(volume(here, start, end), uss_base_url=URL), id_)
        shaped(made, SubscriptionPut)
        assert made["operational_intent_references"] == []
        assert "constraint_references" not in made
        first = made["subscription"]
        assert (first["id"], first["uss_base_url"], first["notification_index"]) == (id_, URL, 0)
        assert (first["notify_for_operational_intents"], first["notify_for_constraints"]) == (True, False)
        assert (first["implicit_subscription"], first["dependent_operational_intents"]) == (False, [])
        assert (moment(first["time_start"]), moment(first["time_end"])) == (start, end)
        shaped(alice.ask("GET", f"{SUBSCRIPTIONS}/{id_}", 200), SubscriptionAnswer)
        assert alice.subscription(id_) == first

        later = timedelta(seconds=10)
        body = subscription(volume(here.east(0.001), start + later, end + later), uss_base_url=URL)
        second = alice.put_subscription(body, id_, first["version"])["subscription"]
        assert second["version"] != first["version"]
        assert (moment(second["time_start"]), moment(second["time_end"])) == (start + later, end + later)
        area = {"area_of_interest": volume(here)}
        shaped(alice.ask("POST", f"{SUBSCRIPTIONS}/query", 200, area), SubscriptionsAnswer)
        assert alice.subscriptions(volume(here)) == [second]

        for version, status in (("", 400), ("notacorrectversion", 409), (first["version"], 409)):
            shaped(alice.end_subscription(second | {"version": version}, status), Error)
        ended = alice.end_subscription(second)
        shaped(ended, SubscriptionAnswer)
        assert ended["subscription"] == second
        assert alice.end_subscription(second) == ended
        alice.subscription(id_, 404)
        assert alice.subscriptions(volume(here)) == []

    def test_it_is_seen_by_its_own_party_alone(self, alice, bob, here):
        mine = alice.subscribe(subscription(soon(here)))
        bob.subscription(mine["id"], 403)
        assert bob.subscriptions(volume(here)) == []
        bob.put_subscription(subscription(soon(here)), mine["id"], mine["version"], 403)
        bob.put_subscription(subscription(soon(here)), mine["id"], "x" * 20, 409)
        for version in (mine["version"], "x" * 20):
            bob.end_subscription(mine | {"version": version}, 403)
        assert alice.subscription(mine["id"]) == mine

    def test_a_create_where_one_is_conflicts_and_a_change_of_none_is_refused(self, alice, here):
        mine = alice.subscribe(subscription(soon(here)))
        alice.put_subscription(subscription(soon(here)), mine["id"], status=409)
        alice.put_subscription(subscription(soon(here)), mine["id"], "x" * 20, 409)
        alice.put_subscription(subscription(soon(here)), new_id(), "x" * 20, 400)
        alice.subscription(new_id(), 404)
        alice.end_subscription({"id": new_id(), "version": "x" * 20}, 404)

    @pytest.mark.parametrize(
        "flags", [(False, False), (None, None), (False, None), (None, False)], ids=lambda flags: str(flags)
    )
    def test_it_must_ask_for_something_even_where_one_is(self, alice, here, flags):
        mine = alice.subscribe(subscription(soon(here)))
        body = subscription(soon(here), notify_for_operational_intents=flags[0], notify_for_constraints=flags[1])
        alice.put_subscription(body, status=400)
        alice.put_subscription(body, mine["id"], status=400)

    def test_a_token_for_strategic_coordination_may_ask_for_constraints(self, alice, here):
        made = alice.put_subscription(
            subscription(soon(here), notify_for_operational_intents=False, notify_for_constraints=True)
        )
        assert made["constraint_references"] == []
        assert "operational_intent_references" not in made


class TestTimes:
    def test_what_is_left_out_is_now_and_a_day(self, alice, here):
        end = minutes(45)
        for given_start, given_end in ((None, None), (None, end), (minutes(5), None)):
            before = now()
            made = alice.subscribe(subscription(volume(here, given_start, given_end)))
            start = moment(made["time_start"])
            assert start == given_start if given_start else before <= start <= now()
            assert moment(made["time_end"]) == (given_end or start + DAY)

    def test_what_a_change_leaves_out_stays(self, alice, here):
        mine = alice.subscribe(subscription(soon(here)))
        changed = alice.put_subscription(subscription(volume(here)), mine["id"], mine["version"])["subscription"]
        assert (changed["time_start"], changed["time_end"]) == (mine["time_start"], mine["time_end"])

    def test_it_lasts_a_day_at_most(self, alice, here):
        start = now() - timedelta(minutes=1)
        longer = subscription(volume(here, start, start + DAY + timedelta(seconds=1)))
        alice.put_subscription(longer, status=400)
        mine = alice.subscribe(subscription(volume(here, start, start + DAY)))
        alice.put_subscription(longer, mine["id"], mine["version"], 400)

    def test_it_may_begin_a_little_in_the_past(self, alice, here):
        alice.subscribe(subscription(volume(here, minutes(-4.8), minutes(10))))
        alice.put_subscription(subscription(volume(here, minutes(-5.2), minutes(10))), status=400)
        alice.put_subscription(subscription(volume(here, minutes(20), minutes(10))), status=400)

    def test_once_over_it_is_not_found_but_can_be_read_changed_and_ended(self, alice, here):
        mine = alice.subscribe(subscription(volume(here, now(), now() + timedelta(seconds=0.4))))
        lasting = alice.subscribe(subscription(soon(here, 0, 30)))
        until = time.monotonic() + 20
        while ids(alice.subscriptions(volume(here))) != {lasting["id"]}:
            assert time.monotonic() < until
        assert ids(alice.subscriptions(volume(here, minutes(-10), minutes(10)))) == {lasting["id"]}
        assert alice.subscription(mine["id"]) == mine
        assert told(alice.put_intent(intent(soon(here)))) == {lasting["id"]: 1}
        alice.end_subscription(mine)


class TestSearch:
    def test_it_looks_at_place_and_time_and_not_at_height(self, alice, here):
        north = here.east(0.1)
        base = now()
        at = lambda hours: base + timedelta(hours=hours)  # noqa: E731
        first = alice.subscribe(subscription(volume(here, None, at(1), (0, 300))))
        second = alice.subscribe(subscription(volume(north, at(2), at(3), (350, 650))))
        third = alice.subscribe(subscription(volume(here, at(4), at(5), (700, 1000))))
        for area, found in (
            (volume(here), {first["id"], third["id"]}),
            (volume(north), {second["id"]}),
            (volume(here, base, at(0.1), (2_000, 3_000)), {first["id"]}),
            (volume(here, end=at(0.1)), {first["id"]}),
            (volume(here, at(4)), {third["id"]}),
            (volume(here, at(5), at(6)), {third["id"]}),
            (volume(north, base, at(1.9)), set()),
        ):
            assert ids(alice.subscriptions(area)) == found, area

    def test_it_lists_the_implicit_ones_too(self, alice, here):
        mine = alice.plan(intent(soon(here), new_subscription=implicit()))
        assert ids(alice.subscriptions(volume(here))) == {mine["subscription_id"]}


class TestWhatItShows:
    def test_a_new_one_lists_what_is_there_with_the_ovns_of_others_hidden(self, alice, bob, authority, here):
        mine = alice.plan(intent(soon(here, band=(50, 120))))
        theirs = bob.plan(intent(soon(here), key=[mine["ovn"]]))
        limit = authority.constrain(constraint(soon(here)))
        body = subscription(soon(here, 0, 60, (1_000, 2_000)), notify_for_constraints=True)
        made = alice.put_subscription(body)
        shaped(made, SubscriptionPut)
        listed = {each["id"]: each for each in made["operational_intent_references"]}
        assert listed == {mine["id"]: mine, theirs["id"]: theirs | {"ovn": HIDDEN}}
        assert made["constraint_references"] == [limit | {"ovn": HIDDEN}]
        elsewhen = alice.put_subscription(subscription(soon(here, 60, 90), notify_for_constraints=True))
        assert (elsewhen["operational_intent_references"], elsewhen["constraint_references"]) == ([], [])

    def test_indices_count_every_change_that_concerns_it_and_outlive_its_own_changes(self, alice, bob, here):
        mine = alice.subscribe(subscription(soon(here, 0, 60)))
        made = bob.put_intent(intent(soon(here)))
        assert told(made) == {mine["id"]: 1}
        first = made["operational_intent_reference"]
        changed = bob.put_intent(intent(soon(here)), first["id"], first["ovn"])
        assert told(changed) == {mine["id"]: 2}
        body = subscription(soon(here, 0, 60))
        updated = alice.put_subscription(body, mine["id"], mine["version"])["subscription"]
        assert updated["notification_index"] == 2
        assert alice.subscription(mine["id"]) == updated
        assert told(bob.end_intent(changed["operational_intent_reference"])) == {mine["id"]: 3}
        alice.end_subscription(updated)
        assert told(bob.put_intent(intent(soon(here)))) == {}

    def test_one_is_told_of_ones_own_intents_and_at_any_height(self, alice, here):
        mine = alice.subscribe(subscription(soon(here, 0, 60, (0, 10))))
        assert told(alice.put_intent(intent(soon(here, band=(500, 600))))) == {mine["id"]: 1}

    def test_those_whose_window_only_touches_are_told(self, alice, bob, here):
        base = now()
        at = lambda minute: base + timedelta(minutes=minute)  # noqa: E731
        touching = alice.subscribe(subscription(volume(here, at(0), at(10))))
        alice.subscribe(subscription(volume(here, at(0), at(9))))
        assert set(told(bob.put_intent(intent(volume(here, at(10), at(20)))))) == {touching["id"]}


class TestDependents:
    def test_it_cannot_be_taken_away_from_under_an_intent(self, alice, here):
        base = now()
        at = lambda minute: base + timedelta(minutes=minute)  # noqa: E731
        held = alice.subscribe(subscription(volume(here, at(0), at(70), (0, 1000))))
        mine = alice.plan(intent(volume(here, at(0), at(60), (0, 120)), subscription_id=held["id"]))
        alice.end_subscription(held, 400)
        for extent in (
            volume(here, at(5.1), at(61), (0, 1000)),
            volume(here, at(0), at(59), (0, 1000)),
            volume(here, at(0), at(61), (10, 1000)),
            volume(here, at(0), at(61), (0, 100)),
            volume(here.east(0.5), at(0), at(61), (0, 1000)),
            volume(here, at(0), at(61), None),
        ):
            alice.put_subscription(subscription(extent), held["id"], held["version"], 400)
        assert alice.subscription(held["id"])["dependent_operational_intents"] == [mine["id"]]
        kept = subscription(volume(here, at(4.5), at(61), (0, 120)))
        changed = alice.put_subscription(kept, held["id"], held["version"])["subscription"]
        assert changed["dependent_operational_intents"] == [mine["id"]]
        alice.end_intent(mine)
        alice.end_subscription(alice.subscription(held["id"]))
