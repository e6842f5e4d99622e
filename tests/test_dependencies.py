"""pyproject.toml, requirements.lock and environment.yml say the same."""

import re
import tomllib

import yaml

# conda-forge splits or renames these; everything else has its PyPI name there.
CONDA_NAMES = {
    "ibis-framework": "ibis-duckdb",
    "duckdb": "python-duckdb",
    "matplotlib": "matplotlib-base",
}


def _split(requirement: str) -> tuple[str, str]:
    name, bounds = re.fullmatch(r"([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?\s*(.*)", requirement.strip()).groups()
    return name.lower(), bounds.replace(" ", "")


def _project(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _conda(root):
    entries = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    pip = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    plain = [entry for entry in entries if isinstance(entry, str) and not entry.startswith(("python>", "pip"))]
    return dict(_split(entry) for entry in [*plain, *(line for line in pip if not line.startswith("--"))])


def test_conda_and_pip_state_the_same_dependencies(root):
    project = _project(root)
    wanted = dict(_split(entry) for entry in project["dependencies"] + project["optional-dependencies"]["lab"])
    assert {CONDA_NAMES.get(name, name): bounds for name, bounds in wanted.items()} == _conda(root)


def test_every_dependency_is_locked_with_hashes_within_its_bounds(root):
    from packaging.requirements import Requirement

    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    locked: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9._-]+)==(\S+)", lock, flags=re.M):
        locked.setdefault(name, set()).add(version)
    project = _project(root)
    for text in [
        *project["dependencies"],
        *(entry for group in project["optional-dependencies"].values() for entry in group),
    ]:
        wanted = Requirement(text)
        versions = locked.get(wanted.name.lower())
        assert versions, f"{wanted.name} is not locked"
        assert all(wanted.specifier.contains(version) for version in versions), (text, versions)
    entries = re.findall(r"^[a-z0-9._-]+==.*(?:\n .*)*", lock, flags=re.M)
    assert all("--hash=sha256:" in entry for entry in entries)


def test_no_committed_file_names_a_registry_address_or_a_machines_path(root):
    for name in (
        "requirements.lock",
        "tests/prefect.lock",
        "tests/spark.lock",
        "pyproject.toml",
        "environment.yml",
        "Makefile",
        ".ci/run",
    ):
        text = (root / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|--index-url|--find-links|file://|/root/|/home/|/opt/", text), name


def test_python_from_3_11_on(root):
    entries = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert f"python{_project(root)['requires-python']}" in entries
