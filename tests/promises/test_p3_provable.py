"""P3: the record is append-only, and whoever holds a copy can check it without trusting who wrote it.

What holds today. Nothing is signed yet; a tree head that someone else wrote down is what a signed checkpoint will say.
"""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from beforehand.engine.protocol import MAX_READ, EngineError
from beforehand.engine.sqlite_journal import SqliteJournal
from beforehand.record.canonical import check
from beforehand.record.entry import NO_PREV, Chain, Follow, StoredEntry, leaf_hash
from beforehand.record.errors import RecordError
from beforehand.record.merkle import Tree
from record import foreign
from serving import served

INTENTS, CONSTRAINTS, SUBSCRIPTIONS = (
    f"/dss/v1/{kind}" for kind in ("operational_intent_references", "constraint_references", "subscriptions")
)
URL = "https://uss1.example.com"


class Entry:
    """One entry as docs/entries.md says that it lies in the file, read with nothing of the product's."""

    def __init__(self, header: bytes, salt: bytes, facts: bytes, content: bytes | None) -> None:
        self.header, self.salt, self.facts, self.content = header, salt, facts, content
        self.seq, self.epoch, self.time_us = (int.from_bytes(header[at : at + 8], "big") for at in (1, 9, 17))
        self.leaf = foreign.sha(b"\x00", header)


def stored(file: Path) -> list[Entry]:
    """Every entry of a journal file."""
    found = []
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        kept = dict(connection.execute("SELECT commitment, padded FROM content"))
        for (body,) in connection.execute("SELECT body FROM batch ORDER BY first_seq"):
            at = 0
            while at < len(body):
                header_bytes, facts_bytes = (
                    int.from_bytes(body[at : at + 2], "big"),
                    int.from_bytes(body[at + 2 : at + 6], "big"),
                )
                header = body[at + 6 : at + 6 + header_bytes]
                at += 6 + header_bytes
                found.append(
                    Entry(header, body[at : at + 32], body[at + 32 : at + 32 + facts_bytes], kept.get(header[90:]))
                )
                at += 32 + facts_bytes
    return found


def volume(place: int) -> dict[str, object]:
    def instant(minutes: int) -> dict[str, str]:
        moment = datetime.fromtimestamp(time.time() + 60 * minutes, UTC)
        return {"value": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "format": "RFC3339"}

    def metres(value: int) -> dict[str, object]:
        return {"value": value, "reference": "W84", "units": "M"}

    corners = [{"lat": 47 + place + north, "lng": 8 + east} for north, east in ((0, 0), (0, 0.01), (0.01, 0.01))]
    space = {"outline_polygon": {"vertices": corners}, "altitude_lower": metres(500), "altitude_upper": metres(600)}
    return {"volume": space, "time_start": instant(5), "time_end": instant(30)}


