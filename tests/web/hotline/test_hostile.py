"""Hostile text, numbers and shapes: kept harmlessly as said, or refused naming the field; never half done."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .line import Line, play
from .situation import situation, volume

HTML = '<img src=x onerror="alert(1)"> & </script><!--'
#: Kept as said: nothing of it can make a line read otherwise.
HARMLESS = (
    HTML,
    "'; DROP TABLE notices; --",
    "${jndi:x} {{7*7}} %s %n",
    "שלום عالم привет 你好",
    "👩\u200d✈️",
    "a\n\tb",
    "\u200e1\u200f",
    "=1+1",
)
#: Refused: control characters, directions that reach beyond their text, what no UTF-8 holds.
HARMFUL = ("\0", "\x1b[2J", "a\rb", "\x7f", "\x9b31m", "\u202eabc", "\u2066abc", "\u2028", "\ufeff", "a\u202a")


def notice(line: Line, **fields: Any) -> dict[str, Any]:
    return {"category": "exercise", "volumes": [volume(line, 90, 99)]} | fields


@pytest.mark.parametrize("text", HARMLESS)
def test_text_that_is_only_odd_is_kept_as_it_was_said(text: str) -> None:
    """H4.6, H10.3: in words, and nowhere in facts; the answer is JSON, whatever it looks like."""

    async def story(line: Line) -> None:
        s = await situation(line)
        done = await line.done_("notice give", s.giver.token, notice(line, text=text, title=text))
        shown = await line.seen(f"/notices/{done['id']}", s.giver.token)
        assert shown["content"]["words"]["text"] == text
        document = json.loads((await line.seen(f"/notices/{done['id']}", s.addressee.token))["document"])
        assert document["words"]["title"] == text
        facts = b"".join(each.facts for each in await line.node.entries(range(line.node.durable)))
        assert text.encode() not in facts
        assert json.dumps(text)[1:-1].encode() not in facts

    play(story)


@pytest.mark.parametrize("text", HARMFUL)
@pytest.mark.parametrize("field", ["title", "text", "where"])
def test_text_that_could_read_otherwise_than_it_is_is_refused(text: str, field: str) -> None:
    """H4.6: naming the field and the character, and without repeating it."""

    async def story(line: Line) -> None:
        s = await situation(line)
        begin = line.node.durable
        got = await line.do("notice give", s.giver.token, notice(line, **{field: text}))
        assert (got.status, got.reason, got.field) == (400, "bad_text", field)
        assert got.json["detail"].isprintable()
        assert line.node.durable == begin

    play(story)


async def refused(line: Line, token: str, verb: str, raw: bytes) -> Any:
    begin = line.node.durable
    got = await line.do(verb, token, raw)
    assert 400 <= got.status < 500, got
    assert line.node.durable == begin
    assert len(got.body) < 2_000
    assert got.json["detail"].isprintable()
    return got


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b'{"category": "exercise", "title": "\\ud800"}', "The body"),
        (b'{"category": "exercise", "title": "\xed\xa0\x80"}', "The body"),
        (b'{"category": "exercise", "title": "\xff"}', "The body"),
        (b'{"category": "exercise", "volumes": [{"circle": [NaN, 1, 1]}]}', "The body"),
        (b'{"category": "exercise", "volumes": [{"circle": [Infinity, 1, 1]}]}', "The body"),
        (b'{"category": "exercise", "volumes": [{"circle": [1e999, 1, 1]}]}', "volumes[0].circle[0]"),
        (b'{"category": "exercise", "volumes": [{"outline": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}]}", "The body"),
        (b"[" * 1_000_000, "The body"),
        (b'{"category": "exercise", "' + b"x" * 1_000_000 + b'": 1}', "The body"),
        (b'{"category": "' + b"x" * 1_000_000 + b'"}', "category"),
        (b'{"category": "\\u202e\\u0000"}', "category"),
        (b'{"\\u202e\\u001b": 1, "category": "exercise"}', "The body"),
        (b'{"category": "exercise", "title": "' + b"x" * 1_000_000 + b'"}', "title"),
        (b'{"category": "exercise", "volumes": [' + b"{}," * 9_999 + b"{}]}", "volumes"),
        (b'{"category": "exercise", "volumes": [{"lower": {"value": 1' + b"0" * 400 + b', "unit": "m"}}]}', None),
        (b"null", "The body"),
        (b'"x"', "The body"),
        (b"{}{}", "The body"),
        (b"\xef\xbb\xbf{}", "The body"),
    ],
)  # fmt: skip
def test_bodies_that_nobody_would_write(raw: bytes, field: str | None) -> None:
    """P8: refused early, in a few words, naming the field."""

    async def story(line: Line) -> None:
        person = await line.party("GREY")
        got = await refused(line, person.token, "notice give", raw)
        assert field is None or got.field == field

    play(story)


@pytest.mark.parametrize(
    ("verb", "fields", "field"),
    [
        ("receipt seen", {"version": 10**4_000}, "version"),
        ("receipt seen", {"version": -1}, "version"),
        ("receipt delivered", {"hash": "0" * 64, "version": 2**64}, "version"),
        ("receipt disseminated", {"coverage": "all", "version": 2**64}, "version"),
        ("movement declare", {"headcount": 10**30}, "headcount"),
        ("movement declare", {"headcount": -1}, "headcount"),
        ("agreement propose", {"terms": {"tolerances": {"time_s": 10**400}}}, "terms.tolerances.time_s"),
        ("agreement propose", {"terms": {"steps": {"time_steps": -1}}}, "terms.steps.time_steps"),
        ("agreement propose", {"terms": {"relays": [{"party": "TEAL", "nonparty": "COAST-AD"}] * 51}}, "terms.relays"),
        ("agreement propose", {"area": [{"circle": [1, 1, 1]}] * 101}, "area"),
        ("party revoke", {"key": "\x1b" * 16}, "key"),
        ("party revoke", {"key": "A" * 1_000_000}, "key"),
        ("notice shift", {"minutes": 1e300}, "minutes"),
        ("zone declare", {"active": [["2027-01-15T09:00:00Z", None]] * 201}, "active"),
        ("zone posture", {"from": "9999-01-01T00:00:00Z"}, "from"),
        ("notice try", {"statement": {"version": 10**4_000}}, "statement.version"),
        ("notice try", {"statement": {"nonce": "\u202e" * 10}}, "statement.nonce"),
    ],
)  # fmt: skip
def test_numbers_and_names_out_of_all_bounds(verb: str, fields: dict[str, Any], field: str) -> None:
    """P8: refused with the field, never a fault of this server."""
    from beforehand.wire.hotline.verbs import BY_NAME

    async def story(line: Line) -> None:
        person = await line.party("TEAL")
        raw = json.dumps(BY_NAME[verb].example | fields).encode()
        assert (await refused(line, person.token, verb, raw)).field == field

    play(story)


@pytest.mark.parametrize("code", ["TEАL", "ТEAL", "TEAＬ", "TEAL\u200b", "teal", "TEAL ", "TE\nAL"])
def test_a_code_that_only_looks_like_one_is_no_code(code: str) -> None:
    """H1.1: Latin capitals, digits and dashes alone, so that no other letter can pass for one."""

    async def story(line: Line) -> None:
        s = await situation(line)
        shared = {"kind": "range", "volumes": [{"circle": [1, 1, 1]}], "active": [[line.at(1), None]]}
        for verb, body in (
            ("party create", {"code": code, "name": "x", "public_key": "x"}), ("nonparty name", {"code": code}),
            ("party login", {"party": code, "login": "first", "password": "long enough"}),
            ("zone declare", shared | {"shared": [code]}),
        ):  # fmt: skip
            token = line.operator if verb == "party create" else s.giver.token
            got = await line.do(verb, token, body)
            assert (got.status, got.reason) == (400, "bad_code"), verb

    play(story)


def test_large_bodies_are_read_where_nobody_waits_for_them() -> None:
    """P8: by the worker, and refused from there naming the field all the same."""

    async def story(line: Line) -> None:
        s = await situation(line)
        line.app._hotline._inline_cells = 400  # type: ignore[union-attr]
        ring = [[35 + at / 1e5, 35 if at < 4_000 else 36] for at in range(4_000)]
        polygon = {"type": "Polygon", "coordinates": [[*ring, [35.04, 35.5], ring[0]]]}
        jobs = line.worker.jobs
        got = await line.do(
            "notice give", s.giver.token, notice(line, volumes=[volume(line, 1, 2, circle=None, outline=polygon)])
        )
        assert line.worker.jobs > jobs
        assert got.status in (200, 400)

    play(story)
