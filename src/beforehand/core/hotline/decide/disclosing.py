"""What a giver may be shown of another's: released by the other (H4.8), and advice from what it may see already (H4.9)."""

from __future__ import annotations

from collections.abc import Sequence

from beforehand.airspace.advice import Grid
from beforehand.airspace.encounter import Body, Buffers
from beforehand.airspace.volume import Volume
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline import replies as r
from beforehand.core.hotline.decide.agreements import binding
from beforehand.core.hotline.decide.looking import buffers_of, grown, places, while_active
from beforehand.core.hotline.decide.speaking import done, heard, not_there, refused, sent
from beforehand.core.hotline.decide.trials import counted, trial_view
from beforehand.core.hotline.picture import is_over, may_see
from beforehand.core.hotline.state import ASKED_PER_HOUR, EARLIEST, HOUR_US, LATEST, HotlineState, Party, Place
from beforehand.core.hotline.terms import Steps
from beforehand.core.stamp import Decision, Stamp

_SECOND_US = 1_000_000


def release(state: HotlineState, command: c.Release, stamp: Stamp) -> Decision:
    """Let the giver see what of one's own its notice meets: exactly, and the object from now on."""
    voice = heard(state, command, stamp, subject=f"notice/{command.notice}", person=True)
    if isinstance(voice, Decision):
        return voice
    notice = state.notices.get(command.notice)
    if notice is None or voice.party.code not in notice.tellings:
        return not_there("notice told to you", command.notice)
    version = notice.current
    meetings = version.touched.get(voice.party.code)
    if not meetings:
        return refused("nothing_to_release", "The newest version of this notice meets nothing of yours.")
    event = e.Released(notice.id, version.number, notice.giver, voice.party.code, meetings, voice.by)
    return Decision((event,), (sent(command),), done(state, stamp, notice.id, version.number))


def advice(state: HotlineState, command: c.AskAdvice, stamp: Stamp) -> Decision:
    """What advice is computed from, at this very entry: others' bodies that the giver may see, and the agreement's grid."""
    voice = heard(state, command, stamp, subject=f"notice/{command.notice}")
    if isinstance(voice, Decision):
        return voice
    notice = state.notices.get(command.notice)
    if notice is None or notice.giver != voice.party.code:
        return not_there("notice of yours", command.notice)
    if too_often(voice.party, stamp.time_us):
        return refused("quota", ASKED_TOO_OFTEN)
    version = notice.current
    bodies = state.shapes.get((notice.id, version.number), ())
    own = tuple(each for each in bodies if isinstance(each, Volume))
    grid = grid_of(state, version.agreements, command.time_s, command.altitude_mm)
    buffers = buffers_of(state, version.agreements)
    names, others = seen_by(state, notice.giver, own, buffers, grid)
    hidden = [
        code
        for code, met in version.conflicts.items()
        if any(not may_see(state, notice.giver, kind, id_) and not is_over(state, kind, id_) for _, kind, id_ in met)
    ]
    reply = r.AdviceAsked(
        notice.id, version.number, own, others, names, buffers, grid, stamp.time_us, version.cells_only,
        tuple(sorted(hidden, key=lambda code: state.parties[code].handle)))  # fmt: skip
    return Decision((counted(state, voice.party, "advice"),), (None,), reply)


def trial(state: HotlineState, command: c.TryNotice, stamp: Stamp) -> Decision:
    """What giving a notice would come to, from what the caller may see already (H4.8). Counted; others see the number."""
    voice = heard(state, command, stamp, subject="notice", version=1)
    if isinstance(voice, Decision):
        return voice
    if too_often(voice.party, stamp.time_us):
        return refused("quota", ASKED_TOO_OFTEN)
    agreements = [each.id for each in binding(state, voice.party)]
    own = tuple(
        Volume(each.outline, each.lower_mm, each.upper_mm, each.start_us, each.end_us) for each in command.volumes
    )
    grid = grid_of(state, agreements, None, None)
    buffers = buffers_of(state, agreements)
    names, others = seen_by(state, voice.party.code, own, buffers, grid)
    reply = r.AdviceAsked(
        "", 0, own, others, names, buffers, grid, stamp.time_us, 0, (), trial_view(state, command, stamp, voice.party)
    )
    return Decision((counted(state, voice.party, "trial"),), (None,), reply)


ASKED_TOO_OFTEN = (
    f"Your party has asked for {ASKED_PER_HOUR} trial checks and advices in this hour. "
    "A notice itself is never held up: give it."
)


def too_often(party: Party, now_us: int) -> bool:
    """Whether a party has asked as often as it may in an hour."""
    return party.asked_in_hour >= ASKED_PER_HOUR and now_us - party.asked_since_us < HOUR_US


def grid_of(state: HotlineState, agreements: Sequence[str], time_s: int | None, altitude_mm: int | None) -> Grid:
    """The steps of the first agreement in force, unless others are asked for."""
    steps = state.agreements[agreements[0]].terms.steps if agreements else Steps()
    return Grid(
        (time_s or steps.time_s) * _SECOND_US, altitude_mm or steps.altitude_mm, steps.time_steps, steps.altitude_steps
    )


def seen_by(
    state: HotlineState, viewer: str, own: Sequence[Volume], buffers: Buffers, grid: Grid
) -> tuple[tuple[tuple[str, str], ...], tuple[Body, ...]]:
    """Bodies of others that a party may see and that a shift on the grid could reach, each with its kind and id."""
    reach_us = grid.time_step_us * grid.time_steps + buffers.time_us
    found: dict[tuple[int, str, str, int, int], Place] = {}
    for volume in own:
        cells = None if volume.outline is None else grown(volume.outline, buffers.horizontal_mm)
        start = EARLIEST if volume.start_us is None else volume.start_us - reach_us
        end = LATEST if volume.end_us is None else volume.end_us + reach_us
        for place in places(state, cells, start, end):
            found[place.handle, place.kind, place.id, place.version, place.number] = place
    names: list[tuple[str, str]] = []
    bodies: list[Body] = []
    for key in sorted(found):
        place = found[key]
        if place.party == viewer or not may_see(state, viewer, place.kind, place.id):
            continue
        exact = state.shapes.get((place.id, place.version), ())
        if place.number > len(exact):
            continue
        for body in while_active(state, place, exact[place.number - 1]):
            names.append((place.kind, place.id))
            bodies.append(body)
    return tuple(names), tuple(bodies)
