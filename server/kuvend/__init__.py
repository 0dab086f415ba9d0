"""Who represents whom, by what mandate, under which agreement, and which sentence says so."""

__version__ = "0.1.0"
