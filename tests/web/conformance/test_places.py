from __future__ import annotations

import pytest

from .asking import CONSTRAINTS, INTENTS, SUBSCRIPTIONS, constraint, ids, intent, soon, subscription, volume
from .shapes import Error, shaped


def circle(lat, lng, radius_m):
    return {"outline_circle": {"center": {"lat": lat, "lng": lng}, "radius": {"value": radius_m, "units": "M"}}}


def polygon(*corners):
    return {"outline_polygon": {"vertices": [{"lat": lat, "lng": lng} for lat, lng in corners]}}


#: Outlines that no search and no plan may have, wherever on the globe.
MALFORMED = {
    "two corners": polygon((10, 10), (10, 10.01)),
    "no corners": polygon(),
    "one point": polygon((10, 10), (10, 10), (10, 10)),
    "closed by its first corner": polygon((10, 10), (10, 10.01), (10.01, 10.01), (10, 10)),
    "crossing itself": polygon((10, 10), (10.01, 10.01), (10, 10.01), (10.01, 10)),
    "off the globe to the north": polygon((10, 10), (110, 10.01), (10.01, 10.01)),
    "off the globe to the east": polygon((10, 180.5), (10, 180.6), (10.1, 180.5)),
    "both outlines": polygon((10, 10), (10, 10.01), (10.01, 10.01)) | circle(10, 10, 100),
    "no outline": {},
    "no radius": {"outline_circle": {"center": {"lat": 10, "lng": 10}}},
    "no centre": {"outline_circle": {"radius": {"value": 100, "units": "M"}}},
    "a radius of nothing": circle(10, 10, 0),
    "feet": {"outline_circle": {"center": {"lat": 10, "lng": 10}, "radius": {"value": 100, "units": "FT"}}},
}
#: 3,600 km^2 and more.
TOO_LARGE = {
    "a square": polygon((-23, 130), (-24, 130), (-24, 132), (-23, 132)),
    "the other way round": polygon((-23, 130), (-23, 132), (-24, 132), (-24, 130)),
    "a triangle round half the globe": polygon((9.98, 9.98), (10, 9.98), (10.02, 110.02)),
    "a circle": circle(10, 10, 60_000),
}
#: Altitude bands that are refused.
BANDS = {
    "upside down": (120, 50),
    "below the sea floor": (-9_000, 50),
    "in space": (50, 200_000),
}


class TestShapes:
    @pytest.mark.parametrize("outline", MALFORMED.values(), ids=MALFORMED)
    def test_a_malformed_outline_is_refused_by_every_operation(self, authority, outline):
        shaped(authority.put_intent(intent(soon(outline)), status=400), Error)
        shaped(authority.put_constraint(constraint(soon(outline)), status=400), Error)
        shaped(authority.put_subscription(subscription(soon(outline)), status=400), Error)
        for search in (authority.intents, authority.constraints, authority.subscriptions):
            shaped(search(volume(outline), 400), Error)

    @pytest.mark.parametrize("outline", TOO_LARGE.values(), ids=TOO_LARGE)
    def test_too_large_an_area_is_refused(self, authority, outline):
        authority.put_intent(intent(soon(outline)), status=400)
        authority.put_constraint(constraint(soon(outline)), status=400)
        authority.put_subscription(subscription(soon(outline)), status=400)
        authority.intents(volume(outline), 400)
        authority.constraints(volume(outline), 413)
        authority.subscriptions(volume(outline), 413)

    @pytest.mark.parametrize("path", [INTENTS, CONSTRAINTS, SUBSCRIPTIONS])
    @pytest.mark.parametrize("body", [None, {}, {"area_of_interest": None}, {"area_of_interest": {}}, []])
    def test_a_search_says_where(self, authority, path, body):
        shaped(authority.ask("POST", f"{path}/query", 400, body), Error)

    def test_an_area_just_small_enough_is_searched(self, authority):
        assert (
            authority.intents(volume(polygon((32.59, -96.9), (32.86, -96.9), (32.86, -96.65), (32.59, -96.65)))) == []
        )
        assert authority.intents(volume(circle(-56, 178, 12_000))) == []

    def test_a_search_may_look_back(self, authority, here):
        mine = authority.plan(intent(soon(here, -60, 10)))
        assert ids(authority.intents(soon(here, -120, -30))) == {mine["id"]}
        assert authority.intents(soon(here, -120, -90)) == []


