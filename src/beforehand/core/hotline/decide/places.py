"""Zones and movements (H6.2, H6.4)."""

from __future__ import annotations

from msgspec.json import decode

from beforehand.airspace.cells import tokens
from beforehand.airspace.volume import Volume
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline import replies as r
from beforehand.core.hotline.contents import MovementContent, NoticeContent, encode
from beforehand.core.hotline.decide.drawing import new_id
from beforehand.core.hotline.decide.speaking import answered, done, heard, not_there, party_of, refused, sent
from beforehand.core.hotline.picture import may_see
from beforehand.core.hotline.state import LIVE_MOVEMENTS_MAX, LIVE_ZONES_MAX, HotlineState
from beforehand.core.hotline.views import movement_view, zone_view
from beforehand.core.stamp import Decision, Stamp


def set_zone(state: HotlineState, command: c.SetZone, stamp: Stamp) -> Decision:
    """Declare a zone of one's own, or report one of a non-party."""
    voice = heard(state, command, stamp, subject="zone")
    if isinstance(voice, Decision):
        return voice
    if command.nonparty is not None and command.nonparty not in voice.party.nonparties:
        return refused("unknown_code", f"You have named no non-party {command.nonparty!r}. Name it first.")
    for code in command.shared:
        if code not in state.parties:
            return refused("unknown_code", f"shared names {code!r}, and there is no such party.")
    if len(voice.party.zones) >= LIVE_ZONES_MAX:
        return refused("quota", f"Your party has {LIVE_ZONES_MAX} zones, and can have no more. End some.")
    id_ = new_id(stamp)
    facts = [
        e.VolumeFact(at, tokens(each.cells), each.lower_mm, each.upper_mm, None, None, each.km2)
        for at, each in enumerate(command.volumes, 1)
    ]
    shared = [code for code in dict.fromkeys(command.shared) if code != voice.party.code]
    event = e.ZoneSet(
        id_, voice.party.code, command.kind, command.nonparty, facts, list(command.active), shared, voice.by
    )
    exact = tuple(Volume(each.outline, each.lower_mm, each.upper_mm) for each in command.volumes)
    content = NoticeContent(decode(command.words), exact, command.by.bytes_as_sent, command.by.signature)
    return Decision((event,), (encode(content),), done(state, stamp, id_))


def set_posture(state: HotlineState, command: c.SetPosture, stamp: Stamp) -> Decision:
    """A new capability class, from when."""
    voice = heard(state, command, stamp, subject=f"zone/{command.zone}")
    if isinstance(voice, Decision):
        return voice
    zone = state.zones.get(command.zone)
    if zone is None or zone.party != voice.party.code:
        return not_there("zone of yours", command.zone)
    if zone.ended_us is not None:
        return refused("zone_over", "This zone was ended. Set a new one.")
    event = e.ZonePosture(zone.id, zone.party, command.capability, command.start_us, voice.by)
    return Decision((event,), (sent(command),), done(state, stamp, zone.id))


def end_zone(state: HotlineState, command: c.EndZone, stamp: Stamp) -> Decision:
    """The zone is no more, or no longer reported."""
    voice = heard(state, command, stamp, subject=f"zone/{command.zone}")
    if isinstance(voice, Decision):
        return voice
    zone = state.zones.get(command.zone)
    if zone is None or zone.party != voice.party.code:
        return not_there("zone of yours", command.zone)
    if zone.ended_us is not None:
        return refused("zone_over", "This zone was ended already.")
    return Decision((e.ZoneEnded(zone.id, zone.party, voice.by),), (sent(command),), done(state, stamp, zone.id))


def list_zones(state: HotlineState, command: c.ListZones, stamp: Stamp) -> Decision:
    """Zones that are one's to see: whose, declared or reported, about whom, how old."""
    party = party_of(state, command.by, stamp)
    if isinstance(party, Decision):
        return party
    seen = [zone for zone in state.zones.values() if may_see(state, party.code, "zone", zone.id)]
    return answered(r.Shown({"zones": [zone_view(state, each, stamp.time_us) for each in seen]}))


def declare_movement(state: HotlineState, command: c.DeclareMovement, stamp: Stamp) -> Decision:
    """Declare a moving volume of one's own. It is nobody else's to see, unless released."""
    voice = heard(state, command, stamp, subject="movement")
    if isinstance(voice, Decision):
        return voice
    if len(voice.party.movements) >= LIVE_MOVEMENTS_MAX:
        return refused("quota", f"Your party has {LIVE_MOVEMENTS_MAX} movements, and can have no more. End some.")
    id_ = new_id(stamp)
    facts = [
        e.LegFact(tokens(cells), leg.lower_mm, leg.upper_mm, leg.start_us, leg.end_us)
        for leg, cells in zip(command.legs, command.cells, strict=True)
    ]
    event = e.MovementDeclared(id_, voice.party.code, facts, voice.by)
    content = MovementContent(decode(command.words), command.legs, command.by.bytes_as_sent, command.by.signature)
    return Decision((event,), (encode(content),), done(state, stamp, id_))


def end_movement(state: HotlineState, command: c.EndMovement, stamp: Stamp) -> Decision:
    """The movement is over, or will not be."""
    voice = heard(state, command, stamp, subject=f"movement/{command.movement}")
    if isinstance(voice, Decision):
        return voice
    movement = state.movements.get(command.movement)
    if movement is None or movement.party != voice.party.code:
        return not_there("movement of yours", command.movement)
    if movement.ended_us is not None:
        return refused("movement_over", "This movement was ended already.")
    event = e.MovementEnded(movement.id, movement.party, voice.by)
    return Decision((event,), (sent(command),), done(state, stamp, movement.id))


def list_movements(state: HotlineState, command: c.ListMovements, stamp: Stamp) -> Decision:
    """Movements that are one's to see."""
    party = party_of(state, command.by, stamp)
    if isinstance(party, Decision):
        return party
    seen = [each for each in state.movements.values() if may_see(state, party.code, "movement", each.id)]
    return answered(r.Shown({"movements": [movement_view(state, each) for each in seen]}))
