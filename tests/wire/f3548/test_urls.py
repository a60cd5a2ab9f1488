from __future__ import annotations

import pytest

from beforehand.wire.f3548.errors import BadRequest
from beforehand.wire.f3548.urls import LONGEST, read_base_url


@pytest.mark.parametrize(
    "text",
    ["https://x", "https://uss.example.com/utm", "HTTPS://X.example", "https://x:8443/a/b?c=d#e", "https://[2001:db8::1]:443/",
     "https://x.example/<&>", "https://10.0.0.1", "https://host.docker.internal:8071", "https://a_b.localutm",
     "https://x/" + "a" * (LONGEST - 10)],
)  # fmt: skip
def test_absolute_https_urls_are_taken_as_sent(text: str) -> None:
    assert read_base_url(text, "uss_base_url", allow_http=False) == text


def test_http_is_for_tests() -> None:
    assert read_base_url("http://uss.localutm", "uss_base_url", allow_http=True) == "http://uss.localutm"
    with pytest.raises(BadRequest, match="must use https"):
        read_base_url("http://uss.localutm", "uss_base_url", allow_http=False)


@pytest.mark.parametrize("text", [None, ""])
def test_a_missing_url_says_so(text: str | None) -> None:
    with pytest.raises(BadRequest) as refused:
        read_base_url(text, "new_subscription.uss_base_url", allow_http=True)
    assert refused.value.reason == "missing"
    assert refused.value.message.startswith("new_subscription.uss_base_url is required")


@pytest.mark.parametrize(
    "text",
    [" ", "x", "junk", "//x", "ftp://x", "https://", "https:///path", "https://x y", "https://a:b@x", "https://a@x",
     "javascript:0", "https://é.example", "https://x\\@y", "https://x/\\", "https://x\n", "https://x:123456", "https://x:port", "https://[::1",
     "https://x/" + "a" * LONGEST, "https://x\0"],
)  # fmt: skip
def test_whatever_else_is_refused(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read_base_url(text, "uss_base_url", allow_http=True)
    assert refused.value.reason == "bad_base_url"
