"""`beforehand demo`: a server with keys of its own, an evening of the hotline in its journal, and lines to try by hand."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from beforehand.auth.issuer import PRIVATE_NAME, PUBLIC_NAME, load_private_key, make_key_pair, mint
from beforehand.cli.demo_evening import Evening
from beforehand.cli.errors import CommandError
from beforehand.testing.planners import INTENTS, Player, read_scenario
from beforehand.web.server import listen

AUDIENCE = "127.0.0.1"
ISSUER = "demo"
SCOPES = (
    "utm.strategic_coordination",
    "utm.conformance_monitoring_sa",
    "utm.constraint_management",
    "utm.constraint_processing",
    "utm.availability_arbitration",
)
#: How long the server may take to open a journal before the demo gives up, in seconds.
READY_S = 120.0


def scenario_folder() -> Path:
    """Where the stories are: beside the package when installed, in the checkout otherwise."""
    packaged = Path(__file__).parents[1] / "scenarios"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "scenarios"


class Demo:
    """One server on loopback, and its parties' tokens."""

    def __init__(self, port: int, data_dir: Path) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._port = port
        self._folder = data_dir
        keys = data_dir / "keys"
        if not (keys / PRIVATE_NAME).exists():
            make_key_pair(keys)
        self._key = load_private_key(keys / PRIVATE_NAME)
        # What a former run left stands: each begins in a place of its own, the same one again after an hour.
        step = int(time.time()) % 3600
        self._moved = (step // 60 * 0.1 - 3, step % 60 * 0.1 - 3)
        self._console = Console(highlight=False, soft_wrap=True)

    def run(self) -> int:
        """Serve until interrupted; returns the server's exit code. Raises CommandError where the port is taken."""
        # Looked at here: whoever else answers on the port would be taken for the server that is being started.
        try:
            listen("127.0.0.1", self._port).close()
        except OSError as error:
            raise CommandError(
                f"Port {self._port} of 127.0.0.1 cannot be had ({error.strerror}): end what has it, or choose another "
                "(`--port`, or `make run PORT=…`)."
            ) from None
        evening = self._evening()
        with self._server() as server:
            if not self._ready(server):
                self._console.print("[red]The server did not become ready; what it said is above.")
                return 1
            self._tell(evening)
            self._play()
            self._explain()
            return self._wait(server)

    def _evening(self) -> Evening:
        """The evening, in the journal before the server opens that; of a former run, as it is."""
        evening = Evening(self._folder, scenario_folder())
        data_dir = self._folder / "data"
        if not evening.played and not data_dir.exists():
            evening.play(data_dir, time.time_ns() // 1000)
        return evening

    def _tell(self, evening: Evening) -> None:
        """What the evening came to, and how to look at it as one of its officers."""
        if not evening.played:
            return  # a journal of before there was an evening
        print(f"\n{evening.text_file.read_text('utf-8')}", flush=True)
        print(f"  picture of the evening: {evening.picture_file}\n", flush=True)
        for party, name in (("TEAL", "duty"), ("GREY", "duty")):
            self._console.print(
                f"[bold]Look at it as {party}[/] (in another terminal, in this folder)"
                if party == "TEAL"
                else "[dim]# or as GREY[/]"
            )
            print(
                f".venv/bin/beforehand login --url {self._url} --party {party} --login {name} "
                f"--password-file {evening.password_file(party, name)}",
                flush=True,
            )
        for line in (
            ".venv/bin/beforehand notice list --all",
            ".venv/bin/beforehand knew ID    # the first characters of an id will do",
        ):
            print(line, flush=True)

    @contextlib.contextmanager
    def _server(self) -> Any:
        command = [
            sys.executable, "-m", "beforehand.cli", "serve", "--host", "127.0.0.1", "--port", str(self._port),
            "--data-dir", str(self._folder / "data"), "--token-key", str(self._folder / "keys" / PUBLIC_NAME),
            "--audience", AUDIENCE, "--allow-http-uss"]  # fmt: skip
        process = subprocess.Popen(command)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _ready(self, server: subprocess.Popen[bytes]) -> bool:
        until = time.monotonic() + READY_S
        while time.monotonic() < until and server.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self._url}/ready", timeout=2).is_success:
                    return True
            time.sleep(0.1)
        return False

    def _token(self, party: str) -> str:
        return mint(self._key, ISSUER, party, SCOPES, AUDIENCE, time.time(), 3600)

    def _play(self) -> None:
        scenario = read_scenario(scenario_folder() / "two-planners.yaml")
        answers = [answer.status_code for _, answer in Player(scenario, self._url, self._token, self._moved).play()]
        told = " ".join(map(str, answers))
        self._console.print(
            f"\n[bold]{scenario.title}[/] (F3548), on the same server: answered {told}, as the story says."
        )

    def _explain(self) -> None:
        """Print lines that work as they stand, in any shell."""
        first, second = self._write("first", 0), self._write("second", 5)
        one, two = (f"{self._url}{INTENTS}/{uuid.uuid4()}" for _ in range(2))
        put = 'curl -sS -X PUT -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json"'
        with_status = put + ' -w "\\n%{http_code}\\n"'
        key = f"""sed "s/\\"key\\": \\[\\]/\\"key\\": [\\"$OVN\\"]/" {second}"""
        take = """python3 -c 'import json, sys; print(json.load(sys.stdin)["operational_intent_reference"]["ovn"])'"""
        lines = f"""
[bold]Try it[/] (in another terminal, in this folder)

export TOKEN={self._token("uss1")}

[dim]# create an intent: 201, and its OVN[/]
OVN=$({put} -d @{first} {one} | {take}); echo $OVN

[dim]# a second one over it, without naming the first: 409, and what was not named[/]
{with_status} -d @{second} {two}

[dim]# the same, naming it: 201[/]
{key} | {with_status} -d @- {two}

Serving on {self._url} (Ctrl-C ends it). Ready: {self._url}/ready, interface: {self._url}/openapi.json
A token of another party: .venv/bin/beforehand token --key {self._folder / "keys" / PRIVATE_NAME} \\
  --issuer {ISSUER} --sub uss2 --audience {AUDIENCE} --scope utm.strategic_coordination
"""
        # Plain print where a shell will read it: markup would eat the brackets of the key.
        for line in lines.splitlines():
            if line.startswith(("[bold]", "[dim]")):
                self._console.print(line)
            else:
                print(line, flush=True)

    def _write(self, name: str, minutes: float) -> Path:
        """The body of a create, as a file."""
        begin = time.time() + 3600 + 60 * minutes
        folder = self._folder / "try"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{name}.json"
        north, east = self._moved
        corners = [(46.81, 7.17), (46.81, 7.19), (46.82, 7.19), (46.82, 7.17)]
        body = {
            "extents": [
                {
                    "volume": {
                        "outline_polygon": {
                            "vertices": [
                                {"lat": round(lat + north, 2), "lng": round(lng + east, 2)} for lat, lng in corners
                            ]
                        },
                        "altitude_lower": {"value": 600, "reference": "W84", "units": "M"},
                        "altitude_upper": {"value": 700, "reference": "W84", "units": "M"},
                    },
                    "time_start": {"value": _instant(begin), "format": "RFC3339"},
                    "time_end": {"value": _instant(begin + 900), "format": "RFC3339"},
                }
            ],
            "key": [],
            "state": "Accepted",
            "uss_base_url": "https://uss1.example.com/utm",
        }
        file.write_text(json.dumps(body, indent=1))
        return file

    def _wait(self, server: subprocess.Popen[bytes]) -> int:
        def stop(*_: object) -> None:
            server.terminate()

        signal.signal(signal.SIGTERM, stop)
        try:
            return server.wait()
        except KeyboardInterrupt:
            return server.wait(30)  # the terminal's Ctrl-C reached the server too


def _instant(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
