"""The core is exact, repeatable and explained: no float, no chance, few libraries, and words for every name."""

import ast
import sys
from collections.abc import Callable, Iterator
from typing import Final

import pytest

from tests.architecture.conftest import Plant
from tests.architecture.tree import File, Tree, imports_of, places

EXACT_TOPICS: Final = frozenset(
    {
        "money",
        "periods",
        "pricing",
        "proration",
        "schedules",
        "rating",
        "journal",
        "recognition",
        "mrr",
        "commissions",
        "entitlements",
        "intervals",
        "plans",
        "targets",
        "expressions",
        "checks",
        "drivers",
    }
)
LIBRARIES: Final = frozenset({"caudal", "iso4217", "typing_extensions"})
NUMERIC: Final = frozenset({"numpy", "scipy"})
LIBRARIES_OF: Final = dict.fromkeys(("scoring", "attribution", "experiments", "forecast", "simulate"), NUMERIC) | {
    "plans": frozenset({"tree_sitter", "tree_sitter_toml"}),
}
"""What some topics rest on beside those."""
CHANCE: Final = ("random.", "secrets.", "os.urandom", "uuid.uuid1", "uuid.uuid4", "numpy.random.default_rng")
"""Sources of chance. A generator that comes in as an argument is fine."""
INEXACT_MODULES: Final = ("statistics", "cmath", "array", "struct")
INTEGER_MATH: Final = frozenset({"gcd", "lcm", "isqrt", "comb", "perm", "factorial", "prod"})
INTEGER_FUNCTIONS: Final = frozenset({"len", "int", "ord", "hash", "id"})


def core(tree: Tree) -> list[File]:
    return tree.python("src/caudal/core")


def exact(tree: Tree) -> list[File]:
    return [file for file in core(tree) if file.room in EXACT_TOPICS]


def chances(tree: Tree) -> list[str]:
    return [
        f"{file.at(node)} draws by {name}: take a generator or the entropy as an argument."
        for file in core(tree)
        for node, name in [*imports_of(file), *attributes(file)]
        if f"{name}.".startswith(CHANCE)
    ]


def attributes(file: File) -> Iterator[tuple[ast.AST, str]]:
    return ((node, file.dotted(node)) for node in file.nodes if isinstance(node, ast.Attribute))


def foreign_libraries(tree: Tree) -> list[str]:
    return [
        f"{file.at(node)} imports {name}: the core rests on the standard library and {', '.join(sorted(allowed))} only."
        for file in core(tree)
        for allowed in [LIBRARIES | LIBRARIES_OF.get(file.room, frozenset())]
        for node, name in imports_of(file)
        if (top := name.partition(".")[0]) not in allowed and top not in sys.stdlib_module_names
    ]


def floats(tree: Tree) -> list[str]:
    return [
        f"{file.at(node)} {what}: use int, Fraction or Decimal, and round at the one rounding door."
        for file in exact(tree)
        for node, what in inexact(file)
    ]


def inexact(file: File) -> Iterator[tuple[ast.AST, str]]:
    refused = {id(part) for node in file.nodes if is_type_test(node) for part in ast.walk(node)}
    integers = integer_names(file)
    for node in file.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield node, f"writes the float {node.value}"
        elif isinstance(node, ast.Name) and node.id in {"float", "complex"} and id(node) not in refused:
            yield node, f"uses {node.id}"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            left, right = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.target, node.value)
            if is_integer(left, integers) and is_integer(right, integers):
                yield node, "divides integers by /"
    for node, name in [*imports_of(file), *attributes(file)]:
        module, _, function = name.partition(".")
        if module in INEXACT_MODULES or (module == "math" and function and function not in INTEGER_MATH):
            yield node, f"uses {name}"


