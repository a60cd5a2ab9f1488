"""What comes of a story, branch by branch, ready to be printed; and the branches side by side."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import structlog
from msgspec import Struct, to_builtins

from beforehand.record.entry import StoredEntry
from beforehand.testing.clock import FakeClock
from beforehand.testing.scenario.player import Did, Knows, Played, Player
from beforehand.testing.scenario.script import Script, expectations
from beforehand.testing.scenario.story import Claim, Expect
from beforehand.testing.scenario.timeline import Happened, timeline, without_fractions
from beforehand.testing.scenario.times import SECOND_US, begin_of, clock, steps_of
from beforehand.testing.scenario.verdicts import Verdict, verdicts
from beforehand.testing.scenario.world import Entry, Fresh, RealHasher, World
from beforehand.testing.simulation import simulate

#: Fake time has no end that a story could reach.
_FOREVER_S = 1e10
_BEFORE_US = 1_000_000
#: Values that are shown beside an expectation that does not hold.
_SHOWN = 5


class Outcome(Struct):
    """All that is said of one branch, before anything is read of what was expected."""

    played: Played
    journal: list[Entry]
    verdicts: list[Verdict]
    timeline: list[Happened]

    @property
    def script(self) -> Script:
        """What was played."""
        return self.played.script


def run(
    script: Script, *, passed: Callable[[int, int], None] | None = None, watch: Callable[[Did], None] | None = None
) -> Outcome:
    """Play a script in this process, in fake time. Raises StoryError, and `world.Fault`.

    passed: called with two times of the story before time goes from one to the other; watch: called with every act.
    """
    fake = _clock_of(script, 0)
    with _quietly():
        return simulate(fake, _play(script, World(fake, passed), {"watch": watch}), _FOREVER_S)[0]


def record(
    script: Script, ends_us: int, password: Callable[[str, str], str], node: str
) -> tuple[Outcome, list[StoredEntry]]:
    """Play a script as if it had just happened, so that a server can go on with its journal: its last step at `ends_us`.

    password: of a party's person, who can log in with it afterwards; node: the name of the node that writes it.
    """
    shift_us = ends_us - steps_of(script)[1]
    fake = _clock_of(script, shift_us)
    world = World(fake, hasher=RealHasher(), drawn=Fresh(), name=node)
    told = {"shift_us": shift_us, "end_us": ends_us + SECOND_US, "password": password}
    with _quietly():
        return simulate(fake, _play(script, world, told), _FOREVER_S)


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Only faults are logged, to standard error: what is printed is the story."""
    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        yield
    finally:
        structlog.configure(**before)


def _clock_of(script: Script, shift_us: int) -> FakeClock:
    return FakeClock(begin_of(script) + shift_us - _BEFORE_US)


async def _play(script: Script, world: World, told: dict[str, Any]) -> tuple[Outcome, list[StoredEntry]]:
    await world.open()
    try:
        played = await Player(script, world, **told).play()
        journal, stored = await world.journal(), await world.stored()
    finally:
        await world.close()
    return Outcome(played, journal, verdicts(played, journal), timeline(played, journal)), stored


def knew(outcome: Outcome) -> list[dict[str, Any]]:
    """What each side knew at the end, as each party may see it."""
    return [knew_row(each, outcome.played) for each in outcome.played.knows]


def knew_row(knows: Knows, played: Played) -> dict[str, Any]:
    """One party's view of one notice, with names for ids."""
    names = played.names
    said = {key: value for key, value in knows.knew.items() if key not in ("notice", "at", "viewer")}
    plain = _to_the_second(names.plain(said))
    return {"notice": names.label(knows.notice), "viewer": knows.viewer, "at": clock(played.end_us), **plain}


def _to_the_second(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _to_the_second(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_to_the_second(each) for each in value]
    return without_fractions(value) if isinstance(value, str) else value


class Held(Struct, frozen=True):
    """An expectation, whether it holds, and what the record says of the same rule where it does not."""

    expect: Expect
    held: bool
    found: list[str]


def expected(outcome: Outcome) -> list[Held]:
    """What the story expects, held against its verdicts. Raises StoryError: only here is `expect` read."""
    script = outcome.script
    return [_held(each, outcome.verdicts) for each in expectations(script.document, script.branch)]


def _held(expect: Expect, found: Sequence[Verdict]) -> Held:
    hits = [each for each in found if matches(expect, each)]
    held = bool(hits) if expect.times is None else len(hits) == expect.times
    if held:
        return Held(expect, True, [])
    near = hits or [each for each in found if like(expect.rule, each.rule)]
    return Held(expect, False, [f"{each.subject}: {each.value}" for each in near[:_SHOWN]])


def matches(expect: Expect, verdict: Verdict) -> bool:
    """Whether a verdict is what is expected."""
    return (
        like(expect.rule, verdict.rule) and like(expect.subject, verdict.subject) and like(expect.value, verdict.value)
    )


def like(pattern: str, text: str) -> bool:
    """Whether a text is as a pattern says, in which `*` stands for any text."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    if not text.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1]:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - at >= len(rest[-1]) and text.endswith(rest[-1])


NOT_PUBLISHED = "nobody has published a value"


def side_by_side(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """For every rule that a claim speaks of: what each branch claims, and what the record would show. Nothing is settled.

    A branch that claims nothing, such as one of fiction, is not among them.
    """
    claiming = [each for each in outcomes if each.script.claims]
    rules = dict.fromkeys(claim.about for each in claiming for claim in each.script.claims if claim.about is not None)
    return [{"about": rule, "branches": [_beside(rule, each) for each in claiming]} for rule in rules]


def _beside(rule: str, outcome: Outcome) -> dict[str, Any]:
    claims = [each for each in outcome.script.claims if each.about == rule]
    shows = [f"{each.subject}: {each.value}" for each in outcome.verdicts if each.rule == rule]
    return {
        "branch": outcome.script.branch,
        "label": outcome.script.label,
        "claimed": [claim_row(each) for each in claims],
        "the_record_would_show": shows,
    }


def claim_row(claim: Claim) -> dict[str, Any]:
    """A claim with its source."""
    row: dict[str, Any] = to_builtins(claim)
    if claim.about is not None and claim.value is None:
        row["value"] = NOT_PUBLISHED
    return row
