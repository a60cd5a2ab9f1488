"""What is kept as content (DESIGN.md §2), and what an addressee is told (H3.2, H5.1): documents read back as written."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec
import pytest
from msgspec.json import decode
from msgspec.structs import replace

from beforehand.airspace.moving import Leg
from beforehand.airspace.volume import Polygon, Volume
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import contents as k
from beforehand.core.hotline import events as e
from beforehand.core.hotline.phrase import day_value, phrase
from beforehand.core.hotline.terms import Terms
from core.hotline.line import Line, circle

TRIANGLE = Polygon(((1, 2), (3, 4), (5, 6)))
VOLUMES = (Volume(circle(), None, 5, None, 7), Volume(TRIANGLE, 1, 2, 3, 4), Volume())


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (k.Sent({"a": [1, None]}, "as sent", "signature"), k.read_sent),
        (k.Sent(), k.read_sent),
        (k.NoticeContent({"title": "t"}, VOLUMES, "sent", "signed"), k.read_notice),
        (k.MovementContent({}, (Leg(1, 2, 3, 4, 5, 6, None, 8, 9),), "sent"), k.read_movement),
        (k.AreaContent({}, (circle(), TRIANGLE)), k.read_area),
    ],
)
def test_what_is_written_reads_back(content: Any, read: Any) -> None:
    """P4: whatever shape it holds."""
    assert read(k.encode(content)) == content


def test_it_is_written_in_one_order() -> None:
    """P4: the same content is the same bytes, whatever order its words came in."""
    assert k.encode(k.Sent({"b": 1, "a": 2})) == k.encode(k.Sent({"a": 2, "b": 1})) == (
        b'{"sent":"","signature":"","words":{"a":2,"b":1}}'
    )  # fmt: skip


def test_a_document_is_an_addressees_part_and_says_all_that_its_phrase_follows_from() -> None:
    """H3.2, H4.7, H5.1: its bytes are what a receipt names; the phrase follows from it without a network."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    teal.zone(circle(radius_m=100))
    marks = (c.GivenMark("H4.5", "one", 1), c.GivenMark("H4.5", "two", 2), c.GivenMark("H4.5", "whole", 0))
    given = (grey.volume(), grey.volume(circle(36.5, 35.0)))
    words = '{"title":"a title","text":"of both","volumes":[{"said":1},{"said":2}]}'
    notice = line.notice(line.done(replace(grey.giving(*given), marks=marks, words=words)))
    told = line.events(e.NoticeTold)[0]
    telling = notice.tellings["TEAL"][0]
    content = line.journal[telling.handle][2]
    assert content is not None
    assert told.hash == sha256(content).hexdigest()
    document = k.read_document(content)
    assert k.encode(document) == content
    assert (document.notice, document.version, document.giver) == (notice.id, 1, "GREY")
    assert (document.category, document.emergency) == ("air_operation", False)
    assert [(each.number, each.words) for each in document.volumes] == [(1, {"said": 1})]
    assert document.volumes[0].volume == Volume(circle(), 0, 3_000_000, line.at(30), line.at(50))
    assert (document.of_volumes, document.words) == (1, {})
    assert [each["kind"] for each in document.marks] == ["one"]
    assert document.received.startswith("2027-01-15T08:00:00")
    assert document.day == "2027-01-15"
    assert document.day_value == day_value(next(iter(line.state.pairs.values())), "2027-01-15")
    assert document.phrase == phrase(document.day_value, "air_operation", 1, [each.volume for each in document.volumes])
    assert document.phrase == teal.fetch(notice).told[0].phrase
    assert len(bytes.fromhex(document.salt)) == 16


def test_who_is_told_the_whole_is_told_the_words_of_the_whole() -> None:
    """H4.7: and marks of the whole."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.agreement(grey, teal, terms=Terms(tell={"*": ["TEAL"]}))
    words = '{"title":"a title","text":"of both","volumes":[{},{}]}'
    marks = (c.GivenMark("H4.5", "whole", 0),)
    notice = line.notice(line.done(replace(grey.giving(grey.volume(), grey.volume()), marks=marks, words=words)))
    document = k.read_document(line.journal[notice.tellings["TEAL"][0].handle][2] or b"")
    assert (document.words, document.of_volumes) == ({"title": "a title", "text": "of both"}, 2)
    assert [each["kind"] for each in document.marks] == ["whole"]


def test_two_addressees_of_the_same_have_unlike_salts() -> None:
    """P5: who knows the one hash cannot test a guess at the other."""
    line = Line()
    grey, teal, plum = (line.party(code) for code in ("GREY", "TEAL", "PLUM"))
    line.agreement(grey, teal, plum, terms=Terms(tell={"*": ["TEAL", "PLUM"]}))
    notice = grey.give()
    documents = [k.read_document(line.journal[notice.tellings[each][0].handle][2] or b"") for each in ("TEAL", "PLUM")]
    assert documents[0].salt != documents[1].salt
    assert documents[0].volumes == documents[1].volumes


def test_no_words_and_no_exact_shape_are_in_any_fact() -> None:
    """DESIGN.md §2: free text and exact shapes are content, whatever is said."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    zone = c.SetZone(teal.by, "range", None, (teal.volume(),), ((line.at(0), None),), (), '{"title":"SECRET"}')
    line.done(zone)
    notice = line.notice(line.done(replace(grey.giving(), words='{"title":"SECRET","volumes":[{}]}')))
    teal.fetch(notice)
    line.done(c.Receive(teal.by, notice.id, 0, "SEEN", words="SECRET"))
    line.done(c.Object(teal.by, notice.id, "QUESTION", "SECRET"))
    facts = [msgspec.json.encode(event).decode() for _, event, _ in line.journal]
    assert not [each for each in facts if "SECRET" in each or str(circle().lat_e7) in each or "radius" in each]
    assert sum(b"SECRET" in (content or b"") for _, _, content in line.journal) == 5


def test_a_statement_is_kept_as_it_was_sent() -> None:
    """H1.5: its bytes and its signature, of an act with words and of one without; nothing of an unsigned one without words."""
    line = Line()
    grey = line.party("GREY")
    bare = c.EndMovement(grey.by, grey.move().id)
    reply = line.done(bare)
    assert line.journal[reply.entry][2] is None
    by = replace(grey.by, bytes_as_sent="as sent", signature="signature")
    reply = line.done(replace(bare, by=by, movement=grey.move().id))
    assert decode(line.journal[reply.entry][2] or b"") == {"words": None, "sent": "as sent", "signature": "signature"}
    reply = line.done(replace(grey.giving(), by=by))
    kept = k.read_notice(line.journal[reply.entry][2] or b"")
    assert (kept.sent, kept.signature) == ("as sent", "signature")
