"""Reports: what is kept is the body as it came; what is answered are the fields of the standard, with a new id."""

from __future__ import annotations

from msgspec import UNSET, UnsetType
from msgspec.json import Decoder, Encoder

from beforehand.core.strategic import commands as c
from beforehand.core.strategic.ids import id_text
from beforehand.wire.f3548 import answers as a
from beforehand.wire.f3548 import bodies
from beforehand.wire.f3548.errors import BadRequest
from beforehand.wire.f3548.json import read
from beforehand.wire.f3548.requests import Asked

_report = Decoder(bodies.Report | None)
_encode = Encoder().encode
_INT32 = range(-(2**31), 2**31)


def file_report(asked: Asked) -> c.FileReport:
    """POST /reports"""
    exchange = read(asked.body, _report, bodies.Report).exchange
    code = None if exchange is None else exchange.response_code
    if code is not None and code not in _INT32:
        raise BadRequest("wrong_type", "must be a whole number of 32 bits.", "exchange.response_code")
    return c.FileReport(asked.caller, asked.body)


def report_filed(id_: bytes, body: bytes) -> bytes:
    """The answer to a report whose body `file_report` took."""
    exchange = read(body, _report, bodies.Report).exchange or bodies.Exchange()
    headers = exchange.headers
    return _encode(
        a.ReportAnswer(
            id_text(id_),
            a.Exchange(
                url=exchange.url or "",
                method=exchange.method or "",
                headers=UNSET if headers is None else [header or "" for header in headers],
                recorder_role=exchange.recorder_role or "",
                request_time=_time(exchange.request_time or bodies.Time()),
                request_body=_given(exchange.request_body),
                response_time=UNSET if exchange.response_time is None else _time(exchange.response_time),
                response_body=_given(exchange.response_body),
                response_code=UNSET if exchange.response_code is None else exchange.response_code,
                problem=_given(exchange.problem),
            ),
        )
    )


def _time(time: bodies.Time) -> a.ReportTime:
    return a.ReportTime(time.value or "", time.format or "")


def _given(text: str | None) -> str | UnsetType:
    return UNSET if text is None else text
