"""Whole digests per second and core, beside making each reader's mail plainly.

    python benchmarks/digests.py [ISSUE.txt] [--readers 20000] [--plain 200] [--rounds 5]

A whole digest is selection, both parts, headers and MIME, as the press makes it; every reader has
interests of his own (1 to 7 topics, watch words in half of them), so no two selections need be
alike. The plain way renders the same templates with Jinja2 for each reader, inlines with premailer
and lets EmailMessage write the message; its readers are the first of ours, and its selection is
ours. The two take turns, so that a busy machine slows both. At the end the memory: the peak
of a fresh process that makes a thousand mails, and of one that makes all.
"""

import argparse
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from itertools import islice
from pathlib import Path
from statistics import median
from types import SimpleNamespace

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from premailer import Premailer

from distribution import compiler
from distribution.delivery.press import compose, personal_of
from distribution.delivery.transport import Envelope
from distribution.digests import Composer, Interests, Publication, Selector, render_sheet
from distribution.digests.wording import day, issue_name
from distribution.issues import StoredArticle, StoredIssue
from distribution.links import Addresses, Keyring
from distribution.templates import columns, wrap
from distribution.words import Tracking

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "email_templates"
SAMPLE = ROOT / "distribution" / "sample" / "issue.txt"
WORDS = ("智能", "装备", "太原", "机器人", "标准", "煤矿", "出口", "焊接", "氢能", "铸造")
DATE = datetime(2026, 11, 1, 1, tzinfo=UTC)
ADDRESSES = Addresses(Keyring.of(["k" * 32]), "https://magazine.example", "mail.magazine.example")


class Press:
    """One issue, ready for any reader."""

    def __init__(self, path: Path) -> None:
        read = compiler.read_issue(path.read_bytes(), path.name, ())
        sections = list(dict.fromkeys(article.section for article in read.articles))
        self.codes = [f"topic{number}" for number in range(len(sections))]
        code_of = dict(zip(sections, self.codes, strict=True))
        articles = tuple(
            StoredArticle(
                article.position, article.position == 1, (code_of[article.section],), article
            )
            for article in read.articles
        )
        self.issue = StoredIssue(1, read.masthead, articles)
        self.names = dict(zip(self.codes, sections, strict=True))
        publication = Publication("", "digest@magazine.example", "digest.magazine.example")
        self.composer = Composer(render_sheet(self.issue, self.names, [TEMPLATES], publication))
        self.selector = Selector(self.issue, minimum=3, discovery=self.codes)

    def readers(self) -> Iterator[tuple[int, Interests]]:
        """Numbered readers, the same in every run."""
        chance = random.Random(9)  # noqa: S311 - a made-up audience
        number = 0
        while True:
            number += 1
            topics = chance.sample(self.codes, chance.randint(1, len(self.codes)))
            words = chance.sample(WORDS, chance.choice([0, 0, 1, 3]))
            tracking = chance.choice(list(Tracking))
            yield number, Interests(tuple(topics), tuple(words), tracking=tracking)

    def ours(self, number: int, reader: Interests) -> bytes:
        """As planning and sending do it together."""
        return compose(
            self.composer,
            self.selector.select(reader).choices,
            personal_of(ADDRESSES, number, 1, reader.tracking),
            envelope=envelope(number),
            date=DATE,
        )


def envelope(number: int) -> Envelope:
    """To the numbered reader."""
    return Envelope(
        ADDRESSES.return_path(number), f"reader{number}@a.example", ADDRESSES.message_id(number)
    )


class Plainly:
    """The same mail, made anew for each reader."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(wrap=wrap, columns=columns)

    def mail(self, number: int, reader: Interests) -> bytes:
        """Rendered, inlined, written by the standard library."""
        personal = personal_of(ADDRESSES, number, 1, reader.tracking)
        chosen = {choice.article for choice in self._press.selector.select(reader).choices}
        values = self._values(chosen) | {
            "reader": SimpleNamespace(
                **personal.urls(), count=len(chosen), preview="", group="", reason=""
            )
        }
        html = self._templates.get_template("digest/body.html").render(values)
        text = self._templates.get_template("digest/body.txt").render(values)
        message = EmailMessage(SMTP)
        message["From"], message["To"] = "digest@magazine.example", envelope(number).recipient
        message["Subject"] = f"《{self._press.issue.masthead.publication}》：{len(chosen)} 篇"
        message["Message-ID"] = envelope(number).message_id
        message["List-Unsubscribe"] = f"<{personal.unsubscribe_url}>"
        message.set_content(text, cte="base64")
        inlined = Premailer(
            html, keep_style_tags=True, strip_important=False, disable_validation=True
        ).transform()
        message.add_alternative(inlined, subtype="html", cte="base64")
        return message.as_bytes()

    def _values(self, chosen: set[int]) -> dict[str, object]:
        issue = self._press.issue
        articles = [
            SimpleNamespace(
                id=one.id,
                position=one.article.position,
                page=one.article.page,
                title=one.article.title,
                source=one.article.source or "",
                date=day(one.article.date, issue.masthead.year),
                summary=one.article.summary,
                lead=one.lead,
            )
            for one in issue.articles
            if one.id in chosen
        ]
        nothing = SimpleNamespace(html="", text="")
        return {
            "issue": issue.masthead,
            "issue_name": issue_name(issue.masthead),
            "articles": articles,
            "publication": self._press.composer.sheet.publication,
            "note": nothing,
            "notice": nothing,
            "commercial": False,
            "piece": lambda *_: Markup(""),
        }


def main() -> None:
    """Take turns, print a table and the ratio, then the memory."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("issue", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--readers", type=int, default=20_000)
    parser.add_argument("--plain", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    press = Press(options.issue)
    if options.memory:
        for number, reader in islice(press.readers(), options.memory):
            press.ours(number, reader)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    print(f"{len(press.issue.articles)} articles, {len(press.codes)} topics, seconds of one core")
    compare(press, options.readers, options.plain, options.rounds)
    for count in (1_000, options.readers):
        command = [sys.executable, __file__, str(options.issue), "--memory", str(count)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        print(f"peak memory after {count:,} mails: {done.stdout.strip()} MiB")


def compare(press: Press, ours: int, plain: int, rounds: int) -> None:
    """Rounds in turn; the ratio is that of the medians."""
    plainly = Plainly(press)
    times: dict[str, list[float]] = {"ours": [], "plain": []}
    for _ in range(rounds):
        for name, count, make in (
            ("ours", ours // rounds, press.ours),
            ("plain", plain // rounds, plainly.mail),
        ):
            readers = list(islice(press.readers(), count))
            start = time.process_time()
            size = sum(len(make(number, reader)) for number, reader in readers)
            times[name].append((time.process_time() - start) / count)
            kib = size / count / 1024
            print(f"{name:6}{count:7,} mails{1 / times[name][-1]:10,.0f}/s{kib:7.1f} KiB a mail")
    ratio = median(times["plain"]) / median(times["ours"])
    print(f"ours {median(times['ours']) * 1e6:.0f} µs, plain {median(times['plain']) * 1e6:.0f} µs")
    print(f"{ratio:.0f} times the plain way")


if __name__ == "__main__":
    main()
