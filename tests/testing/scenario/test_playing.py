"""A story is played as it is written: at its times, by its people, on the whole service, whatever is refused on the way."""

from __future__ import annotations

import re

import msgspec
import pytest

from beforehand.core.hotline import events as e
from beforehand.testing.scenario.acts import ACTS
from beforehand.testing.scenario.outcome import expected, like, run
from beforehand.testing.scenario.script import scripts
from beforehand.testing.scenario.times import pace
from beforehand.wire.hotline.verbs import BY_NAME

from .stories import OURS, SMALL, document, fiction, played, said, text_of, values, values_of


def test_every_step_is_received_at_exactly_its_time():
    """H4.2: so that a lead time is what subtraction says, to the microsecond; what is looked up for an act takes no time."""
    outcome = played(fiction())
    steps = {did.at_us for did in outcome.played.did if did.row.section == "steps"}
    firsts = [
        entry.time_us for entry in outcome.journal if isinstance(entry.event, (e.NoticeGiven, e.HandedOut, e.Objected))
    ]
    assert len(firsts) == 5
    assert set(firsts) <= steps


def test_the_term_on_lead_is_exact_for_a_changed_version_too():
    """H4.3: moved to exactly as many minutes ahead as were agreed."""
    story = values_of(SMALL)
    shift = {
        "at": "2027-03-05T18:45:00Z",
        "by": "GREY",
        "do": "notice shift",
        "with": {"notice": "evening", "minutes": 5},
    }
    story["steps"].append(shift)
    outcome = played(story)
    assert values(outcome, "H4.2", "GREY: evening, version 2") == ["notice lead 20 min"]
    assert values(outcome, "H4.3", "GREY: evening, version 2; agreement Coast") == ["lead: met"]


def test_every_deadline_falls_at_its_own_time():
    """H5.6: hours of silence pass in no time, and no deadline is late by a second."""
    outcome = played(text_of("convoy.yaml"))
    late = [
        entry.time_us - entry.event.deadline for entry in outcome.journal if isinstance(entry.event, e.DeadlineMissed)
    ]
    assert len(late) == 9
    assert max(late) < 1_000_000
    assert min(late) >= 0


def test_a_day_of_steps_outlasts_every_session():
    """H1.3: a session holds for an hour; whoever acts later has logged in anew, a second before."""
    story = values_of(SMALL)
    look = story["steps"][1]
    story["steps"] += [{**look, "at": f"2027-03-0{day}T{hour:02}:30:00Z"} for day in (6, 7) for hour in range(0, 24, 3)]
    outcome = played(story)
    assert [did.refused for did in outcome.played.did] == [None] * len(outcome.played.did)


def test_whoever_logs_out_logs_in_for_the_next_act():
    story = values_of(SMALL)
    story["steps"].insert(1, {"at": "2027-03-05T18:39:59.9Z", "by": "TEAL", "do": "party logout"})
    story["steps"].insert(1, {"at": "2027-03-05T18:39:30Z", "by": "TEAL", "do": "notice list"})
    assert [did.refused for did in played(story).played.did][-3:] == [None, None, None]


def test_people_of_a_party_are_persons_of_their_own():
    """H5.3: a fetch by somebody else of the party during a read-back is noted, and the reader is shown nothing."""
    story = values_of(SMALL)
    story["parties"][1]["people"] = {"night": "duty"}
    for second, by, do in ((1, "TEAL", "receipt open"), (2, "TEAL/night", "notice show"), (3, "TEAL", "notice show")):
        story["steps"].append({"at": f"2027-03-05T18:41:0{second}Z", "by": by, "do": do, "with": {"notice": "evening"}})
    outcome = played(story)
    assert "fetched by somebody else of the party during the read-back" in values(outcome, "H5.3")
    assert said(outcome, "H5.1")[-1] == ("H5.1", "notice show GREY: evening by TEAL/duty", "refused: blind")
    assert "read-back opened and not answered in time" in values(outcome, "H5.3")


def test_a_removed_person_is_refused_and_the_story_goes_on():
    """H1.3"""
    story = values_of(SMALL)
    story["steps"] += [
        {"at": "2027-03-05T18:41:00Z", "by": "TEAL/senior", "do": "party remove", "with": {"person": "TEAL/duty"}},
        {"at": "2027-03-05T18:42:00Z", "by": "TEAL", "do": "notice list"},
        {"at": "2027-03-05T23:42:00Z", "by": "TEAL", "do": "notice list"},
        {"at": "2027-03-05T23:43:00Z", "by": "TEAL/senior", "do": "notice list"},
    ]
    assert [did.refused for did in played(story).played.did][-4:] == [None, "session_over", "unauthenticated", None]


