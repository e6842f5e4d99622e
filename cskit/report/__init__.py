"""Notebooks in, a pack of pages out. Knows no analysis."""
