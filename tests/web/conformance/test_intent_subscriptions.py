"""Which subscription an intent hangs on: none, one made for it (implicit), or one that its party holds."""

from __future__ import annotations

from datetime import timedelta

from .asking import NO_SUBSCRIPTION, implicit, intent, minutes, moment, now, soon, subscription, told, volume

NOBODY = NO_SUBSCRIPTION


def window(made):
    return moment(made["time_start"]), moment(made["time_end"])


class TestNone:
    def test_an_accepted_intent_may_have_none_and_the_id_of_none_is_of_nothing(self, alice, here):
        mine = alice.plan(intent(soon(here)))
        assert mine["subscription_id"] == NOBODY
        alice.subscription(NOBODY, 404)

    def test_the_id_of_none_cannot_be_asked_for(self, alice, here):
        alice.put_intent(intent(soon(here), subscription_id=NOBODY), status=400)

    def test_an_empty_id_asks_for_none(self, alice, here):
        assert alice.plan(intent(soon(here), subscription_id=""))["subscription_id"] == NOBODY


class TestImplicit:
    def test_it_has_the_window_of_its_intent_and_is_told_of_it_first(self, alice, here):
        start, end = minutes(10), minutes(40)
        url = "https://uss.example.com/hears"
        made = alice.put_intent(intent(volume(here, start, end), new_subscription=implicit(url)))
        heard = alice.subscription(made["operational_intent_reference"]["subscription_id"])
        assert (heard["implicit_subscription"], heard["uss_base_url"]) == (True, url)
        assert (heard["notify_for_operational_intents"], heard["notify_for_constraints"]) == (True, False)
        assert window(heard) == (start, end)
        assert heard["dependent_operational_intents"] == [made["operational_intent_reference"]["id"]]
        assert told(made) == {heard["id"]: 1}
        assert heard["notification_index"] == 1

    def test_it_may_last_longer_than_a_day(self, alice, here):
        mine = alice.plan(intent(volume(here, minutes(10), minutes(60 * 40)), new_subscription=implicit()))
        assert window(alice.subscription(mine["subscription_id"])) == window(mine)

    def test_it_ends_with_its_intent_which_still_names_it(self, alice, here):
        mine = alice.plan(intent(soon(here), new_subscription=implicit()))
        ended = alice.end_intent(mine)
        assert told(ended) == {mine["subscription_id"]: 2}
        assert ended["operational_intent_reference"]["subscription_id"] == mine["subscription_id"]
        alice.subscription(mine["subscription_id"], 404)

    def test_it_cannot_be_ended_while_the_intent_needs_it(self, alice, here):
        mine = alice.plan(intent(soon(here), new_subscription=implicit()))
        alice.end_subscription(alice.subscription(mine["subscription_id"]), 400)

    def test_another_is_made_and_the_former_ends_when_a_change_asks_anew(self, alice, here):
        first = alice.plan(intent(soon(here), new_subscription=implicit()))
        start, end = minutes(10), minutes(20)
        second = alice.change(first, intent(volume(here, start, end), new_subscription=implicit()))
        assert second["subscription_id"] != first["subscription_id"]
        alice.subscription(first["subscription_id"], 404)
        assert window(alice.subscription(second["subscription_id"])) == (start, end)

    def test_it_grows_with_its_intent_and_never_shrinks(self, alice, here):
        start = minutes(10)
        till = lambda minute: volume(here, start, start + timedelta(minutes=minute))  # noqa: E731
        mine = alice.plan(intent(till(30), new_subscription=implicit()))
        version = alice.subscription(mine["subscription_id"])["version"]
        mine = alice.change(mine, intent(till(60), subscription_id=mine["subscription_id"]))
        grown = alice.subscription(mine["subscription_id"])
        assert window(grown) == window(mine)
        assert grown["version"] != version
        alice.change(mine, intent(till(20), subscription_id=mine["subscription_id"]))
        same = alice.subscription(mine["subscription_id"])
        assert (window(same), same["version"]) == (window(grown), grown["version"])

    def test_it_may_serve_several_intents_and_ends_with_the_last(self, alice, here):
        first = alice.plan(intent(soon(here), new_subscription=implicit()))
        shared = first["subscription_id"]
        second = alice.plan(intent(soon(here), key=[first["ovn"]], subscription_id=shared))
        assert set(alice.subscription(shared)["dependent_operational_intents"]) == {first["id"], second["id"]}
        alice.end_intent(first)
        assert alice.subscription(shared)["dependent_operational_intents"] == [second["id"]]
        alice.end_intent(second)
        alice.subscription(shared, 404)

    def test_an_intent_may_leave_it_for_none(self, alice, here):
        mine = alice.plan(intent(soon(here), new_subscription=implicit()))
        assert alice.change(mine, intent(soon(here)))["subscription_id"] == NOBODY
        alice.subscription(mine["subscription_id"], 404)

    def test_put_by_its_party_it_stays_when_the_intent_ends(self, alice, here):
        start, end = minutes(10), minutes(40)
        mine = alice.plan(intent(volume(here, start, end), new_subscription=implicit()))
        held = alice.subscription(mine["subscription_id"])
        changed = alice.put_subscription(subscription(volume(here, start, end)), held["id"], held["version"])
        assert not changed["subscription"]["implicit_subscription"]
        alice.end_intent(mine)
        alice.end_subscription(alice.subscription(held["id"]))


