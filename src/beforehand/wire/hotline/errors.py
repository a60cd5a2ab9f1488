"""How a field of a hotline body can fail to be read."""

from __future__ import annotations

#: reason -> meaning. Each is stable and has its line in docs/refusals.md.
REASONS: dict[str, str] = {
    "missing": "A field that is required is absent or empty.",
    "wrong_type": "A field holds another kind of value than expected.",
    "too_many": "A list holds more than is taken.",
    "bad_outline": "A shape is no well-formed outline: corners, order, or edges that cross.",
    "ring_not_closed": "The ring of a polygon does not end where it began.",
    "holes": "A polygon has a hole; a volume has none.",
    "several_shapes": "Several shapes stand where one volume has one.",
    "two_outlines": "A volume has both an outline and a circle.",
    "bad_position": "A latitude or longitude cannot be read without guessing.",
    "off_globe": "A latitude or longitude is beyond the globe.",
    "bad_radius": "A radius is no number of metres greater than 0.",
    "area_too_large": "A shape holds more than one volume may.",
    "bad_altitude": "An altitude's number, unit, reference or QNH do not go together or are out of range.",
    "bad_time": "A time is not RFC 3339 with its zone.",
    "malformed": "The body is no JSON object in UTF-8.",
    "text_too_long": "A text is longer than is kept.",
    "bad_text": "A text holds characters that could make it read otherwise than it is.",
    "bad_code": "A code is not of the form that codes have.",
    "bad_word": "A role, login or other word is not of the form that they have.",
    "bad_id": "An id is not of the form that answers name.",
    "bad_nonce": "A nonce is not of the form that nonces have.",
    "bad_key": "A signing key is no Ed25519 key in base64url, or a key's id none that answers name.",
    "bad_number": "A number is out of range.",
    "bad_parameter": "A query has a parameter that there is not, or has one twice.",
    "bad_terms": "Terms do not go together.",
    "bad_signature": "A signature does not fit the bytes as sent.",
    "bad_password": "A password is too short or too long.",
}


class BadField(ValueError):
    """A field that cannot be read.

    `reason` is one of `REASONS`; `field` is its place in the body (`volumes[0].outline.coordinates[0][3]`); `message` says
    what was wrong there, what is expected and what to do.
    """

    def __init__(self, field: str, reason: str, message: str) -> None:
        assert reason in REASONS, reason
        super().__init__(field, reason, message)  # all three, so that a worker can raise it in another process
        self.field = field
        self.reason = reason
        self.message = message

    def __str__(self) -> str:
        return f"{self.field} {self.message}"
