"""Every transcript under tests/transcripts holds: behaviour, written as the chat."""

from pathlib import Path

import pytest
import yaml

from tests.runner.__main__ import SAMPLE
from tests.runner.play import play_script
from tests.runner.script import read_script, scripts_in

COMMUNITY = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
FILES = list(scripts_in(Path(__file__).parent / "transcripts"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_transcript(file: Path) -> None:
    play_script(read_script(file), COMMUNITY)
