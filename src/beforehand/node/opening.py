"""Opening: what was recovered is folded and made durable anew before the first answer."""

from __future__ import annotations

from beforehand.core.machine import EpochOpened, Machine, read_event
from beforehand.engine.protocol import MAX_READ, Engine
from beforehand.record.entry import Chain, Follow, unpad


async def fold_journal(machine: Machine, engine: Engine) -> Follow:
    """Fold every entry of the journal, checking the chain. Returns the place behind the last.

    Raises `record.ChainError` where an entry does not fit, `msgspec.ValidationError` where one is of a kind that this
    version does not know: a node never skips an entry.
    """
    follow = Follow()
    while True:
        entries = await engine.read(follow.seq, MAX_READ)
        if not entries:
            return follow
        for entry in entries:
            header = follow.take(entry)
            content = None if entry.content is None else unpad(entry.content.padded)
            machine.fold(read_event(entry.facts), content, header.time_us)


def next_epoch(follow: Follow) -> Chain:
    """The chain that goes on behind what was followed, one epoch later."""
    return Chain(follow.prev, follow.seq, follow.epoch + 1, follow.time_us)


def epoch_opened(chain: Chain, node: str) -> EpochOpened:
    """The first fact of an epoch."""
    return EpochOpened(chain.epoch, node)
