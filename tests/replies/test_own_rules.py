"""An admin's own rules: checked whole when they are read, asked before all of ours."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from systems import READER, postfix, unnamed

from distribution.replies import InvalidRules, Rule, bounded, judge, own, read_returned, read_rules
from distribution.words import Meaning

WHOLE = """\
means = "inactive"
says = ["Account  Locked"]
source = "退信，2026-11-03"
example = "550 5.7.1 account locked by the personnel department"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "reply_rules.toml"


def rules(path: Path, *entries: str) -> tuple[Rule, ...]:
    path.write_text("".join(f"[[rule]]\n{entry}\n" for entry in entries), encoding="utf-8")
    return read_rules(path)


def refusal(path: Path, *entries: str) -> InvalidRules:
    with pytest.raises(InvalidRules) as caught:
        rules(path, *entries)
    assert str(path) in str(caught.value)
    assert caught.value.path == path
    assert caught.value.why in str(caught.value)
    return caught.value


def test_own_rules_are_named_in_their_order_and_asked_before_ours(path: Path) -> None:
    first, second = rules(path, WHOLE, WHOLE.replace("inactive", "filtered"))

    judged = judge(550, "5.1.1 user unknown: account locked", "other", own=(first, second))

    assert (first.name, second.name) == ("own-1", "own-2")
    assert (judged.meaning, judged.rule) == (Meaning.INACTIVE, first)
    assert not judged.dead
    assert judge(550, "5.1.1 user unknown", "other", own=(first, second)).dead


def test_own_rules_judge_reports_whatever_ours_make_of_their_words(path: Path) -> None:
    words = "550 5.2.1 <x@y.example>: mailbox is full of nothing: Account locked"
    plain = read_returned(postfix(words, "5.2.1"))
    named = read_returned(postfix(words, "5.2.1"), own=rules(path, WHOLE))
    dead = read_returned(postfix(words, "5.2.1"), own=rules(path, f"dead = true\n{WHOLE}"))

    assert plain.meaning is not Meaning.INACTIVE
    assert (named.meaning, named.dead) == (Meaning.INACTIVE, False)
    assert (dead.meaning, dead.dead, dead.recipients) == (Meaning.INACTIVE, True, (READER,))


def test_no_own_rule_makes_evidence_of_what_passes(path: Path) -> None:
    found = rules(path, f"dead = true\n{WHOLE}")

    assert not judge(450, "account locked", "other", own=found).dead
    assert not read_returned(unnamed("450 4.2.1 account locked", "4.2.1"), own=found).dead


def test_what_an_own_rule_doubts_itself_needs_a_known_command(path: Path) -> None:
    found = rules(path, f"dead = true\ndoubtful = true\n{WHOLE}")

    assert not read_returned(unnamed("550 account locked", "5.0.0"), own=found).dead
    assert read_returned(postfix("550 account locked", "5.0.0"), own=found).dead
    assert judge(550, "account locked", "other", own=found).dead  # while sending it is known


