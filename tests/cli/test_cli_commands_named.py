"""What a sentence tells people to run can be run: command and options are ours."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

import distribution
import workers
from distribution.calendar.holding import advice_of
from distribution.cli.root import root
from distribution.words import Hold

CODE = [Path(str(package.__file__)).parent for package in (distribution, workers)]
NAMED = re.compile(r"distribution((?: [a-z][a-z-]*)+)([^；。，：、（）“”\n]*)")
SENTENCE = re.compile(r"[\u4e00-\u9fff]")


def wrong(text: str) -> Iterator[str]:
    """Words of a text that are to be run and cannot be."""
    for words, rest in NAMED.findall(text):
        command: click.Command = root
        for word in words.split():
            if not isinstance(command, click.Group):
                break
            found = command.commands.get(word)
            if found is None:
                yield f"distribution{words}"
                return
            command = found
        known = {name for option in command.params for name in option.opts} | {"--help"}
        yield from (name for name in re.findall(r"(?<!\S)--[a-z-]+", rest) if name not in known)


def sentences() -> Iterator[str]:
    """Every text in the code that is for people, and names the programme."""
    for path in (path for folder in CODE for path in folder.rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(code)) if re.search(r"distribution [a-z]", code) else ():
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and "distribution " in text and SENTENCE.search(text):
                yield text


def test_every_command_that_a_sentence_names_is_ours() -> None:
    found = list(sentences())

    assert len(found) > 100
    assert [(bad, text) for text in found for bad in wrong(text)] == []


def test_the_look_knows_a_wrong_command_and_a_wrong_option() -> None:
    assert list(wrong("请运行 distribution run begin 3")) == ["distribution run begin"]
    assert list(wrong("请运行 distribution run list --al；")) == ["--al"]
    assert list(wrong("先运行 distribution run failed 3 --retry 对方策略拒收")) == []


def test_whatever_holds_a_month_the_advice_says_what_to_run() -> None:
    for why in Hold:
        advice = advice_of(date(2026, 10, 1), why)
        assert "distribution schedule release 2026-10" in advice, why
        assert list(wrong(advice)) == []
