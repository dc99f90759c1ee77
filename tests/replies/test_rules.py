"""The rules: data whose every line can be checked, and what they make of replies."""

import re
import tomllib
from pathlib import Path

import pytest

from distribution.replies import Rule, judge, judging, phase, providers, reply_code, rules
from distribution.replies.codes import enhanced_code
from distribution.replies.rules import CODES, FOLDER, PROVIDERS, TEXTS, VAGUE, Said, ready, rules_of
from distribution.words import Meaning

SAID = [
    (reply, Meaning(meaning))
    for meaning, replies in tomllib.loads(
        Path(__file__).with_name("said.toml").read_text(encoding="utf-8")
    ).items()
    for reply in replies
]
ALL = rules_of(PROVIDERS + TEXTS + VAGUE + CODES)
FILES = sorted(path.stem for path in FOLDER.glob("*.toml"))
KEYS = {
    "means", "dead", "doubtful", "says", "pattern", "without", "provider", "code", "enhanced",
    "phase", "wait_minutes", "source", "example",
}  # fmt: skip


def as_said(rule: Rule) -> Said:
    text = ready(rule.example)
    return Said(
        text,
        reply_code(rule.example),
        enhanced_code(rule.example),
        rule.provider,
        phase.phase_in(text) or (rule.phase if rule.phase == "data" else ""),
    )


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
def test_every_rule_is_the_first_to_speak_of_its_own_example(rule: Rule) -> None:
    said = as_said(rule)

    assert next(one.name for one in ALL if one.fits(said)) == rule.name


def test_every_file_of_rules_is_asked_in_its_place() -> None:
    asked = [*PROVIDERS, *TEXTS, *VAGUE, *CODES]

    assert sorted(asked) == FILES
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("file", FILES)
def test_a_rule_says_nothing_that_is_not_understood(file: str) -> None:
    content = tomllib.loads((FOLDER / f"{file}.toml").read_text("utf-8"))
    known = {*PROVIDERS, *tomllib.loads((FOLDER.parent / "providers.toml").read_text("utf-8"))}
    assert set(content) <= {"rule", "all"}
    for entry in content["rule"]:
        assert set(entry) <= KEYS
        assert entry.get("provider", "qq") in known
        assert entry.get("phase", "rcpt") in ("rcpt", "mail", "data", "connect")
        for phrase in (*entry.get("says", ()), *entry.get("without", ())):
            assert phrase == phrase.lower() != ""


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
def test_only_what_speaks_of_the_address_calls_it_dead(rule: Rule) -> None:
    assert rule.dead <= (rule.means in (Meaning.BAD_ADDRESS, Meaning.BAD_DOMAIN))
    assert rule.source
    assert rule.says or rule.pattern or rule.code or rule.enhanced


def test_no_pattern_repeats_without_end() -> None:
    """Nested or open repetitions are what makes regular expressions slow."""
    for rule in ALL:
        if rule.pattern is not None:
            text = re.sub(r"\\.|\[[^\]]*\]", "x", rule.pattern.pattern)
            assert not re.search(r"\)[*+]|\.[*+]", text), rule.name


@pytest.mark.parametrize(("reply", "meaning"), SAID)
def test_replies_mean_what_they_mean(reply: str, meaning: Meaning) -> None:
    judged = judge(int(reply_code(reply) or 0), reply, "other")

    assert judged.meaning is meaning


def test_every_meaning_is_among_the_replies() -> None:
    assert {meaning for _, meaning in SAID} == set(Meaning)


@pytest.mark.parametrize(
    ("reply", "provider", "passes"),
    [
        ("550 Ip frequency limited [V2Vk= Blocked IP 192.0.2.22].", "qq", True),
        ("550 Domain frequency limited", "other", True),
        ("550 Mailbox unavailable or access denied.", "qq", True),
        ("550 The frequency of receiving messages is limited.", "other", True),
        ("554 HL:IFC 163 smtp10", "netease", True),
        ("550 Mailbox not found. http://service.mail.qq.com/detail/122/169", "other", False),
        ("550 User not found: reader@163.example", "netease", False),
    ],
)
def test_what_passes_is_never_called_dead(reply: str, provider: str, *, passes: bool) -> None:
    judged = judge(int(reply_code(reply)), reply, provider)

    assert judged.dead is not passes
    assert (judged.cause is None) is passes


def test_a_4xx_is_no_evidence_whatever_its_words() -> None:
    assert not judge(450, "4.1.1 User unknown", "other").dead


def test_a_report_in_doubt_at_which_command_is_no_evidence() -> None:
    words = "550 Unknown user reader@mail.example"

    assert not judging.judge_report(words, "").dead
    assert not judging.judge_report(f"{words} (in reply to end of DATA command)", "").dead
    assert judging.judge_report(f"{words} (in reply to RCPT TO command)", "").dead


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("host mx.example said: 550 no (in reply to rcpt to command)", "rcpt"),
        ("smtp error from remote mail server after end of data: 550 no", "data"),
        ("192.0.2.25 does not like recipient. remote host said: 550 no", "rcpt"),
        ("connected to 192.0.2.25 but sender was rejected.", "mail"),
        (">>> rcpt to:<a@b.example> <<< 550 no", "rcpt"),
        (">>> data <<< 550 no 554 5.0.0 service unavailable", "data"),
        (">>> data <<< 550 no 550 5.1.1 <a@b.example>... user unknown", "rcpt"),
        (">>> data <<< 550 no <<< 554 error: no valid recipients", "rcpt"),
        ("550 no", ""),
    ],
)  # fmt: skip
def test_the_command_that_was_refused_is_found(text: str, command: str) -> None:
    assert phase.phase_in(text) == command


def test_a_provider_is_known_by_its_hosts_and_by_its_name() -> None:
    assert providers.provider_of_host("mx1.qiye.163.com") == "netease"
    assert providers.provider_of_host("mx.notqq.com") == ""
    assert providers.provider_named("NetEase 163/126") == "netease"
    assert providers.provider_named("unknown") == providers.OTHER


def test_a_text_of_any_length_is_read_to_a_bound() -> None:
    assert len(ready("x " * 100_000)) <= rules.LONGEST_TEXT
