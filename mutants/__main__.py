"""`python -m mutants`: draws mutants by a seed, judges each, and says which of them the tests do not notice."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue

from mutants.covering import Covering
from mutants.judging import Copy, Fate, Judged
from mutants.operators import Mutation, mutations
from mutants.survivors import Name, explained, name_of, rows

ROOT = Path(__file__).resolve().parent.parent
#: What is changed, and the tests that are to notice.
MUTATED = ("src/beforehand/core/hotline", "src/beforehand/airspace")
TESTS = ("tests/airspace", "tests/core", "tests/wire/hotline", "tests/web/hotline", "tests/docs")
#: Of a hundred drawn, fewer than this may be alive.
ALIVE_MAX = 10.0


def main() -> int:
    """Draw, judge, tell; 1 where too many are alive."""
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="mutants drawn of all there could be (default 500)")
    parser.add_argument("--seed", type=int, default=1, help="by which they are drawn (default 1)")
    parser.add_argument("--jobs", type=int, default=2, help="judged at one time (default 2)")
    parser.add_argument("--only", default="", help="only of modules whose path holds this")
    parser.add_argument("--again", action="store_true", help="of those drawn, only the ones that survivors.md names")
    parser.add_argument("--limit-minutes", type=float, default=40, help="after which no more are judged (default 40)")
    parser.add_argument("--out", type=Path, help="file for the rows of survivors.md")
    arguments = parser.parse_args()
    begin = time.monotonic()
    first = Copy(ROOT)
    copies = [first]
    try:
        files = [file for folder in MUTATED for file in sorted((first.root / folder).rglob("*.py"))]
        possible = [each for file in files for each in mutations(first.root, file) if arguments.only in each.path]
        drawn = _drawn(first, possible, arguments.seed)[: arguments.count]
        if arguments.again:
            before = explained()
            drawn = [each for each in drawn if name_of(each, (first.root / each.path).read_bytes()) in before]
        print(f"{len(drawn)} of {len(possible)} mutants drawn by seed {arguments.seed}", flush=True)
        covering = _map(first)
        copies += [Copy(first.root) for _ in range(arguments.jobs - 1)]
        print(
            f"{len(covering.tests)} tests, and what each executes, after {time.monotonic() - begin:.0f} s", flush=True
        )
        if not first.passes(covering.tests):
            raise RuntimeError("the tests do not pass by their names, one after another, without any change")
        for name in covering.failed:
            print(f"  fails or is skipped without any change, and tells nothing: {name}", flush=True)
        judged = _judge_all(copies, drawn, covering, begin + arguments.limit_minutes * 60)
        return _tell(first, judged, len(drawn), time.monotonic() - begin, arguments.out)
    finally:
        for each in copies:
            each.close()


def _drawn(copy: Copy, possible: list[Mutation], seed: int) -> list[Mutation]:
    """In an order that a seed gives to each by what it is, not by where: what else is changed does not draw others."""
    sources: dict[str, bytes] = {}
    again: Counter[Name] = Counter()
    places: dict[str, Mutation] = {}
    for each in possible:
        source = sources.setdefault(each.path, (copy.root / each.path).read_bytes())
        name = name_of(each, source)
        again[name] += 1
        places[sha256(repr((seed, name, again[name])).encode()).hexdigest()] = each
    return [places[place] for place in sorted(places)]


def _map(copy: Copy) -> Covering:
    """Run all tests once, unchanged. What they compile stays in the copy, for all later runs."""
    file = copy.root / "map.json"
    copy.pytest(
        ["-p", "mutants.executed", "--maxfail=1000000", *[each for each in TESTS if (copy.root / each).exists()]],
        MUTANTS_MAP=str(file), MUTANTS_SOURCE=os.pathsep.join(str(copy.root / each) for each in MUTATED),
        PYTHONPATH=os.pathsep.join((str(copy.root / "src"), str(ROOT))))  # fmt: skip
    return Covering(file)


def _judge_all(copies: list[Copy], drawn: list[Mutation], covering: Covering, until: float) -> list[Judged]:
    free: SimpleQueue[Copy] = SimpleQueue()
    done: list[Fate] = []
    for each in copies:
        free.put(each)

    def judge(mutation: Mutation) -> Judged | None:
        if time.monotonic() > until:
            return None
        copy = free.get()
        try:
            tests = covering.of(mutation)
            fate = copy.judge(mutation, tests, covering.seconds(tests))
        finally:
            free.put(copy)
        done.append(fate)
        if len(done) % 50 == 0:
            print(f"  {len(done)} judged", flush=True)
        if fate not in ("killed", "timed out"):
            print(f"  {fate}: {mutation.path}:{mutation.line} {mutation.what}", flush=True)
        return Judged(mutation, fate)

    with ThreadPoolExecutor(len(copies)) as pool:
        return [each for each in pool.map(judge, drawn) if each is not None]


def _tell(copy: Copy, judged: list[Judged], drawn: int, took_s: float, out: Path | None) -> int:
    fates = Counter(each.fate for each in judged)
    alive = fates["alive"] + fates["not executed"]
    share = 100 * alive / max(1, len(judged))
    known = explained()
    names = [
        name_of(each.mutation, (copy.root / each.mutation.path).read_bytes())
        for each in sorted(judged)
        if each.fate in ("alive", "not executed")
    ]
    print(
        f"\ndrawn {drawn}, judged {len(judged)}: killed {fates['killed']}, timed out {fates['timed out']}, alive {alive} "
        f"({share:.1f} %), {fates['not executed']} of them executed by no test; {took_s / 60:.1f} min"
    )
    for name, row in zip(names, rows(names, known), strict=True):
        print(f"{'explained' if known.get(name) else 'NOT EXPLAINED'}: {row}")
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text("\n".join(rows(names, known)) + "\n")
    return int(share >= ALIVE_MAX or len(judged) < drawn)


if __name__ == "__main__":
    sys.exit(main())
