"""Trial checks (H4.8): what giving a notice would come to, said of terms and checks; and how often a party asked."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.decide import terms
from beforehand.core.hotline.decide.agreements import binding
from beforehand.core.hotline.decide.notices import by_clock, fit, named
from beforehand.core.hotline.instants import span
from beforehand.core.hotline.picture import hull
from beforehand.core.hotline.state import HotlineState, Party, VolumeState
from beforehand.core.stamp import Refusal, Stamp


def trial_view(state: HotlineState, command: c.GiveNotice, stamp: Stamp, party: Party) -> dict[str, Any]:
    """State, lead, terms, what checks ask, who would be told by agreement, and why it could not be given as it stands."""
    held = [
        VolumeState(at, each.cells, each.lower_mm, each.upper_mm, each.start_us, each.end_us, each.km2)
        for at, each in enumerate(command.volumes, 1)
    ]
    opens_us, ends_us = hull([(each.start_us, each.end_us) for each in held])
    lead_us = None if opens_us is None else opens_us - stamp.time_us
    agreements = binding(state, party)
    checks = []
    for agreement in agreements:
        rows = terms.check(agreement, command.category, command.emergency, lead_us, held)
        checks.append({"agreement": agreement.id, "rows": [_row(each) for each in rows]})
    no = fit(command.category, command.emergency, command.volumes, command.marks)
    return {
        "state": by_clock(stamp, opens_us, ends_us),
        "lead": None if lead_us is None else span(lead_us),
        "terms": checks,
        "marks": [{"rule": each.rule, "kind": each.kind, "volume": each.volume} for each in command.marks],
        "told": [each.party for each in named(state, party, agreements, command.category, held, None)],
        "refused": no.reply.message if no is not None and isinstance(no.reply, Refusal) else None,
    }


def _row(row: e.TermRow) -> dict[str, object]:
    view: dict[str, object] = {"term": row.term, "value": row.value}
    if row.off is not UNSET:
        view["by"] = span(row.off * 1_000_000)
    if row.why is not UNSET:
        view["why"] = row.why
    return view


def counted(state: HotlineState, party: Party, kind: str) -> e.AskedCounted:
    """That a party asked; those of its agreements see the number."""
    others: dict[str, None] = {}
    for id_ in party.agreements:
        for code in state.agreements[id_].parties:
            if code != party.code:
                others[code] = None
    return e.AskedCounted(party.code, kind, list(others))
