"""Examples in docstrings stand where a reader has them: after the cells of the notebook that the module belongs to.

``run``, ``health``, ``course`` and whatever else a notebook's cells assign are there in the doctests of its wing, made
of the demo company when an example first asks for them.
"""

import ast
from pathlib import Path
from typing import Any

import pytest
from _pytest.doctest import DoctestItem

ROOT = Path(__file__).parent
NOTEBOOKS = {
    "onboarding": "01_onboarding_mix", "health": "02_dear_health", "nps": "03_nps_comparison",
    "workload": "04_workload_model", "support": "05_support_readiness", "growth": "06_growth_phase",
    "plays": "07_plays", "review": "10_customer_review",
}  # fmt: skip


class Cells:
    """A notebook's names, each made when it is first asked for, from those it rests on."""

    def __init__(self, notebook: str, data: str, settings: dict[str, Any]):
        import nbformat

        nb = nbformat.read(ROOT / f"notebooks/{notebook}.ipynb", as_version=4)
        code = [cell.source for cell in nb.cells if cell.cell_type == "code"]
        lines = [line for source in code for line in ast.parse(source).body]
        self.made: dict[str, Any] = {"__name__": notebook}
        self.lines: dict[str, ast.stmt] = {}
        for line in lines:
            if isinstance(line, ast.Import | ast.ImportFrom):
                self._do(line)
            elif isinstance(line, ast.Assign):
                targets = [node for target in line.targets for node in ast.walk(target)]
                self.lines |= {node.id: line for node in targets if isinstance(node, ast.Name)}
        for name, value in (("data", data), ("settings", settings)):
            self.lines[name] = ast.parse(f"{name} = {value!r}").body[0]

    def of(self, source: str) -> dict[str, Any]:
        """What a piece of code asks for, and the notebook assigns."""
        names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
        return {name: self._value(name) for name in names & self.lines.keys()}

    def _value(self, name: str) -> Any:
        line = self.lines[name]
        if name not in self.made:
            value = line.value if isinstance(line, ast.Assign) else line
            for asked in {node.id for node in ast.walk(value) if isinstance(node, ast.Name)} & self.lines.keys():
                self._value(asked)
            self._do(line)
        return self.made[name]

    def _do(self, line: ast.stmt) -> None:
        exec(compile(ast.Module([line], []), "notebook", "exec"), self.made)


@pytest.fixture(scope="session")
def notebook_cells() -> dict[str, Cells]:
    return {}


@pytest.fixture(autouse=True)
def _after_the_cells(request: pytest.FixtureRequest) -> None:
    """Puts the names that an example asks for into it; no other test pays for them."""
    if not isinstance(request.node, DoctestItem):
        return
    wing = Path(request.node.path).relative_to(ROOT).parts[1]
    asked = "\n".join(example.source for example in request.node.dtest.examples)
    if wing not in NOTEBOOKS:  # what all wings stand on: its examples have the run alone
        if "(run" not in asked and "run." not in asked:
            return
        asked, wing = "run", "health"
    cells = request.getfixturevalue("notebook_cells")
    if wing not in cells:
        settings = {"review": {"customer": "C00093"}} if wing == "review" else {}
        cells[wing] = Cells(NOTEBOOKS[wing], request.getfixturevalue("demo_folder"), settings)
    own = request.node.dtest.globs
    request.node.dtest.globs |= {name: value for name, value in cells[wing].of(asked).items() if name not in own}


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    from cskit.data.demo import make_demo

    folder = tmp_path_factory.mktemp("demo_of_examples")
    make_demo(folder)
    return str(folder)
