"""The OASIS XML catalogue beside an ontology: which file stands for which ontology IRI."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from kuvend.errors import ProjectError

CATALOG_NAME = "catalog-v001.xml"
_NAMESPACE = "urn:oasis:names:tc:entity:xmlns:xml:catalog"


def read_catalog(folder: Path) -> dict[str, Path]:
    """Ontology IRI to file, as ``catalog-v001.xml`` of ``folder`` says; empty without one.

    Protégé and ROBOT read the same file, so an ontology opens there without the network.

    :raises ProjectError: where the catalogue is not XML, or names a file that is not there.
    """
    path = folder / CATALOG_NAME
    if not path.is_file():
        return {}
    try:
        root = ET.parse(path).getroot()
    except ET.ParseError as error:
        line, column = error.position
        raise ProjectError(
            f"is not XML: {error}", source=str(path), line=line, column=column + 1
        ) from error
    entries = ((e.get("name"), e.get("uri")) for e in root.iter(f"{{{_NAMESPACE}}}uri"))
    found = {name: folder / target for name, target in entries if name and target}
    missing = sorted(str(target) for target in found.values() if not target.is_file())
    if missing:
        raise ProjectError(
            f"the catalogue names {', '.join(missing)}, which is not there.",
            source=str(path),
            suggestion="Correct the entry or add the file.",
        )
    return found