def is_type_test(node: ast.AST) -> bool:
    """Whether the node is `isinstance(…)`: refusing a float names it."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance"


def integer_names(file: File) -> frozenset[str]:
    """Names that every annotation of the file calls `int`."""
    kinds: dict[str, set[str]] = {}
    for node in file.nodes:
        if isinstance(node, ast.arg) and node.annotation:
            kinds.setdefault(node.arg, set()).add(ast.unparse(node.annotation))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            kinds.setdefault(node.target.id, set()).add(ast.unparse(node.annotation))
    return frozenset(name for name, annotations in kinds.items() if annotations == {"int"})


def is_integer(node: ast.AST, integers: frozenset[str]) -> bool:
    """Whether the expression is an integer, as far as its own text tells."""
    match node:
        case ast.Constant(value=int()):
            return True
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name in integers
        case ast.Call(func=ast.Name(id=name)):
            return name in INTEGER_FUNCTIONS
        case ast.UnaryOp(operand=operand):
            return is_integer(operand, integers)
        case ast.BinOp(left=left, op=op, right=right) if not isinstance(op, ast.Div | ast.Pow):
            return is_integer(left, integers) and is_integer(right, integers)
        case _:
            return False


def unexplained(tree: Tree) -> list[str]:
    return [
        f"{file.at(node)} {node.name} has no docstring: give shapes, units, errors, and an example where it computes."
        for file in core(tree)
        for node in public_names(file)
        if ast.get_docstring(node) is None
    ]


def public_names(file: File) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """Public functions and classes of the module, and public methods of those classes."""
    module = file.nodes[0]
    assert isinstance(module, ast.Module)
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (
                    method
                    for method in node.body
                    if isinstance(method, ast.FunctionDef) and not method.name.startswith("_") and not overrides(method)
                )


def overrides(method: ast.FunctionDef) -> bool:
    """Whether another declaration explains the method: it overrides one, or is one of several overloads."""
    return any(ast.unparse(decorator).endswith(("override", "overload")) for decorator in method.decorator_list)


CHECKS: Final = (chances, foreign_libraries, floats, unexplained)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_core_is_exact_repeatable_and_explained(check: Callable[[Tree], list[str]], tree: Tree) -> None:
    assert check(tree) == []


def test_chance_in_the_core_is_found(plant: Plant) -> None:
    planted = plant(
        {
            "src/caudal/core/scoring.py": "import random\n",
            "src/caudal/core/ids.py": "import uuid\nnew = uuid.uuid4()\nok = uuid.UUID(int=1)\n",
            "src/caudal/core/simulate.py": """
                import numpy as np

                def draw(generator: np.random.Generator):
                    return generator.random() + np.random.default_rng().random()
                """,
            "src/caudal/kit/world.py": "import secrets\n",
        }
    )
    assert places(chances(planted)) == ["core/ids.py:2", "core/scoring.py:1", "core/simulate.py:4"]


def test_a_foreign_library_in_the_core_is_found(plant: Plant) -> None:
    planted = plant(
        {
            "src/caudal/core/pricing.py": "import numpy\nfrom fractions import Fraction\n",
            "src/caudal/core/forecast.py": "import numpy\nimport pandas\n",
            "src/caudal/core/money.py": "from iso4217 import Currency\nfrom caudal.core.errors import msg\n",
        }
    )
    assert places(foreign_libraries(planted)) == ["core/forecast.py:2", "core/pricing.py:1"]


@pytest.mark.parametrize(
    "line",
    [
        "rate = 0.1",
        "x = float('1')",
        "def f(x: float) -> None: ...",
        "half = 1 / 2",
        "def f(a: int, b: int): return a / b",
        "def f(a: int): return (a + 1) / len('ab')",
        "def f(a: int):\n    a /= 2",
        "import math\nx = math.sqrt(2)",
        "from math import floor",
        "import statistics",
    ],
)
def test_a_float_in_an_exact_topic_is_found(line: str, plant: Plant) -> None:
    assert len(floats(plant({"src/caudal/core/money.py": f"{line}\n"}))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "from fractions import Fraction\nhalf = Fraction(1) / 2",
        "def f(a: Fraction, b: int): return a / b",
        "import math\nx = math.gcd(4, 6) // 2",
        "def f(x: object):\n    if isinstance(x, float): raise TypeError",
        "text = '0.1'",
    ],
)
def test_exact_arithmetic_in_an_exact_topic_is_fine(line: str, plant: Plant) -> None:
    assert floats(plant({"src/caudal/core/money.py": f"{line}\n"})) == []


def test_a_float_in_a_statistical_topic_is_fine(plant: Plant) -> None:
    assert floats(plant({"src/caudal/core/forecast.py": "weight = 0.5\n"})) == []


def test_a_public_name_of_the_core_without_a_docstring_is_found(plant: Plant) -> None:
    planted = plant(
        {
            "src/caudal/core/money.py": '''
                class Money:
                    """An amount."""

                    def plus(self): ...

                    def __add__(self): ...

                    @override
                    def explained_above(self): ...

                def allocate(): ...

                def _parts(): ...
                '''
        }
    )
    assert places(unexplained(planted)) == ["core/money.py:11", "core/money.py:4"]
