"""Non-parties (H1.2): who is bound to pass a notice on to them, who did, and where nobody does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.decide import terms
from beforehand.core.hotline.decide.speaking import done, heard, not_there, refused, sent
from beforehand.core.hotline.picture import may_see, may_see_notice
from beforehand.core.hotline.state import Agreement, HotlineState, Notice, VolumeState, Zone
from beforehand.core.stamp import Decision, Stamp

_SECOND_US = 1_000_000


def bound_relays(
    state: HotlineState,
    agreements: Sequence[Agreement],
    id_: str,
    version: int,
    category: str,
    volumes: list[VolumeState],
    giver: str,
    told: list[str],
    now_us: int,
) -> list[e.RelayNeeded]:
    """The relays to which agreements bind somebody, for a version just given."""
    needed = []
    for agreement in agreements:
        if not agreement.terms.covers(category) or not terms.applies(agreement, volumes):
            continue
        for relay in agreement.terms.relays:
            to = [code for code in agreement.parties if code == giver or code in told]
            by_us = now_us + relay.within_s * _SECOND_US if relay.within_s else None
            needed.append(e.RelayNeeded(id_, version, relay.named_by, relay.nonparty, relay.party, by_us, None, to))
    return needed


def beside_zone(state: HotlineState, notice: Notice, zone: Zone, concerned: Sequence[str]) -> Iterator[e.RelayNeeded]:
    """The non-party of a zone that a notice meets, to those who may see both; `NOBODY RELAYS` where nobody is bound."""
    if zone.nonparty is None:
        return
    version = notice.current.number
    bound = notice.relays.get((zone.party, zone.nonparty))
    if bound is not None and bound.version != version:
        bound = None
    if bound is not None and bound.zone is not None:
        return
    parties = dict.fromkeys([notice.giver, *notice.tellings, *concerned, zone.party])
    to = [code for code in parties if may_see(state, code, "zone", zone.id)]
    party, by_us = (None, None) if bound is None else (bound.party, bound.deadline_us)
    yield e.RelayNeeded(notice.id, version, zone.party, zone.nonparty, party, by_us, zone.id, to)


def report(state: HotlineState, command: c.ReportRelay, stamp: Stamp) -> Decision:
    """A party says that it passed a notice on: when, how."""
    voice = heard(state, command, stamp, subject=f"notice/{command.notice}")
    if isinstance(voice, Decision):
        return voice
    notice = state.notices.get(command.notice)
    if notice is None or not may_see_notice(state, voice.party.code, notice):
        return not_there("notice", command.notice)
    relay = notice.relays.get((command.named_by, command.nonparty))
    if relay is None or (voice.party.code not in relay.to and voice.party.code != relay.party):
        return refused(
            "no_relay",
            f"The notice concerns no non-party {command.nonparty!r} named by {command.named_by!r}, as far as you may see.",
        )
    at_us = stamp.time_us if command.at_us is None else command.at_us
    to = list(dict.fromkeys([*relay.to, voice.party.code, *(() if relay.party is None else (relay.party,))]))
    event = e.Relayed(
        notice.id, relay.version, relay.named_by, relay.nonparty, voice.party.code, command.how, at_us, to, voice.by
    )
    return Decision((event,), (sent(command, command.words),), done(state, stamp, notice.id, relay.version))
