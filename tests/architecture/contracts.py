"""Two kinds of import contract that import-linter does not bring; `pyproject.toml` names them and holds their tables."""

from typing import Any, Final

import grimp
from importlinter import Contract, ContractCheck, fields, output
from importlinter.application import contract_utils
from importlinter.contracts.layers import LayersContract
from typing_extensions import override

ANY: Final = "*"


class RoomsContract(LayersContract):
    """Layers whose containers may be absent too: the table names contexts that are still to come."""

    type_name = "rooms"

    @override
    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        present = [container for container in options(self, "containers") if container.expression in graph.modules]
        self.containers = present  # type: ignore[assignment]  # the linter itself replaces fields by their values
        return super().check(graph, verbose)


class DoorsContract(Contract):
    """Contexts reach each other through named rooms only.

    `doors` are lines `importer -> room`, where the importer is `*`, a context, or `*.room`. `types_only` are rooms that
    may be named under `TYPE_CHECKING`, where an annotation needs them.
    """

    type_name = "doors"

    contexts = fields.ListField(subfield=fields.StringField())
    doors = fields.ListField(subfield=fields.StringField())
    types_only = fields.ListField(subfield=fields.StringField())
    broken_contract_guidance = fields.TextField(required=False)

    @override
    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        wrong = [
            (importer, imported)
            for importer in sorted(graph.modules)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if not self.may(importer, imported)
        ]
        if any(parts(imported)[2] in options(self, "types_only") for _, imported in wrong):
            wrong = self.at_run_time(wrong)
        return ContractCheck(kept=not wrong, metadata={"wrong": [f"{one} imports {other}" for one, other in wrong]})

    def may(self, importer: str, imported: str) -> bool:
        """Whether `importer` may name `imported` at run time."""
        _, source, source_room = parts(importer)
        root, target, target_room = parts(imported)
        if (
            source == target
            or root != self.session_options["root_packages"][0]
            or target not in options(self, "contexts")
        ):
            return True
        openings = (ANY, source, f"{ANY}.{source_room}")
        return not target_room or any(f"{opening} -> {target_room}" in options(self, "doors") for opening in openings)

    def at_run_time(self, imports: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Those of `imports` that are more than annotations of rooms in `types_only`."""
        root = self.session_options["root_packages"][0]
        graph = grimp.build_graph(root, exclude_type_checking_imports=True, cache_dir=None)
        return [
            (importer, imported)
            for importer, imported in imports
            if parts(imported)[2] not in options(self, "types_only")
            or importer not in graph.modules
            or graph.direct_import_exists(importer=importer, imported=imported)
        ]

    @override
    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["wrong"]:
            output.print_error(f"- {line}", bold=False)
        output.new_line()
        contract_utils.render_broken_contract_guidance(self.contract_options.get("broken_contract_guidance"))


def parts(module: str) -> tuple[str, str, str]:
    """The package, the context and the room of a module's dotted name; empty where it has none."""
    root, context, room, *_ = (*module.split("."), "", "")
    return root, context, room


def options(contract: Contract, name: str) -> list[Any]:
    """The values of a list option: the class declares a field, an instance holds what was read."""
    return list(getattr(contract, name))