def test_every_thing_a_rule_may_name_is_understood(path: Path) -> None:
    (rule,) = rules(
        path,
        """\
        means = "rate_limit"
        provider = "qq"
        code = 550
        enhanced = "5.7"
        phase = "rcpt"
        says = ["slow"]
        pattern = 'SLOW .{0,20}down'
        without = ["not slow"]
        wait_minutes = 90
        doubtful = false
        source = "x"
        example = "550 5.7.1 please slow it down (in reply to RCPT TO command)"
        """,
    )

    said = "5.7.1 slow  it all DOWN (in reply to RCPT TO command)"
    assert judge(550, said, "qq", own=(rule,)).wait.total_seconds() == 90 * 60
    for code, text, provider in (
        (551, said, "qq"),
        (550, said, "netease"),
        (550, said.replace("5.7.1", "5.6.1"), "qq"),
        (550, said.replace("RCPT", "MAIL"), "qq"),
        (550, f"{said} not slow", "qq"),
        (550, said.replace("DOWN", "up"), "qq"),
    ):
        assert judge(code, text, provider, own=(rule,)).rule is not rule


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (WHOLE.replace("means", "meaning"), "没有 meaning 这一项"),
        (WHOLE.replace('means = "inactive"', ""), "缺少 means"),
        (re.sub("source.*", "", WHOLE), "缺少 source"),
        (re.sub("example.*", "", WHOLE), "缺少 example"),
        (WHOLE.replace("inactive", "gone"), "means 的值不对"),
        (re.sub("says.*", "", WHOLE), "几乎对任何应答都适用"),
        (re.sub("says.*", 'provider = "qq"', WHOLE), "几乎对任何应答都适用"),
        (re.sub("says.*", 'code = "55"', WHOLE), "几乎对任何应答都适用"),
        (re.sub("says.*", 'enhanced = "5"', WHOLE), "几乎对任何应答都适用"),
        (re.sub("says.*", "says = []", WHOLE), "says 的值不对"),
        (re.sub("says.*", 'says = "locked"', WHOLE), "says 的值不对"),
        (re.sub("says.*", 'says = ["x", " "]', WHOLE), "says 的值不对"),
        (re.sub("says.*", "pattern = 'locked (by'", WHOLE), "括号不成对"),
        (re.sub("says.*", "pattern = 'locked.*'", WHOLE), "没有止境"),
        (re.sub("says.*", "pattern = '(?:locked)?'", WHOLE), "对任何文字都适用"),
        (re.sub("says.*", "pattern = '[z-a] locked'", WHOLE), "不是正则表达式"),
        (re.sub("says.*", 'says = ["elsewhere"]', WHOLE), "不适用于自己的 example"),
        (re.sub("says.*", 'says = ["550 5.7.1 account"]', WHOLE), "应答码写在 code"),
        (f"{WHOLE}without = ['personnel']", "不适用于自己的 example"),
        (f"{WHOLE}code = 553", "不适用于自己的 example"),
        (f"{WHOLE}code = true", "code 的值不对"),
        (f"{WHOLE}code = 250", "code 的值不对"),
        (f"{WHOLE}code = 0x{'f' * 9999}", "code 的值不对"),
        (f"{WHOLE}enhanced = 5.7", "enhanced 的值不对"),
        (f"{WHOLE}provider = 'nobody'", "provider 的值不对"),
        (f"{WHOLE}phase = 'helo'", "phase 的值不对"),
        (f"{WHOLE}dead = 1", "dead 的值不对"),
        (f"{WHOLE}wait_minutes = 0", "wait_minutes 的值不对"),
        (f"{WHOLE}wait_minutes = true", "wait_minutes 的值不对"),
        (f"dead = true\n{WHOLE}".replace("inactive", "mailbox_full"), "不说明地址失效"),
        (f"dead = true\n{WHOLE}".replace("inactive", "policy"), "不说明地址失效"),
    ],
)
def test_a_faulty_rule_is_named_with_what_is_wrong(path: Path, entry: str, why: str) -> None:
    error = refusal(path, WHOLE, entry)

    assert error.number == 2
    assert why in error.why
    assert "第 2 条规则" in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"[[rule]]\nmeans = \n", "第 2 行不合 TOML"),
        ("means = '钥匙'".encode("gbk"), "不是 UTF-8"),
        (b"rule = 3\n", "[[rule]]"),
        (b"[rule]\nmeans = 'policy'\n", "[[rule]]"),
        (b"[all]\nmeans = 'policy'\n", "[[rule]]"),
        (b"a = " + b"[" * 5000, "TOML"),
        (b"a = " + b"9" * 9999, "TOML"),
        (b"#" * (own.MOST_BYTES + 1), "超过 256 KiB"),
        (b"[[rule]]\n" * 501, "有 501 条规则，最多 500 条"),
    ],
)
def test_a_file_that_holds_no_rules_is_refused_as_a_whole(
    path: Path, content: bytes, why: str
) -> None:
    path.write_bytes(content)

    with pytest.raises(InvalidRules, match=re.escape(why)) as caught:
        read_rules(path)
    assert caught.value.number is None


