"""Settings on their way from the parent to the serving process."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

import msgspec

from beforehand.settings import Settings

_LENGTH_BYTES = 4


def _path(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise NotImplementedError(kind)


def write_settings(settings: Settings) -> bytes:
    """The message that `read_settings` reads."""
    encoded = msgspec.json.encode(settings, enc_hook=str)
    return len(encoded).to_bytes(_LENGTH_BYTES, "big") + encoded


def read_settings(source: IO[bytes]) -> Settings:
    """Read one message, and no byte beyond it."""
    size = int.from_bytes(source.read(_LENGTH_BYTES), "big")
    return msgspec.json.decode(source.read(size), type=Settings, dec_hook=_path)
