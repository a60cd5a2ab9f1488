"""Statements over HTTP: bound, signed or not, said once, and contested when the key is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beforehand.auth.signing import public_text, sign
from beforehand.core.hotline import events as e
from beforehand.core.hotline.contents import read_notice
from beforehand.record.entry import unpad

from .line import Line, play
from .situation import situation, volume


def notice(line: Line) -> dict[str, Any]:
    return {"category": "exercise", "volumes": [volume(line, 90, 99)]}


async def signed_as(line: Line, token: str, notice_id: str) -> str:
    return (await line.seen(f"/notices/{notice_id}", token))["view"]["versions"][-1]["signed"]


def test_a_signed_statement_is_kept_as_sent_with_its_signature_and_an_unsigned_one_says_so() -> None:
    """H1.5: signed or not is always shown; the bytes as sent and the signature are content of the entry."""

    async def story(line: Line) -> None:
        s = await situation(line)
        raw, signature = line.signed("GREY", notice(line), subject="notice", role="senior", record=line.node.record)
        done = (await line.do("notice give", s.giver.token, raw, signature=signature)).json
        assert (await signed_as(line, s.giver.token, done["id"])).startswith("signed (")
        assert (await signed_as(line, s.giver.token, s.notice)) == "unsigned, by the node's word"
        stored = (await line.node.entries([done["entry"]]))[0]
        content = read_notice(unpad(stored.content.padded))
        assert (content.sent.encode(), content.signature) == (raw, signature.split()[1])

    play(story)


def spoilt_signatures(line: Line, raw: bytes) -> dict[str, str]:
    key, other = line.keys["GREY"], Ed25519PrivateKey.generate()
    good = sign(key, raw)
    return {
        "of other bytes": f"{public_text(key)} {sign(key, raw + b' ')}",
        "of another key": f"{public_text(key)} {sign(other, raw)}",
        "without prefix": f"{public_text(key)} {good[::-1]}",
        "no signature": public_text(key),
        "nothing": "",
        "three parts": f"{public_text(key)} {good} {good}",
        "another order": f"{good} {public_text(key)}",
        "not ASCII": f"{public_text(key)} é{good[1:]}",
        "padding": f"{public_text(key)}= {good}==",
    }


def test_a_signature_that_does_not_fit_is_never_taken_for_none() -> None:
    """H1.5: 400, and nothing is recorded: unsigned would be another statement."""

    async def story(line: Line) -> None:
        s = await situation(line)
        raw, _ = line.signed("GREY", notice(line))
        begin = line.node.durable
        for name, signature in spoilt_signatures(line, raw).items():
            got = await line.do("notice give", s.giver.token, raw, signature=signature)
            assert (got.status, got.reason, got.field) == (400, "bad_signature", "Beforehand-Signature"), name
        assert line.node.durable == begin

    play(story)


def test_a_key_that_is_not_the_partys_signs_nothing_but_stops_no_warning() -> None:
    """H1.5, P2: an unknown key is refused; a warning goes out all the same, shown as unsigned."""

    async def story(line: Line) -> None:
        s = await situation(line)
        line.keys["GREY"] = Ed25519PrivateKey.generate()
        raw, signature = line.signed("GREY", {"agreement": s.agreement})
        assert (await line.do("agreement suspend", s.giver.token, raw, signature=signature)).reason == "unknown_key"
        raw, signature = line.signed("GREY", notice(line))
        done = (await line.do("notice give", s.giver.token, raw, signature=signature)).json
        assert (await signed_as(line, s.giver.token, done["id"])).startswith("unsigned")

    play(story)


@pytest.mark.parametrize(
    "said",
    [{"record": "0" * 64}, {"party": "TEAL"}, {"role": "duty"}, {"subject": "zone"}, {"version": 2}],
    ids=lambda said: next(iter(said)),
)
def test_a_statement_that_is_bound_to_something_else_is_refused(said: dict[str, Any]) -> None:
    """H1.5: record, party, role, subject and version are those that it says, or it is not recorded."""

    async def story(line: Line) -> None:
        s = await situation(line)
        begin = line.node.durable
        body = notice(line) | {"statement": {"party": "GREY", "nonce": line.nonce()} | said}
        got = await line.do("notice give", s.giver.token, body)
        assert (got.status, got.reason) == (400, "statement_mismatch")
        assert line.node.durable == begin

    play(story)


def test_a_statement_for_another_record_is_refused_of_every_verb_that_is_heard() -> None:
    """H1.5: also where a secret is made, which other verbs do not."""

    async def story(line: Line) -> None:
        s = await situation(line)
        begin = line.node.durable
        key = public_text(Ed25519PrivateKey.generate())
        for verb, body in (
            ("party invite", {"roles": ["duty"]}), ("party service", {"login": "other"}), ("party key", {"public_key": key}),
            ("nonparty name", {"code": "SHORE-AD"}),
        ):  # fmt: skip
            got = await line.do(verb, s.giver.token, body | {"statement": {"record": "f" * 64}})
            assert (got.status, got.reason) == (400, "statement_mismatch"), verb
        assert line.node.durable == begin

    play(story)


def test_a_signed_statement_names_its_party_and_its_nonce() -> None:
    """H1.5: else anybody could send it again, or have it said elsewhere."""

    async def story(line: Line) -> None:
        s = await situation(line)
        for missing in ("party", "nonce"):
            raw, signature = line.signed("GREY", notice(line), **{missing: None})
            got = await line.do("notice give", s.giver.token, raw, signature=signature)
            assert (got.status, got.reason) == (400, "statement_mismatch")

    play(story)


def test_the_same_nonce_with_the_same_bytes_gets_the_first_answer_again() -> None:
    """H1.5: byte for byte, after whatever happened since, and one entry; with other bytes it is refused."""

    async def story(line: Line) -> None:
        s = await situation(line)
        raw, signature = line.signed("GREY", notice(line))
        first = await line.do("notice give", s.giver.token, raw, signature=signature)
        await line.wait(1)
        await line.done_("notice withdraw", s.giver.token, notice=first.json["id"])
        again = await line.do("notice give", s.giver.token, raw, signature=signature)
        assert (again.status, again.body) == (200, first.body)
        changed = json.loads(raw) | {"emergency": True}
        got = await line.do("notice give", s.giver.token, changed)
        assert (got.status, got.reason) == (409, "nonce_used")
        given = [each for each in await line.events() if isinstance(each, e.NoticeGiven)]
        assert [each.notice for each in given].count(first.json["id"]) == 1
        assert len(given) == 2

    play(story)


def test_an_invitation_is_shown_once_and_a_repetition_shows_none() -> None:
    """H1.3, H1.5: a repetition names the same entry; the secret that goes with it was kept nowhere."""

    async def story(line: Line) -> None:
        s = await situation(line)
        statement = {"party": "GREY", "nonce": line.nonce()}
        for verb, body, name in (
            ("party invite", {"roles": ["duty"]}, "invitation"),
            ("party service", {"login": "other"}, "secret"),
        ):
            body = body | {"statement": statement | {"nonce": line.nonce()}}
            first = await line.done_(verb, s.giver.token, body)
            again = await line.done_(verb, s.giver.token, body)
            assert again == {key: value for key, value in first.items() if key != name}
            assert name in first

    play(story)


def test_nonces_are_each_partys_own() -> None:
    """H1.5, P5: another party's use of a nonce is not to be found out."""

    async def story(line: Line) -> None:
        s = await situation(line)
        body = notice(line) | {"statement": {"nonce": "the-same-nonce"}}
        assert (await line.do("notice give", s.giver.token, body)).status == 200
        assert (await line.do("notice give", s.third.token, body)).status == 200

    play(story)


