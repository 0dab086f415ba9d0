"""``python -m kuvend``: the command line."""

from kuvend.cli import main

main()
