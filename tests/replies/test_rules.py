"""The rules: data whose every line can be checked, and what they make of replies."""

import re
import tomllib
from pathlib import Path

import pytest

from distribution.replies import Rule, judge, judging, phase, providers, reply_code, rules
from distribution.replies.codes import enhanced_code, unframed
from distribution.replies.rulebook import rulebook
from distribution.replies.rules import (
    CERTAIN,
    CODES,
    FOLDER,
    PROVIDERS,
    TEXTS,
    VAGUE,
    Said,
    ready,
    rules_of,
)
from distribution.words import Meaning

SAID = [
    (reply, Meaning(meaning))
    for meaning, replies in tomllib.loads(
        Path(__file__).with_name("said.toml").read_text(encoding="utf-8")
    ).items()
    for reply in replies
]
LIVING = tomllib.loads(Path(__file__).with_name("living.toml").read_text("utf-8"))["replies"]
ALL = rules_of(PROVIDERS + TEXTS + CERTAIN + VAGUE + CODES)
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
    asked = [*PROVIDERS, *TEXTS, *CERTAIN, *VAGUE, *CODES]

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


def test_a_reply_about_commands_or_log_in_is_no_evidence_whatever_its_words() -> None:
    assert not judge(535, "5.7.8 user unknown", "other").dead
    assert not judge(550, "5.6.0 user unknown", "other").dead
    assert judge(550, "5.7.1 user unknown", "other").dead


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
        (">>> data <<< 550 5.2.0 no <<< 554 error: no valid recipients", "data"),
        ("--> rcpt to:<a@b.example> tue 2026-12-01 09:00:00: <-- 550 no", "rcpt"),
        ("mail from:<c@d.example> 250 ok rcpt to:<a@b.example> 550 no", "rcpt"),
        ("the other server said: 550 no (state 14).", "rcpt"),
        ("the other server said: 550 no (state 17).", "data"),
        ("550 no", ""),
    ],
)  # fmt: skip
def test_the_command_that_was_refused_is_found(text: str, command: str) -> None:
    assert phase.phase_in(text) == command


@pytest.mark.parametrize("reply", LIVING)
def test_another_reason_beside_the_address_is_no_evidence(reply: str) -> None:
    words = f"host mx.mail.example[192.0.2.25] said: {reply} (in reply to RCPT TO command)"

    assert not judging.judge_report(words, "", recipient="reader@mail.example").dead


def test_the_reply_is_judged_before_what_its_reporter_says() -> None:
    words = "The mailbox is full or unknown. Remote host said: 550 5.7.1 blocked by rbl"

    assert judging.judge_report(words, "").meaning is Meaning.REPUTATION
    assert judging.judge_report("no such user", "").meaning is Meaning.BAD_ADDRESS


def test_what_reporters_always_write_is_not_judged() -> None:
    words = "192.0.2.25 failed. Remote host said: 554 no Giving up on 192.0.2.25"

    assert unframed(ready(words)) == "192.0.2.25 failed.   554 no"
    assert judging.judge_report(words, "").meaning is not Meaning.TRANSIENT


@pytest.mark.parametrize("files", [PROVIDERS + TEXTS, CERTAIN, VAGUE, CODES])
def test_the_index_finds_the_rule_that_comes_first(files: tuple[str, ...]) -> None:
    rules_asked = rules_of(files)
    for rule in ALL:
        said = as_said(rule)
        first = next((one for one in rules_asked if one.fits(said)), None)
        assert rulebook(files).first(said) is first


def test_a_host_that_is_not_found_is_evidence_unless_it_is_another() -> None:
    named = "550 Host unknown: {} (in reply to RCPT TO command)"
    recipient = "reader@mail.example"

    for name, dead in (
        ("mail.example", True),
        ("mx.mail.example", True),
        ("out.digest.example", False),
    ):
        judged = judging.judge_report(named.format(name), "", recipient=recipient)
        assert judged.dead is dead
    assert judging.judge_report(named.format("it"), "", recipient=recipient).dead


def test_an_address_that_is_unknown_is_evidence_unless_it_is_another() -> None:
    named = "550 5.1.1 <{}>: user unknown (in reply to RCPT TO command)"

    for address, dead in (("reader@mail.example", True), ("digest@digest.example", False)):
        words = named.format(address)
        assert judging.judge_report(words, "", recipient="reader@mail.example").dead is dead


def test_a_provider_is_known_by_its_hosts_and_by_its_name() -> None:
    assert providers.provider_of_host("mx1.qiye.163.com") == "netease"
    assert providers.provider_of_host("mx.notqq.com") == ""
    assert providers.provider_named("NetEase 163/126") == "netease"
    assert providers.provider_named("unknown") == providers.OTHER


def test_a_text_of_any_length_is_read_to_a_bound() -> None:
    assert len(ready("x " * 100_000)) <= rules.LONGEST_TEXT
