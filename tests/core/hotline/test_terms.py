"""Terms: what an agreement says of a category, and how a notice is held against it, to the second."""

from __future__ import annotations

import msgspec
import pytest

from beforehand.airspace.cells import cover, pack
from beforehand.airspace.volume import Circle
from beforehand.core.hotline import events as e
from beforehand.core.hotline import terms as t
from beforehand.core.hotline.decide.terms import applies, check, usable
from beforehand.core.hotline.events import TermRow
from beforehand.core.hotline.state import Agreement, VolumeState
from beforehand.core.hotline.terms import ANY, Terms
from core.hotline.line import Line, circle

HERE, FAR = pack(cover(Circle.from_degrees(35.5, 35.5, 500))), pack(cover(Circle.from_degrees(10, 10, 500)))
SECOND_US = 1_000_000


def agreement(cells: bytes = b"", **terms) -> Agreement:
    return Agreement(1, "id", "GREY", ("GREY", "TEAL"), (), Terms(**terms), 0, None, cells, "in_force")


def volume(cells: bytes = HERE) -> VolumeState:
    return VolumeState(1, cells, None, None, 0, 1, 1)


def rows(agreed: Agreement, lead_us: int | None = 0, emergency: bool = False, cells: bytes = HERE, category="exercise"):
    return check(agreed, category, emergency, lead_us, [volume(cells)])


# What terms say ---------------------------------------------------------------------------------------------------------


def test_terms_that_say_nothing_have_these_defaults():
    """H7.1: units in names; nothing is asked for that was not agreed."""
    assert msgspec.to_builtins(Terms()) == {
        "lead_s": {},
        "usable_s": {},
        "stages": {},
        "tell": {},
        "categories": [],
        "deadlines": {"delivered_s": 0, "seen_s": 0, "understood_s": 0, "disseminated_s": 0, "answer_s": 0},
        "tolerances": {"area_mm": 2_000_000, "altitude_mm": 100_000, "time_s": 60},
        "buffers": {"horizontal_mm": 0, "vertical_mm": 0, "time_s": 0},
        "steps": {"time_s": 300, "altitude_mm": 152_400, "time_steps": 24, "altitude_steps": 20},
        "silence": {"not_delivered": "", "delivered_not_seen": ""},
        "relays": [],
        "linger_s": 0,
    }


def test_a_category_has_its_own_term_before_that_of_all_others():
    """H7.1: by category, or `*`."""
    terms = Terms(
        lead_s={"exercise": 1, ANY: 2},
        usable_s={"exercise": 3, ANY: 4},
        stages={"exercise": ["SEEN"], ANY: ["DELIVERED"]},
        tell={"exercise": ["GREY"], ANY: ["TEAL"]},
    )
    assert ANY == "*"
    for category, lead, least, stages, tell in (
        ("exercise", 1, 3, ["SEEN"], ["GREY"]),
        ("other", 2, 4, ["DELIVERED"], ["TEAL"]),
    ):
        assert (terms.lead_of(category), terms.usable_of(category)) == (lead, least)
        assert (terms.stages_of(category), terms.told_of(category)) == (stages, tell)
    none = Terms()
    assert (none.lead_of("other"), none.usable_of("other"), none.stages_of("other"), none.told_of("other")) == (
        None,
        None,
        [],
        [],
    )


def test_an_agreement_that_names_no_category_speaks_of_all():
    """H7.1: else of those alone."""
    assert Terms().covers("exercise")
    assert Terms(categories=["exercise"]).covers("exercise")
    assert not Terms(categories=["other"]).covers("exercise")


def test_every_stage_has_its_deadline():
    """H5.6: by its name."""
    deadlines = t.Deadlines(1, 2, 3, 4, 5)
    assert [deadlines.of(each) for each in ("DELIVERED", "SEEN", "UNDERSTOOD", "DISSEMINATED")] == [1, 2, 3, 4]
    assert deadlines.answer_s == 5


@pytest.mark.parametrize("kind", [Terms, t.Tolerances, t.BufferTerms, t.Steps, t.Deadlines, t.Silence, t.Relay])
def test_terms_that_this_version_does_not_know_are_not_read(kind):
    """H7.1: what was signed is never skipped."""
    made = t.Relay("GREY", "GREY", "COAST", 1) if kind is t.Relay else kind()
    said = msgspec.to_builtins(made)
    assert msgspec.convert(said, kind) == made
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**said, "added": 1}, kind)


# Where they hold --------------------------------------------------------------------------------------------------------


def test_an_agreement_holds_where_a_volume_shares_cells_with_its_area():
    """H4.3: without an area everywhere; a place in words alone may lie in it."""
    assert applies(agreement(), [volume(FAR)])
    assert applies(agreement(HERE), [volume(HERE)])
    assert not applies(agreement(HERE), [volume(FAR)])
    assert applies(agreement(HERE), [volume(FAR), volume(HERE)])
    assert applies(agreement(HERE), [volume(b"")])
    assert applies(agreement(HERE), [volume(FAR), volume(b"")])


# Lead -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lead_us", "row"),
    [
        (1_200 * SECOND_US, TermRow("lead", "met")),
        (1_200 * SECOND_US + 1, TermRow("lead", "met")),
        (1_200 * SECOND_US - 500_000, TermRow("lead", "met")),
        (1_200 * SECOND_US - 500_001, TermRow("lead", "not met", 1)),
        (1_199 * SECOND_US, TermRow("lead", "not met", 1)),
        (60 * SECOND_US, TermRow("lead", "not met", 1_140)),
        (0, TermRow("lead", "not met", 1_200)),
        (-60 * SECOND_US, TermRow("lead", "not met", 1_260)),
        (None, TermRow("lead", "cannot be judged", why="no window said yet")),
    ],
)
def test_the_notice_lead_is_met_or_not_met_by_so_many_seconds(lead_us, row):
    """H4.3, H4.2: window minus receipt, to the nearest second."""
    assert rows(agreement(lead_s={ANY: 1_200}), lead_us) == [row]


