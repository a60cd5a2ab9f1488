"""Who has what of a notice in its picture, and who may see what (H4.8, H4.10, H10.3)."""

from __future__ import annotations

from collections.abc import Iterable

from beforehand.core.hotline.state import HotlineState, Notice, Telling, Version


def newest(notice: Notice, party: str) -> Telling | None:
    """What a party was told last of a notice, or None."""
    tellings = notice.tellings.get(party)
    return tellings[-1] if tellings else None


def understood(notice: Notice, party: str) -> Telling | None:
    """What a party understood last of a notice, or None."""
    for telling in reversed(notice.tellings.get(party, ())):
        if "UNDERSTOOD" in telling.received:
            return telling
    return None


def seen_version(notice: Notice, party: str) -> int:
    """The newest version that a party has SEEN; 0 where none."""
    seen = [each.version for each in notice.tellings.get(party, ()) if "SEEN" in each.received]
    return max(seen, default=0)


def versions_told(notice: Notice, sees: tuple[str, int] | None = None) -> list[int]:
    """Versions that an addressee was told and has SEEN no newer one of: with the current one, all that counts (H4.10).

    sees: a party that sees a version just now.
    """
    kept: set[int] = set()
    for party, tellings in notice.tellings.items():
        seen = seen_version(notice, party)
        if sees is not None and sees[0] == party:
            seen = max(seen, sees[1])
        kept.update(each.version for each in tellings if each.version >= seen)
    return sorted(kept)


def hull(windows: Iterable[tuple[int | None, int | None]]) -> tuple[int | None, int | None]:
    """When the earliest of some windows opens and the latest is over; None: nobody said, or never."""
    starts, ends = [], []
    for start, end in windows:
        starts.append(start)
        ends.append(end)
    opens = [each for each in starts if each is not None]
    known = [each for each in ends if each is not None]
    return min(opens, default=None), max(known, default=None) if len(known) == len(ends) else None


def windows(versions: Iterable[Version]) -> list[tuple[int | None, int | None]]:
    """The windows of all volumes of some versions."""
    return [(volume.start_us, volume.end_us) for version in versions for volume in version.volumes]


def observes(state: HotlineState, viewer: str, agreements: Iterable[str]) -> bool:
    """Whether a party is an observer of one of some agreements."""
    return any(viewer in state.agreements[each].observers for each in agreements)


def may_see_notice(state: HotlineState, viewer: str, notice: Notice) -> bool:
    """Its giver, those who were told, and the observers of the agreements that were in force."""
    return (
        viewer == notice.giver
        or viewer in notice.tellings
        or any(observes(state, viewer, version.agreements) for version in notice.versions)
    )


def may_see(state: HotlineState, viewer: str, kind: str, id_: str) -> bool:
    """Whether the object itself is a party's to see: its own, told, shared or released to it."""
    if (kind, id_) in state.parties[viewer].released:
        return True
    if kind == "notice":
        notice = state.notices.get(id_)
        return notice is not None and (viewer == notice.giver or viewer in notice.tellings)
    if kind == "zone":
        zone = state.zones.get(id_)
        return zone is not None and (viewer == zone.party or viewer in zone.shared)
    movement = state.movements.get(id_)
    return movement is not None and viewer == movement.party


def is_over(state: HotlineState, kind: str, id_: str) -> bool:
    """Whether an object has left the picture: what it met is history."""
    if kind == "notice":
        notice = state.notices.get(id_)
        return notice is None or notice.over_us is not None
    place = state.zones.get(id_) if kind == "zone" else state.movements.get(id_)
    return place is None or place.ended_us is not None
