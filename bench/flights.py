"""A recorded day planned against a fresh server: `python -m bench.flights FILE --out DIR`."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from bench.serving import served


def main() -> int:
    """Start a server, plan the day through it, end it; the exit status is that of the planning."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    with served() as server:
        begin = time.perf_counter()
        planned = subprocess.run(
            [
                sys.executable, "-m", "beforehand.cli", "flights", str(arguments.file), "--url",
                f"http://127.0.0.1:{server.port}", "--sign-with", str(server.private_key), "--out", str(arguments.out)],
            check=False)  # fmt: skip
        print(f"in all {time.perf_counter() - begin:.0f} s, on a fresh server")
    return planned.returncode


if __name__ == "__main__":
    sys.exit(main())
