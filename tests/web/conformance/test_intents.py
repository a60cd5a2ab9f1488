from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from .asking import (
    HIDDEN,
    INTENTS,
    NO_SUBSCRIPTION,
    URL,
    ids,
    implicit,
    intent,
    minutes,
    moment,
    new_id,
    now,
    soon,
    text,
    volume,
)
from .shapes import Conflict, Error, IntentAnswer, IntentChanged, IntentsAnswer, shaped

OTHER_URL = "https://uss.example.com/b/"


class TestLife:
    def test_an_intent_is_created_read_changed_found_and_ended(self, alice, here):
        id_, start, end = new_id(), minutes(10), minutes(40)
        created = alice.put_intent(intent(volume(here, start, end)), id_)
        shaped(created, IntentChanged)
        first = created["operational_intent_reference"]
        assert (first["id"], first["manager"], first["uss_base_url"]) == (id_, alice.subject, URL)
        assert (first["version"], first["state"], first["uss_availability"]) == (1, "Accepted", "Unknown")
        assert first["subscription_id"] == NO_SUBSCRIPTION
        assert (moment(first["time_start"]), moment(first["time_end"])) == (start, end)
        assert shaped(alice.ask("GET", f"{INTENTS}/{id_}", 200), IntentAnswer)
        assert alice.intent(id_) == first

        body = intent(volume(here, start, end), state="Activated", uss_base_url=OTHER_URL, new_subscription=implicit())
        second = alice.change(first, body)
        assert (second["version"], second["state"], second["uss_base_url"]) == (2, "Activated", OTHER_URL)
        assert second["ovn"] != first["ovn"]
        area = {"area_of_interest": volume(here)}
        assert shaped(alice.ask("POST", f"{INTENTS}/query", 200, area), IntentsAnswer)
        assert alice.intents(volume(here)) == [second]

        ended = alice.end_intent(second)
        shaped(ended, IntentChanged)
        assert ended["operational_intent_reference"] == second
        alice.intent(id_, 404)
        assert alice.intents(volume(here)) == []

    def test_times_are_kept_to_the_microsecond_and_shown_in_utc(self, alice, here):
        start = minutes(10).replace(microsecond=123_456)
        extent = volume(here, start, start + timedelta(minutes=5))
        extent["time_start"]["value"] = text(start).replace("Z", "789Z")
        extent["time_end"]["value"] = (start + timedelta(hours=2, minutes=5)).isoformat().replace("+00:00", "+02:00")
        made = alice.plan(intent(extent))
        assert moment(made["time_start"]) == start
        assert moment(made["time_end"]) == start + timedelta(minutes=5)

    def test_an_intent_may_have_begun_but_not_be_over(self, alice, here):
        alice.plan(intent(volume(here, minutes(-60), minutes(1))))
        alice.put_intent(intent(volume(here, minutes(-60), minutes(-1))), status=400)

    def test_ids_are_taken_as_uuids_are_written_and_shown_in_lower_case_with_dashes(self, alice, here):
        id_ = new_id()
        made = alice.put_intent(intent(soon(here)), id_.upper().replace("-", ""))
        assert made["operational_intent_reference"]["id"] == id_
        assert alice.intent(f"urn:uuid:{id_}") == alice.intent(f"{{{id_}}}") == alice.intent(id_)

    @pytest.mark.parametrize("id_", ["not_uuid_format", "", "11111111-1111-1111-8111-111111111111", "1" * 32])
    def test_what_is_no_version_4_uuid_is_no_id(self, alice, here, id_):
        for method, path in (
            ("GET", id_),
            ("PUT", id_),
            ("PUT", f"{id_}/{'x' * 20}"),
            ("DELETE", f"{id_}/{'x' * 20}"),
        ):
            body = intent(soon(here)) if method == "PUT" else None
            shaped(alice.ask(method, f"{INTENTS}/{path}", 400, body), Error)

    def test_unknown_members_are_ignored_and_so_is_a_body_of_a_delete(self, alice, here):
        body = intent(soon(here), old_version=0, request_id="x", extents=[soon(here) | {"more": {"deep": [1]}}])
        made = alice.plan(body)
        alice.ask("DELETE", f"{INTENTS}/{made['id']}/{made['ovn']}", 200, body)

    def test_a_body_need_not_say_that_it_is_json(self, alice, here):
        answer = alice.http.put(
            f"{INTENTS}/{new_id()}",
            content=alice.http.build_request("PUT", "/", json=intent(soon(here))).content,
            headers={"Content-Type": "text/plain"},
        )
        assert answer.status_code == 201

    def test_many_planners_at_once_are_all_served(self, alice, places):
        spots = [places.take() for _ in range(40)]
        with ThreadPoolExecutor(10) as pool:
            made = list(pool.map(lambda at: alice.plan(intent(soon(at), new_subscription=implicit())), spots))
            changed = list(
                pool.map(
                    lambda pair: alice.change(
                        pair[0],
                        intent(soon(pair[1]), state="Activated", subscription_id=pair[0]["subscription_id"]),
                    ),
                    zip(made, spots, strict=True),
                )
            )
            assert {reference["version"] for reference in changed} == {2}
            assert len({reference["ovn"] for reference in made + changed}) == 80
            list(pool.map(alice.end_intent, changed))


