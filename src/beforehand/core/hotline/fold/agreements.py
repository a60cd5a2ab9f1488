"""Agreements."""

from __future__ import annotations

from msgspec import UNSET

from beforehand.airspace.cells import from_tokens
from beforehand.airspace.encounter import Buffers
from beforehand.airspace.volume import Volume
from beforehand.core.hotline import events as e
from beforehand.core.hotline.contents import read_area
from beforehand.core.hotline.fold import due
from beforehand.core.hotline.state import Agreement, HotlineState


def proposed(state: HotlineState, event: e.AgreementProposed, content: bytes | None, entry: int, time_us: int) -> None:
    agreement = Agreement(
        entry, event.agreement, event.by.party, tuple(event.parties), tuple(event.observers), event.terms, event.start,
        event.end, from_tokens(event.cells), "proposed")  # fmt: skip
    agreement.history.append((time_us, "proposed", entry))
    state.agreements[event.agreement] = agreement
    for code in (*event.parties, *event.observers):
        state.parties[code].agreements.append(event.agreement)
    wide, buffers = state.widest, event.terms.buffers
    state.widest = Buffers(
        max(wide.horizontal_mm, buffers.horizontal_mm),
        max(wide.vertical_mm, buffers.vertical_mm),
        max(wide.time_us, buffers.time_s * 1_000_000),
    )
    if content is not None:
        state.shapes[event.agreement, 0] = tuple(Volume(each) for each in read_area(content).area)
    due.at(state, event.start, "agreement starts", event.agreement)
    due.at(state, event.end, "agreement ends", event.agreement)


def signed(state: HotlineState, event: e.AgreementSigned, content: bytes | None, entry: int, time_us: int) -> None:
    agreement = state.agreements[event.agreement]
    agreement.signed[event.party] = entry
    _enter(agreement, event.state, entry, time_us)
    if event.state == "signed":  # the deadline of the proposal meant nothing as yet, and may have been dropped
        due.at(state, agreement.start_us, "agreement starts", event.agreement)


def moved(state: HotlineState, event: e.AgreementMoved, content: bytes | None, entry: int, time_us: int) -> None:
    agreement = state.agreements[event.agreement]
    if event.ends is not UNSET:
        agreement.end_us = event.ends
        due.at(state, event.ends, "agreement ends", event.agreement)
    _enter(agreement, event.state, entry, time_us)


def instrument_cited(
    state: HotlineState, event: e.InstrumentCited, content: bytes | None, entry: int, time_us: int
) -> None:
    state.instruments[event.instrument] = (event.party, event.clauses, entry)


def _enter(agreement: Agreement, state: str, entry: int, time_us: int) -> None:
    if state != agreement.state:
        agreement.state = state
        agreement.history.append((time_us, state, entry))
