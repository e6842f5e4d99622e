"""An explorer as JupyterLab shows it: what may be moved on the left, what it gives on the right.

Nothing here reckons. A message from the browser only says what was moved; panels are made once all messages that are
there have been read, one at a time, and from the first again when another comes: what is late is dropped, not queued.
"""

import asyncio
import re
from collections.abc import Callable, Iterable
from contextvars import copy_context
from html import escape
from typing import Any

import ipywidgets as widgets

from cskit import i18n
from cskit.errors import CskitError, NameTaken, SettingsError
from cskit.explore.controls import Choice, Number, Shares
from cskit.explore.explorer import Explorer
from cskit.i18n import _

__all__ = ["Laid"]

FULL = {"width": "auto"}  # not a Layout: one made before there is a browser is known to none
FEW = 5  # groups of settings that have a button each
ABOVE = {"description_width": "100%"}  # the label has a line of its own, and the slider the whole width
PLAIN = """<style>
.cskit-explorer .quiet, .cskit-explorer figcaption { color: var(--jp-ui-font-color2, #5b6875); font-size: 0.9em; }
.cskit-explorer .finding, .cskit-explorer .verdict { font-size: 1.1em; margin: 0.6em 0; }
.cskit-explorer .verdict { font-weight: bold; }
.cskit-explorer figure { margin: 0; max-width: 46rem; }
.cskit-explorer .wide { overflow-x: auto; }
.cskit-explorer .widget-html-content { line-height: 1.45; min-width: 0; }
.cskit-explorer .cskit-told { white-space: pre-line; overflow-wrap: anywhere; }
.cskit-explorer .cskit-moved { color: var(--accent, #0b6e8a); font-weight: bold; }
.cskit-explorer pre { max-height: 16rem; overflow: auto; background: var(--jp-layout-color2, #eee); padding: 0.6em; }
.cskit-explorer table { border-collapse: collapse; }
.cskit-explorer caption { text-align: left; font-weight: bold; padding: 0.3em 0; }
.cskit-explorer :is(th, td) { text-align: left; font-weight: normal; padding: 0.2em 0.7em 0.2em 0; }
.cskit-explorer :is(th, td):last-child { padding-right: 0.1em; }
.cskit-explorer tr { border-bottom: 1px solid var(--jp-border-color2, #dfe4e8); }
.cskit-explorer .num { text-align: right; }
.cskit-explorer td.num { white-space: nowrap; }
.cskit-explorer thead th { word-break: keep-all; }
.cskit-explorer { container-type: inline-size; }
.cskit-explorer .cskit-controls { flex: 0 1 23rem; min-width: 17rem; }
.cskit-explorer .cskit-chosen { flex: none; margin: 0.3em 0; width: auto; }
.cskit-explorer .cskit-chosen .jupyter-button { width: auto; }
.cskit-explorer .cskit-groups > * { width: 100%; box-sizing: border-box; padding-right: 0.6em; }
.cskit-explorer .cskit-groups { max-height: 36rem; overflow-y: auto; flex: none; }
.cskit-explorer .cskit-control { position: relative; overflow: visible; flex: none; padding: 0.15em 0; }
.cskit-explorer .cskit-control .widget-inline-hbox { flex-flow: row wrap; height: auto; }
.cskit-explorer .cskit-control .widget-label { height: auto; line-height: 1.4; text-align: left; white-space: normal; }
.cskit-explorer .cskit-control .widget-label:first-child { padding-right: 45%; box-sizing: border-box; }
.cskit-explorer .cskit-control .widget-readout { border: 1px solid var(--jp-border-color2, #dfe4e8); }
.cskit-explorer .cskit-control .slider-container { flex: 1 1 auto; margin: 0.5em 8px; }
.cskit-explorer .cskit-control select { flex: 1 1 auto; }
.cskit-explorer .cskit-mark { position: absolute; top: 0.15em; right: 0.3em; max-width: 44%; margin: 0; }
.cskit-explorer .cskit-mark .widget-html-content { line-height: 1.3; text-align: right; }
.cskit-explorer .cskit-mark span { animation: cskit-shown 1ms; }
@keyframes cskit-shown { from { opacity: 1; } }
@container (max-width: 62rem) {
  .cskit-explorer table { font-size: 0.93em; }
  .cskit-explorer td.num { white-space: normal; }
}
@container (max-width: 42rem) {
  .cskit-explorer .cskit-controls { flex: 1 1 100%; }
  .cskit-explorer .cskit-groups { max-height: 20rem; }
}
</style>"""

