"""What an operator may set of a node (docs/configuration.md); times in µs, sizes in bytes."""

from __future__ import annotations

from msgspec import Struct

from beforehand.core.strategic.state import Rules


class NodeConfig(Struct, frozen=True):
    """The limits of one node. Every queue, wait and rate has its own."""

    rules: Rules = Rules()
    name: str = "node"
    release_wait_us: int = 5_000_000
    max_clock_error_us: int = 1_000_000
    space_floor: int = 256 << 20
    warning_reserve: int = 192 << 20
    open_batch_entries: int = 20_000
    open_batch_bytes: int = 32 << 20
    cells_per_second: int = 200_000
