"""One file per scenario; each offers `measure(bench) -> list of figures`."""
