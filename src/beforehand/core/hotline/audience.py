"""For whom an entry is meant (DESIGN.md: one entry, one audience): the parties that may be shown it.

A notice's giver, its addressees, and of each entry those of them whom it concerns. Observers of an agreement see all of a
notice to which it applied; they are dealt with where entries are sifted.
"""

from __future__ import annotations

from typing import Any

from beforehand.core.hotline import events as e

#: Meant for the giver and everybody who was told.
ALL = "*"

_GIVER_AND_PARTY = (
    e.NoticeTold,
    e.HandedOut,
    e.Received,
    e.HashDiffers,
    e.ReadBackOpened,
    e.ReadBackTried,
    e.ReadBackLapsed,
    e.FetchedMeanwhile,
    e.CallAsked,
    e.WhoOfOursAnswered,
    e.PhraseEqual,
    e.Objected,
    e.ObjectionAnswered,
    e.Released,
)
_TO = (e.TermsChecked, e.ZoneWarned, e.RelayNeeded, e.Relayed, e.DeadlineMissed)
_PARTY = (e.Touched, e.WhoOfOursSaid)
_GIVER = (e.NoticeGiven, e.ConflictFound, e.CellsOnly, e.Looked)


def audience(event: Any, giver: str) -> tuple[str, ...]:
    """Codes of the parties for whom an entry about a notice is meant, or (`ALL`,)."""
    if isinstance(event, _GIVER_AND_PARTY):
        return (giver, event.party)
    if isinstance(event, _TO):
        return tuple(event.to)
    if isinstance(event, _PARTY):
        return (event.party,)
    if isinstance(event, _GIVER):
        return (giver,)
    if isinstance(event, e.NoticeMoved):
        return (ALL,)
    raise TypeError(f"{type(event).__name__} is no entry about a notice")
