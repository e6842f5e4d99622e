"""Which periods have a file in ``params/``, and how does the next one begin?"""

from pathlib import Path
from typing import Any

import yaml

from cskit.errors import SettingsError
from cskit.params import load, settings_with
from cskit.periods import Period, parse

__all__ = ["begin", "period_files"]


def period_files(root: Path) -> list[Period]:
    """The periods that have a file, oldest first; files of another name are none of them.

    >>> import shutil
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.params import project_root
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "params").mkdir()
    ...     copied = shutil.copy(project_root() / "params/base.yaml", Path(folder, "params"))
    ...     for name in ("2023Q2", "2022Q4", "2023Q2-draft"):
    ...         Path(folder, "params", f"{name}.yaml").touch()
    ...     [period.name for period in period_files(Path(folder))]
    ['2022Q4', '2023Q2']
    """
    first = settings_with(root=root).calendar.first_fiscal_month
    found = []
    for path in (root / "params").glob("*.yaml"):
        try:
            found.append(parse(path.stem, first))
        except SettingsError:
            continue
    return sorted(found, key=lambda period: (period.end, period.start))


def begin(root: Path, name: str = "") -> Path:
    """Write the next period's file from the newest one before it.

    Parameters
    ----------
    root : Path
        The project folder.
    name : str
        The period to begin; empty: the one after the newest.

    Returns
    -------
    Path
        The new file. Settings are taken over, commentary is not: those words were about another period.

    Raises
    ------
    SettingsError
        If the file is there already, or there is no earlier one to begin from.

    Examples
    --------
    >>> import shutil
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.params import project_root
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "params").mkdir()
    ...     copied = shutil.copy(project_root() / "params/base.yaml", Path(folder, "params"))
    ...     last = "settings: {health: {grades: {good: 80}}, commentary: {dear_health: A calm quarter.}}"
    ...     written = Path(folder, "params/2023Q1.yaml").write_text(last)
    ...     print(begin(Path(folder)).read_text(encoding="utf-8"), end="")
    # 2023Q2. Begun from 2023Q1. Commentary is new each time: settings.commentary.<report>: text
    period: 2023Q2
    compare_to: 2023Q1
    data: data/demo
    lang: en
    settings:
      health:
        grades:
          good: 80
    """
    known = period_files(root)
    first = settings_with(root=root).calendar.first_fiscal_month
    wanted = parse(name, first) if name else known[-1].next() if known else None
    if wanted is None:
        raise SettingsError("There is no period file in params/ to begin from. Say which period: cskit new 2023Q2.")
    earlier = [period for period in known if period.end < wanted.end]
    last = earlier[-1] if earlier else None
    path = root / "params" / f"{wanted.name}.yaml"
    text = _text(wanted, last, *(_own(root, last) if last else ({}, {})))
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise SettingsError(f"params/{path.name} is there already; nothing was changed.") from None
    return path


def _own(root: Path, last: Period) -> tuple[dict[str, Any], dict[str, Any]]:
    """Settings of the last period's file as they stand there, other files by their names; and its data and language."""
    params = load(last.name, root=root)  # all that could be wrong with it is said
    written = yaml.safe_load((root / "params" / f"{last.name}.yaml").read_text(encoding="utf-8"))
    return written.get("settings") or {}, {"data": params.data, "lang": params.lang}


def _text(period: Period, last: Period | None, settings: dict[str, Any], own: dict[str, Any]) -> str:
    kept = {name: value for name, value in settings.items() if name != "commentary"}
    values = {"period": period.name, "compare_to": (last or period.previous()).name, **own, "settings": kept}
    origin = f" Begun from {last.name}." if last else ""
    head = f"# {period.name}.{origin} Commentary is new each time: settings.commentary.<report>: text\n"
    return head + yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=120)
