"""What a giver may be shown of another's: released by the other (H4.8), and advice from what it may see already (H4.9)."""

from __future__ import annotations

from beforehand.airspace.advice import Grid
from beforehand.airspace.encounter import Body
from beforehand.airspace.volume import Volume
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline import replies as r
from beforehand.core.hotline.decide.looking import buffers_of, grown
from beforehand.core.hotline.decide.notices import counted
from beforehand.core.hotline.decide.speaking import done, heard, not_there, refused, sent
from beforehand.core.hotline.picture import may_see
from beforehand.core.hotline.state import HotlineState, Notice, Place
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
    version = notice.current
    bodies = state.shapes.get((notice.id, version.number), ())
    own = tuple(each for each in bodies if isinstance(each, Volume))
    steps = _steps(state, notice)
    grid = Grid(
        (command.time_s or steps.time_s) * _SECOND_US, command.altitude_mm or steps.altitude_mm, steps.time_steps,
        steps.altitude_steps)  # fmt: skip
    seen = tuple(_seen(state, notice, grid))
    hidden = [
        code
        for code, met in version.conflicts.items()
        if any(not may_see(state, notice.giver, kind, id_) for _, kind, id_ in met)
    ]
    reply = r.AdviceAsked(
        notice.id, version.number, own, seen, buffers_of(state, version.agreements), grid, stamp.time_us,
        version.cells_only, tuple(sorted(hidden, key=lambda code: state.parties[code].handle)))  # fmt: skip
    return Decision((counted(state, voice.party, "advice"),), (None,), reply)


def _steps(state: HotlineState, notice: Notice) -> Steps:
    """Those of the first agreement in force."""
    for id_ in notice.current.agreements:
        return state.agreements[id_].terms.steps
    return Steps()


def _seen(state: HotlineState, notice: Notice, grid: Grid) -> list[Body]:
    """Bodies of others that the giver may see and that a shift on the grid could reach in time."""
    version = notice.current
    buffers = buffers_of(state, version.agreements)
    reach_us = grid.time_step_us * grid.time_steps + buffers.time_us
    found: dict[int, Place] = {}
    for volume in version.volumes:
        start = None if volume.start_us is None else volume.start_us - reach_us
        end = None if volume.end_us is None else volume.end_us + reach_us
        for handle in state.index.near(_grown_cells(state, notice, volume.number), start, end):
            found[handle] = state.places[handle]
    bodies: list[Body] = []
    for handle in sorted(found):
        place = found[handle]
        if place.party == notice.giver or not may_see(state, notice.giver, place.kind, place.id):
            continue
        exact = state.shapes.get((place.id, place.version), ())
        if place.number > len(exact):
            continue
        body = exact[place.number - 1]
        if place.kind == "zone":
            assert isinstance(body, Volume)
            for start_us, end_us in state.zones[place.id].active:
                bodies.append(Volume(body.outline, body.lower_mm, body.upper_mm, start_us, end_us))
        else:
            bodies.append(body)
    return bodies


def _grown_cells(state: HotlineState, notice: Notice, number: int) -> bytes:
    """Cells of a volume grown by the buffers."""
    volume = notice.current.volumes[number - 1]
    body = state.shapes[notice.id, notice.current.number][number - 1]
    if not isinstance(body, Volume) or body.outline is None:
        return volume.cells
    buffers = buffers_of(state, notice.current.agreements)
    return grown(body.outline, buffers.horizontal_mm) or volume.cells
