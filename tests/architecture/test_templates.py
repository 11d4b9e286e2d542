"""Pages keep to the strict Content-Security-Policy and to the tokens: nothing inline, nothing forced."""

import re
from typing import Final

from tests.architecture.conftest import Plant
from tests.architecture.tree import File, Tree, places

FORBIDDEN: Final = {
    r"<[^>]*\sstyle\s*=": "has an inline style: give it a class and a rule in a component's css",
    r"<style\b": "has a style element: put the rules into a component's css",
    r"<script\b(?![^>]*\b(?:src=|type=\"application/(?:ld\+)?json\"))": "has an inline script: put it into static/",
    r"<[^>]*\son[a-z]+\s*=": "has an inline handler: listen from a module in static/",
    r"\|\s*safe\b|\{%\s*autoescape\s+off": "switches escaping off: pass markup as SafeString from where it is made",
    r"javascript:": "has a javascript: address",
}


def inline_code(tree: Tree) -> list[str]:
    return [
        f"{file.path}:{line_of(file, match.start())} {what}."
        for file in tree.files(".html", under="src/caudal")
        for pattern, what in FORBIDDEN.items()
        for match in re.finditer(pattern, without_comments(file.text), re.IGNORECASE)
    ]


def without_comments(text: str) -> str:
    """The template with its comments blanked out, so that places stay true."""
    comment = re.compile(r"\{#.*?#\}|\{% comment .*?endcomment %\}|<!--.*?-->", re.DOTALL)
    return comment.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def forced_styles(tree: Tree) -> list[str]:
    return [
        f"{file.path}:{line_of(file, match.start())} forces a rule: order the components instead of !important."
        for file in tree.files(".css", under="src/caudal")
        if "/vendor/" not in file.path
        for match in re.finditer(r"!\s*important", file.text)
    ]


def line_of(file: File, position: int) -> int:
    return file.text.count("\n", 0, position) + 1


def test_no_template_has_anything_inline(tree: Tree) -> None:
    assert inline_code(tree) == []


def test_no_style_is_forced(tree: Tree) -> None:
    assert forced_styles(tree) == []


def test_inline_code_in_a_template_is_found(plant: Plant) -> None:
    planted = plant(
        {
            "src/caudal/crm/templates/crm/board.html": """
                <p style="color: red">one</p>
                <script>two()</script>
                <button onclick="three()">three</button>
                {{ four|safe }}
                <script src="/static/crm/board.js" type="module"></script>
                <script id="spec" type="application/json">{}</script>
                {# <p style="old"> #}
                <p class="style">on a = b</p>
                """
        }
    )
    assert places(inline_code(planted)) == [f"crm/templates/crm/board.html:{line}" for line in (1, 2, 3, 4)]


def test_a_forced_style_is_found(plant: Plant) -> None:
    planted = plant(
        {
            "src/caudal/ui/static/ui/components/card.css": ".card {\n  color: red !important;\n}\n",
            "src/caudal/ui/static/ui/vendor/vega.css": ".vega { color: red !important; }\n",
        }
    )
    assert places(forced_styles(planted)) == ["ui/static/ui/components/card.css:2"]
