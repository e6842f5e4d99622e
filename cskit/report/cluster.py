"""Who runs many reviews: this machine, or a Dask cluster. Both speak ``concurrent.futures``."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from cskit.errors import CskitError

__all__ = ["executor_of"]


@contextmanager
def executor_of(scheduler: str) -> Iterator[Executor | None]:
    """The executor of a Dask scheduler; None where none is named: then this machine's own processes.

    Parameters
    ----------
    scheduler : str
        Its address, ``tcp://host:8786``. Its workers have cskit installed, and see the project folder and the folder of
        the reviews under the same paths.

    Raises
    ------
    CskitError
        If Dask is not installed, or nobody answers there.

    Examples
    --------
    >>> with executor_of("") as executor:
    ...     print(executor)
    None
    """
    if not scheduler:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        raise CskitError("--scheduler needs Dask: pip install distributed.") from None
    try:
        client = Client(scheduler, timeout=10)
    except (OSError, ValueError) as fault:
        raise CskitError(f"--scheduler: nobody answers at {scheduler} ({fault}).") from None
    try:
        yield client.get_executor(pure=False, retries=3)
    finally:
        client.close()
