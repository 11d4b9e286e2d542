"""Writes the client's resources from the description of the API: one module per kind of record.

bin/client             write src/caudal/client/resources and client.py
bin/client --check     say which files are not what the description says; exit 1 if any
"""

from __future__ import annotations

import keyword
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "src" / "caudal" / "client"
SHARED = "shared"
SEVERAL = ("billing", "ledger")
"""Rooms whose routes stand under one address though they are about several kinds of records: a module for each kind."""
PLURALS = {"people": "person"}
SIMPLE = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
LIST_FIELDS = {"items", "next"}
TRANSPORT = ("Resource", "Version", "quoted")
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Route:
    """One route: where it is and what it is called."""

    method: str
    path: str
    operation: dict[str, Any]

    @property
    def resource(self) -> str:
        first, *rest = self.path.removeprefix("/api/v1/").split("/")
        return "_".join([first, *rest[: first in SEVERAL]]).replace("-", "_")

    @property
    def ids(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)


class Writer:
    """Turns one description into the text of modules."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schemas: dict[str, Any] = schema["components"]["schemas"]
        self.routes = [
            Route(method.upper(), path, operation)
            for path, operations in schema["paths"].items()
            for method, operation in operations.items()
        ]
        self.resources = sorted({route.resource for route in self.routes})
        self.home = self.homes()

    def homes(self) -> dict[str, str]:
        """The module of each schema: its resource's, or the shared one when several use it."""
        users: dict[str, set[str]] = {}
        for route in self.routes:
            for name in self.reached(route.operation):
                users.setdefault(name, set()).add(route.resource)
        return {name: found.pop() if len(found) == 1 else SHARED for name, found in users.items()}

    def reached(self, node: Any, seen: frozenset[str] = frozenset()) -> set[str]:
        """Every schema that a part of the description leads to."""
        found: set[str] = set()
        if isinstance(node, dict):
            name = str(node.get("$ref", "")).rpartition("/")[2]
            if name and name not in seen:
                found |= {name} | self.reached(self.schemas[name], seen | {name})
            for value in node.values():
                found |= self.reached(value, seen)
        elif isinstance(node, list):
            for value in node:
                found |= self.reached(value, seen)
        return found

    def modules(self) -> Iterator[tuple[Path, str]]:
        """Every file with its text."""
        yield (
            HOME / "resources" / "__init__.py",
            '"""The routes and bodies of each kind of record, as the API describes them."""\n',
        )
        yield HOME / "resources" / f"{SHARED}.py", self.module(SHARED, [])
        for resource in self.resources:
            yield (
                HOME / "resources" / f"{resource}.py",
                self.module(resource, [route for route in self.routes if route.resource == resource]),
            )
        yield HOME / "client.py", self.client()

    def module(self, resource: str, routes: list[Route]) -> str:
        """A module: its bodies, then the class of its routes."""
        own = [name for name in self.schemas if self.home.get(name) == resource]
        bodies = [self.body(name) for name in self.in_order(own)]
        queries = [self.query(route) for route in routes if self.query_fields(route)]
        methods = [self.method(route) for route in routes]
        text = "\n\n\n".join([*filter(None, bodies), *queries, *([self.resource(resource, methods)] if routes else [])])
        what = "what several kinds of records share" if resource == SHARED else resource.replace("_", " ")
        return "\n\n".join(
            [f'"""The API: {what}. Written by bin/client."""', self.imports(text, resource), text + "\n"]
        )

    def imports(self, text: str, resource: str) -> str:
        """What a text needs, in the order that the formatter likes."""
        typing = [
            name for name in ("Any", "Literal", "NotRequired", "TypeAlias", "TypedDict", "Unpack") if word(name, text)
        ]
        collections = [name for name in ("Iterator", "Mapping", "Sequence") if word(name, text)]
        shared = sorted(
            class_name(name) for name, home in self.home.items() if home == SHARED and word(class_name(name), text)
        )
        lines = [
            f"from collections.abc import {', '.join(collections)}" if collections else "",
            f"from typing import {', '.join(typing)}" if typing else "",
            "",
            f"from caudal.client.resources.{SHARED} import {', '.join(shared)}"
            if shared and resource != SHARED
            else "",
            f"from caudal.client.transport import {', '.join(each for each in TRANSPORT if word(each, text))}"
            if word("Resource", text)
            else "",
        ]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")

    def in_order(self, names: list[str]) -> list[str]:
        """Names, those that others are made of first."""
        done: list[str] = []

        def add(name: str) -> None:
            for other in sorted(self.reached(self.schemas[name]) - {name}):
                if other in names and other not in done:
                    add(other)
            if name not in done:
                done.append(name)

        for name in sorted(names):
            add(name)
        return done

    def body(self, name: str) -> str:
        """A schema as a typed dictionary, or as an alias for what is none; lists of pages need none."""
        schema = self.schemas[name]
        properties = schema.get("properties")
        told = docstring(schema.get("description"), f"{class_name(name)}.")
        if is_page(schema):
            return ""
        if properties is None:
            return f"{class_name(name)}: TypeAlias = {self.type_of(schema)}\n{told}"
        required = set(schema.get("required", ()))
        rows = [(field, self.type_of(part), field in required) for field, part in properties.items()]
        return typed_dictionary(class_name(name), told, rows)

    def query_fields(self, route: Route) -> list[tuple[str, str, bool]]:
        return [
            (each["name"], self.type_of(each["schema"]), bool(each.get("required")))
            for each in route.operation.get("parameters", ())
            if each["in"] == "query" and each["name"] != "cursor"
        ]

    def query(self, route: Route) -> str:
        """What may be asked of a route."""
        return typed_dictionary(self.query_name(route), '"""What may be asked."""', self.query_fields(route))

    def query_name(self, route: Route) -> str:
        return "".join(part.capitalize() for part in self.name(route).split("_")) + "Query"

    def resource(self, resource: str, methods: list[str]) -> str:
        title = resource_class(resource)
        return f'class {title}(Resource):\n    """The routes of {resource.replace("_", " ")}."""\n\n' + "\n\n".join(
            methods
        )

    def name(self, route: Route) -> str:
        """A route's name without the noun of its resource: list, create, move."""
        singular = PLURALS.get(route.resource, re.sub("s$", "", re.sub("ies$", "y", route.resource)))
        full = str(route.operation["operationId"])
        kept = [each for each in full.split("_") if each not in {route.resource, singular}]
        name = "_".join(kept) or full
        if route.path.endswith("/many"):
            name += "_many"
        return f"{name}_" if keyword.iskeyword(name) else name

    def merges(self, route: Route) -> bool:
        """Whether a change from an older version can be merged."""
        return any(each.get("name") == "Prefer" for each in route.operation.get("parameters", ()))

    def method(self, route: Route) -> str:
        """One method."""
        operation = route.operation
        arguments = [f"{name}: str" for name in route.ids]
        passed, after = [], []
        fields = self.query_fields(route)
        content = operation.get("requestBody", {}).get("content", {})
        body = next((part["schema"] for kind, part in content.items() if kind == "application/json"), None)
        if fields:
            after.append(f"**query: Unpack[{self.query_name(route)}]")
        if route.method != "GET":
            passed.append("idempotency_key=idempotency_key")
            if route.ids:
                passed.append("version=version")
            if self.merges(route):
                passed.append("merge=merge")
        if body is not None:
            after.append(f"**body: Unpack[{self.type_of(body)}]")
            passed.append("body=body")
        elif content:
            passed.append("files=files")
        options = [
            *(["version: Version = None"] if route.method != "GET" and route.ids else []),
            *(["merge: bool = False"] if self.merges(route) else []),
            *(["files: Mapping[str, Any]"] if content and body is None else []),
            *(["idempotency_key: str | None = None"] if route.method != "GET" else []),
        ]
        if fields:
            passed.append("query=query")
        told = docstring(operation.get("description") or operation.get("summary"), "Ask.", indent=8)
        path = re.sub(r"{(\w+)}", r"{quoted(\1)}", route.path)
        path = f'f"{path}"' if route.ids else f'"{path}"'
        answer = self.answer(operation, is_read=route.method == "GET")
        if answer.startswith("Iterator["):
            call = f"self._pages({path}, {'query' if fields else '{}'})"
        else:
            call = f"self._send({', '.join([f'{chr(34)}{route.method}{chr(34)}', path, *passed])})"
        star = ["*", *options] if options else []
        head = ", ".join(["self", *arguments, *star, *after])
        ending = {
            "None": f"        {call}",
            "Any": f"        return {call}",
        }.get(answer, f"        found: {answer} = {call}\n        return found")
        return f"    def {self.name(route)}({head}) -> {answer}:\n        {told}\n{ending}"

    def answer(self, operation: dict[str, Any], *, is_read: bool) -> str:
        """What a route answers when all is well."""
        for status, response in operation["responses"].items():
            if not str(status).startswith("2") or "content" not in response:
                continue
            schema = next(iter(response["content"].values())).get("schema", {})
            if schema.get("format") == "binary":
                return "bytes"
            name = str(schema.get("$ref", "")).rpartition("/")[2]
            if name and is_page(self.schemas[name]) and not is_read:
                return "Any"
            if name and is_page(self.schemas[name]):
                items = self.schemas[name]["properties"]["items"]
                # A list whose caller named the fields has only those; its items are what they would be whole.
                item = self.type_of(items.get("anyOf", [items])[0]["items"])
                return f"Iterator[{item}]"
            # Inside a class that has a method of that name, `list` is the method.
            return re.sub(r"^list\[", "Sequence[", self.type_of(schema))
        return "None"

    def type_of(self, schema: dict[str, Any]) -> str:
        """A schema as a type."""
        if "$ref" in schema:
            return class_name(schema["$ref"].rpartition("/")[2])
        if values := schema.get("enum", [schema["const"]] if "const" in schema else []):
            return f"Literal[{', '.join(map(repr, values))}]"
        if parts := [part for several in ("anyOf", "oneOf", "allOf") for part in schema.get(several, ())]:
            return " | ".join(dict.fromkeys(map(self.type_of, parts)))
        match schema.get("type"):
            case "array":
                return f"list[{self.type_of(schema.get('items', {}))}]"
            case "object":
                inner = schema.get("additionalProperties")
                return f"dict[str, {self.type_of(inner) if isinstance(inner, dict) else 'Any'}]"
            case kind:
                return SIMPLE.get(str(kind), "Any")

    def client(self) -> str:
        """The class that has every resource."""
        titles = {resource: resource_class(resource) for resource in self.resources}
        imports = "\n".join(f"from caudal.client.resources.{name} import {title}" for name, title in titles.items())
        rows = "\n".join(f"    {name}: {title}" for name, title in titles.items())
        made = "\n".join(f'    "{name}": {title},' for name, title in titles.items())
        return (
            '"""The client: every kind of record that the API has. Written by bin/client."""\n\n'
            "from typing import Any, Final\n\n"
            f"{imports}\nfrom caudal.client.transport import Resource, Transport\n\n"
            f"RESOURCES: Final[dict[str, type[Resource]]] = {{\n{made}\n}}\n\n\n"
            'class Client(Transport):\n    """One installation, by its address and a key of one of its members."""\n\n'
            f"{rows}\n\n"
            "    def __init__(self, base_url: str, *, key: str, **options: Any) -> None:\n"
            "        super().__init__(base_url, key=key, **options)\n"
            "        for name, routes in RESOURCES.items():\n"
            "            setattr(self, name, routes(self))\n"
        )


