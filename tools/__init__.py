"""Tools for those who maintain the project; the program does not need them."""
