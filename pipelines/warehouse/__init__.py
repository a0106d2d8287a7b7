"""The model graph, its build, audit and publication, and the reader of published files."""
