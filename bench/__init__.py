"""Measures the figures of the design on a running server, each beside its floor and the disk's own time."""
