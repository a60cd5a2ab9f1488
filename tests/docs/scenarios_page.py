"""The tables of docs/scenarios.md, from the code.

To write them anew: make docs, or PYTHONPATH=tests .venv/bin/python -m docs.scenarios_page
"""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import inspect

from beforehand.testing.scenario.acts import ACTS, FILLED
from beforehand.testing.scenario.story import ZoneRow
from beforehand.testing.scenario.verdicts import TABLE
from beforehand.wire.hotline.bodies_volume import VolumeBody
from beforehand.wire.hotline.values import SaidAltitude

PAGE = Path(__file__).parents[2] / "docs" / "scenarios.md"
HEADS = {
    "acts": "| `do` | keys of `with`; bold: must be there | |\n|---|---|---|",
    "words": "| key | of | words |\n|---|---|---|",
    "verdicts": "| entry | rules | what its verdicts say |\n|---|---|---|",
}


def acts():
    """What a step may do, with the keys of its body."""
    for act in ACTS.values():
        filled = FILLED.get(act.name, {})
        keys = [
            f"**`{each.encode_name}`**" if each.required and each.encode_name not in filled else f"`{each.encode_name}`"
            for each in inspect.type_info(act.body).fields
            if each.encode_name != "statement"
        ]
        yield f"| `{act.name}` | {', '.join(keys) or '–'} | {act.says} |"


def words():
    """Keys that take one of a few words."""
    found = {}
    bodies = [(f"`{act.name}`", act.body) for act in ACTS.values()]
    for of, body in [*bodies, ("`zones`", ZoneRow), ("a volume", VolumeBody), ("a height", SaidAltitude)]:
        for each in inspect.type_info(body).fields:
            said = _words(each.type)
            if said:
                found.setdefault((each.encode_name, said), []).append(of)
    for (key, said), of in found.items():
        yield f"| `{key}` | {', '.join(of)} | {', '.join(f'`{word}`' for word in said)} |"


def _words(kind):
    if isinstance(kind, inspect.LiteralType):
        return tuple(kind.values)
    kinds = kind.types if isinstance(kind, inspect.UnionType) else ()
    return next((found for each in kinds if (found := _words(each))), ())


def verdicts():
    """What is said of each kind of entry."""
    for kind, rules, _wording, says in TABLE:
        yield f"| `{kind.__struct_config__.tag}` | {', '.join(rules)} | {says} |"


TABLES = {"acts": acts, "words": words, "verdicts": verdicts}


def written(text):
    """The page with its tables as the code has them."""
    for name, rows in TABLES.items():
        table = "\n".join([HEADS[name], *rows()]) + "\n"
        before, _, after = text.partition(HEADS[name] + "\n")
        text = before + table + re.sub(r"\A(?:\|.*\n)*", "", after)
    return text


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
