from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

from beforehand.cli.app import COMMANDS, build

NAMES = [name for name, _place, _says in COMMANDS]


def test_help_names_every_command(beforehand):
    for arguments in ([], ["--help"], ["-h"]):
        status, out, err = beforehand(*arguments)
        assert (status, err) == (0, "")
        for name, _place, says in COMMANDS:
            assert name in out
            assert says in out


@pytest.mark.parametrize("name", NAMES)
def test_every_command_is_there_and_explains_itself(beforehand, name):
    status, out, err = beforehand(name, "--help")
    assert (status, err) == (0, "")
    assert f"beforehand {name}" in out
    assert build(name)[name].help_print is not None


def test_the_version_is_that_of_the_package(beforehand):
    assert beforehand("--version") == (0, version("beforehand") + "\n", "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["tokne"], "There is no command 'tokne': did you mean token?"),
        (["x"], "there are serve, "),
        (["token", "--kye", "x"], "--kye"),
        (["token", "extra"], "extra"),
        (["token", "--lifetime", "long"], "--lifetime"),
        (["journal", "x"], '"x"'),
        (["journal", "show"], "SEQ"),
        (["journal", "show", "one"], '"one"'),
        (["serve", "--port"], "--port"),
        (["serve", "--port", "0", "--port", "1"], "--port"),
        (["--x"], "There is no command '--x'"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_refused_in_words(beforehand, arguments, says):
    status, out, err = beforehand(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("beforehand: ")
    assert says in err
    assert "Traceback" not in err


def test_asking_for_help_imports_nothing_that_commands_need():
    heavy = "{'cryptography', 'jwt', 'httpx', 'uvicorn', 's2geometry', 'sqlite3', 'structlog', 'prometheus_client'}"
    code = (
        f"import sys; from beforehand.cli import main; main(['--help']); sys.exit(bool({heavy} & sys.modules.keys()))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_the_package_can_be_run_as_a_module():
    done = subprocess.run([sys.executable, "-m", "beforehand.cli", "x"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("beforehand: There is no command 'x'")


def test_a_reader_that_has_enough_is_no_fault(writer):
    writer.write(5_000)
    command = [
        sys.executable,
        "-m",
        "beforehand.cli",
        "journal",
        "tail",
        "-n",
        "5000",
        "--data-dir",
        str(writer.folder),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
