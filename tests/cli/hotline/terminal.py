"""A command on a pseudo-terminal, typed at as a person would."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time

#: What clears the screen and what was scrolled off it, and what goes to the alternate screen and back.
CLEAR, ENTER, LEAVE = b"\x1b[H\x1b[2J\x1b[3J", b"\x1b[?1049h", b"\x1b[?1049l"
PATIENCE_S = 60


class Terminal:
    """A command on a pseudo-terminal. `shown`: all that came from it."""

    def __init__(self, *arguments, environment):
        self.shown = b""
        self._read_to = 0
        ours, theirs = os.openpty()
        self._fd = ours
        self.process = subprocess.Popen(
            [sys.executable, "-m", "beforehand.cli", *arguments],
            stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)

    def wait_for(self, text):
        until = time.monotonic() + PATIENCE_S
        while (found := self.shown.find(text.encode(), self._read_to)) < 0:
            assert time.monotonic() < until, self.shown.decode()
            assert self._read(), self.shown.decode()
        self._read_to = found + len(text)

    def type(self, *lines, prompt=": "):
        for line in lines:
            self.wait_for(prompt)
            os.write(self._fd, line.encode() + b"\n")
            self.wait_for("\n")

    def ended(self):
        while self._read():
            pass
        return self.process.wait(PATIENCE_S)

    def _read(self):
        if not select.select([self._fd], [], [], PATIENCE_S)[0]:
            return False
        try:
            data = os.read(self._fd, 65_536)
        except OSError:  # the other end is gone
            return False
        self.shown += data
        return bool(data)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._fd)