def test_a_revoked_key_shows_as_contested_what_it_signed_since() -> None:
    """H1.1: revoked from a time; statements from before stay as they are, those since then show `key contested`."""

    async def story(line: Line) -> None:
        s = await situation(line)
        ids = []
        for _ in range(2):
            raw, signature = line.signed("GREY", notice(line))
            ids.append((await line.do("notice give", s.giver.token, raw, signature=signature)).json["id"])
            await line.wait(10)
        before = await line.done_("party revoke", s.giver.token, {"key": _key(line), "from": line.at(-15)})
        assert before["entry"]
        assert (await signed_as(line, s.giver.token, ids[0])).startswith("signed (")
        assert (await signed_as(line, s.giver.token, ids[1])).startswith("key contested (")

    play(story)


def _key(line: Line) -> str:
    return str(next(iter(line.node._machine.hotline.parties["GREY"].keys)))


def test_every_answer_names_the_newest_checkpoint_and_a_statement_may_name_it_as_seen() -> None:
    """H1.5: entry and leaf hash of what is durable; refusals carry it too."""

    async def story(line: Line) -> None:
        s = await situation(line)
        got = await line.look(f"/notices/{s.movement}", s.giver.token)
        entry, leaf = got.headers["beforehand-checkpoint"].split()
        assert (got.status, int(entry), leaf) == (404, *line.node.checkpoint)
        body = notice(line) | {"statement": {"seen": [int(entry), leaf]}}
        done = await line.done_("notice give", s.giver.token, body)
        assert (await line.events(done["entry"]))[0].by.seen == (int(entry), leaf)

    play(story)
