"""The report: one self-contained page written from the exported tables, with charts beside it as PNG, SVG and CSV."""
