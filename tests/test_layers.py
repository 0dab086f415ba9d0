"""The layers of the package are acyclic: each imports only what stands left of it."""

from __future__ import annotations

import ast
from pathlib import Path

import kuvend

PACKAGE = Path(kuvend.__file__).parent

# Left to right; names in one tuple are siblings and do not import one another.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "config", "namespaces", "near", "sandbox"),
    ("formats", "terms", "serializing"),
    ("syntax",),
    ("store",),
    ("corpus", "ontology", "reasoning", "shacl", "sparql", "describe", "queries"),
    ("project",),
    ("web",),
    ("cli",),
)
LEFTMOST_MAY = {("config", "errors"), ("config", "namespaces")}
# Library -> the only layer that may import it.
LIBRARY_HOME = {"flask": {"web"}, "click": {"cli"}, "pyshacl": {"shacl"}, "owlrl": {"reasoning"}}


def imported_modules(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def rank(layer: str) -> int:
    return next(i for i, group in enumerate(LAYERS) if layer in group)


def sources() -> list[Path]:
    found = [p for p in PACKAGE.rglob("*.py") if "default_project" not in p.parts]
    assert len(found) > 5
    return found


def test_every_module_belongs_to_a_layer() -> None:
    known = {name for group in LAYERS for name in group} | {"__init__", "__main__"}
    assert {layer_of(path) for path in sources()} <= known


def test_each_layer_imports_only_what_stands_left_of_it() -> None:
    wrong = []
    for path in sources():
        layer = layer_of(path)
        if layer.startswith("__"):
            continue
        for module in imported_modules(path):
            parts = module.split(".")
            if parts[0] != "kuvend" or len(parts) < 2:
                continue
            target = parts[1]
            if target in {layer, "__version__"} or (layer, target) in LEFTMOST_MAY:
                continue
            if rank(target) >= rank(layer):
                wrong.append(f"{path.relative_to(PACKAGE)} imports {module}")
    assert not wrong


def test_each_heavy_library_is_imported_in_one_layer_only() -> None:
    wrong = []
    for path in sources():
        for module in imported_modules(path):
            home = LIBRARY_HOME.get(module.split(".")[0])
            if home is not None and layer_of(path) not in home:
                wrong.append(f"{path.relative_to(PACKAGE)} imports {module}")
    assert not wrong
