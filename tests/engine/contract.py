"""What every engine promises, as tests. A subclass says how to make one."""

from __future__ import annotations

import asyncio
from itertools import accumulate

import pytest
from msgspec.structs import replace

from beforehand.engine import recent
from beforehand.engine.protocol import Conflict, Unavailable
from beforehand.record.entry import Content, commitment, content_commitment, pad

from .journals import Writer, in_loop, read_all

SALT = b"s" * 32


class EngineContract:
    @pytest.fixture
    def storage(self, tmp_path):
        """Returns a function that makes an engine over the same storage each time it is called."""
        raise NotImplementedError

    @in_loop
    async def test_a_new_journal_is_empty(self, storage):
        engine = storage()
        await engine.open()
        assert await engine.head() == 0
        assert await engine.read(0, 10) == []
        assert await engine.read(5, 10) == []
        await engine.close()

    @in_loop
    async def test_what_was_appended_is_read_in_order_and_whole(self, storage):
        engine, writer = storage(), Writer()
        await engine.open()
        written = []
        for count in (1, 5, 2, 30, 1, 1, 9):
            batch = writer.mixed(count)
            await engine.append(len(written), batch)
            written += batch
            assert await engine.head() == len(written)
        for stride in (1, 3, 1_000):
            assert await read_all(engine, stride) == written
        for start in range(len(written) + 2):
            assert await engine.read(start, 4) == written[start : start + 4]
        await engine.close()

    @in_loop
    async def test_reads_are_bounded(self, storage, monkeypatch):
        monkeypatch.setattr(f"{self.bounded_in}.MAX_READ", 3)
        engine, batch = storage(), Writer().batch(10)
        await engine.open()
        await engine.append(0, batch)
        assert await engine.read(1, 1_000_000) == batch[1:4]
        assert await engine.read(1, 0) == []
        await engine.close()

    @in_loop
    async def test_a_batch_that_does_not_begin_at_the_end_is_a_conflict_and_leaves_nothing(self, storage):
        engine, writer = storage(), Writer()
        await engine.open()
        first, second = writer.batch(3), writer.batch(2, b"words")
        await engine.append(0, first)
        for wrong in (0, 2, 4, 1_000):
            with pytest.raises(Conflict):
                await engine.append(wrong, second)
        assert await read_all(engine) == first
        assert await engine.content.get(content_commitment(second[0].header)) is None
        await engine.append(3, second)
        assert await read_all(engine) == first + second
        await engine.close()

    @in_loop
    async def test_an_empty_batch_stores_nothing(self, storage):
        engine, writer = storage(), Writer()
        await engine.open()
        await engine.append(0, [])
        assert await engine.head() == 0
        batch = writer.batch(2)
        await engine.append(0, batch)
        await engine.append(2, [])
        assert await read_all(engine) == batch
        await engine.close()

    @in_loop
    async def test_what_was_appended_is_there_after_opening_anew(self, storage):
        writer, written = Writer(), []
        for _ in range(3):
            engine = storage()
            await engine.open()
            assert await read_all(engine) == written
            batch = writer.mixed(6)
            await engine.append(len(written), batch)
            written += batch
            await engine.close()

    @in_loop
    async def test_content_comes_with_its_entry_and_under_its_commitment(self, storage):
        engine = storage()
        await engine.open()
        batch = Writer().batch(3, b"words")
        await engine.append(0, batch)
        for entry, read in zip(batch, await engine.read(0, 3), strict=True):
            assert read.content == entry.content
            assert await engine.content.get(content_commitment(entry.header)) == entry.content
        assert await engine.content.get(SALT) is None
        await engine.close()

    @in_loop
    async def test_content_can_be_put_by_itself_and_twice(self, storage):
        engine = storage()
        await engine.open()
        content = Content(SALT, pad(b"words"))
        for _ in range(2):
            assert await engine.content.put(content) == commitment(SALT, pad(b"words"))
        await engine.close()
        again = storage()
        await again.open()
        assert await again.content.get(commitment(SALT, pad(b"words"))) == content
        await again.close()

    @in_loop
    async def test_erased_content_is_gone_and_all_else_stays(self, storage):
        engine = storage()
        await engine.open()
        batch = Writer().batch(4, b"words")
        await engine.append(0, batch)
        key = content_commitment(batch[2].header)
        for _ in range(2):
            await engine.content.erase(key)
        expected = [*batch[:2], replace(batch[2], content=None), batch[3]]
        assert await engine.content.get(key) is None
        assert await read_all(engine) == expected
        assert await first(engine.tail(0), 4) == expected
        await engine.close()
        again = storage()
        await again.open()
        assert await read_all(again) == expected
        await again.close()

    @in_loop
    async def test_erased_content_stays_erased_when_it_comes_again(self, storage):
        engine = storage()
        await engine.open()
        batch = Writer().batch(1, b"words")
        await engine.append(0, batch)
        key = content_commitment(batch[0].header)
        await engine.content.erase(key)
        assert await engine.content.put(batch[0].content) == key
        assert await engine.content.get(key) is None
        await engine.close()

    @in_loop
    async def test_erasing_what_is_not_there_is_no_error(self, storage):
        engine = storage()
        await engine.open()
        await engine.content.erase(SALT)
        await engine.close()

    @in_loop
    async def test_a_tail_gives_what_is_there_and_then_what_comes(self, storage):
        engine, writer = storage(), Writer()
        await engine.open()
        written = writer.mixed(5)
        await engine.append(0, written)
        tails = [asyncio.ensure_future(first(engine.tail(start), 12 - start)) for start in (0, 3, 5, 8)]
        for count in (1, 2, 4):
            batch = writer.mixed(count)
            await engine.append(len(written), batch)
            written += batch
        for start, tail in zip((0, 3, 5, 8), tails, strict=True):
            assert await tail == written[start:12]
        await engine.close()

    @in_loop
    async def test_a_slow_tail_misses_nothing_and_holds_up_nobody(self, storage, monkeypatch):
        monkeypatch.setattr(recent, "KEPT_ENTRIES", 4)
        monkeypatch.setattr(recent, "STRIDE", 3)
        engine, writer = storage(), Writer()
        await engine.open()
        tail = engine.tail(0)
        batches = [writer.mixed(count) for count in (2, 3, 9, 1, 20)]
        starts = [0, *accumulate(map(len, batches))]
        seen = []
        for start, batch in zip(starts, batches, strict=False):
            await engine.append(start, batch)
            seen += await first(tail, 2)
        written = [entry for batch in batches for entry in batch]
        assert seen + await first(tail, len(written) - len(seen)) == written
        await engine.close()

    @in_loop
    async def test_what_is_kept_for_tails_is_bounded_in_bytes(self, storage, monkeypatch):
        monkeypatch.setattr(recent, "KEPT_BYTES", 1_000)
        engine, writer = storage(), Writer()
        await engine.open()
        batch = writer.batch(5, bytes(5_000))
        await engine.append(0, batch)
        assert await first(engine.tail(0), 5) == batch
        await engine.close()

    @in_loop
    async def test_a_tail_ends_when_the_journal_is_closed(self, storage):
        engine = storage()
        await engine.open()
        tail = asyncio.ensure_future(first(engine.tail(0), 1))
        await asyncio.sleep(0)
        await engine.close()
        with pytest.raises(Unavailable):
            await tail

    @in_loop
    async def test_an_append_whose_caller_gives_up_is_seen_by_all_others(self, storage):
        engine, writer = storage(), Writer()
        await engine.open()
        batch = writer.mixed(3)
        tail = asyncio.ensure_future(first(engine.tail(0), 4))
        append = asyncio.ensure_future(engine.append(0, batch))
        await asyncio.sleep(0)
        append.cancel()
        last = writer.batch()
        await engine.append(3, last)
        assert await tail == batch + last == await read_all(engine)
        await engine.close()

    @in_loop
    async def test_a_closed_journal_refuses_everything(self, storage):
        engine = storage()
        for _ in range(2):
            await engine.close()
        await engine.open()
        for _ in range(2):
            await engine.close()
        with pytest.raises(Unavailable):
            await engine.head()
        with pytest.raises(Unavailable):
            await engine.read(0, 1)
        with pytest.raises(Unavailable):
            await engine.append(0, Writer().batch())


async def first(tail, count):
    """The next `count` entries of a tail."""
    return [await anext(tail) for _ in range(count)]
