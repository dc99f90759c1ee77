"""The real mails beside the project, where they are present: the figures that were promised."""

import json
from collections import Counter
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from distribution.cli.bounce import group

REAL = Path(__file__).parents[2].parent / "shared" / "bounces"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real mails are kept apart")


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    spec = spec_from_file_location("scorer_of_real_mails", REAL / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lines(*words: str) -> list[dict[str, object]]:
    done = CliRunner().invoke(group, words)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.output.splitlines()]


@pytest.fixture(scope="module")
def figures(scorer: ModuleType) -> Counter[str]:
    mails = sorted(map(str, (REAL / "mails").iterdir()))
    predictions = {str(line["file"]): line for line in lines("read", "--score-lines", *mails)}
    labels = json.loads((REAL / "labels.json").read_text(encoding="utf-8"))
    score: Callable[..., tuple[Counter[str], object]] = scorer.score
    return score(labels, predictions)[0]


@pytest.mark.parametrize(
    ("part", "whole", "least"),
    [
        ("recipient_ok", "recipient_n", 0.995),
        ("precision_ok", "precision_n", 0.995),
        ("hardsoft_ok", "hardsoft_n", 0.975),
        ("class_ok", "class_n", 0.97),
    ],
)
def test_the_real_mails_are_read_as_well_as_promised(
    figures: Counter[str], part: str, whole: str, least: float
) -> None:
    assert figures[part] / figures[whole] >= least


def test_nobody_alive_is_taken_for_dead_and_hardly_anybody_dead_for_alive(
    figures: Counter[str],
) -> None:
    assert figures["false_hard"] == 0
    assert figures["hard_missed"] / figures["hard_n"] <= 0.03
    assert (figures["other_counted"], figures["bounce_lost"]) == (0, 0)


def test_every_reply_of_a_chinese_provider_is_understood(scorer: ModuleType) -> None:
    table = REAL / "chinese-replies.tsv"
    answers = {
        line["line"]: line for line in lines("explain", "--replies", str(table), "--score-lines")
    }
    rows = table.read_text(encoding="utf-8").splitlines()
    named = [dict(zip(rows[0].split("\t"), row.split("\t"), strict=True)) for row in rows[1:]]

    right, count, wrongly_suppressed, wrongly_kept, mistakes = scorer.score_replies(named, answers)

    assert (right, wrongly_suppressed, wrongly_kept, mistakes) == (count, 0, 0, [])