class TestHolders:
    def test_another_party_sees_all_but_the_ovn(self, alice, bob, here):
        mine = alice.plan(intent(soon(here)))
        for seen in (bob.intent(mine["id"]), *bob.intents(volume(here))):
            assert seen == mine | {"ovn": HIDDEN}

    def test_another_party_may_neither_change_nor_end_it(self, alice, bob, here):
        mine = alice.plan(intent(soon(here)))
        for ovn in (mine["ovn"], "x" * 20, HIDDEN):
            shaped(bob.put_intent(intent(soon(here)), mine["id"], ovn, 403), Conflict)
            shaped(bob.end_intent(mine | {"ovn": ovn}, 403), Error)
        shaped(bob.put_intent(intent(soon(here)), mine["id"], status=403), Conflict)
        assert alice.intent(mine["id"]) == mine


class TestVersions:
    def test_a_create_where_one_is_and_a_change_by_a_wrong_ovn_are_conflicts(self, alice, here):
        mine = alice.plan(intent(soon(here)))
        for ovn in (None, "", "ThisIsAnIncorrectOVN", mine["ovn"] + "x", mine["ovn"].swapcase()):
            shaped(alice.put_intent(intent(soon(here)), mine["id"], ovn, 409), Conflict)
        shaped(alice.end_intent(mine | {"ovn": "ThisIsAnIncorrectOVN"}, 409), Error)
        shaped(alice.end_intent(mine | {"ovn": ""}, 400), Error)
        assert alice.intent(mine["id"]) == mine

    def test_a_former_ovn_is_no_ovn(self, alice, here):
        first = alice.plan(intent(soon(here)))
        second = alice.change(first, intent(soon(here)))
        alice.put_intent(intent(soon(here)), first["id"], first["ovn"], 409)
        alice.end_intent(first, 409)
        alice.end_intent(second)

    def test_a_put_to_the_empty_version_creates_and_is_answered_200(self, alice, here):
        made = alice.put_intent(intent(soon(here)), new_id(), "", 200)
        assert made["operational_intent_reference"]["version"] == 1

    def test_a_change_of_what_is_not_there_is_400_and_its_end_404(self, alice, here):
        shaped(alice.put_intent(intent(soon(here)), new_id(), "x" * 20, 400), Error)
        shaped(alice.end_intent({"id": new_id(), "ovn": "x" * 20}, 404), Error)

    def test_an_end_asked_twice_is_answered_alike(self, alice, here):
        mine = alice.plan(intent(soon(here), new_subscription=implicit()))
        assert alice.end_intent(mine) == alice.end_intent(mine)
        alice.intent(mine["id"], 404)


