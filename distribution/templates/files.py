"""The files of the template folders: one in an earlier folder hides those in later ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError
from jinja2.meta import find_referenced_templates

from distribution import own_files
from distribution.bundle import bundled
from distribution.fingerprint import fingerprint
from distribution.templates.broken import BrokenTemplate

_SUFFIXES = (".html", ".txt")
_MOST_BYTES = 256 * 1024
"""Of a file; the longest of ours has 8 KiB."""
_MOST_FILES = 200
"""Of a folder."""


@dataclass(frozen=True, slots=True)
class Source:
    """One template."""

    path: str
    text: str
    fault: str = ""
    """Why it cannot be used; told only when it is."""


def read_sources(folders: Sequence[Path]) -> dict[str, Source]:
    """Every template by its name, such as "digest/body.html"; raises BrokenTemplate."""
    sources: dict[str, Source] = {}
    for folder in folders:
        paths = list(_files(folder))
        if len(paths) > _MOST_FILES:
            raise BrokenTemplate(str(folder), None, f"文件太多，最多 {_MOST_FILES} 个")
        for path in paths:
            if path.suffix in _SUFFIXES:
                sources.setdefault(path.relative_to(folder).as_posix(), _read(path))
    return sources


def is_overridden(sources: Mapping[str, Source]) -> bool:
    """Whether anything is there that did not come with the program."""
    own = bundled("email_templates").resolve()
    return not all(Path(source.path).resolve().is_relative_to(own) for source in sources.values())


def unused_overrides(folders: Sequence[Path]) -> list[Path]:
    """Files of the installation's own folders that no mail uses: a misspelt name, most likely."""
    own = bundled("email_templates")
    used = _used(read_sources(folders), [path.relative_to(own).as_posix() for path in _files(own)])
    return [
        path
        for folder in folders
        if folder.resolve() != own.resolve()
        for path in _files(folder)
        if path.relative_to(folder).as_posix() not in used
    ]


def fingerprint_of(folders: Sequence[Path], mail: str = "digest") -> str:
    """The SHA-256 of the files that make a mail, each as it is in effect; raises BrokenTemplate."""
    sources = read_sources(folders)
    used = _used(sources, [name for name in sources if name.startswith(f"{mail}/")])
    made_of = {name: sources[name].text for name in used if name in sources}
    if any(None in _references(text) for text in made_of.values()):
        made_of = {name: source.text for name, source in sources.items()}  # it takes in any of them
    return fingerprint(made_of)


def _used(sources: Mapping[str, Source], begun: Sequence[str]) -> set[str]:
    """The names of these templates, and of all that they take in."""
    waiting, used = list(begun), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            found = _references(sources[name].text) if name in sources else ()
            waiting += filter(None, found)
    return used


def _files(folder: Path) -> Iterator[Path]:
    """In the order of their names, without hidden ones; raises BrokenTemplate.

    A folder need not exist, but one that cannot be looked into may hold what an editor relies on.
    """
    try:
        entries = sorted(folder.iterdir())
        for path in entries:
            if path.name.startswith("."):
                continue
            if path.is_dir():
                yield from _files(path)
            elif path.is_file():
                yield path
    except FileNotFoundError:
        return
    except OSError as error:
        raise BrokenTemplate(str(folder), None, f"无法读取（{own_files.reason(error)}）") from error


def _read(path: Path) -> Source:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            return Source(str(path), "", f"文件太大，最多 {_MOST_BYTES // 1024} KiB")
        return Source(str(path), data.decode("utf-8-sig"))  # with the mark of Windows' editor, too
    except UnicodeDecodeError:
        return Source(str(path), "", "不是 UTF-8 编码的文字，请另存为 UTF-8")
    except OSError as error:
        return Source(str(path), "", f"无法读取（{own_files.reason(error)}）")


def _references(text: str) -> list[str | None]:
    """Templates that one takes in; None is one whose name is reckoned."""
    try:
        return list(find_referenced_templates(Environment().parse(text)))  # noqa: S701 - parsed, never rendered
    except (TemplateSyntaxError, RecursionError):
        return []  # told about where it is rendered
