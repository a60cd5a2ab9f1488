"""docs/api.md and docs/refusals.md say what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from beforehand.auth import scopes
from beforehand.core.strategic.replies import REASONS as CORE
from beforehand.web.answer import REASONS as WEB
from beforehand.web.description import DESCRIPTION, description
from beforehand.web.hotline.description import REASONS as HOTLINE_REASONS
from beforehand.web.hotline.operations import HOTLINE, HotlineOperation
from beforehand.web.operations import OPERATIONS
from beforehand.web.service import SERVICE
from beforehand.wire.f3548.errors import REASONS as WIRE

DOCS = Path(__file__).parents[2] / "docs"
SHORT = {
    "SC": scopes.STRATEGIC_COORDINATION,
    "CMSA": scopes.CONFORMANCE_MONITORING_SA,
    "CM": scopes.CONSTRAINT_MANAGEMENT,
    "CP": scopes.CONSTRAINT_PROCESSING,
    "AA": scopes.AVAILABILITY_ARBITRATION,
    "RID read": scopes.RID_READ,
    "pool read": "interuss.pool_status.read",
    "RID write": scopes.RID_WRITE,
}


def rows(document: str) -> dict[str, list[str]]:
    """The rows of the tables of a document, by their first cell."""
    found = {}
    for line in (DOCS / document).read_text("utf-8").splitlines():
        if line.startswith("| `"):
            first, *rest = [cell.strip() for cell in line.strip("|").split(" |")]
            assert first not in found, first
            found[first.strip("` ")] = rest
    return found


def test_every_reason_has_its_line_with_its_status_and_no_line_is_stale() -> None:
    told = {reason: int(cells[0]) for reason, cells in rows("refusals.md").items()}
    both = (CORE | WIRE | WEB).keys() & HOTLINE_REASONS.keys()
    assert {reason: (CORE | WIRE | WEB)[reason] for reason in both} == {
        reason: HOTLINE_REASONS[reason] for reason in both
    }
    assert told == CORE | WIRE | WEB | HOTLINE_REASONS
    assert all(len(cells) == 3 and all(cells) for cells in rows("refusals.md").values())


def test_every_route_has_its_line_and_no_line_is_stale() -> None:
    told = {(cells[0], cells[1].strip("`")): name for name, cells in rows("api.md").items()}
    routed = {(each.method, each.template): each.id for each in (*OPERATIONS, *SERVICE, DESCRIPTION)}
    hotline = {(each.method, each.template): each.id for each in HOTLINE}
    assert told == routed | hotline | {("any", "/healthy"): "getHealthy"}


@pytest.mark.parametrize("operation", HOTLINE, ids=lambda each: each.id)
def test_every_operation_of_the_hotline_tells_who_may_and_whether_it_warns(operation: HotlineOperation) -> None:
    _method, path, who, warns, says = rows("api.md")[operation.id]
    assert path.strip("`") == operation.template
    names = {frozenset({scopes.HOTLINE_PARTY}): "party", frozenset({scopes.HOTLINE_OPERATOR}): "operator"}
    assert who.split(" · ") == ([names[option] for option in operation.scopes] if operation.scopes else ["anyone"])
    assert warns == ("warns" if operation.warns else "–")
    query = f" `{'` `'.join(operation.query)}`" if operation.query else ""
    assert says == operation.says + query


@pytest.mark.parametrize("operation", [*OPERATIONS, *SERVICE, DESCRIPTION], ids=lambda each: each.id)
def test_every_route_tells_its_scopes(operation: object) -> None:
    told = rows("api.md")[operation.id][3]  # type: ignore[attr-defined]
    options = operation.scopes  # type: ignore[attr-defined]
    if options is None:
        assert told == "–"
        return
    alone = {scope for option in options if len(option) == 1 for scope in option}
    assert {SHORT[name] for name in told.split(" · ")} == alone
    # Options of several scopes open nothing that one of them does not open alone, so the table leaves them out.
    assert all(option & alone for option in options)


def test_short_names_of_scopes_are_explained() -> None:
    text = (DOCS / "api.md").read_text("utf-8")
    for short, scope in SHORT.items():
        assert re.search(rf"\b{short}\s+`{re.escape(scope)}`", text)


def test_the_description_names_every_operation_once_and_resolves() -> None:
    document = json.loads(description("v"))
    ids = [each["operationId"] for path in document["paths"].values() for each in path.values()]
    assert sorted(ids) == sorted(rows("api.md"))
    schemas = document["components"]["schemas"]
    for reference in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)):
        assert reference in schemas
