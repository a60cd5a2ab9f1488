"""Shapes as journals keep them: their spelling is never changed, for a receipt of delivery names the hash of such bytes."""

from __future__ import annotations

import pytest
from msgspec.json import Decoder, Encoder

from beforehand.airspace.encounter import Body
from beforehand.airspace.moving import Leg
from beforehand.airspace.volume import Circle, Polygon, Volume

encode = Encoder(order="sorted").encode

KEPT = [
    (
        Volume(Circle(355200000, 357700000, 9000000), 0, None, 7, 9),
        b'{"end_us":9,"lower_mm":0,"outline":{"lat_e7":355200000,"lng_e7":357700000,"radius_mm":9000000,"type":"circle"},'
        b'"start_us":7,"upper_mm":null}',
    ),
    (
        Volume(Polygon(((0, 0), (0, 10), (10, 0))), None, 5, None, None),
        b'{"end_us":null,"lower_mm":null,"outline":{"type":"polygon","vertices":[[0,0],[0,10],[10,0]]},"start_us":null,'
        b'"upper_mm":5}',
    ),
    (
        Leg(1, 2, 3, 4, 5, 6, 7, 8, 9),
        b'{"end_us":6,"from_lat_e7":1,"from_lng_e7":2,"lower_mm":7,"radius_mm":9,"start_us":5,"to_lat_e7":3,"to_lng_e7":4,'
        b'"type":"leg","upper_mm":8}',
    ),
]


@pytest.mark.parametrize(("body", "kept"), KEPT)
def test_a_shape_is_kept_in_these_bytes(body: Body, kept: bytes) -> None:
    assert encode(body) == kept


@pytest.mark.parametrize(("body", "kept"), [each for each in KEPT if isinstance(each[0], Volume)])
def test_a_volume_is_read_from_these_bytes(body: Volume, kept: bytes) -> None:
    assert Decoder(Volume).decode(kept) == body


def test_a_leg_is_read_from_these_bytes() -> None:
    assert Decoder(Leg).decode(KEPT[2][1]) == KEPT[2][0]