@pytest.mark.parametrize(
    ("lead_us", "row"),
    [
        (180 * SECOND_US, TermRow("lead", "cannot be judged", why="waived: EMERGENCY (3 min)")),
        (-40 * SECOND_US, TermRow("lead", "cannot be judged", why="waived: EMERGENCY (-40 s)")),
        (1_199 * SECOND_US, TermRow("lead", "cannot be judged", why="waived: EMERGENCY (19 min 59 s)")),
        (1_200 * SECOND_US, TermRow("lead", "met")),
        (None, TermRow("lead", "cannot be judged", why="no window said yet")),
    ],
)
def test_an_emergency_waives_the_lead_that_it_does_not_meet(lead_us, row):
    """H4.4: and says so, with what lead there was."""
    assert rows(agreement(lead_s={ANY: 1_200}), lead_us, emergency=True) == [row]


def test_outside_the_area_or_the_categories_nothing_is_judged():
    """H4.3: why it cannot be, the area first."""
    outside = [
        TermRow("lead", "cannot be judged", why="outside the agreement's area"),
        TermRow("usable", "cannot be judged", why="outside the agreement's area"),
    ]
    assert rows(agreement(HERE, lead_s={ANY: 1}, usable_s={ANY: 1}), cells=FAR) == outside
    no_category = [
        TermRow("category", "not met", why="exercise"),
        TermRow("lead", "cannot be judged", why="not a category of the agreement"),
        TermRow("usable", "cannot be judged", why="not a category of the agreement"),
    ]
    other = agreement(HERE, lead_s={ANY: 1}, usable_s={ANY: 1}, categories=["other"])
    assert rows(other) == no_category
    assert rows(other, cells=FAR)[1:] == outside


def test_every_term_has_its_row_in_a_fixed_order_and_no_sum():
    """H4.3: category, lead, usable; one that was not agreed has none."""
    assert rows(agreement()) == []
    assert rows(agreement(categories=["exercise"], lead_s={"exercise": 0}, usable_s={"exercise": 5})) == [
        TermRow("category", "met"),
        TermRow("lead", "met"),
        TermRow("usable", "cannot be judged", why="not yet understood"),
    ]
    assert rows(agreement(lead_s={"other": 1}, usable_s={"other": 1})) == []
    assert rows(agreement(usable_s={ANY: 0})) == [
        TermRow("usable", "cannot be judged", why="not yet understood"),
    ]


# Usable warning ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("usable_us", "row"),
    [
        (600 * SECOND_US, TermRow("usable", "met")),
        (600 * SECOND_US - 500_001, TermRow("usable", "not met", 1)),
        (599 * SECOND_US, TermRow("usable", "not met", 1)),
        (-60 * SECOND_US, TermRow("usable", "not met", 660)),
        (None, TermRow("usable", "cannot be judged", why="no window said yet")),
    ],
)
def test_the_usable_warning_is_met_or_not_met_by_so_many_seconds(usable_us, row):
    """H4.2, H4.3: window minus UNDERSTOOD, of one addressee."""
    assert usable(agreement(usable_s={ANY: 600}), "exercise", usable_us) == row


def test_no_usable_warning_is_judged_where_none_is_agreed():
    """H4.3: for the category, by an agreement that speaks of it."""
    assert usable(agreement(), "exercise", 0) is None
    assert usable(agreement(usable_s={"other": 600}), "exercise", 0) is None
    assert usable(agreement(usable_s={ANY: 600}, categories=["other"]), "exercise", 0) is None
    assert usable(agreement(usable_s={ANY: 0}), "exercise", 0) == TermRow("usable", "met")


# As entries -------------------------------------------------------------------------------------------------------------


def test_every_version_is_held_against_every_agreement_in_force_when_it_was_received():
    """H4.3: an entry each, for its giver and whoever hears of the notice; the agreement's version is its id."""
    line = Line()
    grey, teal, rust = line.party("GREY"), line.party("TEAL"), line.party("RUST")
    both = line.agreement(grey, teal, terms=Terms(lead_s={"*": 1_200}, tell={"*": ["TEAL"]}))
    far = line.agreement(grey, rust, terms=Terms(lead_s={"*": 1}), area=[circle(10, 10)])
    line.agreement(teal, rust)
    notice = grey.give()
    first = line.events(e.TermsChecked)
    assert [(each.agreement, each.version, each.to) for each in first] == [
        (both.id, 1, ["GREY", "TEAL"]),
        (far.id, 1, ["GREY"]),
    ]
    assert [row.value for each in first for row in each.rows] == ["met", "cannot be judged"]
    assert first[0].party is msgspec.UNSET
    line.pass_until(20)
    after = line.agreement(teal, grey, terms=Terms(lead_s={"*": 601}))
    assert len(line.events(e.TermsChecked)) == 2, "what came into force later says nothing of it"
    grey.change(notice)
    second = line.events(e.TermsChecked)[2:]
    assert [(each.agreement, each.version, each.rows) for each in second] == [
        (both.id, 2, [TermRow("lead", "not met", 600)]),
        (far.id, 2, [TermRow("lead", "cannot be judged", why="outside the agreement's area")]),
        (after.id, 2, [TermRow("lead", "not met", 1)]),
    ]
    assert notice.versions[0].agreements == [both.id, far.id]
    assert [each[:2] for each in notice.versions[1].terms] == [(both.id, ""), (far.id, ""), (after.id, "")]
