"""Runs the benchmarks by name, all of them where none is named, and prints their tables."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks


def names() -> list[str]:
    """The benchmarks there are: the modules of this folder that have a ``main``."""
    found = [module.name for module in pkgutil.iter_modules(benchmarks.__path__)]
    return sorted(name for name in found if not name.startswith("_"))


def run(arguments: list[str]) -> int:
    """Run each named benchmark with the options that follow its name."""
    wanted = [a for a in arguments if not a.startswith("-")] or names()
    options = [a for a in arguments if a.startswith("-")]
    unknown = set(wanted) - set(names())
    if unknown:
        print(
            f"there is no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(names())}",
            file=sys.stderr,
        )
        return 2
    for name in wanted:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"# {name}\n")
        module.main(options)
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
