"""The only code that changes the hotline's state: each event names all that it changes.

`fold` decides nothing, calls no geometry, uses no floating point, iterates over no set and searches nothing. Every function
here takes the state, the event, its content (None where there is none or it was erased), its entry and its time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from beforehand.core.hotline import events as e
from beforehand.core.hotline.fold import agreements, meetings, notices, parties, places, receipts
from beforehand.core.hotline.fold.speaking import remember
from beforehand.core.hotline.state import HotlineState

_FOLDS: dict[type, Callable[[HotlineState, Any, bytes | None, int, int], None]] = {
    e.PartyCreated: parties.created,
    e.PersonJoined: parties.joined,
    e.Invited: parties.invited,
    e.ServiceMade: parties.service_made,
    e.PersonRemoved: parties.removed,
    e.SessionOpened: parties.session_opened,
    e.SessionClosed: parties.session_closed,
    e.KeyAdded: parties.key_added,
    e.KeyRevoked: parties.key_revoked,
    e.NonpartyNamed: parties.nonparty_named,
    e.PairKeyed: parties.pair_keyed,
    e.AskedCounted: parties.asked,
    e.Forgotten: places.forgotten,
    e.AgreementProposed: agreements.proposed,
    e.AgreementSigned: agreements.signed,
    e.AgreementMoved: agreements.moved,
    e.InstrumentCited: agreements.instrument_cited,
    e.NoticeGiven: notices.given,
    e.TermsChecked: notices.terms_checked,
    e.NoticeTold: notices.told,
    e.NoticeMoved: notices.moved,
    e.MovementDeclared: places.movement_declared,
    e.MovementEnded: places.movement_ended,
    e.ZoneSet: places.zone_set,
    e.ZonePosture: places.zone_posture,
    e.ZoneEnded: places.zone_ended,
    e.Looked: meetings.looked,
    e.ConflictFound: meetings.conflict,
    e.Touched: meetings.touched,
    e.CellsOnly: meetings.cells_only,
    e.Released: meetings.released,
    e.ZoneWarned: meetings.zone_warned,
    e.RelayNeeded: meetings.relay_needed,
    e.Relayed: meetings.relayed,
    e.HandedOut: receipts.handed_out,
    e.Received: receipts.received,
    e.HashDiffers: notices.spoken_of,
    e.ReadBackOpened: receipts.read_back_opened,
    e.ReadBackTried: receipts.read_back_tried,
    e.ReadBackLapsed: receipts.read_back_lapsed,
    e.FetchedMeanwhile: notices.spoken_of,
    e.CallAsked: notices.spoken_of,
    e.WhoOfOursSaid: receipts.who_of_ours_said,
    e.WhoOfOursAnswered: notices.spoken_of,
    e.PhraseEqual: notices.spoken_of,
    e.Objected: receipts.objected,
    e.ObjectionAnswered: receipts.objection_answered,
    e.DeadlineMissed: receipts.deadline_missed,
}
#: Events of this subject.
KINDS = frozenset(_FOLDS)


def fold(state: HotlineState, event: Any, content: bytes | None, entry: int, time_us: int) -> None:
    """Apply one event that is entry `entry` and was stamped `time_us`."""
    _FOLDS[type(event)](state, event, content, entry, time_us)
    by = getattr(event, "by", None)
    if isinstance(by, e.By):
        remember(state, event, by, entry, time_us)
    notice = getattr(event, "notice", None)
    if notice is not None:
        state.notices[notice].entries.append(entry)
