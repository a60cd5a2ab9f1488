"""The ways in which a line may be wrong: every mutation of a module, each a piece of its text and what stands there instead.

Comparisons are turned round and moved by one, arithmetic is swapped, conditions are negated, `and` and `or` exchanged, numbers
moved by one, words altered, results dropped, statements left out. Not touched: types, docstrings, imports, what is said in
messages, and assertions, which state what holds anyway.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">="),
    ast.LtE: ("<", ">"),
    ast.Gt: (">=", "<="),
    ast.GtE: (">", "<"),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
}
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "//",
    ast.Div: "*",
    ast.FloorDiv: "*",
    ast.Mod: "*",
    ast.LShift: ">>",
    ast.RShift: "<<",
    ast.BitAnd: "|",
    ast.BitOr: "&",
    ast.BitXor: "&",
}
_SIGNS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.LShift: "<<",
    ast.RShift: ">>", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in"}  # fmt: skip
#: Calls whose arguments are words for people.
_SAID = frozenset({"refused", "not_there", "Refusal", "OutlineError", "ValueError", "TypeError", "BadField"})
#: Longer texts with spaces are words for people wherever they stand.
_LONG = 40
_OPPOSITES = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor"}


class Mutation(NamedTuple):
    """A change of a module: bytes from `start` to `end` become `text`. `lines`: of the statement that it is in."""

    path: str
    line: int
    lines: tuple[int, int]
    start: int
    end: int
    text: str
    what: str

    def apply(self, source: bytes) -> bytes:
        """The module as it is with this change."""
        return source[: self.start] + self.text.encode() + source[self.end :]


def mutations(root: Path, path: Path) -> list[Mutation]:
    """All of a module, in the order of its text."""
    source = path.read_bytes()
    found = _Finder(str(path.relative_to(root)), source).all()
    return sorted(found, key=lambda each: (each.start, each.end, each.what))


class _Finder:
    def __init__(self, path: str, source: bytes) -> None:
        self._path = path
        self._source = source
        self._tree = ast.parse(source)
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def all(self) -> Iterator[Mutation]:
        for statement in self._tree.body:
            yield from self._of_statement(statement)

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._starts[node.lineno - 1] + node.col_offset,
            self._starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def _instead(self, node: ast.expr | ast.stmt, text: str, what: str) -> Mutation:
        return Mutation(self._path, node.lineno, self._lines, *self._span(node), text, what)

    def _text(self, node: ast.expr | ast.stmt) -> str:
        start, end = self._span(node)
        return self._source[start:end].decode()

    # Statements ---------------------------------------------------------------------------------------------------------

    def _of_statement(self, node: ast.stmt) -> Iterator[Mutation]:
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Assert, ast.Pass, ast.Global, ast.Nonlocal)) or _is_doc(
            node
        ):
            return
        body = getattr(node, "body", None)
        last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
        self._lines = (node.lineno, max(node.lineno, last))
        lines = self._lines
        yield from self._left_out(node)
        if isinstance(node, (ast.If, ast.While)):
            yield from self._negated(node.test)
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "bases", "type_params", "type_comment"):
                continue
            if name == "keywords" and isinstance(node, ast.ClassDef):
                value = [each for each in value if each.arg == "tag"]
            for child in value if isinstance(value, list) else [value]:
                self._lines = lines
                if isinstance(child, ast.stmt):
                    yield from self._of_statement(child)
                elif isinstance(child, (ast.ExceptHandler, ast.match_case)):
                    for each in child.body:
                        yield from self._of_statement(each)
                elif isinstance(child, ast.arguments):
                    for default in [*child.defaults, *child.kw_defaults]:
                        if default is not None:
                            yield from self._of_expression(default)
                elif isinstance(child, ast.withitem):
                    yield from self._of_expression(child.context_expr)
                elif isinstance(child, ast.keyword):
                    yield from self._of_expression(child.value)
                elif isinstance(child, ast.expr) and not self._is_type(node):
                    yield from self._of_expression(child)

    def _is_type(self, node: ast.stmt) -> bool:
        """Whether a statement of a module only names a type, or what is exported."""
        if isinstance(node, ast.AnnAssign):
            return isinstance(node.annotation, ast.Name) and node.annotation.id == "TypeAlias"
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            return False
        name, value = node.targets[0].id, node.value
        if name in ("__all__", "__slots__"):
            return True
        return isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name) and value.value.id == "Literal"

    def _left_out(self, node: ast.stmt) -> Iterator[Mutation]:
        if isinstance(node, ast.Return):
            if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
                yield self._instead(node, "return None", f"`{_short(self._text(node))}` -> `return None`")
            return
        if isinstance(node, ast.Raise):
            return  # its condition is negated
        changes = isinstance(node, (ast.AugAssign, ast.Delete, ast.Continue, ast.Break)) or (
            isinstance(node, ast.Assign) and isinstance(node.targets[0], (ast.Attribute, ast.Subscript))
        )
        if changes or (isinstance(node, ast.Expr) and isinstance(node.value, (ast.Call, ast.Yield, ast.YieldFrom))):
            yield self._instead(node, "pass", f"left out: `{_short(self._text(node))}`")

    # Expressions --------------------------------------------------------------------------------------------------------

    def _of_expression(self, node: ast.expr) -> Iterator[Mutation]:
        yield from self._itself(node)
        if isinstance(node, ast.JoinedStr):
            return
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id[:1].isupper():
            return  # a type
        said = isinstance(node, ast.Call) and _name(node.func) in _SAID
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.keyword):
                if child.arg == "strict":
                    continue  # an assertion, too
                child = child.value
            if isinstance(child, ast.comprehension):
                yield from self._of_expression(child.iter)
                for condition in child.ifs:
                    yield from self._negated(condition)
                    yield from self._of_expression(condition)
            elif isinstance(child, ast.arguments):
                for default in [*child.defaults, *child.kw_defaults]:
                    if default is not None:
                        yield from self._of_expression(default)
            elif isinstance(child, ast.expr):
                if said and isinstance(child, (ast.Constant, ast.JoinedStr, ast.BinOp)):
                    continue
                yield from self._of_expression(child)

    def _itself(self, node: ast.expr) -> Iterator[Mutation]:
        if isinstance(node, ast.Compare):
            yield from self._compared(node)
        elif isinstance(node, ast.BinOp):
            yield from self._computed(node)
        elif isinstance(node, ast.BoolOp):
            new = "or" if isinstance(node.op, ast.And) else "and"
            parts = [f"({self._text(each)})" for each in node.values]
            yield self._instead(node, f"({f' {new} '.join(parts)})", f"`{_short(self._text(node))}`: `{new}`")
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
            yield self._instead(
                node, f"({self._text(node.operand)})", f"`{_short(self._text(node))}`: without its sign"
            )
        elif isinstance(node, ast.IfExp):
            yield from self._negated(node.test)
        elif isinstance(node, ast.Constant):
            yield from self._constant(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _OPPOSITES:
            new = _OPPOSITES[node.func.id]
            yield self._instead(node.func, new, f"`{_short(self._text(node))}`: `{new}`")

    def _compared(self, node: ast.Compare) -> Iterator[Mutation]:
        operands = [node.left, *node.comparators]
        for at, op in enumerate(node.ops):
            start, end = self._span(operands[at])[1], self._span(operands[at + 1])[0]
            between = self._source[start:end].decode()
            sign = _SIGNS[type(op)]
            for new in _COMPARISONS[type(op)]:
                yield Mutation(
                    self._path, operands[at].end_lineno or node.lineno, self._lines, start, end,
                    _swapped(between, sign, new), f"`{_short(self._text(node))}`: `{sign}` -> `{new}`")  # fmt: skip

    def _computed(self, node: ast.BinOp) -> Iterator[Mutation]:
        new = _ARITHMETIC.get(type(node.op))
        if new is None or any(_is_text(each) for each in (node.left, node.right)):
            return
        start, end = self._span(node.left)[1], self._span(node.right)[0]
        sign = _SIGNS[type(node.op)]
        text = _swapped(self._source[start:end].decode(), sign, new)
        yield Mutation(
            self._path, node.left.end_lineno or node.lineno, self._lines, start, end, text,
            f"`{_short(self._text(node))}`: `{sign}` -> `{new}`")  # fmt: skip

    def _constant(self, node: ast.Constant) -> Iterator[Mutation]:
        value = node.value
        if isinstance(value, bool):
            yield self._instead(node, repr(not value), f"`{value}` -> `{not value}`")
        elif isinstance(value, (int, float)):
            for new in (value + 1, value - 1):
                yield self._instead(node, f"({new!r})", f"`{self._text(node)}` -> `{new!r}`")
        elif isinstance(value, str) and value and not (len(value) > _LONG and " " in value):
            yield self._instead(node, repr("?" + value), f"`{value!r}` -> `{'?' + value!r}`")

    def _negated(self, node: ast.expr) -> Iterator[Mutation]:
        yield self._instead(node, f"(not ({self._text(node)}))", f"`{_short(self._text(node))}` negated")


def _is_doc(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _swapped(between: str, sign: str, new: str) -> str:
    """The text between two operands with another sign; brackets that close before it and open after it stay."""
    at = between.index(sign.split()[0])
    end = between.index(sign.split()[-1], at) + len(sign.split()[-1])
    return f"{between[:at]} {new} {between[end:]}"


def _short(text: str) -> str:
    one = " ".join(text.split())
    return one if len(one) <= 70 else one[:67] + "..."
