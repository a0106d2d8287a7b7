"""Declarations only: every column once (fields), every table once (tables), and the checks that follow from them."""
