"""Terms check (H4.3): for a version and an agreement in force when it was received, each term by itself.

A statement about terms and never a permission; there is no sum of them.
"""

from __future__ import annotations

from beforehand.core.blocks import cells_of
from beforehand.core.hotline import events as e
from beforehand.core.hotline.instants import seconds, span
from beforehand.core.hotline.state import Agreement, VolumeState


def applies(agreement: Agreement, volumes: list[VolumeState]) -> bool:
    """Whether a volume lies in, or may lie in, the agreement's area."""
    if not agreement.cells:
        return True
    area = frozenset(cells_of(agreement.cells))
    return any(not volume.cells or not area.isdisjoint(cells_of(volume.cells)) for volume in volumes)


def check(
    agreement: Agreement,
    category: str,
    emergency: bool,
    lead_us: int | None,
    volumes: list[VolumeState],
) -> list[e.TermRow]:
    """The rows of one agreement, in a fixed order: category, lead, usable."""
    terms = agreement.terms
    why: str | None = None
    if not applies(agreement, volumes):
        why = "outside the agreement's area"
    elif not terms.covers(category):
        why = "not a category of the agreement"
    rows = []
    if terms.categories:
        rows.append(
            e.TermRow("category", "met") if terms.covers(category) else e.TermRow("category", "not met", why=category)
        )
    least_s = terms.lead_of(category)
    if least_s is not None:
        rows.append(_lead(least_s, emergency, lead_us, why))
    if terms.usable_of(category) is not None:
        rows.append(e.TermRow("usable", "cannot be judged", why=why or "not yet understood"))
    return rows


def _lead(least_s: int, emergency: bool, lead_us: int | None, why: str | None) -> e.TermRow:
    if why is not None:
        return e.TermRow("lead", "cannot be judged", why=why)
    if lead_us is None:
        return e.TermRow("lead", "cannot be judged", why="no window said yet")
    short_s = least_s - seconds(lead_us)
    if emergency and short_s > 0:
        return e.TermRow("lead", "cannot be judged", why=f"waived: EMERGENCY ({span(lead_us)})")
    if short_s > 0:
        return e.TermRow("lead", "not met", short_s)
    return e.TermRow("lead", "met")


def usable(agreement: Agreement, category: str, usable_us: int | None) -> e.TermRow | None:
    """The term on usable warning of one addressee who has understood, or None where there is none for the category."""
    least_s = agreement.terms.usable_of(category) if agreement.terms.covers(category) else None
    if least_s is None:
        return None
    if usable_us is None:
        return e.TermRow("usable", "cannot be judged", why="no window said yet")
    short_s = least_s - seconds(usable_us)
    if short_s > 0:
        return e.TermRow("usable", "not met", short_s)
    return e.TermRow("usable", "met")
