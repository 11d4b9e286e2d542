"""The icons by name: each is the content of one SVG element, read from `icons.svg` beside this file."""

import re
from pathlib import Path
from typing import Final

_DRAWINGS: Final = dict(
    re.findall(
        r'<symbol id="([\w-]+)"[^>]*>(.*)</symbol>', Path(__file__).with_suffix(".svg").read_text(encoding="utf-8")
    )
)
_SHAPE: Final = "shape-"

ICONS: Final = {name: drawing for name, drawing in _DRAWINGS.items() if not name.startswith(_SHAPE)}
SHAPES: Final = {name.removeprefix(_SHAPE): drawing for name, drawing in _DRAWINGS.items() if name.startswith(_SHAPE)}
"""One shape per tone of colour."""
