"""What tests of every folder share: a store filled with the sample once, copied for each test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from bot.clock import ManualClock
from tests.runner.stage import Stage
from tests.unit.playing import KEY, STORE, FilledStage, Play, read_sample, sample_start

settings.register_profile("lianfang", deadline=None)  # a loaded machine is no finding
settings.load_profile("lianfang")


@pytest.fixture(scope="session")
def filled_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that is migrated and holds the sample."""
    folder = tmp_path_factory.mktemp("filled")
    stage = Stage(folder, read_sample(), KEY, ManualClock(sample_start()))
    stage.program.engine.dispose()
    return folder / STORE


@pytest.fixture
def make_stage(filled_store: Path, tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """Makes stages on copies of the filled store; `rules` replace single values of the rule pack."""
    made: list[Stage] = []

    def make(rules: dict[str, Any] | None = None) -> Stage:
        folder = tmp_path / f"stage-{len(made)}"
        folder.mkdir()
        shutil.copy(filled_store, folder / STORE)
        sample = read_sample()
        sample["rules"].update(rules or {})
        made.append(FilledStage(folder, sample, KEY, ManualClock(sample_start())))
        return made[-1]

    yield make
    for stage in made:
        stage.program.engine.dispose()


@pytest.fixture
def play(make_stage: Callable[..., Stage]) -> Play:
    """The sample community on 2020-02-05 at 08:00, ready to be talked to."""
    return Play(make_stage())
