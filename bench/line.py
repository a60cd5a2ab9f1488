"""Parties on the line, their agreements, and a sky full of what they have declared, as commands of the core.

A party's token is one of the bench's own issuer, bound to it when the party is made, so that nobody has to log in: a password
takes 0.1 s. People are needed to sign agreements alone, and log in without one here.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from hashlib import sha256
from math import ceil
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.json import encode

from beforehand.airspace.cells import cover, cover_leg, pack
from beforehand.airspace.moving import Leg
from beforehand.airspace.outline import area_km2
from beforehand.airspace.volume import Circle, Outline, Polygon
from beforehand.auth.signing import key_id, public_text
from beforehand.core.hotline import commands as c
from beforehand.core.hotline.terms import Deadlines, Terms
from beforehand.core.stamp import Caller
from bench.journal import Made

ISSUER = "bench"
MINUTE_US = 60_000_000
DAY_US = 24 * 60 * MINUTE_US
#: Where everybody is: parties come and go from one airport.
CROWDED = (50.0, 8.5)
CROWDED_DEG = 0.4


def signing_key(code: str) -> Ed25519PrivateKey:
    """The same in every run, so that generator and journal need not hand it over."""
    return Ed25519PrivateKey.from_private_bytes(sha256(b"bench " + code.encode()).digest())


class Party:
    """A party of the journal. `by` speaks as its person on duty."""

    def __init__(self, made: Made, code: str) -> None:
        operator = c.Speaker(Caller(ISSUER, "operator"), operator=True)
        public = public_text(signing_key(code))
        made.decide(
            c.CreateParty(operator, code, "participant", ISSUER, code, key_id(public), public, f"i-{code}", "{}")
        )
        nobody = c.Speaker(Caller("", ""))
        person = made.decide(c.Join(nobody, code, f"i-{code}", f"l-{code}", "{}")).id
        session = made.decide(c.OpenSession(nobody, code, person, "senior", made.now_us + DAY_US)).id
        self.code = code
        self.by = c.Speaker(Caller("node", code), code, person, "senior", session)


def agreed(made: Made, parties: Sequence[Party], told: Sequence[str]) -> str:
    """An agreement of some parties, in force, by which those `told` are told everything; returns its id."""
    terms = Terms(
        lead_s={"*": 900}, usable_s={"*": 300}, tell={"*": list(told)}, stages={"*": ["DELIVERED", "SEEN", "UNDERSTOOD"]},
        deadlines=Deadlines(delivered_s=3_600, seen_s=7_200, understood_s=7_200))  # fmt: skip
    codes = tuple(each.code for each in parties)
    id_: str = made.decide(
        c.Propose(parties[0].by, codes, (), terms, made.now_us - DAY_US, None, b"", (), "an agreement")
    ).id
    for each in parties:
        made.decide(c.Sign(each.by, id_))
    return id_


def given(outline: Outline, lower_m: int, upper_m: int, start_us: int, end_us: int) -> c.GivenVolume:
    """A volume as the interface reads it."""
    cells = pack(cover(outline))
    return c.GivenVolume(outline, cells, lower_m * 1000, upper_m * 1000, start_us, end_us, ceil(area_km2(outline)))


def giving(by: c.Speaker, volumes: Sequence[c.GivenVolume]) -> c.GiveNotice:
    """The command that gives a notice."""
    words = encode({"title": "bench", "volumes": [{} for _ in volumes]}).decode()
    return c.GiveNotice(by, "air_operation", False, tuple(volumes), (), words)


def moving(by: c.Speaker, lat: float, lng: float, start_us: int, end_us: int) -> c.DeclareMovement:
    """A patrol of one leg, about 20 km long, across a place."""
    leg = Leg(
        round((lat - 0.07) * 1e7), round((lng - 0.1) * 1e7), round((lat + 0.07) * 1e7), round((lng + 0.1) * 1e7), start_us,
        end_us, 0, 3_000_000, 1_000_000)  # fmt: skip
    return c.DeclareMovement(by, (leg,), (pack(cover_leg(leg)),), "{}")


def flown(dice: random.Random, now_us: int, crowded: bool) -> Iterator[c.GivenVolume]:
    """What one operation is made of, without end: volumes one after another along its way.

    Half are circles, half are boxes across the way, 2 to 8 km wide, each for 4 to 20 minutes, somewhere in the next day.
    """
    lat, lng = CROWDED if crowded else (dice.uniform(36, 60), dice.uniform(-9, 30))
    start_us = now_us + int(dice.uniform(0, 0.9) * DAY_US)
    heading = dice.uniform(0, math.tau)
    lower = dice.randrange(0, 9_000, 150)
    if crowded:
        lat, lng = lat + dice.uniform(-0.5, 0.5) * CROWDED_DEG, lng + dice.uniform(-0.5, 0.5) * CROWDED_DEG
    while True:
        radius_m = dice.uniform(1_000, 4_000)
        end_us = start_us + int(dice.uniform(4, 20) * MINUTE_US)
        if dice.random() < 0.5:
            outline: Outline = Circle.from_degrees(lat, lng, radius_m)
        else:
            north, east = radius_m / 111_000, radius_m / 111_000 / math.cos(math.radians(lat))
            corners = ((-1, -1), (-1, 1), (1, 1), (1, -1))
            outline = Polygon.from_degrees([(lat + a * north, lng + b * east) for a, b in corners])
        yield given(outline, lower, lower + 600, start_us, end_us)
        if crowded:
            heading += dice.uniform(-1, 1)
            lat = CROWDED[0] + (lat - CROWDED[0]) * 0.9
            lng = CROWDED[1] + (lng - CROWDED[1]) * 0.9
        step = dice.uniform(0.02, 0.06)
        lat, lng = lat + step * math.cos(heading), lng + step * math.sin(heading) / math.cos(math.radians(lat))
        start_us += 2 * MINUTE_US


def fill(made: Made, parties: Sequence[Party], volumes: int, each: int, crowded_share: float) -> None:
    """So many volumes, in notices of `each`, of all parties in turn; meetings among them are looked for."""
    dice = random.Random(7)
    for n in range(volumes // each):
        way = flown(dice, made.now_us, dice.random() < crowded_share)
        command: Any = giving(parties[n % len(parties)].by, [next(way) for _ in range(each)])
        made.decide(command)
        made.work()
