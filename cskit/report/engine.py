"""A papermill engine that writes the notebook once, when it has ended, however it ended.

Papermill's own rewrites the file at every start and end of a cell. ``papermill --engine cskit`` gives the same
outputs with one write. An argument ``begun`` is told of the notebook that will hold them, for whoever writes it.
Papermill asks for ``SaveOnce`` while it is being imported itself, so the class is made when it is first asked for.
"""

from functools import cache
from typing import Any


def __getattr__(name: str) -> Any:
    if name == "SaveOnce":
        return _save_once()
    raise AttributeError(name)


@cache
def _save_once() -> type:
    from papermill.engines import NBClientEngine, NotebookExecutionManager

    class AtTheEnd(NotebookExecutionManager):
        def save(self, **rest: Any) -> None:
            if self.end_time is not None:
                super().save(**rest)

    class SaveOnce(NBClientEngine):
        @classmethod
        def execute_notebook(cls, nb: Any, kernel_name: str, output_path: str | None = None, **rest: Any) -> Any:
            progress, told = rest.pop("progress_bar", True), rest.get("log_output", False)
            rest.pop("begun", lambda _nb: None)(nb)
            rest.pop("autosave_cell_every", None)
            managed = AtTheEnd(nb, output_path=output_path, progress_bar=progress, log_output=told)
            managed.notebook_start()
            try:
                cls.execute_managed_notebook(managed, kernel_name, **rest)
            finally:
                managed.notebook_complete()
            return managed.nb

    return SaveOnce
