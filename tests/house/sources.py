"""The program's own text, as the house tests read it."""

import ast
import configparser
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "lms"
PLACEHOLDER = re.compile(r"%\((\w+)\)")


def trees() -> Iterator[tuple[Path, ast.Module]]:
    """Every Python file of the program with its syntax tree."""
    for path in sorted(PROGRAM.rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))


def calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    """Every call of a plain name in the program."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield path, node


def setup() -> configparser.ConfigParser:
    """setup.cfg."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg", "utf-8")
    return parser


def dependencies(*, extras: bool = False) -> list[str]:
    """Names of the packages in setup.cfg, in lower case; with those for tests and checks on demand."""
    parser = setup()
    lines = parser["options"]["install_requires"].split()
    if extras:
        lines += [line for wanted in parser["options.extras_require"].values() for line in wanted.split()]
    return [re.split(r"[\[<>=!~]", line)[0].lower() for line in lines]


def tracked() -> list[Path]:
    """The files that belong to the project: those git knows, and new ones it would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()
    return [path for path in (ROOT / name for name in listed) if path.is_file()]


def placeholders(sentence: str) -> set[str]:
    """Names that a sentence wants values for."""
    return set(PLACEHOLDER.findall(sentence))
