"""The certain fixes of a validation, applied."""

from __future__ import annotations

from kuvend.shacl.finding import Validation


def fixed_texts(validation: Validation) -> dict[str, str]:
    """The sources that certain fixes change, with the fixes applied; overlapping ones once."""
    changed: dict[str, str] = {}
    for source, lines in validation.texts.items():
        fixes = {f.fix for f in validation.findings if f.fix is not None}
        own = sorted(
            (f for f in fixes if f.source == source), key=lambda f: (f.start, f.end, f.text)
        )
        text, last = "", 0
        for fix in own:
            if fix.start >= last:
                text += lines.text[last : fix.start] + fix.text
                last = fix.end
        if own:
            changed[source] = text + lines.text[last:]
    return changed