def test_what_the_system_does_not_give_is_refused(path: Path, tmp_path: Path) -> None:
    for wrong, why in ((path, "没有这个文件"), (tmp_path, "是文件夹")):
        with pytest.raises(InvalidRules, match=why):
            read_rules(wrong)


def test_a_list_of_no_tables_is_refused(path: Path) -> None:
    path.write_text("rule = [1]", encoding="utf-8")

    with pytest.raises(InvalidRules, match="第 1 条规则"):
        read_rules(path)


def test_an_empty_file_has_no_rules_and_a_mark_of_bytes_is_no_fault(path: Path) -> None:
    path.write_bytes(b"")
    assert read_rules(path) == ()
    path.write_bytes(b"\xef\xbb\xbf" + f"[[rule]]\n{WHOLE}".encode())
    assert len(read_rules(path)) == 1


def test_all_patterns_together_are_bounded(path: Path) -> None:
    costly = re.sub("says.*", "pattern = 'account.{0,99}locked.{0,99}department'", WHOLE)

    assert len(rules(path, *[costly] * 5)) == 5
    assert refusal(path, *[costly] * 6).number is None


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("user unknown", 1),
        ("user.{0,9} (?:unknown|gone|dead)", 30),
        ("(user|mailbox) (not|un)known?", 8),
        (r"\d{3}[ -]\[x\] 账户不存在$", 1),
        ("a{2,4}?b??", 6),
        (".{0,100}x.{0,100}", 101 * 101),
        ("", 1),
    ],
)
def test_the_ways_of_a_pattern_are_multiplied_out(pattern: str, count: int) -> None:
    assert bounded.ways(pattern) == count


@pytest.mark.parametrize(
    "pattern",
    [
        "a*", "a+", "a{2,}", "a{,3}", "a{", "a{1,101}", "a{3,2}", "(a){2}", "(a|b){1,2}",
        "a{1,2}b{1,2}c{1,2}", r"(a)\1", "(?P<x>a)", "(?P=x)", "(?<=a)b", "(?<!a)b", "(?=a)",
        "(?!a)", "(?i)a", "(?>a)", "a++", "a?+", "a{1,2}+", r"\Aa", r"\x41", r"\ua", r"\1", "(a",
        "a)", "[a", "a]", "[]", "[[a]]", "[a--b]", "[a&&b]", "?a", "(|", "(?", "\\", "x" * 301,
        "a?" * 20 + "a" * 20, "(a|a)" * 20, "(?:(?:a?b?)?c?)?" * 5,
    ],
)  # fmt: skip
def test_what_could_take_long_or_cannot_be_counted_is_refused(pattern: str) -> None:
    with pytest.raises(bounded.Unbounded) as caught:
        bounded.ways(pattern)
    assert caught.value.args[0]


@given(st.text(alphabet="ab(|)?{},0129:[]^-\\.*+dwA", max_size=24))
@example("a{0,2}?")
@example("[^-]")
def test_what_is_counted_is_read_by_python_in_the_same_way(pattern: str) -> None:
    """A pattern that is let through holds nothing that Python takes for an open repetition."""
    try:
        ways = bounded.ways(pattern)
        tree = repr(re._parser.parse(pattern))  # type: ignore[attr-defined]
    except (bounded.Unbounded, re.error):
        return
    assert 1 <= ways <= bounded.MOST_WAYS
    assert not re.search(r"MAXREPEAT|GROUPREF|ASSERT|ATOMIC|POSSESSIVE", tree)


def test_the_example_of_the_manual_can_be_used(path: Path) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "reply-rules.md").read_text(encoding="utf-8")
    found = re.search(r"```toml\n(.*?)```", manual, re.DOTALL)
    assert found is not None
    path.write_text(found.group(1), encoding="utf-8")

    assert [rule.dead for rule in read_rules(path)] == [True]
    assert all(f"`{name}`" in manual for name in (*Meaning, *own._KINDS))
