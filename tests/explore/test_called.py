"""Whatever an explorer moves has a name of its own in a report that was made by it."""

import pytest

from benchmarks.explore import EXPLORERS, explorer_of
from cskit import i18n
from cskit.explore.called import called


@pytest.fixture(scope="module", params=EXPLORERS)
def explorer(request, demo):
    return explorer_of(str(demo), request.param)


def test_every_setting_that_can_be_moved_is_called_something(explorer):
    settings = explorer.run.settings.model_dump(mode="json", by_alias=True)
    moved = [path for path in explorer.begun if not path.startswith("view.")]
    for lang in ("en", "ja"):
        with i18n.speaking(lang):
            found = {path: called(path, settings) for path in moved}
            assert [path for path, own in found.items() if own is None] == []
            assert all(own.said(explorer.begun[path]) for path, own in found.items())
            labels = [own.label for own in found.values()]
            assert len({*labels}) == len(labels)  # one that is changed cannot be taken for another


def test_what_is_gone_is_named_by_its_place():
    assert called("health.items.gone.weight", {"health": {"items": {}}}) is None
    assert called("health.caps.9.from", {"health": {"caps": []}}) is None
    assert called("plays.catalogue.gone.weight", {"plays": {"catalogue": {}}}) is None
