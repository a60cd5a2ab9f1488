from __future__ import annotations

import pytest

from beforehand.web.operations import OPERATIONS
from beforehand.web.routing import BadEscape, Router

OIR = "/dss/v1/operational_intent_references"
router = Router(OPERATIONS)


@pytest.mark.parametrize(
    ("method", "path", "operation", "params"),
    [
        ("POST", f"{OIR}/query", "queryOperationalIntentReferences", ()),
        ("GET", f"{OIR}/x", "getOperationalIntentReference", (b"x",)),
        ("GET", f"{OIR}/query", "getOperationalIntentReference", (b"query",)),
        ("GET", f"{OIR}/", "getOperationalIntentReference", (b"",)),
        ("GET", f"{OIR}/.", "getOperationalIntentReference", (b".",)),
        ("PUT", f"{OIR}/", "createOperationalIntentReference", (b"",)),
        ("PUT", f"{OIR}/x", "createOperationalIntentReference", (b"x",)),
        ("PUT", f"{OIR}/x/", "updateOperationalIntentReference", (b"x", b"")),
        ("PUT", f"{OIR}/x/o", "updateOperationalIntentReference", (b"x", b"o")),
        ("PUT", f"{OIR}//", "updateOperationalIntentReference", (b"", b"")),
        ("DELETE", f"{OIR}//o", "deleteOperationalIntentReference", (b"", b"o")),
        ("DELETE", f"{OIR}/x%2Fo", "deleteOperationalIntentReference", (b"x", b"o")),
        ("GET", f"{OIR}/a%2db%FF%00", "getOperationalIntentReference", (b"a-b\xff\x00",)),
        ("GET", "/dss/v1/uss_availability/a+b", "getUssAvailability", (b"a+b",)),
        ("GET", "/dss/v1/uss_availability/", "getUssAvailability", (b"",)),
        ("POST", "/dss/v1/reports", "makeDssReport", ()),
    ],
)
def test_what_the_reference_routes_is_routed(method: str, path: str, operation: str, params: tuple[bytes, ...]) -> None:
    found = router.find(method, path.encode())
    assert found is not None
    assert (found[0].id, found[1]) == (operation, params)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", OIR), ("GET", f"{OIR}//"), ("GET", f"{OIR}/x/"), ("GET", f"{OIR}/x/o"), ("PUT", f"{OIR}/x/a/b"),
        ("POST", f"{OIR}/x"), ("POST", f"{OIR}/query/"), ("PATCH", f"{OIR}/x"), ("HEAD", f"{OIR}/x"), ("OPTIONS", f"{OIR}/x"),
        ("DELETE", f"{OIR}/x"), ("GET", "/"), ("GET", ""), ("OPTIONS", "*"), ("GET", f"/{OIR}/x"),
        ("GET", "/DSS/v1/subscriptions/x"),
        ("GET", "/dss/v1/../v1/subscriptions/x"), ("POST", "/dss/v1/reports/"), ("GET", "/dss/v1/reports"),
        ("GET", "/dss/v1/uss_availability/a%2Fb"),
        ("DELETE", "/dss/v1/uss_availability/x"), ("GET", "/dss/v1/uss_availability"),
    ],
)  # fmt: skip
def test_what_it_does_not_is_not(method: str, path: str) -> None:
    assert router.find(method, path.encode()) is None


@pytest.mark.parametrize("path", ["/%", "/%z", "/%zz", "/a%2", "/%2g/x", "/%%20"])
def test_a_path_that_is_no_percent_encoding_says_so(path: str) -> None:
    with pytest.raises(BadEscape):
        router.find("GET", path.encode())
