"""A reader of pages for the tests."""

from __future__ import annotations

from html.parser import HTMLParser

VOID_ELEMENTS = {"meta", "link", "input", "br", "img", "hr", "path"}


class Page(HTMLParser):
    """A page taken apart: links, ids, visible text, and whether every element is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.text = ""
        self.attributes: list[tuple[str, str]] = []
        self.elements: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        if tag not in VOID_ELEMENTS:
            self._open.append(tag)
        for key, value in attrs:
            self.attributes.append((key, value or ""))
            if tag == "a" and key == "href":
                self.links.append(value or "")
            if key == "id":
                self.ids.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID_ELEMENTS:
            assert self._open[-1] == tag, f"{tag} closes {self._open[-1]}"
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
