"""What the settings tried give: the report's own figures and sentences, made again where what they rest on moved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from cskit.errors import CskitError, SettingsError, did_you_mean
from cskit.explore.controls import VIEW, Control, Shares, among, begun, difference, place, shifted
from cskit.i18n import _
from cskit.params import laid_over, project_root, save_scenario, settings_with
from cskit.run import Run
from cskit.settings import Settings
from cskit.show import Finding
from cskit.style import sketched

__all__ = ["Explorer", "Panel", "Tried"]


@dataclass(frozen=True, slots=True)
class Tried:
    """What a panel is made from.

    Parameters
    ----------
    settings : Settings
        Checked, like any that a run is made with.
    view : dict
        What is looked at: the choices of the explorer that are no settings, by name.

    Examples
    --------
    >>> from cskit.explore.controls import Choice, Number
    >>> grade = Number("health.grades.good", "good from", 1, 99, 1, "points")
    >>> segment = Choice("view.segment", "segment", {"": "all", "small": "small"})
    >>> explorer = Explorer(run, [grade, segment], [], view={"segment": ""})
    >>> explorer.move("health.grades.good", 80)
    >>> explorer.move("view.segment", "small")
    >>> explorer.tried.settings.health.grades.good, explorer.tried.view
    (80.0, {'segment': 'small'})
    """

    settings: Settings
    view: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Panel:
    """One thing shown.

    Parameters
    ----------
    show : callable
        Makes it from what is tried: a chart, a finding, a table, as the report has it; None: nothing to show.
    reads : tuple of str
        Beginnings of the places that it rests on; what moves elsewhere leaves it as it is.

    Examples
    --------
    >>> from cskit.explore.controls import Number
    >>> grade, rows = Number("health.grades.good", "good from", 1, 99), Number("report.page_rows", "rows", 5, 50)
    >>> panel = Panel(lambda what: Finding(f"good from {what.settings.health.grades.good:g}"), ("health.grades",))
    >>> explorer = Explorer(run, [grade, rows], [panel])
    >>> first = explorer.panel(0)
    >>> explorer.move("report.page_rows", 10)
    >>> explorer.panel(0) is first
    True
    >>> explorer.move("health.grades.good", 80)
    >>> explorer.panel(0).text
    'good from 80'
    """

    show: Callable[[Tried], Any]
    reads: tuple[str, ...]


class Explorer:
    """Settings that can be moved, and what they give; in JupyterLab it shows itself with sliders.

    It works without them, too: :meth:`move` a setting, and ask for a panel.

    Parameters
    ----------
    run : Run
        Its settings are where the explorer begins, and what is called published.
    controls : sequence of Control
    panels : sequence of Panel
        In the order in which they are made: first what answers the question.
    view : mapping
        Where the choices begin that are no settings.

    Examples
    --------
    >>> from cskit.explore.controls import Number
    >>> panel = Panel(lambda what: Finding(f"good from {what.settings.health.grades.good:g}"), ("health.grades",))
    >>> explorer = Explorer(run, [Number("health.grades.good", "good from", 1, 99, 1, "points")], [panel])
    >>> explorer.move("health.grades.good", 80)
    >>> explorer.moved, explorer.panel(0).text
    ({'health.grades.good': 80}, 'good from 80')
    >>> print(explorer.yaml)
    settings:
      health:
        grades:
          good: 80
    """

    def __init__(
        self,
        run: Run,
        controls: Sequence[Control],
        panels: Sequence[Panel],
        view: Mapping[str, Any] | None = None,
    ):
        self.run, self.controls, self.panels = run, tuple(controls), tuple(panels)
        self.published = _plain(run.settings) | {"view": dict(view or {})}
        self.begun = begun(controls, self.published)
        self.values = dict(self.begun)
        self._made: dict[int, tuple[dict[str, Any], Any]] = {}
        self._moving: tuple[str, dict[str, Any]] = "", {}  # the setting moved last, and all as they were before
        self._tried: tuple[dict[str, Any], Tried] | None = None

    def move(self, path: str, value: Any) -> None:
        """Try another value of a setting; where it is one of some that add up to 1, the others make room.

        Raises
        ------
        SettingsError
            If the explorer has no such setting.
        """
        if path not in self.values:
            raise SettingsError(f"{path} cannot be moved here.{did_you_mean(path, self.values)}")
        together = next((one for one in self.controls if isinstance(one, Shares) and path in one.paths), None)
        # The way a slider took does not matter, only where it began and where it is.
        if self._moving[0] != path:
            self._moving = path, dict(self.values)
        mine = {name: self._moving[1][name] for name in together.paths} if together else {}
        self.values |= shifted(mine, path, value, together.least) if together else {path: value}

    def reset(self) -> None:
        """Back to what is published."""
        self.values, self._moving = dict(self.begun), ("", {})

    @property
    def moved(self) -> dict[str, Any]:
        """The settings that are not as published, by their places."""
        return {path: self.values[path] for path in self._moved if not path.startswith(VIEW)}

    @property
    def _moved(self) -> list[str]:
        return [path for path, value in self.values.items() if value != self.begun[path]]

    @property
    def tried(self) -> Tried:
        """The settings as moved.

        Raises
        ------
        SettingsError
            If they do not fit together, such as a grade that begins below the next.
        """
        if self._tried is None or self._tried[0] != self.values:
            changed = place(self.published, {path: self.values[path] for path in self._moved})
            more = difference(self.published, {**changed, "view": self.published["view"]})
            told = _("These settings do not fit together")
            settings = settings_with(laid_over(self.run.params.overrides, more), source=told)
            self._tried = dict(self.values), Tried(settings, changed["view"])
        return self._tried[1]

    @property
    def changes(self) -> dict[str, Any]:
        """The difference from the defaults in all that this explorer can move, as params hold it."""
        changed = difference(_plain(settings_with()), place(self.published, self.moved))
        return among(changed, [path for path in self.begun if not path.startswith(VIEW)])

    @property
    def yaml(self) -> str:
        """The changes as a file that ``cskit run --settings`` takes, and that a period's file may hold.

        Raises
        ------
        SettingsError
            If they do not fit together.
        """
        changes = self.changes if self.tried else {}
        return yaml.safe_dump({"settings": changes}, allow_unicode=True, sort_keys=False) if changes else ""

    def save(self, name: str, *, over: bool = False) -> str:
        """Write the changes to ``params/scenarios/<name>.yaml``; what to do with it is said.

        Raises
        ------
        SettingsError
            If nothing is moved, it does not fit together, or the name does not do.
        NameTaken
            If another scenario has it, and is not to be written ``over``.
        """
        path = save_scenario(name, self.yaml, project_root(), over=over)
        file = f"params/scenarios/{path.name}"
        period, named = self.run.period.name, f'"{file}"' if " " in file else file
        return "\n".join((
            _("Saved as {file}.", file=file),
            _("Reports by it, beside the published ones:"),
            f"cskit run {period} --settings {named} --out tries",
            _("To compare it in the reports, under settings of params/{period}.yaml:", period=period),
            f"scenarios: {{{path.stem}: {file}}}",
        ))  # fmt: skip

    def panel(self, number: int) -> Any:
        """One of the panels, made again only where what it reads has moved; a fault is shown in its place."""
        own = self.panels[number]
        reads = {path: value for path, value in self.values.items() if path.startswith(own.reads)}
        before = self._made.get(number)
        if before is None or before[0] != reads:
            self._made[number] = reads, self._shown(number)
        return self._made[number][1]

    def _shown(self, number: int) -> Any:
        """What a panel makes; settings that do not fit together are said once, in place of the first."""
        try:
            tried = self.tried
        except SettingsError as fault:
            said, *faults = str(fault).splitlines()  # the faults stand below each other
            return Finding(" ".join((said, "; ".join(map(str.strip, faults)))), missing=True) if number == 0 else None
        try:
            with sketched():
                return self.panels[number].show(tried)
        except CskitError as fault:
            return Finding(str(fault), missing=True)

    def _repr_mimebundle_(self, **_kwargs: object) -> dict[str, Any]:
        """Sliders in JupyterLab; where ipywidgets is not installed, what to install."""
        try:
            from cskit.explore.widgets import Laid
        except ImportError:
            told = _("To move the settings here, install what JupyterLab needs: pip install 'cskit[lab]'.")
            return Finding(told)._repr_mimebundle_()
        bundle: dict[str, Any] = Laid(self).box._repr_mimebundle_()
        return bundle


def _plain(settings: Settings) -> dict[str, Any]:
    """Settings as params hold them, without what nobody wrote."""
    return settings.model_dump(mode="json", by_alias=True, exclude_unset=True)
