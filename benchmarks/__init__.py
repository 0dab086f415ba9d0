"""Measurements against peers, run by hand: ``python -m benchmarks [NAME …]``."""