def typed_dictionary(name: str, told: str, rows: list[tuple[str, str, bool]]) -> str:
    """A typed dictionary; in the form of a call where a field's name is a word of Python."""
    if all(IDENTIFIER.fullmatch(field) and not keyword.iskeyword(field) for field, _, _ in rows):
        lines = [f"    {field}: {kind if needed else f'NotRequired[{kind}]'}" for field, kind, needed in rows]
        return "\n".join([f"class {name}(TypedDict):", f"    {told}", "", *(lines or ["    pass"])])
    fields = ", ".join(f'"{field}": {kind if needed else f"NotRequired[{kind}]"}' for field, kind, needed in rows)
    return f'{name} = TypedDict("{name}", {{{fields}}})\n{told}'


def resource_class(resource: str) -> str:
    return "".join(part.capitalize() for part in resource.split("_")) + "Routes"


def class_name(schema: str) -> str:
    return schema.removesuffix("Out") or schema


def is_page(schema: dict[str, Any]) -> bool:
    return set(schema.get("properties", ())) == LIST_FIELDS


def docstring(text: str | None, otherwise: str, indent: int = 4) -> str:
    """A docstring of the first paragraph of a description."""
    first = " ".join((text or otherwise).strip().split("\n\n")[0].split())
    limit = 110 - indent
    if len(first) <= limit:
        return f'"""{first}"""'
    head, _, tail = first.partition(". ")
    if tail and len(head) < limit:
        return f'"""{head}."""'
    return f'"""{first[: limit - 1].rpartition(" ")[0]}…"""'


