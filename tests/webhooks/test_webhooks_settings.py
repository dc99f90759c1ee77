"""Whom to believe is said by the settings: topics are shown, the Token never is."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hooks import TOKEN, TOPIC

from distribution import config
from distribution.cli.root import root
from distribution.config import Settings
from distribution.errors import InvalidSetting
from workers.in_process import ALL_QUEUES, queues_on_redis


def load(tmp_path: Path, **environ: str) -> Settings:
    named = {f"DISTRIBUTION_{name.upper()}": value for name, value in environ.items()}
    return config.load({"DISTRIBUTION_HOME": str(tmp_path)} | named).settings


def test_nobody_is_believed_unless_it_is_said(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.sns_topics == ()
    assert settings.aliyun_token.get_secret_value() == ""


def test_several_topics_are_parted_by_commas(tmp_path: Path) -> None:
    china = "arn:aws-cn:sns:cn-northwest-1:123456789012:complaints"
    assert load(tmp_path, sns_topics=f" {TOPIC}, {china},").sns_topics == (TOPIC, china)
    (tmp_path / config.FILE_NAME).write_text(f'sns_topics = ["{TOPIC}", "{china}"]\n')
    assert load(tmp_path).sns_topics == (TOPIC, china)


@pytest.mark.parametrize(
    "topic",
    ["bounces", "arn:aws:sqs:us-east-1:123456789012:bounces", f"{TOPIC} x", f"{TOPIC}.fifo", "*"],
)
def test_what_is_no_topic_is_named(tmp_path: Path, topic: str) -> None:
    with pytest.raises(InvalidSetting, match="SNS 主题"):
        load(tmp_path, sns_topics=topic)


@pytest.mark.parametrize(
    "token", ["short", "with a space in it!", "一个足够长的标记不是吗一个足够长的标记"]
)
def test_a_token_that_could_be_guessed_is_refused_and_not_shown(tmp_path: Path, token: str) -> None:
    with pytest.raises(InvalidSetting, match="16 至 200 个字符") as refusal:
        load(tmp_path, aliyun_token=token)
    assert token not in str(refusal.value)


def test_notices_are_judged_by_the_hosts_that_know_of_them(tmp_path: Path) -> None:
    assert "bounces" not in queues_on_redis(load(tmp_path))
    assert queues_on_redis(load(tmp_path, sns_topics=TOPIC)) == ALL_QUEUES
    assert queues_on_redis(load(tmp_path, aliyun_token=TOKEN)) == ALL_QUEUES


@pytest.mark.parametrize("words", [("config", "show"), ("config", "show", "--json")])
def test_the_topics_are_shown_and_the_token_is_not(
    tmp_path: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISTRIBUTION_HOME", str(tmp_path))
    monkeypatch.setenv("DISTRIBUTION_SNS_TOPICS", f"{TOPIC},{TOPIC}2")
    monkeypatch.setenv("DISTRIBUTION_ALIYUN_TOKEN", TOKEN)
    shown = CliRunner().invoke(root, words)
    assert shown.exit_code == 0
    assert TOKEN not in shown.output
    if "--json" in words:
        document = json.loads(shown.output)
        assert document["sns_topics"]["value"] == f"{TOPIC}, {TOPIC}2"
        assert document["aliyun_token"]["value"] == "***"
