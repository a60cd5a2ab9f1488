from __future__ import annotations

from datetime import timedelta

import pytest

from serving import Served

from .asking import (
    CM,
    CONSTRAINTS,
    CP,
    HIDDEN,
    SC,
    URL,
    Asker,
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
from .shapes import Conflict, ConstraintAnswer, ConstraintChanged, ConstraintsAnswer, Error, shaped


@pytest.fixture(scope="module")
def reader(server: Served):
    """A party that processes constraints."""
    with server.party("reader", CP, SC) as client:
        yield Asker(client, "reader")


@pytest.fixture(scope="module")
def maker(server: Served):
    """A party that makes constraints and may do nothing else."""
    with server.party("maker", CM) as client:
        yield Asker(client, "maker")


class TestLife:
    def test_a_constraint_is_created_read_changed_found_and_ended(self, maker, here):
        id_, start, end = new_id(), now(), minutes(60)
        created = maker.put_constraint(constraint(volume(here, start, end)), id_)
        shaped(created, ConstraintChanged)
        first = created["constraint_reference"]
        assert (first["id"], first["manager"], first["uss_base_url"]) == (id_, maker.subject, URL)
        assert (first["version"], first["uss_availability"]) == (1, "Unknown")
        assert (moment(first["time_start"]), moment(first["time_end"])) == (start, end)
        shaped(maker.ask("GET", f"{CONSTRAINTS}/{id_}", 200), ConstraintAnswer)

        changed = maker.put_constraint(constraint(volume(here, start, end)), id_, first["ovn"])["constraint_reference"]
        assert changed["version"] == 2
        assert changed["ovn"] != first["ovn"]
        area = {"area_of_interest": volume(here)}
        shaped(maker.ask("POST", f"{CONSTRAINTS}/query", 200, area), ConstraintsAnswer)
        assert maker.constraints(volume(here)) == [changed]

        ended = maker.end_constraint(changed)
        shaped(ended, ConstraintChanged)
        assert ended["constraint_reference"] == changed
        assert maker.end_constraint(changed) == ended
        maker.constraint(id_, 404)
        assert maker.constraints(volume(here)) == []

    def test_altitudes_may_be_left_out_and_times_may_not(self, maker, here):
        maker.constrain(constraint(soon(here, band=None)))
        for name in ("time_start", "time_end"):
            extent = soon(here)
            del extent[name]
            maker.put_constraint(constraint(extent), status=400)

    @pytest.mark.parametrize(
        "body",
        [
            {"extents": {"volume": {}}},
            {"extents": []},
            {"extents": None},
            {"uss_base_url": ""},
            {"uss_base_url": None},
        ],
        ids=["one-volume", "no-volumes", "null", "no-url", "null-url"],
    )
    def test_what_is_incomplete_is_refused(self, maker, here, body):
        shaped(maker.put_constraint(constraint(soon(here)) | body, status=400), Error)

    def test_what_is_over_or_runs_backwards_is_refused(self, maker, here):
        maker.put_constraint(constraint(volume(here, minutes(-1440), minutes(-1380))), status=400)
        maker.put_constraint(constraint(volume(here, minutes(60), minutes(10))), status=400)

    def test_versions_are_kept_apart(self, maker, here):
        mine = maker.constrain(constraint(soon(here)))
        for ovn in (None, "", "ThisIsAnIncorrectOVN"):
            shaped(maker.put_constraint(constraint(soon(here)), mine["id"], ovn, 409), Conflict)
        maker.end_constraint(mine | {"ovn": "ThisIsAnIncorrectOVN"}, 409)
        maker.end_constraint(mine | {"ovn": ""}, 400)
        maker.put_constraint(constraint(soon(here)), new_id(), "x" * 20, 409)
        maker.end_constraint({"id": new_id(), "ovn": "x" * 20}, 404)

    def test_only_its_manager_knows_its_ovn_changes_and_ends_it(self, maker, authority, reader, here):
        mine = maker.constrain(constraint(soon(here)))
        for seen in (reader.constraint(mine["id"]), *reader.constraints(volume(here))):
            assert seen == mine | {"ovn": HIDDEN}
        for ovn in (mine["ovn"], "x" * 20):
            authority.put_constraint(constraint(soon(here)), mine["id"], ovn, 403)
            authority.end_constraint(mine | {"ovn": ovn}, 403)
        assert maker.constraint(mine["id"]) == mine


class TestSearch:
    def test_it_looks_at_place_and_time_and_not_at_height(self, maker, here):
        start = now()
        mine = maker.constrain(constraint(volume(here, start, start + timedelta(minutes=60))))
        after = lambda minute: start + timedelta(minutes=minute)  # noqa: E731
        for area, found in (
            (volume(here), True),
            (volume(here, start, start), True),
            (volume(here, after(59)), True),
            (volume(here, after(60)), True),
            (volume(here, after(61)), False),
            (volume(here, end=after(1)), True),
            (volume(here, end=after(-1)), False),
            (volume(here, band=(5_000, 6_000)), True),
            (volume(here.east(0.1)), False),
        ):
            assert (mine["id"] in ids(maker.constraints(area))) == found, area


class TestWhoIsTold:
    def test_those_who_asked_for_constraints_are_told_and_indices_count(self, reader, maker, here):
        of = lambda intents, constraints, url: reader.subscribe(  # noqa: E731
            subscription(
                soon(here, 0, 60),
                notify_for_operational_intents=intents,
                notify_for_constraints=constraints,
                uss_base_url=url,
            )
        )
        flights = of(True, False, "https://uss.example.com/1")
        limits = of(False, True, "https://uss.example.com/2")
        both = of(True, True, "https://uss.example.com/2")
        made = maker.put_constraint(constraint(soon(here, 5, 30)))
        assert told(made) == {limits["id"]: 1, both["id"]: 1}
        assert [each["uss_base_url"] for each in made["subscribers"]] == ["https://uss.example.com/2"]
        first = made["constraint_reference"]
        changed = maker.put_constraint(constraint(soon(here, 5, 30)), first["id"], first["ovn"])
        assert told(changed) == {limits["id"]: 2, both["id"]: 2}

        body = subscription(soon(here, 0, 60), notify_for_constraints=True, uss_base_url="https://uss.example.com/1")
        listening = reader.put_subscription(body, flights["id"], flights["version"])
        assert ids(listening["constraint_references"]) == {first["id"]}
        assert listening["constraint_references"][0]["ovn"] == HIDDEN
        silent = reader.put_subscription(subscription(soon(here, 0, 60)), both["id"], both["version"])
        assert "constraint_references" not in silent
        assert told(maker.end_constraint(changed["constraint_reference"])) == {flights["id"]: 1, limits["id"]: 3}

    def test_a_change_tells_those_at_the_former_place_too(self, reader, maker, here):
        there = here.east(0.1)
        before, after = (
            reader.subscribe(
                subscription(soon(at, 0, 60), notify_for_constraints=True, notify_for_operational_intents=False)
            )
            for at in (here, there)
        )
        first = maker.constrain(constraint(soon(here)))
        moved = maker.put_constraint(constraint(soon(there)), first["id"], first["ovn"])
        assert set(told(moved)) == {before["id"], after["id"]}

    def test_a_planner_who_hears_of_constraints_must_name_them(self, reader, maker, here):
        limit = maker.constrain(constraint(soon(here)))
        deaf = reader.plan(intent(soon(here), new_subscription=implicit()))
        hears = implicit(notify_for_constraints=True)
        body = intent(soon(here), key=[deaf["ovn"]], new_subscription=hears)
        refused = reader.put_intent(body, status=409)
        shaped(refused, Conflict)
        assert refused["missing_constraints"] == [limit | {"ovn": HIDDEN}]
        assert "missing_operational_intents" not in refused
        reader.plan(body | {"key": [deaf["ovn"], limit["ovn"]]})