class TestGlobe:
    """Each outline and another of the same place, drawn otherwise: what is planned in the one is met in the other."""

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            (circle(90, 0, 200), circle(89.999, 180, 300)),
            (circle(90, 12, 200), circle(90, -99, 200)),
            (polygon((89.99, 0), (89.99, 120), (89.99, -120)), circle(90, 0, 100)),
            (polygon((70, 179.99), (70, -179.99), (70.01, -179.99), (70.01, 179.99)), circle(70.005, 180, 100)),
            (circle(71, 180, 200), circle(71, -180, 200)),
            (polygon((-60, 0), (-60, 0.01), (-60.01, 0.01)), polygon((-60.01, 0.01), (-60, 0.01), (-60, 0))),
            (polygon((60, 5), (60.01, 5), (60.02, 5)), circle(60.01, 5, 10)),
        ],
        ids=["pole", "pole twice", "round the pole", "antimeridian", "either meridian", "winding", "line"],
    )
    def test_a_place_is_the_same_place_however_it_is_drawn(self, alice, bob, first, second):
        mine = alice.plan(intent(soon(first)))
        assert ids(bob.intents(volume(second))) == {mine["id"]}
        assert ids(bob.put_intent(intent(soon(second)), status=409)["missing_operational_intents"]) == {mine["id"]}
        alice.end_intent(mine)

    def test_corners_that_differ_by_less_than_a_centimetre_are_taken(self, alice):
        near = 33.0000000001
        alice.plan(intent(soon(polygon((33, 5), (near, 5), (33, 5.01), (33.01, 5.01), (33.01, 5)))))


class TestHeights:
    @pytest.mark.parametrize("band", BANDS.values(), ids=BANDS)
    def test_bands_are_bounded_and_upright(self, authority, here, band):
        for ask in (
            lambda extent: authority.put_intent(intent(extent), status=400),
            lambda extent: authority.put_constraint(constraint(extent), status=400),
            lambda extent: authority.put_subscription(subscription(extent), status=400),
            lambda extent: authority.intents(extent, 400),
        ):
            shaped(ask(soon(here, band=band)), Error)

    @pytest.mark.parametrize("member", [{"units": "FT"}, {"units": None}, {"reference": "SFC"}, {"value": None}])
    def test_they_are_metres_above_the_ellipsoid(self, alice, here, member):
        for bound in ("altitude_lower", "altitude_upper"):
            extent = soon(here)
            extent["volume"][bound] |= member
            alice.put_intent(intent(extent), status=400)
            alice.intents(extent, 400)

    def test_an_intent_has_both_and_a_search_may_have_none(self, alice, here):
        for bound in ("altitude_lower", "altitude_upper"):
            extent = soon(here)
            del extent["volume"][bound]
            alice.put_intent(intent(extent), status=400)
            alice.put_intent(intent(soon(here), extent), status=400)
        mine = alice.plan(intent(soon(here, band=(0, 0))))
        assert ids(alice.intents(volume(here, band=None))) == {mine["id"]}
        assert alice.intents(volume(here, band=(0.01, 9))) == []


class TestTimes:
    @pytest.mark.parametrize(
        "value",
        [
            "something-invalid",
            "",
            "2030-06-30 16:02:00Z",
            "2030-06-30T16:02:00",
            "2030-06-30T16:02Z",
            "2030-06-30t16:02:00z",
            "2030-06-31T16:02:00Z",
            "2030-06-30T24:00:00Z",
            "2030-06-30T16:02:60Z",
            "2030-06-30T16:02:00,5Z",
            "2030-06-30T16:02:00+0100",
            "2030-06-30T16:02:00+24:00",
            "0001-01-01T00:00:00Z",
            5,
            None,
        ],
    )
    def test_what_is_no_rfc_3339_time_is_refused(self, alice, here, value):
        extent = soon(here)
        extent["time_end"] = {"value": value, "format": "RFC3339"}
        alice.put_intent(intent(extent), status=400)
        alice.put_subscription(subscription(extent), status=400)
        alice.intents(extent, 400)

    def test_the_format_is_not_looked_at(self, alice, here):
        for more in ({"format": "RFC3330"}, {"format": None}, {}):
            extent = soon(here.east(0.05))
            extent["time_end"] = {"value": extent["time_end"]["value"]} | more
            alice.end_intent(alice.plan(intent(extent)))

    def test_an_intent_has_both_and_ends_after_it_begins(self, alice, here):
        for bound in ("time_start", "time_end"):
            extent = soon(here)
            del extent[bound]
            alice.put_intent(intent(extent), status=400)
        alice.put_intent(intent(soon(here, 40, 10)), status=400)
        alice.put_intent(intent(), status=400)
        alice.put_intent({**intent(), "extents": soon(here)}, status=400)
