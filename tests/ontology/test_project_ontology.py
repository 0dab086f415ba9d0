"""The ontology of the default project: complete, consistent with its lists, documented."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from kuvend.namespaces import prefixes
from kuvend.ontology import Ontology, check_ontology, read_ontology, reference_page
from kuvend.ontology.catalog import CATALOG_NAME, read_catalog
from kuvend.ontology.reference import prefix_page
from places import ROOT, SHARED

FOLDER = ROOT / "ontology"
LANGUAGES = {"en", "sq", "uk", "tr"}


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return read_ontology(FOLDER)


def test_the_lint_finds_neither_errors_nor_warnings(ontology: Ontology) -> None:
    found = [f.as_text(ROOT) for f in check_ontology(ontology) if f.severity != "info"]
    assert found == []


def test_every_term_has_a_label_in_four_languages(ontology: Ontology) -> None:
    own = [term for term in ontology.terms.values() if term.own]
    assert len(own) > 400
    assert {term.iri for term in own if not set(term.labels) >= LANGUAGES} == set()


def test_reused_terms_have_labels_in_four_languages_too(ontology: Ontology) -> None:
    reused = [term for term in ontology.terms.values() if not term.own]
    assert len(reused) > 150
    assert {term.iri for term in reused if not set(term.labels) >= LANGUAGES} == set()


def test_every_class_and_property_has_an_english_definition(ontology: Ontology) -> None:
    kinds = ("class", "object property", "datatype property", "annotation property")
    own = ontology.of_kind(*kinds, own=True)
    assert len(own) > 230
    assert [term.iri for term in own if "en" not in term.definitions] == []


def test_the_prefix_list_is_that_of_the_program(ontology: Ontology) -> None:
    assert ontology.prefixes == prefixes()
    text = (FOLDER / "prefixes.ttl").read_text(encoding="utf-8")
    assert text == prefix_page(str(ontology.iri), prefixes())


def test_the_catalogue_names_every_file_by_its_ontology(ontology: Ontology) -> None:
    named = read_catalog(FOLDER)
    for file in ontology.files:
        if file.role != "prefixes":
            assert file.iri is not None
            assert named[file.iri].samefile(file.path)
    entries = list(ET.parse(FOLDER / CATALOG_NAME).getroot())
    assert len(entries) == len(named)


def test_each_module_is_imported_by_the_header_and_says_its_title(ontology: Ontology) -> None:
    header = next(file for file in ontology.files if file.iri == ontology.iri)
    for file in ontology.files:
        if file.role in ("module", "import") and file is not header:
            assert file.iri in header.imports


def test_everything_the_draft_named_is_there(ontology: Ontology) -> None:
    draft = SHARED / "ontology-draft" / "draft.ttl"
    if not draft.is_file():
        pytest.skip("the draft is not part of the product")
    names = re.findall(r"^(kvc?):([\w-]+) ", draft.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(names) > 100
    iris = {prefixes()[prefix] + local for prefix, local in names}
    assert iris - set(ontology.terms) == set()


def test_the_reference_page_is_that_of_the_ontology(ontology: Ontology) -> None:
    page = (ROOT / "docs" / "reference" / "ontology.md").read_text(encoding="utf-8")
    assert page.endswith(reference_page(ontology)), "run `python docs/generate.py`"


def test_every_rule_of_the_lint_is_documented() -> None:
    sources = (ROOT / "server" / "kuvend" / "ontology").rglob("*.py")
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    rules = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)",\s*"(?:error|warning|info)"', text))
    rules |= set(re.findall(r'(?:rule = |Misuse\()"([a-z]+(?:-[a-z]+)+)"', text))
    assert len(rules) > 30
    documented = (ROOT / "docs" / "reference" / "check.md").read_text(encoding="utf-8")
    assert {rule for rule in rules if f"`{rule}`" not in documented} == set()


def test_the_ontology_of_the_how_to_is_clean(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "extend-the-ontology.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```turtle\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(examples) == 1
    (tmp_path / "main.ttl").write_text(examples[0], encoding="utf-8")
    assert check_ontology(read_ontology(tmp_path)) == []