class TestAwareness:
    MESSAGE = "Current OVNs not provided for one or more OperationalIntents or Constraints"

    def test_a_plan_that_does_not_name_what_is_there_is_told_what(self, alice, bob, here):
        theirs, later = alice.plan(intent(soon(here, 10, 40))), alice.plan(intent(soon(here, 60, 80)))
        for extent, missing in (
            (soon(here, 10, 40), {theirs["id"]}),
            (soon(here, 60, 80), {later["id"]}),
            (soon(here, 10, 80), {theirs["id"], later["id"]}),
        ):
            refused = bob.put_intent(intent(extent), status=409)
            shaped(refused, Conflict)
            assert refused["message"] == self.MESSAGE
            assert ids(refused["missing_operational_intents"]) == missing
            assert {each["ovn"] for each in refused["missing_operational_intents"]} == {HIDDEN}
        named = bob.plan(intent(soon(here, 10, 80), key=[theirs["ovn"], later["ovn"], "and-one-that-is-none"]))
        partly = bob.put_intent(intent(soon(here, 10, 80), key=[theirs["ovn"]]), named["id"], named["ovn"], 409)
        assert ids(partly["missing_operational_intents"]) == {later["id"]}
        bob.change(named, intent(soon(here, 10, 80), key=[later["ovn"], theirs["ovn"]]))

    def test_own_intents_are_named_too_but_never_the_one_that_is_changed(self, alice, here):
        first = alice.plan(intent(soon(here)))
        refused = alice.put_intent(intent(soon(here)), status=409)
        assert refused["missing_operational_intents"] == [first]
        alice.change(first, intent(soon(here), key=[]))

    def test_a_version_that_is_no_longer_current_does_not_count(self, alice, bob, here):
        old = alice.plan(intent(soon(here)))
        alice.change(old, intent(soon(here)))
        assert bob.put_intent(intent(soon(here), key=[old["ovn"]]), status=409)["message"] == self.MESSAGE

    @pytest.mark.parametrize("apart", ["place", "height", "time"])
    def test_what_is_apart_need_not_be_named(self, alice, bob, here, apart):
        base = now()
        at = lambda first, last: (base + timedelta(minutes=first), base + timedelta(minutes=last))  # noqa: E731
        alice.plan(intent(volume(here, *at(10, 40), (50, 120))))
        extent = {
            "place": volume(here.east(0.1), *at(10, 40), (50, 120)),
            "height": volume(here, *at(10, 40), (120.01, 200)),
            "time": volume(here, *at(40.01, 50), (50, 120)),
        }[apart]
        bob.plan(intent(extent))

    @pytest.mark.parametrize("touching", ["height", "time"])
    def test_what_touches_must(self, alice, bob, here, touching):
        base = now()
        at = lambda first, last: (base + timedelta(minutes=first), base + timedelta(minutes=last))  # noqa: E731
        alice.plan(intent(volume(here, *at(10, 40), (50, 120))))
        extent = {
            "height": volume(here, *at(10, 40), (120, 200)),
            "time": volume(here, *at(40, 50), (50, 120)),
        }[touching]
        bob.put_intent(intent(extent), status=409)

    def test_several_volumes_are_compared_by_the_box_around_them(self, alice, bob, here):
        wide = alice.plan(intent(soon(here, 10, 20), soon(here, 50, 60), soon(here.east(0.04), 10, 20)))
        assert ids(bob.put_intent(intent(soon(here, 30, 35)), status=409)["missing_operational_intents"]) == {
            wide["id"]
        }


class TestStates:
    def test_a_new_intent_is_accepted_and_no_other_state_may_begin(self, alice, monitor, here):
        for state in ("Activated", "Nonconforming", "Contingent", "Ended", "accepted", "", None):
            for party in (alice, monitor):
                party.put_intent(intent(soon(here), state=state, new_subscription=implicit()), status=400)

    def test_only_who_monitors_conformance_says_that_a_flight_does_not_conform(self, alice, monitor, here):
        mine = alice.plan(intent(soon(here), new_subscription=implicit()))
        for state in ("Nonconforming", "Contingent"):
            body = intent(soon(here), state=state, subscription_id=mine["subscription_id"])
            shaped(alice.put_intent(body, mine["id"], mine["ovn"], 403), Error)
            mine = monitor.change(mine, body)
            assert mine["state"] == state
        alice.end_intent(mine)

    def test_off_nominal_intents_ask_for_no_awareness(self, alice, bob, monitor, here):
        mine = alice.plan(intent(soon(here)))
        bob.plan(intent(soon(here), key=[mine["ovn"]]))
        body = intent(soon(here), new_subscription=implicit())
        alice.put_intent(body | {"state": "Activated"}, mine["id"], mine["ovn"], 409)
        monitor.change(mine, body | {"state": "Nonconforming"})

    @pytest.mark.parametrize("state", ["Activated", "Nonconforming", "Contingent"])
    def test_every_state_but_accepted_needs_a_subscription(self, alice, monitor, here, state):
        mine = alice.plan(intent(soon(here)))
        monitor.put_intent(intent(soon(here), state=state), mine["id"], mine["ovn"], 400)
        monitor.change(mine, intent(soon(here), state=state, new_subscription=implicit()))
