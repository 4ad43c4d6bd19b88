"""One neutral question in a small window: at which desk is this? A program of its own, as windows want a whole process.

It reads the question and the places as JSON, and writes the id of the one that is chosen; nothing when it is closed.
"""

import json
import subprocess
import sys
from collections.abc import Sequence


def ask(question: str, places: Sequence[tuple[str, str]]) -> str:
    """The id of the place that somebody chose; empty when nobody did or no window can be opened here."""
    said = json.dumps({"question": question, "places": list(places)})
    words = [sys.executable, "-m", __name__]
    answered = subprocess.run(words, input=said, capture_output=True, text=True, encoding="utf-8", check=False)
    return answered.stdout.strip()


def show(question: str, names: Sequence[str]) -> int | None:
    """Which of the names is chosen, by the keyboard or the pointer. None stands chosen before: a guess."""
    import tkinter  # a part of Python that some systems leave out

    window, chosen = tkinter.Tk(), []
    window.title(question)
    listed = tkinter.Listbox(window, height=min(len(names), 15), width=max(30, *map(len, names)), exportselection=False)
    listed.insert(tkinter.END, *names)
    listed.pack(fill=tkinter.BOTH, expand=True, padx=8, pady=8)

    def choose(_event: object) -> None:
        if found := listed.curselection():
            chosen.append(found[0])
            window.destroy()

    for event in ("<Return>", "<Double-Button-1>"):
        listed.bind(event, choose)
    window.bind("<Escape>", lambda _event: window.destroy())
    listed.focus_set()
    window.mainloop()
    return chosen[0] if chosen else None


def main() -> None:
    """Ask what stands on the input."""
    said = json.load(sys.stdin)
    which = show(said["question"], [name for _id, name in said["places"]])
    if which is not None:
        sys.stdout.write(said["places"][which][0])


if __name__ == "__main__":
    main()
