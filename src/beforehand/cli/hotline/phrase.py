"""`beforehand phrase …`: the check phrase that both ends read aloud (H3.2)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from beforehand.cli.errors import CommandError, UsageError
from beforehand.cli.hotline.asking import (
    ASKING,
    BODY_MAX_BYTES,
    READING,
    Asking,
    At,
    Notice,
    Reading,
    connected,
    perform,
)
from beforehand.cli.hotline.values import time

app = App("phrase", help="The check phrase of a notice: both ends read it aloud; equal means both hold the same.")


@app.default
def show(
    notice: Notice = None,
    /,
    *,
    file: Annotated[
        str | None,
        Parameter(
            name=("--file", "--document"),
            allow_leading_hyphen=True,
            show_default=False,
            help="A saved document instead (`notice show --save`), or - for standard input: no network is needed.",
        ),
    ] = None,
    reading: Reading = READING,
) -> int:
    """Print the check phrase of a notice: of one told to you, or of your own, one for each addressee.

    beforehand phrase 6f1c
    beforehand phrase --file told.json
    """
    from beforehand.cli.hotline.phrases import Phrase, document_in, of_document, of_given

    if (notice is None) == (file is None):
        raise UsageError("Give NOTICE, or --file with a saved document.")
    phrases: list[Phrase]
    if file is not None:
        phrases = [of_document(document_in(read_file(file))[0])]
    else:
        with connected(reading) as line:
            assert notice is not None
            id_ = line.notice(notice)
            answer = line.hotline.read(f"/notices/{id_}")
            line.shown += (id_,)
            document = answer.get("document")
            phrases = [of_document(document_in(document.encode())[0])] if document else of_given(line, answer)
    if not phrases:
        raise CommandError("Nobody has been told this version yet, so there is no phrase to read aloud.")
    if reading.as_json:
        print(json.dumps({"phrases": [
            {"notice": each.notice, "version": each.version, "with": each.other, "phrase": each.text, "spoken": each.spoken}
            for each in phrases]}))  # fmt: skip
        return 0
    for each in phrases:
        print(
            f"{each.text}   {each.spoken}\n         notice {each.notice[:8]}, version {each.version}, with {each.other}"
        )
    print("Read it aloud, with the version. Not equal: you hold different things; compare place, heights, times.")
    print("Equal: `beforehand phrase equal NOTICE`; of a notice of yours, with `--party` and who read it.")
    return 0


@app.command
def equal(
    notice: Notice = None,
    /,
    *,
    party: Annotated[str | None, Parameter(show_default=False, help="The addressee, if the notice is yours.")] = None,
    role: Annotated[
        str | None, Parameter(show_default=False, help="Role of whoever read it at the other end; duty if not given.")
    ] = None,
    at: At = None,
    asking: Asking = ASKING,
) -> int:
    """Say that both ends found it equal, by voice. It supports UNDERSTOOD and never replaces it."""
    fields = {"notice": notice, "party": party, "role": role, "at": None if at is None else time(at, "--at")}
    return perform("phrase equal", asking, fields, "PHRASE EQUAL, as you say.")


def read_file(name: str) -> bytes:
    """A file, or standard input for `-`. Raises CommandError."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(BODY_MAX_BYTES)
        with Path(name).open("rb") as opened:
            return opened.read(BODY_MAX_BYTES)
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None
