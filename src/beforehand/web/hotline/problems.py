"""Refusals of the hotline as RFC 9457 problem details, with stable reasons."""

from __future__ import annotations

from http import HTTPStatus

from msgspec.json import decode, encode

from beforehand.web.answer import REASON, Answer, Header
from beforehand.wire.hotline.answers import Problem
from beforehand.wire.hotline.errors import BadField

_PROBLEM: Header = (b"content-type", b"application/problem+json")


def problem(
    status: int, reason: str, detail: str, field: str | None = None, headers: tuple[Header, ...] = ()
) -> Answer:
    """A refusal. `type` names the reason; nobody need fetch it."""
    body = encode(Problem(f"urn:beforehand:{reason}", HTTPStatus(status).phrase, status, detail, reason, field))
    return Answer(status, body, (_PROBLEM, (REASON, reason.encode()), *headers))


def of_field(error: BadField) -> Answer:
    """400 for a field that cannot be read."""
    return problem(400, error.reason, str(error), error.field)


def as_problem(answer: Answer) -> Answer:
    """A refusal of what all interfaces share, in the hotline's form."""
    if answer.status < 400 or any(value == _PROBLEM[1] for _name, value in answer.headers):
        return answer
    reason = next((value.decode() for name, value in answer.headers if name == REASON), "refused")
    kept = tuple(each for each in answer.headers if each[0] not in (REASON, b"content-type"))
    try:
        detail = decode(answer.body)["message"]
    except (ValueError, KeyError, TypeError):
        detail = answer.body.decode("utf-8", "replace").strip()
    return problem(answer.status, reason, detail, headers=kept)
