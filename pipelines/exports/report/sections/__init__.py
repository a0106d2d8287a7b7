"""One module per section of the report; each turns frames of the exported tables into words, tables and charts."""
