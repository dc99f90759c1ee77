"""How long a file takes to become an issue, and how much memory, beside plainly reading its text.

    python benchmarks/compile.py [ISSUE.txt] [--runs 5]

Each run is a process of its own, started anew: ours is the locked room as `issue import` uses it;
the plain way opens the same file with the library for its format and takes the text out, without
finding an article in it. The two take turns, so that a busy machine slows both. The 100-page PDF
is the sample issue in two columns, with every article's text many times over.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "distribution" / "sample" / "issue.txt"
TRUTH = ROOT / "tests" / "compiler" / "sample.expected.json"
OURS = """
import json, resource, sys, time
from pathlib import Path
from distribution.compiler import Source, compile_apart
file = Path(sys.argv[1])
start = time.perf_counter()
found = f"{len(compile_apart([Source(file.name, file.read_bytes())]).articles)} articles"
seconds = time.perf_counter() - start
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, found]))
"""
PLAINLY = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run([sys.executable, "-c", sys.argv[2], sys.argv[1]], capture_output=True)
seconds = time.perf_counter() - start
found = done.stdout.decode().strip() + " characters"
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, found]))
"""
PLAIN = {
    ".txt": "import sys; print(len(open(sys.argv[1], encoding='utf-8').read()))",
    ".docx": "import sys, docx; print(sum(len(one.text) for one in"
    " docx.Document(sys.argv[1]).paragraphs))",
    ".pdf": "import sys, pypdfium2; print(sum(len(page.get_textpage().get_text_range())"
    " for page in pypdfium2.PdfDocument(sys.argv[1])))",
}


@dataclass(frozen=True)
class Run:
    """One process."""

    seconds: float
    megabytes: float
    found: str


def main() -> None:
    """Make the files, measure in turns, print a row for each file and way."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("issue", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(
            f"{'file':26}{'way':7}{'min s':>8}{'median s':>10}{'max s':>8}{'peak MiB':>10}  found"
        )
        for file in made(options.issue, Path(folder)):
            measure(file, options.runs)


def made(issue: Path, folder: Path) -> list[Path]:
    """The text itself, and the sample issue as Word, as PDF, and as a PDF of a hundred pages."""
    sys.path.insert(0, str(ROOT / "tests"))
    import forms

    facts = json.loads(TRUTH.read_text(encoding="utf-8"))["articles"]
    sections = list(dict.fromkeys(article["section"] for article in facts))
    text = SAMPLE.read_text(encoding="utf-8")
    printed = forms.printed(text, [article["title"] for article in facts], sections)
    files = [folder / f"text-{issue.name}"]
    files[0].write_bytes(issue.read_bytes())
    for name, source in (
        ("sample.docx", forms.as_styled_word(printed)),
        ("sample.pdf", forms.as_pdf(printed)),
        ("hundred-pages.pdf", forms.as_pdf(longer(printed, 18))),
    ):
        files.append(folder / name)
        files[-1].write_bytes(source.data)
    return files


def longer(printed: "forms.Printed", times: int) -> "forms.Printed":  # type: ignore[name-defined]  # noqa: F821
    """The same issue with every article's text so many times over."""
    import forms

    colophon = next(at for at, line in enumerate(printed.body) if line.startswith("编辑："))
    body: list[str] = []
    for is_text, lines in groupby(
        printed.body[:colophon], key=lambda line: printed.kind(line) == "text"
    ):
        body += list(lines) * (times if is_text else 1)
    body += printed.body[colophon:]
    return forms.Printed(printed.front, body, printed.titles, printed.sections)


def measure(file: Path, runs: int) -> None:
    """Both ways in turn."""
    ways = {"ours": (OURS,), "plain": (PLAINLY, PLAIN[file.suffix])}
    done: dict[str, list[Run]] = {way: [] for way in ways}
    for _ in range(runs):
        for way, (code, *more) in ways.items():
            done[way].append(run(code, str(file), *more))
    for way, found in done.items():
        seconds = sorted(one.seconds for one in found)
        peak = max(one.megabytes for one in found)
        times = f"{seconds[0]:8.3f}{median(seconds):10.3f}{seconds[-1]:8.3f}{peak:10.1f}"
        print(f"{file.name:26}{way:7}{times}  {found[0].found}")


def run(code: str, *arguments: str) -> Run:
    """A fresh interpreter, which starts and measures another one."""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
    return Run(*json.loads(done.stdout))


if __name__ == "__main__":
    main()