class TestExplicit:
    def test_it_must_be_there_be_ones_own_and_stand_alone(self, alice, bob, here):
        theirs = bob.subscribe(subscription(soon(here)))
        for id_, status in (("a0", 400), (theirs["id"].replace("-4", "-1"), 400), (theirs["id"], 403)):
            alice.put_intent(intent(soon(here, 15, 30), subscription_id=id_), status=status)
        both = intent(soon(here, 15, 30), subscription_id=theirs["id"], new_subscription=implicit())
        bob.put_intent(both, status=400)
        bob.put_intent(both | {"subscription_id": ""}, status=400)

    def test_it_must_cover_the_intent_in_time_and_place(self, alice, here):
        start = now() - timedelta(seconds=10)
        end = start + timedelta(minutes=20)
        held = alice.subscribe(subscription(volume(here, start, end, (0, 10))))
        second = timedelta(seconds=1)
        for extent in (
            volume(here, start, end + second),
            volume(here, start - second, end),
            volume(here.east(0.05), start, end),
        ):
            alice.put_intent(intent(extent, subscription_id=held["id"]), status=400)
        mine = alice.plan(intent(volume(here, start, end, (50, 120)), subscription_id=held["id"]))
        assert alice.intent(mine["id"])["subscription_id"] == held["id"]
        assert alice.subscription(held["id"])["dependent_operational_intents"] == [mine["id"]]

    def test_one_takes_the_place_of_another_only_if_it_covers(self, alice, here):
        start = now() - timedelta(seconds=10)
        end = start + timedelta(minutes=20)
        first = alice.subscribe(subscription(volume(here, start, end)))
        short = alice.subscribe(subscription(volume(here, start, end - timedelta(seconds=2))))
        mine = alice.plan(intent(volume(here, start, end), subscription_id=first["id"]))
        body = intent(volume(here, start, end), subscription_id=short["id"])
        alice.put_intent(body, mine["id"], mine["ovn"], 400)
        assert alice.intent(mine["id"]) == mine
        fitting = intent(volume(here, start, end - timedelta(seconds=2)), subscription_id=short["id"])
        assert alice.change(mine, fitting)["subscription_id"] == short["id"]
        alice.end_subscription(first)

    def test_it_stays_when_the_intent_leaves_it(self, alice, here):
        held = alice.subscribe(subscription(soon(here)))
        mine = alice.plan(intent(soon(here, 15, 30), subscription_id=held["id"]))
        mine = alice.change(mine, intent(soon(here, 15, 30)))
        assert alice.subscription(held["id"])["dependent_operational_intents"] == []
        mine = alice.change(mine, intent(soon(here, 15, 30), subscription_id=held["id"]))
        alice.end_intent(mine)
        alice.end_subscription(alice.subscription(held["id"]))

    def test_an_implicit_one_is_left_for_it_and_it_for_an_implicit_one(self, alice, here):
        start, end = minutes(10), minutes(40)
        held = alice.subscribe(subscription(volume(here, start, end)))
        other = alice.plan(intent(volume(here, start, end), new_subscription=implicit()))
        body = intent(volume(here, start, end), key=[other["ovn"]])
        mine = alice.plan(body | {"new_subscription": implicit()})
        mine_at_first = mine["subscription_id"]
        mine = alice.change(mine, body | {"subscription_id": held["id"]})
        alice.subscription(mine_at_first, 404)
        mine = alice.change(mine, body | {"subscription_id": other["subscription_id"]})
        assert alice.intent(mine["id"])["subscription_id"] == other["subscription_id"]
        alice.end_intent(other)
        alice.subscription(other["subscription_id"])
        alice.end_intent(mine)
        alice.subscription(other["subscription_id"], 404)
        alice.end_subscription(alice.subscription(held["id"]))