def written(server) -> list[tuple[str, str]]:
    """Writes of every kind; of each answer the tag of the entry that it must have, and a string that only that one holds."""
    party = server.party(
        "uss1", "utm.strategic_coordination", "utm.constraint_management", "utm.availability_arbitration",
        "utm.conformance_monitoring_sa")  # fmt: skip
    intent, constraint, subscription = (str(uuid.uuid4()) for _ in range(3))

    def put(path: str, body: object) -> dict[str, object]:
        answer = party.put(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    plan = {"extents": [volume(0)], "key": [], "state": "Accepted", "uss_base_url": URL}
    made = put(f"{INTENTS}/{intent}", plan | {"new_subscription": {"uss_base_url": URL}})[
        "operational_intent_reference"
    ]
    plan |= {"state": "Contingent", "subscription_id": made["subscription_id"]}
    astray = put(f"{INTENTS}/{intent}/{made['ovn']}", plan)["operational_intent_reference"]
    assert party.delete(f"{INTENTS}/{intent}/{astray['ovn']}").is_success
    closed = put(f"{CONSTRAINTS}/{constraint}", {"extents": [volume(1)], "uss_base_url": URL})["constraint_reference"]
    asks = {"extents": volume(2), "uss_base_url": URL, "notify_for_operational_intents": True}
    told = put(f"{SUBSCRIPTIONS}/{subscription}", asks)["subscription"]
    down = put("/dss/v1/uss_availability/uss1", {"old_version": "", "availability": "Down"})
    report = party.post("/dss/v1/reports", json={"exchange": {"problem": "words of a report"}}).json()
    return [
        ("party.bound", "uss1"), ("oi.accepted", made["ovn"]), ("oi.accepted", astray["ovn"]), ("oi.ended", intent),
        ("con.accepted", closed["ovn"]), ("sub.accepted", told["version"]), ("uss.availability", down["version"]),
        ("report.filed", report["report_id"])]  # fmt: skip


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """What was answered, between which two times, and the journal file that is left."""
    with served(tmp_path_factory.mktemp("provable")) as server:
        begun_us = time.time_ns() // 1000
        answers = written(server)
        ended_us = time.time_ns() // 1000
    return answers, begun_us, ended_us, server.data_dir / "journal.sqlite"


def test_every_answered_write_is_an_entry_under_the_tree_head_that_the_file_alone_gives(answered):
    answers, begun_us, ended_us, file = answered
    entries = stored(file)
    prev, last_us = bytes(32), -1
    for seq, entry in enumerate(entries):
        content = None if entry.content is None else foreign.sha(entry.header[90:])
        assert entry.header[:1] == b"\x01"
        assert (entry.seq, entry.header[25:57]) == (seq, prev)
        assert entry.header[57:89] == foreign.sha(entry.salt, entry.facts)
        assert entry.header[89] == (content is not None)
        assert entry.time_us > last_us
        check(entry.facts)
        prev, last_us = entry.leaf, entry.time_us

    told = [(json.loads(entry.facts)["type"], entry.facts.decode(), entry.time_us) for entry in entries]
    for tag, only in answers:
        holding = [time_us for its_tag, facts, time_us in told if its_tag == tag and f'"{only}"' in facts]
        assert len(holding) == 1, (tag, only)
        assert begun_us <= holding[0] <= ended_us
    assert [tag for tag, _, _ in told] == ["epoch.opened", *(tag for tag, _ in answers)]

    leaves = [entry.leaf for entry in entries]
    assert Tree(leaves).head() == foreign.tree_head(leaves)
    assert Tree(leaf_hash(entry.header) for entry in entries).head() == foreign.tree_head(leaves)


def test_words_stand_in_the_content_alone_and_their_entry_commits_to_them(answered):
    _, _, _, file = answered
    entries = stored(file)
    (filed,) = [entry for entry in entries if entry.content is not None]
    assert b"words of a report" in filed.content
    assert len(filed.content) == 256
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        (salt,) = connection.execute("SELECT salt FROM content").fetchone()
    assert filed.header[90:] == foreign.sha(salt, filed.content)
    assert not any(b"words of a report" in entry.facts for entry in entries)


def test_what_was_written_down_of_a_head_holds_for_whatever_is_added_later():
    """A later tree holds every earlier one: whoever kept a head can tell that nothing before it was changed."""
    leaves = [foreign.sha(number.to_bytes(2, "big")) for number in range(70)]
    heads = []
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
        heads.append(tree.head())
    assert heads == [foreign.tree_head(leaves[: size + 1]) for size in range(70)]
    changed = [*leaves[:30], foreign.sha(b"another"), *leaves[31:]]
    later = [foreign.tree_head(changed[: size + 1]) for size in range(70)]
    assert [size for size in range(70) if heads[size] != later[size]] == list(range(30, 70))


BATCHES = 4


@pytest.fixture
def journal(tmp_path):
    """A closed journal of four batches, three entries each, one with content."""
    chain, random = Chain(NO_PREV, 0, 1), Random("a journal to damage")
    journal = SqliteJournal(tmp_path / "data")
    journal.open()
    for first in range(0, 3 * BATCHES, 3):
        batch = []
        for seq in range(first, first + 3):
            facts = json.dumps({"n": seq}, separators=(",", ":")).encode()
            content = b"words" if seq % 3 == 1 else None
            batch.append(
                chain.append(1_800_000_000_000_000 + seq, facts, random.randbytes(32), content, random.randbytes(32))
            )
        journal.append(first, batch)
    journal.close()
    return tmp_path / "data" / "journal.sqlite"


class Read(NamedTuple):
    """What a node that opens a journal takes it for: its entries and the head over them, or what it says is wrong."""

    entries: list[StoredEntry]
    head: bytes
    fault: str | None = None
    fault_at: int | None = None


def read(folder: Path) -> Read:
    journal, tree, entries = SqliteJournal(folder), Tree(), []
    follow = Follow()
    try:
        journal.open()
        while some := journal.read(follow.seq, MAX_READ):
            for entry in some:
                follow.take(entry)
                tree.add(follow.prev)
                entries.append(entry)
    except (EngineError, RecordError) as error:
        return Read(entries, tree.head(), str(error), getattr(error, "seq", None))
    finally:
        journal.close()
    return Read(entries, tree.head())


def test_any_flipped_bit_of_an_entry_is_noticed_and_the_place_named(journal):
    """At the entry, or at the next one, whose `prev` no longer fits; of the last header only by who kept the head."""
    sound = read(journal.parent)
    with closing(sqlite3.connect(journal)) as connection:
        bodies = connection.execute("SELECT first_seq, body FROM batch").fetchall()
        contents = connection.execute("SELECT commitment, salt, padded FROM content ORDER BY rowid").fetchall()
    flips = [("batch", "body", "first_seq", first, body, first, 9) for first, body in bodies]
    for number, (key, salt, padded) in enumerate(contents):
        flips.append(("content", "salt", "commitment", key, salt, 3 * number + 1, 9))
        flips.append(("content", "padded", "commitment", key, padded, 3 * number + 1, 61))
    for table, column, name, key, data, seq, step in flips:
        change = f"UPDATE {table} SET {column} = ? WHERE {name} = ?"
        for bit in range(0, 8 * len(data), step):  # no step shares a divisor with 8: every place in a byte has its turn
            flipped = bytearray(data)
            flipped[bit // 8] ^= 1 << bit % 8
            with closing(sqlite3.connect(journal, isolation_level=None)) as connection:
                connection.execute(change, (bytes(flipped), key))
                found = read(journal.parent)
                connection.execute(change, (data, key))
            if found.fault is None:
                assert found.head != sound.head, (table, column, bit)
                assert found.entries[:-1] == sound.entries[:-1]
                assert found.entries[-1].facts == sound.entries[-1].facts
            else:
                assert found.fault_at is not None, found.fault
                assert seq <= found.fault_at <= seq + 3, (table, column, bit, found.fault)
                assert str(found.fault_at) in found.fault
    assert read(journal.parent) == sound


def test_a_flipped_bit_anywhere_in_the_file_never_makes_another_journal_of_it(journal):
    sound, data, random = read(journal.parent), journal.read_bytes(), Random("bits of a file")
    noticed = 0
    for at in random.sample(range(len(data)), 400):
        flipped = bytearray(data)
        flipped[at] ^= 1 << random.randrange(8)
        journal.write_bytes(flipped)
        found = read(journal.parent)
        noticed += found.fault is not None
        if found.fault is None:  # it was in the unused part of a page, or in the last header
            assert found.entries[:-1] == sound.entries[:-1], at
            assert found.head != sound.head or found == sound, at
        for beside in journal.parent.glob("journal.sqlite-*"):
            beside.unlink()
    assert noticed > 50


def test_the_bytes_of_entries_are_those_of_the_golden_vectors():
    golden = Path(foreign.__file__).parent / "golden"
    leaves = [bytes.fromhex(line) for line in (golden / "leaf_hashes.txt").read_text().split()]
    heads = json.loads((golden / "tree_heads.json").read_text())
    chain = Chain(NO_PREV, 0, 1)
    for (parts, header, leaf), expected in zip(foreign.example_journal(), leaves, strict=True):
        chain.epoch = parts["epoch"]
        entry = chain.append(
            parts["time_us"], parts["facts"], parts["facts_salt"], parts["content"], parts["content_salt"]
        )
        assert (entry.header, leaf_hash(entry.header)) == (header, leaf)
        assert leaf == expected
    assert {size: Tree(leaves[: int(size)]).head().hex() for size in heads} == heads