def word(name: str, text: str) -> bool:
    return re.search(rf"\b{name}\b", text) is not None


def formatted(files: dict[Path, str]) -> dict[Path, str]:
    """The texts as the formatter leaves them."""
    with tempfile.TemporaryDirectory() as folder:
        places = {path: Path(folder) / str(number) / path.name for number, path in enumerate(files)}
        for path, place in places.items():
            place.parent.mkdir()
            place.write_text(files[path], encoding="utf-8")
        for command in (["check", "--fix", "--select", "I,F401"], ["format"]):
            subprocess.run(
                [sys.executable, "-m", "ruff", *command, "--quiet", "--config", str(ROOT / "pyproject.toml"), folder],
                check=True,
            )
        return {path: place.read_text(encoding="utf-8") for path, place in places.items()}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caudal.config.settings")
    django.setup()
    from caudal.api.mounting import mounted  # noqa: PLC0415  Django must be up

    wanted = formatted(dict(Writer(mounted().get_openapi_schema()).modules()))
    stale = {path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text}
    gone = set((HOME / "resources").glob("*.py")) - set(wanted)
    if "--check" in sys.argv:
        for path in sorted(stale | gone):
            sys.stdout.write(f"{path.relative_to(ROOT)} is not what the API says: run bin/client\n")
        return bool(stale | gone)
    for path in gone:
        path.unlink()
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
