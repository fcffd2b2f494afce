"""The functions of every ``services`` room as their source says them: who asks, who trusts, who calls.

Read with ``ast``, so that it holds for code that no test runs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mlops_portal.environment import BASE_DIR
from tests.architecture.contracts import PACKAGES

HTTP = {"views", "api", "forms", "serializers", "consumers", "filters", "adapter", "authentication"}


@cache
def modules() -> dict[str, Path]:
    """Every module of ours by its dotted name."""
    return {
        ".".join(path.relative_to(BASE_DIR).with_suffix("").parts).removesuffix(".__init__"): path
        for package in PACKAGES
        for path in sorted((BASE_DIR / package).rglob("*.py"))
    }


def room_of(module: str) -> str:
    """``services``, ``views``, …: the part of the name below the app, or ""."""
    rooms = {"services", *HTTP}
    return next((part for part in module.split(".") if part in rooms), "")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Function:
    module: str
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def key(self) -> str:
        return f"{self.module}.{self.node.name}"

    @property
    def public(self) -> bool:
        return not self.node.name.startswith("_")

    @property
    def arguments(self) -> dict[str, str]:
        every = [*self.node.args.posonlyargs, *self.node.args.args, *self.node.args.kwonlyargs]
        return {one.arg: ast.unparse(one.annotation) if one.annotation else "" for one in every}

    @property
    def by(self) -> bool:
        """Whether it takes a person who acts."""
        return "by" in self.arguments

    @property
    def without_person(self) -> bool:
        """Whether ``by`` may be None: then the portal itself acts."""
        return "None" in self.arguments.get("by", "")


@cache
def functions() -> dict[str, Function]:
    """Every function of the services, private ones too, by its dotted name."""
    return {
        one.key: one
        for module, path in modules().items()
        if room_of(module) == "services"
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for one in [Function(module, node)]
    }


@cache
def names_in(module: str) -> dict[str, str]:
    """What a name means in a module: dotted names of what it imports by name and of what it defines."""
    path = modules()[module]
    found = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    return found | {one.node.name: one.key for one in functions().values() if one.module == module}


def resolved(dotted: str) -> Function | None:
    """The service of that name, also where a package hands it on from one of its modules."""
    while dotted and dotted not in functions():
        home, _dot, name = dotted.rpartition(".")
        again = names_in(home).get(name, "") if home in modules() else ""
        dotted = again if again != dotted else ""
    return functions().get(dotted)


def imported(module: str) -> list[Function]:
    """The services that a module imports by name."""
    found = (resolved(dotted) for dotted in names_in(module).values())
    return [one for one in found if one is not None]


def service(module: str, call: ast.Call) -> Function | None:
    """The service that a call in ``module`` reaches: by its name, or as an attribute of its module."""
    names = names_in(module)
    if isinstance(call.func, ast.Attribute):
        home = names.get(ast.unparse(call.func.value), "")
        return resolved(f"{home}.{call.func.attr}") if home in modules() else None
    return resolved(names.get(getattr(call.func, "id", ""), ""))


def in_order(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of an expression in the order in which they run, arguments before their call; without what
    is defined inside, and without what a condition may leave out."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return
    sure: list[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.BoolOp):
        sure = [node.values[0]]
    if isinstance(node, ast.IfExp):
        sure = [node.test]
    for child in sure:
        yield from in_order(child)
    yield node


def hands_on(call: ast.Call, name: str = "by") -> bool:
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(isinstance(one, ast.Name) and one.id == name for one in given)


def certain(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """What surely runs of a body, in order: not what stands in a branch or a loop, but what a person who
    acts always meets (``if by is not None``)."""
    for statement in body:
        acted = isinstance(statement, ast.If) and ast.unparse(statement.test) in {"by is not None", "by"}
        if acted or isinstance(statement, ast.With | ast.Try):
            yield from certain(statement.body)
        elif isinstance(statement, ast.For | ast.While | ast.If | ast.Match):
            yield statement
        else:
            yield from in_order(statement)


def _is_ask(function: Function, call: ast.Call) -> bool:
    """``guard(by, …)``, ``demand(…_verdict(by, …))``, or ``by`` handed on to a service that asks."""
    called = getattr(call.func, "id", "")
    if called == "guard":
        return hands_on(call)
    if called == "demand":
        return any(isinstance(one, ast.Call) and hands_on(one) for one in ast.walk(call))
    inner = service(function.module, call)
    return inner is not None and inner != function and inner.by and hands_on(call) and asks(inner)


@cache
def may_tell(function: Function) -> bool:
    return any(_tells(function, one) for one in function.node.body)


def _tells(function: Function, node: ast.AST) -> bool:
    """Whether it may end with an error of its own: a ``raise``, or a call of a service that may."""
    for one in ast.walk(node):
        if isinstance(one, ast.Raise):
            return True
        inner = service(function.module, one) if isinstance(one, ast.Call) else None
        if inner is not None and inner != function and may_tell(inner):
            return True
    return False


@cache
def asks(function: Function) -> bool:
    """Whether it surely asks about ``by``."""
    return any(isinstance(one, ast.Call) and _is_ask(function, one) for one in certain(function.node.body))


TELLING = (ast.Raise, ast.Call, ast.For, ast.While, ast.If, ast.Match)


def told_before(function: Function) -> str:
    """What it may say before it has asked, as source; "" where it asks first."""
    for one in certain(function.node.body):
        if isinstance(one, ast.Call) and _is_ask(function, one):
            return ""
        if isinstance(one, TELLING) and _tells(function, one):
            return ast.unparse(one).splitlines()[0]
    return ""
