"""Putting the records of a live installation by in one file, and bringing them back without anything old firing."""
