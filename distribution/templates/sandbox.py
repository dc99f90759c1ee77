"""Jinja2 boxed in: sources from memory only, few globals, templates of a size that ends."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2.nodes import Node, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from distribution.templates.broken import BrokenTemplate
from distribution.templates.files import Source
from distribution.templates.wrapping import columns, wrap

_MOST_NODES = 20_000
"""Of one template as parsed; the largest of ours has 700."""
_LONGEST_RANGE = 1_000


class Sandbox(ImmutableSandboxedEnvironment):
    """Keeps templates from whatever Python can reach; only a process of its own ends a loop."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        super().__init__(
            loader=_Loader(sources),
            autoescape=lambda name: name is not None and name.endswith(".html"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self.globals = {"range": _range}
        self.filters.update(wrap=wrap, columns=columns)

    def _parse(self, source: str, name: str | None, filename: str | None) -> Template:
        tree = super()._parse(source, name, filename)
        waiting: list[Node] = [tree]
        for count in range(_MOST_NODES + 1):
            if not waiting:
                return tree
            node = waiting.pop()
            waiting += node.iter_child_nodes()
            if count == _MOST_NODES:
                problem = f"模板太复杂，最多 {_MOST_NODES} 个语法元素"
                raise TemplateSyntaxError(problem, node.lineno, name, filename)
        return tree


@lru_cache(maxsize=4)
def sandbox_of(sources: tuple[tuple[str, Source], ...]) -> Sandbox:
    """The sandbox of these templates; each of them is compiled once per process, not per mail."""
    return Sandbox(dict(sources))


class _Loader(BaseLoader):
    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources

    def get_source(
        self,
        environment: Environment,  # noqa: ARG002 - the signature of Jinja2
        template: str,
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        source = self._sources.get(template)
        if source is None:
            raise TemplateNotFound(template)
        if source.fault:
            raise BrokenTemplate(source.path, None, source.fault)
        return source.text, source.path, None


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > _LONGEST_RANGE:
        raise OverflowError(f"range 最多 {_LONGEST_RANGE} 个数")
    return numbers
