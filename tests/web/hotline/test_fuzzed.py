"""Spoilt bodies for every verb: never 5xx, and what is refused leaves nothing behind."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from beforehand.core.hotline import events as e
from beforehand.web.hotline.operations import HOTLINE
from beforehand.wire.hotline.verbs import VERBS, Verb

from .line import BASE, Line, play
from .situation import Situation, leg, situation, volume
from .spoiling import ODD, spoilt, written

#: Refusals that are recorded (docs/refusals.md).
RECORDED = ("hash_differs",)
#: What the node writes by itself, beside what is asked.
OF_THE_NODE = (
    e.Looked, e.ConflictFound, e.Touched, e.CellsOnly, e.NoticeTold, e.PairKeyed, e.ZoneWarned, e.RelayNeeded, e.TermsChecked,
    e.DeadlineMissed, e.ReadBackLapsed, e.NoticeMoved, e.AgreementMoved,
)  # fmt: skip


def sound(line: Line, s: Situation, verb: Verb) -> Any:
    """A body of the verb that names what is there."""
    ids = {
        "notice": s.notice, "agreement": s.agreement, "zone": s.zone, "movement": s.movement, "objection": s.objection,
        "person": s.service.person,
    }  # fmt: skip
    body = {name: ids.get(name, value) for name, value in verb.example.items()}
    if "volumes" in body and "active" not in body:
        body["volumes"] = [volume(line, 31, 51)]
    if "legs" in body:
        body["legs"] = [leg(line)]
    return body


@settings(
    max_examples=60, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(seed=st.integers(0, 1 << 32), share=st.sampled_from([0.0, 0.03, 0.1, 0.3]))
def test_spoilt_bodies_are_refused_naming_the_field_and_leave_nothing_half_done(seed: int, share: float) -> None:
    """P8, H1.5, H4.1, H5.3: each verb, by the party whose it is and by another; 4xx or done, and no entry of a refusal."""
    chance = random.Random(seed)

    async def story(line: Line) -> None:
        s = await situation(line)
        tokens = (s.giver.token, s.addressee.token, s.service.token, s.third.token)
        for verb in chance.sample(VERBS, len(VERBS)):
            if verb.name in ("party remove", "party logout"):
                continue  # tokens would end
            token = line.operator if verb.who == "operator" else None if verb.who == "anyone" else chance.choice(tokens)
            raw = written(chance, spoilt(chance, sound(line, s, verb), share))
            begin = line.node._machine.seq
            got = await line.do(verb.name, token, raw)
            assert got.status < 500, (verb.name, raw[:500], got)
            if got.status == 400 and got.reason != "statement_mismatch":
                assert got.field, (verb.name, raw[:500], got)
                assert len(got.body) < 2_000
            if got.status >= 400 and got.reason not in RECORDED:
                wrote = [each for each in await line.events(begin) if not isinstance(each, OF_THE_NODE)]
                assert not wrote, (verb.name, raw[:500], got, wrote)
        await line.settle()
        for path in (
            "/parties",
            "/agreements",
            "/notices",
            "/zones",
            "/movements",
            f"/notices/{s.notice}",
            f"/knew/{s.notice}",
        ):
            for each in tokens[:3]:
                got = await line.look(path, each)
                assert got.status == 200 or got.reason == "blind", (path, got)

    play(story)


@settings(
    max_examples=20, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(seed=st.integers(0, 1 << 32))
def test_spoilt_paths_and_queries_are_refused_and_hand_nothing_out(seed: int) -> None:
    """P8, H10.3: never 5xx, whatever stands in a path or query."""
    from urllib.parse import quote

    chance = random.Random(seed)
    odd = [str(each).encode("utf-8", "surrogatepass")[:3_000] for each in ODD]

    async def story(line: Line) -> None:
        s = await situation(line)
        known = [s.notice.encode(), s.agreement.encode(), b"TEAL", b"2027-01-15", b"2027-02-30"]
        for operation in (each for each in HOTLINE if each.verb is None):
            for _ in range(20):
                parts = operation.template.removeprefix(BASE).split("/")
                path = "/".join(quote(chance.choice(known + odd)) if part.startswith("{") else part for part in parts)
                names = [*operation.query, "x"] if chance.random() < 0.2 else [*operation.query]
                query = "&".join(
                    f"{name}={quote(chance.choice(known + odd))}" for name in names if chance.random() < 0.6
                )
                got = await line.ask("GET", f"{BASE}{path}?{query}", s.addressee.token)
                assert got.status in (200, 400, 404), (path, query, got)
                assert len(got.body) < 100_000

    play(story)
