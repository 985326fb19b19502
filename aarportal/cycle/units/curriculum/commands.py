"""Commands about the courses of study."""

from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.units.curriculum import loader, operations

#: Rule -> what to say about a record that breaks it.
_PROBLEMS = {
    "encoding": "the file is neither UTF-8 nor CP932",
    "csv": "it is no CSV from here on",
    "columns": "there are no columns 教科等, 学習指導要領テキスト, 学習指導要領コード",
    "form": "a code has 16 letters and digits",
    "rounded": "a spreadsheet has rounded the code; load the file as the ministry publishes it",
    "school": "it is of another kind of school",
    "text": "there is no text",
    "repeated": "the code stands there already with another text",
}
_SHOWN = 20


@click.command("load-curriculum")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def load_curriculum(make_app: Callable[[], Flask], files: tuple[Path, ...]) -> None:
    """Load 学習指導要領コード from the ministry's CSV files.

    A section-hierarchy file of 学習指導要領LOD (.ttl) among FILES says what stands beneath what.
    Without FILES the selection that comes with the portal is loaded.
    """
    contents = [(path.name, path.read_bytes()) for path in files or (loader.SAMPLE,)]
    table: dict[str, str] = {}
    for _, data in contents:
        if loader.is_hierarchy(data):
            table |= loader.read_hierarchy(data)
    app = make_app()
    empty = []
    for name, data in contents:
        if loader.is_hierarchy(data):
            click.echo(f"{name}: {len(table)} parents")
            continue
        reading = loader.read(data, table)
        _show(name, reading.problems)
        if not reading.items:
            empty.append(name)
            continue
        with app.app_context(), unit_of_work(SystemScope("a list of codes is loaded")) as scope:
            loaded = operations.load(scope, reading.items)
        click.echo(f"{name}: {loaded.added} new, {loaded.changed} changed, {loaded.same} as before")
    if empty:
        raise click.ClickException(f"There is no code to load in {', '.join(empty)}.")


def _show(name: str, problems: list[loader.Problem]) -> None:
    for problem in problems[:_SHOWN]:
        said = f" ({problem.value})" if problem.value else ""
        click.echo(f"{name}, line {problem.line}: {_PROBLEMS[problem.rule]}{said}", err=True)
    if len(problems) > _SHOWN:
        click.echo(f"{name}: {len(problems) - _SHOWN} more problems", err=True)


COMMANDS = [load_curriculum]
