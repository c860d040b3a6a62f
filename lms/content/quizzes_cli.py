"""`lms quizzes`: commands about quiz files."""

from pathlib import Path

import click

from lms import config
from lms.content.quiz_fix import with_ids


@click.group()
def quizzes() -> None:
    """Quiz files."""


@quizzes.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, dir_okay=True, path_type=Path))
def fix(paths: tuple[Path, ...]) -> None:
    """Write missing ids of questions and options into quiz files (default: all), and change nothing else."""
    files = sorted({file for path in paths or (config.load().content_dir / "quizzes",) for file in _quiz_files(path)})
    broken = [file for file in files if not _fix(file)]
    if broken:
        raise click.ClickException(f"{len(broken)} files have errors; `lms content check` lists them. They were left as they are.")


def _quiz_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [file for file in path.glob("*.md") if file.name != "README.md" and file.name[0] not in "_."]


def _fix(file: Path) -> bool:
    before = file.read_bytes().decode()
    after = with_ids(file, before)
    if after is None:
        click.echo(f"{file}: left as it is, it has errors", err=True)
        return False
    if after != before:
        file.write_bytes(after.encode())
        click.echo(f"{file}: ids written")
    return True
