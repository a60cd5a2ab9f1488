"""An evening in which every event of the hotline happens: what the golden journal keeps.

The journal stands as it was written, and what is added is added at its end. Written anew, while nothing was released, by
`python -m core.hotline.every_event`, from the folder of the tests.
"""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import get_args

from msgspec.structs import replace

from beforehand.core.hotline import commands as c
from beforehand.core.hotline.events import HotlineEvent
from beforehand.core.hotline.terms import Deadlines, Relay, Silence, Terms
from beforehand.core.stamp import Caller
from beforehand.core.strategic import commands as s
from beforehand.record.canonical import encode_facts
from core.hotline.line import Hand, Line, circle
from core.hotline.statements import signed

GOLDEN = Path(__file__).parents[1] / "golden"
TERMS = Terms(
    lead_s={"*": 1_200}, usable_s={"*": 600}, stages={"*": ["DELIVERED", "SEEN", "UNDERSTOOD"]}, tell={"*": ["TEAL"]},
    deadlines=Deadlines(60, 120, 600, 0, 120), silence=Silence("will hold until answered", "may go ahead"),
    relays=[Relay("TEAL", "TEAL", "HILLS", 300)], linger_s=600)  # fmt: skip


def evening() -> Line:
    """The whole of it."""
    line = Line("golden")
    grey, teal, plum = line.party("GREY"), line.party("TEAL"), line.party("PLUM")
    line.party("IRIS", "observer")
    _people(line, teal)
    line.done(c.NameNonparty(teal.by, "HILLS", "a hill people's guns"))
    line.done(c.CiteInstrument(plum.by, 3, '{"title":"a resolution"}'))
    agreement = line.agreement(grey, teal, terms=TERMS, observers=["IRIS"], area=[circle(radius_m=20_000)])
    line.agreement(grey, plum, from_min=1, until_min=10_000)
    zone = teal.zone(nonparty="HILLS", active_min=[(0, 200)])
    line.done(c.SetPosture(teal.by, zone.id, "long range", line.at(30)))
    movement = plum.move()
    _intent(line, grey)
    line.act(grey.giving(kind=c.TryNotice))
    notice = grey.give(grey.volume(), grey.volume(circle(35.6, 35.77)))
    line.done(signed(c.ReportRelay(teal.by, notice.id, "TEAL", "HILLS", "by telephone", None, "told"), "public-TEAL"))
    line.done(c.Release(plum.by, notice.id))
    _read_back(line, grey, teal, notice.id)
    raised = line.done(c.Object(teal.by, notice.id, "DELAY_REQUESTED", "we have people there"))
    line.pass_until(12)
    line.done(c.AnswerObjection(grey.by, notice.id, raised.id, "amended", "ten minutes more"))
    line.done(c.ShiftNotice(grey.by, notice.id, 600_000_000, False, "ten minutes later"))
    line.done(c.MoveAgreement(teal.by, agreement.id, "denounced", line.at(500)))
    line.pass_until(41)
    grey.say(notice, "begun")
    line.pass_until(61)
    grey.say(notice, "all-clear")
    line.done(c.EndZone(teal.by, zone.id))
    line.done(c.EndMovement(plum.by, movement.id))
    line.pass_until(31 * 1440)
    return line


def _people(line: Line, teal: Hand) -> None:
    line.done(c.Invite(teal.by, "second", ("duty",)))
    joined = line.done(c.Join(c.Speaker(Caller("", "")), "TEAL", "second", "second", "{}"))
    second = Hand(line, "TEAL", joined.id).as_("duty")
    line.done(c.CloseSession(second.by))
    line.done(c.RemovePerson(teal.by, joined.id))
    line.done(c.AddKey(teal.by, "new key", "new public", line.at(0)))
    line.done(c.RevokeKey(teal.by, "new key", line.at(0)))


def _intent(line: Line, grey: Hand) -> None:
    """A standard intent of whom the line knows nothing."""
    given = grey.volume()
    extent = s.Extent(given.cells[:8], 0, 500_000, line.at(20), line.at(40))
    line.decide(s.PutIntent(Caller("https://issuer", "uss"), bytes(6) + b"\x40\x00\x80" + bytes(7), None, extent,
                            s.IntentState.ACCEPTED, "https://uss", frozenset(), None, None, None))  # fmt: skip


def _read_back(line: Line, grey: Hand, teal: Hand, id_: str) -> None:
    notice = line.state.notices[id_]
    telling = notice.tellings["TEAL"][-1]
    service = teal.service()
    line.act(c.Receive(service, id_, 0, "DELIVERED", "0" * 64))
    line.done(c.Receive(service, id_, 0, "DELIVERED", telling.hash))
    teal.see(notice)
    rows = [c.ReadBackValues(each.outline, each.lower_mm, each.upper_mm, each.start_us, each.end_us)
            for each in (line.state.shapes[id_, 1][number - 1] for number in telling.volumes)]  # fmt: skip
    wrong = [replace(each, upper_mm=9_000_000) for each in rows]
    teal.read_back(notice, *wrong)
    teal.read_back(notice, *wrong)
    line.done(c.OpenReadBack(teal.by, id_))
    line.act(c.FetchNotice(service, id_))
    line.pass_until(6)
    teal.read_back(notice, *rows)
    line.done(c.SayWhoOfOurs(teal.by, id_, "some"))
    line.done(c.SayPhraseEqual(grey.by, id_, "TEAL", "duty", line.at(6)))
    line.done(c.Receive(teal.by, id_, 0, "DISSEMINATED", coverage="all", means="radio", spread="told"))


def main() -> None:
    """Write the golden files."""
    line = evening()
    kinds = {type(event) for _, event, _ in line.journal}
    missing = set(get_args(HotlineEvent)) - kinds
    assert not missing, missing
    rows = [
        {
            "facts": encode_facts(event).decode(),
            "time": time_us,
            "content": None if content is None else b64encode(content).decode(),
        }
        for time_us, event, content in line.journal
    ]
    (GOLDEN / "hotline.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (GOLDEN / "hotline_state_hash.txt").write_text(line.machine.state_hash() + "\n")


if __name__ == "__main__":
    main()
