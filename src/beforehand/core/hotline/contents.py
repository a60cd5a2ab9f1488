"""What the hotline keeps as content: words, values as said, exact shapes, and the bytes of statements with their signature.

JSON, written by `encode`. Shapes are whole numbers, as `airspace` has them.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.json import Decoder, Encoder

from beforehand.airspace.moving import Leg
from beforehand.airspace.volume import Outline, Volume

encode = Encoder(order="sorted").encode


class Sent(Struct, frozen=True):
    """Words of any act: its own, the bytes as sent, and their signature (empty: unsigned)."""

    words: Any = None
    sent: str = ""
    signature: str = ""


class NoticeContent(Struct, frozen=True):
    """Of a version of a notice, or a zone: also its exact volumes, in the order of their numbers.

    words: `title`, `text`, and `volumes` as said, one for each volume.
    """

    words: dict[str, Any]
    volumes: tuple[Volume, ...]
    sent: str = ""
    signature: str = ""


class MovementContent(Struct, frozen=True):
    """Of a movement: its exact legs."""

    words: dict[str, Any]
    legs: tuple[Leg, ...]
    sent: str = ""
    signature: str = ""


class AreaContent(Struct, frozen=True):
    """Of an agreement: its title and exact area."""

    words: dict[str, Any]
    area: tuple[Outline, ...]
    sent: str = ""
    signature: str = ""


class ToldVolume(Struct, frozen=True):
    """A volume as an addressee is told it. `words`: as said."""

    number: int
    volume: Volume
    words: Any = None


class Document(Struct, frozen=True):
    """What an addressee is told of a version: its part, whole. A receipt of delivery names the SHA-256 of its bytes.

    `salt`: random, so that who knows the hash alone cannot test a guess. `day_value`: the pair's of the UTC day on which the
    version was received, from which with the volumes the check phrase follows, without a network.
    """

    notice: str
    version: int
    giver: str
    category: str
    emergency: bool
    received: str
    volumes: list[ToldVolume]
    of_volumes: int
    words: dict[str, Any]
    marks: list[dict[str, Any]]
    day: str
    day_value: str
    phrase: str
    salt: str


read_notice = Decoder(NoticeContent).decode
read_movement = Decoder(MovementContent).decode
read_area = Decoder(AreaContent).decode
read_document = Decoder(Document).decode
read_sent = Decoder(Sent).decode