def every_act():
    """A story in which two parties try all there is, whether it makes sense or not."""
    story = values_of(SMALL)
    story["nonparties"] = [{"code": "COAST-AD", "by": "TEAL"}]
    leg = {
        "from_time": "2027-03-05T19:05:00Z",
        "to_time": "2027-03-05T19:10:00Z",
        "from": [35.5, 35.6],
        "to": [35.55, 35.8],
    }
    story["movements"] = [{"title": "patrol", "by": "TEAL", "legs": [leg]}]
    zone = {"title": "battery", "kind": "air_defence", "volumes": [{"circle": [35.5, 35.7, 9000]}]}
    active = [["2027-03-05T18:00:00Z", None]]
    story["zones"] = [{**zone, "by": "TEAL", "nonparty": "COAST-AD", "shared": ["GREY"], "active": active}]
    names = {
        "notice": "GREY/1",
        "agreement": "Coast",
        "zone": "battery",
        "movement": "patrol",
        "person": "GREY/duty",
        "key": "TEAL/1",
    }
    last = ("party logout", "party remove")
    second = 60
    for act in sorted(ACTS.values(), key=lambda act: act.name in last):
        keys = {each.encode_name for each in msgspec.inspect.type_info(act.body).fields}
        body = dict(BY_NAME[act.name].example) if act.name in BY_NAME else {}
        body = {key: value for key, value in body.items() if key not in ("hash", "objection", "public_key", "title")}
        body |= {key: value for key, value in names.items() if key in keys}
        for by in ("GREY", "GREY/senior", "TEAL", "TEAL/service"):
            second += 15
            at = f"2027-03-05T{18 + (2400 + second) // 3600:02}:{(2400 + second) // 60 % 60:02}:{second % 60:02}Z"
            title = {"title": f"of {second}"} if act.name == "agreement cite" else {}
            story["steps"].append({"at": at, "by": by, "do": act.name, "with": {**body, **title}})
    return story


def test_every_verb_can_be_a_step_of_anybody():
    """Whatever is asked, by whomever: done or refused with a reason, and the story goes on to its end."""
    outcome = played(every_act())
    did = [each for each in outcome.played.did if each.row.section == "steps"]
    assert len(did) == 2 + 4 * len(ACTS)
    assert len({each.do for each in did if each.refused is None}) > len(ACTS) * 0.8
    assert "fault" not in {each.refused for each in did}
    assert len(outcome.timeline) >= len(did)


def test_verdicts_stand_in_the_order_of_entries():
    outcome = played(every_act())
    at = [each.at_us for each in outcome.verdicts]
    assert at == sorted(at)


@pytest.mark.parametrize("name", OURS)
def test_what_our_stories_expect_holds(name):
    for script in scripts(document(text_of(name))):
        assert [each for each in expected(run(script)) if not each.held] == []


def test_ids_and_other_random_values_are_in_no_verdict_and_no_line():
    random_ = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{32}|eyJ")
    outcome = played(every_act())
    assert [each for each in outcome.verdicts if random_.search(f"{each.subject} {each.value}")] == []
    assert [each for each in outcome.timeline if random_.search(f"{each.subject} {each.says}")] == []


def test_patterns_of_what_is_expected():
    assert like("*", "anything")
    assert like("a*c*e", "abcde")
    assert not like("a*c", "ab")
    assert not like("a*a", "a")
    assert like("notice lead *", "notice lead 21 min")
    assert not like("21 min", "notice lead 21 min")
    assert like("[x] *", "[x] ?")


def test_expectations_count_and_show_what_is_there_instead():
    story = values_of(SMALL)
    story["expect"] = [
        {"rule": "H4.2"},
        {"rule": "H4.2", "times": 1},
        {"rule": "H4.2", "value": "notice lead 1 min"},
        {"rule": "H6.4", "times": 0},
        {"rule": "H4.2", "times": 2},
    ]
    held = expected(played(story))
    assert [each.held for each in held] == [True, True, False, True, False]
    assert held[2].found == ["GREY: evening, version 1: notice lead 21 min"]


def test_real_time_passes_between_the_first_step_and_the_last():
    waited = []
    script = scripts(document(SMALL))[0]
    run(script, passed=pace(script, 2.0, waited.append))
    assert sum(waited) == pytest.approx(30.0)


def test_a_warning_in_a_zone_lasts_from_the_first_leg_there_to_the_last():
    """H6.4: also where one leg ends as the window opens, and the next goes on through the zone."""
    story = fiction()
    story["zones"][0]["volumes"][0]["circle"] = [35.45, 35.80, 28_000]
    first, second = story["movements"][0]["legs"]
    first["to_time"] = second["from_time"] = "2027-03-05T22:00:00+03:00"
    (warned,) = said(played(story), "H6.4", "in active zone")
    assert warned[2].endswith(" of COAST-AD: 2027-03-05T19:00:00 to 19:11:00Z")
