"""The check phrase (H3.2): six characters that two officers read aloud to find that both hold the same.

Against error, not deceit: the record covers that. One function, used by server, client and command line, with or without a
network. Test vectors: docs/phrase.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from msgspec.json import Encoder

from beforehand.airspace.volume import Circle, Volume

_encode = Encoder(order="sorted").encode
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # RFC 4648 section 6: no 0, 1, 8 to be taken for O, I, B
#: ICAO Annex 10, volume II, 5.2.1.3; digits as in plain speech.
SPELLED = dict(
    zip(
        _ALPHABET,
        [
            "Alfa",
            "Bravo",
            "Charlie",
            "Delta",
            "Echo",
            "Foxtrot",
            "Golf",
            "Hotel",
            "India",
            "Juliett",
            "Kilo",
            "Lima",
            "Mike",
            "November",
            "Oscar",
            "Papa",
            "Quebec",
            "Romeo",
            "Sierra",
            "Tango",
            "Uniform",
            "Victor",
            "Whiskey",
            "X-ray",
            "Yankee",
            "Zulu",
            "Two",
            "Three",
            "Four",
            "Five",
            "Six",
            "Seven",
        ],
        strict=True,
    )
)
CHARACTERS = 6


def day_value(pair_value: str, day: str) -> str:
    """The pair's value of a UTC day (`2018-09-17`), from the pair's value: 32 hexadecimal digits."""
    return sha256(f"beforehand/pair-day/v1\n{pair_value}\n{day}".encode()).hexdigest()[:32]


def canonical(category: str, version: int, volumes: Sequence[Volume]) -> bytes:
    """Area, band, times, category and version in one spelling: RFC 8785 JSON of whole numbers, volumes in their order."""
    return _encode({"category": category, "version": version, "volumes": [_plain(each) for each in volumes]})


def phrase(value_of_day: str, category: str, version: int, volumes: Sequence[Volume]) -> str:
    """The check phrase as six letters and digits, such as `K7QADX`."""
    head = f"beforehand/check-phrase/v1\n{value_of_day}\n".encode()
    number = int.from_bytes(sha256(head + canonical(category, version, volumes)).digest()[:4], "big") >> 2
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in range(CHARACTERS - 1, -1, -1))


def spelled(text: str) -> str:
    """A phrase as it is read aloud: `Kilo Seven Quebec Alfa Delta X-ray`."""
    return " ".join(SPELLED[character] for character in text)


def _plain(volume: Volume) -> dict[str, Any]:
    outline = volume.outline
    if outline is None:
        place: Any = None
    elif isinstance(outline, Circle):
        place = {"circle": [outline.lat_e7, outline.lng_e7, outline.radius_mm]}
    else:
        place = {"polygon": [[lat, lng] for lat, lng in outline.vertices]}
    return {
        "area": place,
        "lower_mm": volume.lower_mm,
        "upper_mm": volume.upper_mm,
        "start_us": volume.start_us,
        "end_us": volume.end_us,
    }
