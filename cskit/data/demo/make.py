"""Draw the world once, then its tables part by part."""

from pathlib import Path
from shutil import rmtree
from typing import Any

import numpy as np
import yaml

from cskit.data.demo import judgement, money, onboard, support, voice
from cskit.data.demo.customers import cast_of, customers
from cskit.data.demo.hours import time_logs
from cskit.data.demo.meetings import touchpoints, true_ratios
from cskit.data.demo.modes import service_levels
from cskit.data.demo.risk import expected_churn
from cskit.data.demo.scene import Scene
from cskit.data.demo.team import assign, assignments, csms, team_of
from cskit.data.demo.usage import usage
from cskit.data.demo.world import drawn, published
from cskit.data.demo.write import Writer, ids

__all__ = ["make"]


def make(folder: Path, *, customers: int, seed: int, world: str, form: str, part: int, step: int) -> None:
    """Write all tables into a folder that is emptied first.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     (Path(folder) / "old.csv").touch()
    ...     make(Path(folder), customers=200, seed=1, world="published", form="csv", part=200, step=200)
    ...     print((Path(folder) / "customers.csv").read_text(encoding="utf-8").splitlines()[1][:37])
    ...     print((Path(folder) / "old.csv").exists())
    "C00001","山吹教育株式会社",,"mid","premium",
    False
    """
    if folder.exists():
        rmtree(folder)
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    true = published(customers) if world == "published" else drawn(customers, rng)
    cast = cast_of(true, customers, rng)
    # Before the panel is chosen: its customers are made well, and they are no longer the ones the hazards drew from.
    leaving = round(expected_churn(cast, true.hazards), 5) if true.hazards else 0.0
    panel = voice.panel_of(cast, rng)
    names = ids("C", np.arange(1, customers + 1), 5 if customers < 100_000 else 7)
    writer = Writer(folder, form)
    members = 0
    for number, start in enumerate(range(0, customers, part)):
        place = slice(start, start + part)
        own = {trait: values[place] for trait, values in cast.items()}
        team = team_of(len(own["route"]), rng)
        assign(own, team, rng)
        team_ids = ids("M", members + np.arange(1, len(team["joined"]) + 1), 5 if customers > part else 3)
        members += len(team_ids)
        scene = Scene(own, names[place], team, team_ids, seed, number, true.held)
        _tables(scene, writer, np.arange(start + 1, start + len(own["route"]) + 1), step)
        if number == 0:
            first_team = team_ids
    for table, parts in voice.waves(panel, true.waves, names, rng).items():
        for columns in parts:
            writer.add(table, columns)
    writer.add("contacts", voice.panel_people(panel, cast, names))
    for table, columns in {**support.monthly(customers, rng), **support.fixed(first_team)}.items():
        writer.add(table, columns)
    writer.close()
    if true.truth:
        more = {"churn_within_12_months": leaving, "workload": true_ratios(cast, true.held)}
        _write_truth(folder, {**true.truth, **more})


def _tables(scene: Scene, writer: Writer, numbers: np.ndarray, step: int) -> None:
    """All tables whose rows belong to a customer or a member."""
    writer.add("csms", csms(scene))
    writer.add("customers", customers(scene, numbers))
    writer.add("customer_history", money.history(scene))
    writer.add("contracts", money.contracts(scene))
    writer.add("churns", money.churns(scene))
    writer.add("contacts", voice.contacts(scene, numbers))
    writer.add("assignments", assignments(scene))
    writer.add("service_levels", service_levels(scene))
    for make_table in (
        judgement.goals,
        judgement.hearings,
        judgement.assessments,
        judgement.overrides,
        judgement.actions,
    ):
        writer.add(make_table.__name__, make_table(scene))
    writer.add("referrals", money.referrals(scene))
    writer.add("requests", support.requests(scene))
    writer.add("help_sessions", support.help_sessions(scene))
    _work(scene, writer)
    writer.add("usage", usage(scene, step))


def _work(scene: Scene, writer: Writer) -> None:
    """Contacts, onboardings and inquiries, and the time booked on them."""
    who = onboard.onboarded(scene)
    cases = writer.numbered("onboardings", len(who))
    writer.add("onboardings", onboard.onboardings(scene, who))
    writer.add("onboarding_steps", onboard.steps(scene, who, cases))
    met, contacts = touchpoints(scene)
    writer.add("touchpoints", met)
    asked, work = support.tickets(scene)
    tickets = writer.numbered("tickets", len(work["on"]))
    writer.add("tickets", asked)
    writer.add("time_logs", time_logs(scene, contacts, work, who, cases, tickets))


def _write_truth(folder: Path, truth: dict[str, Any]) -> None:
    text = yaml.safe_dump(truth, sort_keys=False, allow_unicode=True)
    (folder / "truth.yaml").write_text(f"# The truth this world was drawn from.\n{text}", encoding="utf-8")
