"""The rules of the house that no linter knows, kept by tests."""

import ast
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = sorted(
    path for folder in ("distribution", "workers") for path in (ROOT / folder).rglob("*.py")
)
SQL = {"select", "insert", "update", "delete"}
KNOW_SQL = ("distribution/db.py", "distribution/statements.py")
LONGER = {"distribution/delivery/__init__.py": 420}
"""The schema is one page, and what a station offers one list."""


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def breaking(rule: Callable[[Path], bool]) -> list[str]:
    """The modules that do not keep it: one test for all of them, since they are hundreds."""
    return [relative(path) for path in SOURCES if not rule(path)]


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def imports_of(path: Path) -> tuple[ast.ImportFrom, ...]:
    return tuple(
        node for node in ast.walk(ast.parse(text_of(path))) if isinstance(node, ast.ImportFrom)
    )


def test_every_module_says_in_a_sentence_what_it_is() -> None:
    def says(path: Path) -> bool:
        docstring = ast.get_docstring(ast.parse(text_of(path))) or ""
        return docstring.partition("\n")[0].endswith((".", "。", ","))

    assert breaking(says) == []


def test_sql_stands_in_stores_only() -> None:
    def keeps_to_itself(path: Path) -> bool:
        imported = {
            alias.name
            for node in imports_of(path)
            if (node.module or "").startswith("sqlalchemy")
            for alias in node.names
        }
        return not imported & SQL or "store" in relative(path) or relative(path) in KNOW_SQL

    assert breaking(keeps_to_itself) == []


def test_only_the_clock_asks_for_the_time() -> None:
    asks = re.compile(r"\b(datetime\.now|utcnow|date\.today)\(")

    assert breaking(lambda path: path.name == "clock.py" or not asks.search(text_of(path))) == []


def test_no_file_outgrows_its_purpose() -> None:
    def is_short(path: Path) -> bool:
        return len(text_of(path).splitlines()) <= LONGER.get(relative(path), 320)

    assert breaking(is_short) == []


def test_no_requirement_names_where_it_was_downloaded() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        assert text.count("--hash=sha256:") >= text.count("==") > 0


def test_broker_messages_can_never_be_pickles() -> None:
    assert not [path for path in SOURCES if "pickle" in path.read_text(encoding="utf-8").lower()]


def test_an_installed_wheel_works_from_any_folder(tmp_path: Path) -> None:
    wheels, target, elsewhere = tmp_path / "wheels", tmp_path / "target", tmp_path / "elsewhere"
    elsewhere.mkdir()
    run("-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", wheels, ROOT)
    with zipfile.ZipFile(next(wheels.glob("*.whl"))) as wheel:
        wheel.extractall(target)
    out = run(
        "-c",
        f"import sys; sys.path.insert(0, {str(target)!r}); import distribution.cli as c; "
        f"assert c.__file__.startswith({str(target)!r}); sys.argv[1:] = ['demo', 'shop']; c.main()",
        cwd=elsewhere,
    )
    assert "已交中继" in out
    assert len(list((elsewhere / "shop" / "outbox").glob("*.eml"))) > 60


def run(*words: object, cwd: Path = ROOT) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


STATIONS = {
    path.name
    for path in (ROOT / "distribution").iterdir()
    if (path / "__init__.py").exists() and path.name != "cli"
}


def test_stations_know_only_the_public_names_of_others() -> None:
    inner = re.compile(rf"distribution\.({'|'.join(sorted(STATIONS))})\..+")

    def knows_faces(path: Path) -> bool:
        own = ".".join(path.relative_to(ROOT).parts[:2])
        modules = [node.module or "" for node in imports_of(path)]
        return all(one.startswith(f"{own}.") for one in modules if inner.fullmatch(one))

    assert breaking(knows_faces) == []