# ipywidgets gives a slider's handle no name, for who hears the page: the mark beside it does, once both are shown.
NAMING = (
    "const all = this.closest('.cskit-control'), handle = all && all.querySelector('.noUi-handle'); "
    "handle && handle.setAttribute('aria-label', all.querySelector('.widget-label').textContent)"
)


class Laid:
    """The widgets of one explorer: an input for each place in params, an output for each panel; ``box`` holds all.

    Examples
    --------
    >>> laid = Laid(Explorer(run, [Number("report.confidence", "certainty", 80, 99, 1, "%", per_cent=True)], []))
    >>> laid.inputs["report.confidence"].value
    95.0
    >>> laid.inputs["report.confidence"].value = 90  # as who moves the slider does
    >>> laid.explorer.moved
    {'report.confidence': 0.9}
    """

    def __init__(self, explorer: Explorer):
        self.explorer = explorer
        self.controls = {one.path: one for one in _single(explorer)}
        self.together = {
            next(iter(one.paths)) for one in explorer.controls if isinstance(one, Shares)
        }  # the first of each
        self.inputs = {path: _input(one) for path, one in self.controls.items()}
        self.marks = {path: _classed(widgets.HTML(), "cskit-mark") for path in self.controls}  # under each input
        self.outputs = [widgets.HTML() for _panel in explorer.panels]
        self.handed = _HandedOver(explorer)
        self._ours, self._due, self._next = False, False, 0
        self._begun_in = copy_context()  # the language: what the browser sends comes without it
        self._say_values()
        for path, given in self.inputs.items():
            given.observe(lambda change, path=path: self._heard(self._moved, path, change["new"]), "value")
        self._make_all()
        self.box = self._box()

    def _box(self) -> Any:
        reset = widgets.Button(description=_("Back to what is published"), layout=FULL)
        reset.on_click(lambda _button: self._heard(self._reset))
        controls = _classed(widgets.VBox([reset, *self._groups(), self.handed.box]), "cskit-controls")
        shown = widgets.VBox(self.outputs, layout=widgets.Layout(flex="1 1 24rem", min_width="0"))
        row = widgets.Box(
            [controls, shown], layout=widgets.Layout(display="flex", flex_flow="row wrap", grid_gap="1rem")
        )
        box = widgets.VBox([widgets.HTML(PLAIN), row])
        box.add_class("cskit-explorer")
        return box

    def _groups(self) -> list[Any]:
        """Inputs by the group in which they stand, the first shown."""
        groups: dict[str, list[Any]] = {}
        part = ""
        for path, one in self.controls.items():
            own = groups.setdefault(one.group, [])
            if one.part and one.part != part:
                own.append(widgets.HTML(f"<b>{escape(one.part)}</b>"))
            if path in self.together:
                own.append(widgets.HTML(_quiet(_("Together 100 %: what one gains the others give."))))
            part = one.part
            own.append(_classed(widgets.VBox([self.inputs[path], self.marks[path]]), "cskit-control"))
        return self._one_at_a_time({name: widgets.VBox(own) for name, own in groups.items()})

    def _one_at_a_time(self, groups: dict[str, Any]) -> list[Any]:
        """A group chosen by its name, of few by a button each: both can be reached by the keyboard."""
        if len(groups) == 1:
            return [*groups.values()]
        kind, layout = (widgets.ToggleButtons, {}) if len(groups) <= FEW else (widgets.Dropdown, FULL)
        chosen = _classed(kind(options=[*groups], layout=layout), "cskit-chosen")
        shown = _classed(widgets.Stack([*groups.values()], selected_index=0), "cskit-groups")
        widgets.jslink((chosen, "index"), (shown, "selected_index"))
        return [chosen, shown]

    def _heard(self, done: Callable[..., None], *given: Any) -> None:
        """What the browser has asked for, unless it only says again what we have set."""
        if not self._ours:
            self._begun_in.copy().run(done, *given)

    def _moved(self, path: str, shown: Any) -> None:
        one = self.controls[path]
        if _alike(shown, _nearest(one, self.explorer.values[path])):
            return  # a slider stands at a step only: it says so when it is drawn, and nobody has moved it
        self.explorer.move(path, _setting(one, shown))
        self._say_values()
        self._again()

    def _reset(self) -> None:
        self.explorer.reset()
        self._say_values()
        self._again()

    def _say_values(self) -> None:
        """Each input at its value, and what is published beside it; setting one of ours is no message to us."""
        self._ours = True
        try:
            for path, one in self.controls.items():
                value, begun = self.explorer.values[path], self.explorer.begun[path]
                if not _alike(self.inputs[path].value, _shown(one, value)):
                    self.inputs[path].value = _shown(one, value)
                if isinstance(one, Number) and one.none:
                    self.inputs[path].readout = value is not None  # the scale's end would read as a limit
                self.marks[path].value = _mark(one, value, begun)
        finally:
            self._ours = False

    def _again(self) -> None:
        """Begin with the first panel, once the messages that wait have been read."""
        self._next = 0
        if not self._due:
            self._later()

    def _later(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # outside a kernel there is nothing to wait for
            self._make_all()
            return
        self._due = True
        # Not at once: what the browser has sent meanwhile lies in the socket, and is read before a timer runs.
        loop.call_later(0.001, self._make_next)

    def _make_next(self) -> None:
        self._due = False
        place, self._next = self._next, self._next + 1
        if place < len(self.outputs):
            self._make(place)
            self._later()
        else:
            self.handed.say()

    def _make_all(self) -> None:
        for place in range(len(self.outputs)):
            self._make(place)
        self.handed.say()

    def _make(self, place: int) -> None:
        made = _html(self.explorer.panel(place))
        if self.outputs[place].value != made:
            self.outputs[place].value = made


class _HandedOver:
    """The settings as they would go to ops: to be copied, or saved under a name."""

    def __init__(self, explorer: Explorer):
        self.explorer = explorer
        self.text, self.said = widgets.HTML(), widgets.HTML()
        self.name = widgets.Text(description=_("Name"), placeholder=_("such as stricter"), layout=FULL)
        self.save = widgets.Button(layout=FULL)
        self.taken = ""  # the name that another scenario has: pressed again, that one is written over
        begun_in = copy_context()
        self.save.on_click(lambda _button: begun_in.copy().run(self._save))
        self.name.observe(lambda _change: begun_in.copy().run(self._ask), "value")
        self._ask()
        self.box = widgets.VBox([self.text, self.name, self.save, self.said])

    def say(self) -> None:
        """What is moved, as YAML; nothing where nothing is."""
        try:
            written = self.explorer.yaml
            told = "" if written else self._nothing()
        except SettingsError:  # said in place of the first panel
            written, told = "", _("Settings that do not fit together are not handed over.")
        self.save.disabled = not written
        self.said.value = ""  # what was saved is not what is shown now
        self.text.value = _copied(written) if written else _quiet(told)

    def _nothing(self) -> str:
        """Why there is nothing to hand over: what is only looked at is no setting."""
        if self.explorer.values != self.explorer.begun:
            return _("What is moved is only looked at: no setting is changed.")
        return _("Nothing is moved.")

    def _ask(self, taken: str = "") -> None:
        """What the button would do: write over a scenario only where that was just said."""
        self.taken = taken
        self.save.description = _("Write over it") if taken else _("Save as scenario")

    def _save(self) -> None:
        taken, name = "", self.name.value
        try:
            told = self.explorer.save(name, over=bool(self.taken))
        except CskitError as fault:
            told, taken = str(fault), name if isinstance(fault, NameTaken) else ""
        self._ask(taken)
        self.said.value = f'<p class="cskit-told">{escape(told)}</p>'


def _copied(written: str) -> str:
    """The settings with a button that copies them."""
    # Where the browser lets no page copy (http to another machine), the text is selected, to be copied by hand.
    press = (
        "const text = this.nextElementSibling, done = () => { this.textContent = this.dataset.done }, "
        "choose = () => getSelection().selectAllChildren(text); "
        "navigator.clipboard ? navigator.clipboard.writeText(text.textContent).then(done, choose) : choose()"
    )
    done, label = escape(_("Copied")), escape(_("Copy as settings"))
    button = f'<button class="jupyter-button" data-done="{done}" onclick="{press}">{label}</button>'
    return f"{button}<pre>{escape(written)}</pre>"


def _single(explorer: Explorer) -> Iterable[Number | Choice]:
    """A control for each place: those that add up to 1 one by one."""
    for control in explorer.controls:
        if isinstance(control, Shares):
            low, high = 100 * control.least, 100 * control.most
            for path, label in control.paths.items():
                yield Number(path, label, low, high, 1, "%", per_cent=True, group=control.group, part=control.part)
        else:
            yield control


def _input(one: Number | Choice) -> Any:
    if isinstance(one, Choice):
        options = [(text, value) for value, text in one.options.items()]
        given = widgets.Dropdown(options=options, description=one.label, layout=FULL, style=ABOVE)
    else:
        label = f"{one.label} ({one.unit})" if one.unit else one.label
        given = widgets.FloatSlider(
            min=one.low, max=one.high, step=one.step, description=label, tooltip=one.path,
            readout_format=f".{_digits(one)}f", layout=FULL, style=ABOVE,
        )  # fmt: skip
    return _classed(given, f"cskit-at-{one.path.replace('.', '-')}")


def _classed(widget: Any, name: str) -> Any:
    widget.add_class(name)
    return widget


def _shown(one: Number | Choice, value: Any) -> Any:
    """A setting as its input holds it."""
    if isinstance(one, Choice):
        return value
    if value is None:
        return float(one.high)
    return min(max(round(100 * value, 6) if one.per_cent else float(value), one.low), one.high)


def _nearest(one: Number | Choice, value: Any) -> Any:
    """Where a slider of steps stands for a setting."""
    shown = _shown(one, value)
    return shown if isinstance(one, Choice) else one.low + one.step * round((shown - one.low) / one.step)


def _alike(held: Any, shown: Any) -> bool:
    """Whether an input is where it should be: a browser sends 76.00000000000001, and would be set back by a 76."""
    if isinstance(held, float) and isinstance(shown, float):
        return abs(held - shown) < 1e-6
    return bool(held == shown)


def _setting(one: Number | Choice, shown: Any) -> Any:
    """What an input holds, as the setting it is: whole numbers without a point, as a person would write them."""
    if isinstance(one, Choice):
        return shown
    if one.none and shown >= one.high:
        return None
    value = round(shown / 100, 6) if one.per_cent else round(shown, 6)
    return int(value) if float(value).is_integer() else value


def _mark(one: Number | Choice, value: Any, begun: Any) -> str:
    before, now = _said(one, begun), _said(one, value)
    text = _("published: {value}", value=before)
    if value is None and begun is not None:  # everything else stands in the input itself
        text = _("published: {before}; tried: {now}", before=before, now=now)
    look = "quiet" if value == begun else "cskit-moved"
    return f'<span class="{look}" onanimationstart="{NAMING}">{escape(text)}</span>'


def _quiet(text: str) -> str:
    return f'<span class="quiet">{escape(text)}</span>'


def _said(one: Number | Choice, value: Any) -> str:
    if isinstance(one, Choice):
        return one.options[value]
    if value is None:
        return one.none
    if one.per_cent:
        return i18n.share(value, 0 if float(round(100 * value, 6)).is_integer() else max(_digits(one), 1))
    return i18n.number(value, 0 if float(value).is_integer() else 2)


def _digits(one: Number) -> int:
    return 0 if float(one.step).is_integer() else 2


def _html(made: Any) -> str:
    if made is None:
        return ""
    bundle: dict[str, Any] = made._repr_mimebundle_()
    return re.sub(r"(?<=\d) (?=%|(?:h|pp)\b)", "\N{NO-BREAK SPACE}", str(bundle["text/html"]))
