"""Five parties, an agreement of two of them under the eyes of an observer, and something of everybody's own."""

from __future__ import annotations

from typing import Any, NamedTuple

from beforehand.auth.scopes import HOTLINE_PARTY

from .line import Line, Person

#: What nobody but those whom it concerns may find in an answer.
SECRETS = ("evening sortie", "night patrol", "coast battery", "quiet coast", "ask before noon")


class Situation(NamedTuple):
    """Who there is, with tokens, and what there is, by id."""

    giver: Person
    addressee: Person
    deputy: Person
    service: Person
    third: Person
    observer: Person
    bound: str
    forged: str
    agreement: str
    notice: str
    zone: str
    movement: str
    objection: str

    @property
    def tokens(self) -> dict[str, str | None]:
        """Of everybody who may try, by name; the operator's is the line's own."""
        people = {name: getattr(self, name).token for name in ("giver", "addressee", "service", "third", "observer")}
        return people | {"bound": self.bound, "forged": self.forged, "nobody": None}


def volume(line: Line, start: float, end: float, **more: Any) -> dict[str, Any]:
    """A volume off a coast, so many minutes from now."""
    return {
        "circle": [35.52, 35.77, 9_000],
        "lower": {"value": 0, "unit": "m", "reference": "wgs84"},
        "upper": {"value": 6_000, "unit": "m", "reference": "wgs84"},
        "from": line.at(start),
        "to": line.at(end),
    } | more


def leg(line: Line) -> dict[str, Any]:
    """A leg that goes through it."""
    return {
        "from": [35.9, 35.2], "to": [35.4, 35.95], "from_time": line.at(15), "to_time": line.at(60), "radius_m": 2_000,
        "lower": {"value": 1_000, "unit": "m", "reference": "wgs84"},
        "upper": {"value": 2_000, "unit": "m", "reference": "wgs84"},
    }  # fmt: skip


def terms() -> dict[str, Any]:
    """What two parties may agree on."""
    return {
        "lead_min": {"*": 30},
        "usable_min": {"*": 5},
        "tell": {"*": ["GREY", "TEAL"]},
        "stages": {"*": ["DELIVERED", "SEEN", "UNDERSTOOD"]},
        "deadlines_min": {"seen": 30, "understood": 60, "answer": 30},
        "relays": [{"party": "TEAL", "nonparty": "COAST-AD"}],
        "linger_min": 30,
    }


async def situation(line: Line) -> Situation:
    """Set it up: GREY gave TEAL a notice; it meets a zone and a movement of TEAL's; AMBER and the others have no part in it."""
    giver, addressee, third = await line.party("GREY"), await line.party("TEAL"), await line.party("AMBER")
    observer = await line.party("UN", kind="observer")
    await line.party("RUST", issuer="elsewhere", subject="rust")
    bound = line.foreign("elsewhere", "rust", HOTLINE_PARTY)
    invited = await line.done_("party invite", addressee.token, roles=["duty"])
    deputy = await line.join("TEAL", invited["invitation"], "second", "duty")
    service = await line.service(addressee)
    claims = {"person": addressee.person, "role": "senior", "sid": "0" * 8}
    forged = line.foreign("elsewhere", "TEAL", HOTLINE_PARTY, **claims)
    await line.done_("nonparty name", addressee.token, code="COAST-AD", about="coast battery")
    proposed = {
        "title": "quiet coast", "parties": ["GREY", "TEAL"], "observers": ["UN"], "from": line.at(-60), "terms": terms(),
    }  # fmt: skip
    agreement = (await line.done_("agreement propose", giver.token, proposed))["id"]
    for each in (giver, addressee):
        await line.done_("agreement sign", each.token, agreement=agreement)
    reported = {
        "kind": "air_defence", "nonparty": "COAST-AD", "title": "coast battery",
        "volumes": [{"circle": [35.5, 35.8, 20_000]}], "active": [[line.at(-10), None]],
    }  # fmt: skip
    zone = (await line.done_("zone report", addressee.token, reported))["id"]
    patrol = {"title": "night patrol", "legs": [leg(line)]}
    movement = (await line.done_("movement declare", addressee.token, patrol))["id"]
    told = {"category": "air_operation", "title": "evening sortie", "volumes": [volume(line, 31, 51)]}
    notice = (await line.done_("notice give", giver.token, told))["id"]
    await line.settle()
    objection = (await line.done_("notice object", addressee.token, notice=notice, text="ask before noon"))["id"]
    return Situation(
        giver, addressee, deputy, service, third, observer, bound, forged, agreement, notice, zone, movement, objection
    )
