"""Everything of the hotline that the state hash covers, in one order, as plain values.

All tables, field by field; a journal without any of this adds nothing to the hash. A field that has its default is not said:
one that a later version adds changes no hash of what was written before (P4). Not exact shapes, nor searches under way, nor the
index, which follow from the entries as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields

from beforehand.core.hotline.state import HotlineState


def facts(state: HotlineState) -> Iterator[tuple[object, ...]]:
    """Parties, pairs, agreements, notices, zones, movements, what is due and what is to be done."""
    for party in state.parties.values():
        yield ("hotline party", *plain(party))
    for pair in state.pairs.items():
        yield ("pair", *pair)
    for agreement in state.agreements.values():
        yield ("agreement", *plain(agreement))
    for instrument in state.instruments.items():
        yield ("instrument", *_plain(instrument))
    for notice in state.notices.values():
        yield ("notice", *plain(notice))
    for zone in state.zones.values():
        yield ("zone", *plain(zone))
    for movement in state.movements.values():
        yield ("movement", *plain(movement))
    for work in state.work:
        yield ("work", *plain(work))
    if state.next_number:
        yield ("next", state.next_number)


def plain(value: Struct) -> list[Any]:
    """The fields of a struct that have not their default, by name, as plain values."""
    held = [(each, getattr(value, each.name)) for each in fields(value)]
    return [[each.name, _plain(found)] for each, found in held if found != _default(each)]


def _default(field: FieldInfo) -> Any:
    """What a field has where nothing was said; itself where it must be said."""
    return field.default if field.default_factory is NODEFAULT else field.default_factory()


def _plain(value: Any) -> Any:
    if isinstance(value, Struct):
        return plain(value)
    if isinstance(value, dict):
        return [[_plain(key), _plain(each)] for key, each in value.items()]
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, (str, int)) or value is None:
        return value
    return [_plain(each) for each in value]
