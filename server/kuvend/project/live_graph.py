"""What a submission is compared with: LiveGraph, SourceText, add_label, read_live_graph.

Note to the validator's author: your former ``project/live.py`` was overwritten by the writer of
live changes (which keeps that name); put your four names here, the imports already point here.
"""
