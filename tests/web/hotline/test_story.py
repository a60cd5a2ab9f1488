"""Every verb and every read, where all goes well; each answer is of its type and as the description says."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beforehand.auth.signing import public_text
from beforehand.core.hotline import events as e
from beforehand.web.hotline.operations import HOTLINE

from .line import Line, play
from .situation import leg, situation, volume


async def told(line: Line, token: str, notice: str) -> Any:
    """What an addressee holds of the newest version."""
    view = (await line.seen(f"/notices/{notice}", token))["view"]
    return view["told"][-1]


async def understand(line: Line, token: str, notice: str, said: dict[str, Any]) -> Any:
    """Look, see, open, answer."""
    held = await told(line, token, notice)
    await line.done_("receipt delivered", token, notice=notice, hash=held["hash"])
    await line.done_("receipt seen", token, notice=notice)
    opened = await line.done_("receipt open", token, notice=notice)
    result = await line.done_("receipt answer", token, notice=notice, volumes=[said])
    assert result["version"] == opened["version"]
    return result


def test_every_verb_and_every_read_can_be_done() -> None:
    """H1.1, H1.2, H1.3, H4.1, H4.10, H4.12, H5.1, H5.2, H5.4, H5.5, H6.2, H6.4, H7.1, H7.2: over HTTP, from first to last."""

    async def story(line: Line) -> None:
        s = await situation(line)
        giver, addressee = s.giver.token, s.addressee.token
        before = volume(line, 31, 51)
        assert (await understand(line, addressee, s.notice, before))["right"]
        await line.done_("receipt who", addressee, notice=s.notice, answer="some")
        await line.done_("receipt disseminated", addressee, notice=s.notice, coverage="all", means="radio")
        await line.done_("phrase equal", addressee, notice=s.notice)
        await line.done_("relay report", addressee, notice=s.notice, nonparty="COAST-AD")
        await line.done_("notice answer", giver, notice=s.notice, objection=s.objection, answer="noted, goes ahead")
        hidden = await line.done_("notice advice", giver, notice=s.notice)
        assert hidden["ask"] == ["TEAL"]
        await line.done_("notice release", addressee, notice=s.notice)
        assert (await line.done_("notice advice", giver, notice=s.notice))["nearby"]
        trial = await line.done_("notice try", giver, category="exercise", volumes=[volume(line, 31, 51)])
        assert trial["trial"] is not None
        await line.done_("notice shift", giver, notice=s.notice, minutes=5)
        await line.done_("notice change", giver, notice=s.notice, volumes=[volume(line, 40, 60)])
        heard = volume(line, 40, 60)
        voice = await line.done_("receipt voice", giver, notice=s.notice, party="TEAL", volumes=[heard])
        assert voice["right"]
        for verb in ("begin", "deviate", "break-off", "end", "clear"):
            await line.done_(f"notice {verb}", giver, notice=s.notice)
        for verb in ("withdraw", "not-flown"):
            another = await line.done_("notice give", giver, category="exercise", volumes=[volume(line, 90, 99)])
            await line.done_(f"notice {verb}", giver, notice=another["id"])
        await line.done_("zone posture", addressee, {"zone": s.zone, "capability": "long-range", "from": line.at(5)})
        await line.done_("zone end", addressee, zone=s.zone)
        ranges = {"kind": "range", "volumes": [{"circle": [35.5, 35.8, 20_000]}], "active": [[line.at(0), line.at(60)]]}
        await line.done_("zone declare", addressee, ranges)
        await line.done_("movement end", addressee, movement=s.movement)
        await line.done_("agreement cite", giver, title="Resolution 1701", clauses={"2": "calls upon both"})
        for verb in ("suspend", "resume", "denounce"):
            await line.done_(f"agreement {verb}", giver, agreement=s.agreement)
        key = await line.done_("party key", addressee, public_key=public_text(Ed25519PrivateKey.generate()))
        await line.done_("party revoke", addressee, {"key": key["id"], "from": line.at(0)})
        for path in (
            "/parties", "/agreements", f"/agreements/{s.agreement}", f"/agreements/{s.agreement}?at={line.at(-1)}", "/notices",
            "/notices?live=true&limit=1", f"/notices/{s.notice}", f"/notices/{s.notice}?version=1", f"/knew/{s.notice}",
            f"/knew/{s.notice}?at={line.at(-0.01)}", "/zones", "/movements", "/pairs/GREY/2027-01-15",
        ):  # fmt: skip
            await line.seen(path, addressee)
        await line.done_("party remove", addressee, person=s.deputy.person)
        await line.done_("party logout", addressee, {})
        assert line.done == {each.id for each in HOTLINE}

    play(story)


def test_a_list_goes_on_where_the_page_before_ended() -> None:
    """P8: a page has a limit, and nothing is left out between two."""

    async def story(line: Line) -> None:
        s = await situation(line)
        for _ in range(4):
            await line.done_("notice give", s.giver.token, category="exercise", volumes=[volume(line, 90, 99)])
        whole = (await line.seen("/notices", s.giver.token))["notices"]
        assert len(whole) == 5
        for limit in (0, 1, 2, 3, 5, 500):
            paged: list[Any] = []
            page = await line.seen(f"/notices?limit={limit}", s.giver.token)
            while True:
                assert len(page["notices"]) <= max(1, limit)
                paged += page["notices"]
                if page["next"] is None:
                    break
                page = await line.seen(f"/notices?limit={limit}&after={page['next']}", s.giver.token)
            assert paged == whole

    play(story)


def test_changing_a_notice_hands_nothing_out_and_asks_about_slips_against_what_was_said_before() -> None:
    """H4.6, H5.1: a new version is held against the one before; whoever is not its giver makes no entry by trying."""

    async def story(line: Line) -> None:
        s = await situation(line)
        body = {"notice": s.notice, "volumes": [volume(line, 31, 51, circle=[38.52, 35.77, 9_000])]}
        begin = line.node.durable
        assert (await line.do("notice change", s.addressee.token, body)).reason == "not_found"
        assert line.node.durable == begin
        await line.done_("notice change", s.giver.token, body)
        marks = (await line.seen(f"/notices/{s.notice}", s.giver.token))["view"]["versions"][-1]["marks"]
        assert any(mark["rule"] == "H4.6" for mark in marks)
        handed = [each for each in await line.events() if isinstance(each, e.HandedOut)]
        assert not handed

    play(story)


def test_a_movement_has_its_legs_and_a_zone_its_shape() -> None:
    """H6.2, H6.4: shown in degrees, metres and RFC 3339, as they were declared."""

    async def story(line: Line) -> None:
        s = await situation(line)
        movement = (await line.seen("/movements", s.addressee.token))["movements"][0]
        assert movement["shapes"][0]["from"] == leg(line)["from"]
        zone = (await line.seen("/zones", s.addressee.token))["zones"][0]
        assert zone["shapes"][0]["circle"] == [35.5, 35.8, 20_000]
        assert zone["said"] == "reported by TEAL about COAST-AD"

    play(story)
