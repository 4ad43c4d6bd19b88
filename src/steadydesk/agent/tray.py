"""The mark in the tray: small, grey, without a window."""

import logging
import threading
from typing import Any

import pystray
from PIL import Image, ImageDraw

from steadydesk.agent import mark

SIZE = 64
GREY = (128, 128, 128, 255)


class Tray:
    """Shows the mark. Where no tray is, it waits for one without a word."""

    def __init__(self) -> None:
        self._shown: tuple[str, str] | None = None
        self._icon = pystray.Icon("steadydesk", picture(mark.UNSURE))

    def start(self) -> None:
        """Show it, beside whatever else the process does, and no longer than that."""
        logging.getLogger("pystray").setLevel(logging.CRITICAL)  # a desktop without a tray would fill the log
        threading.Thread(target=self._icon.run, daemon=True).start()

    def show(self, sign: str, words: str) -> None:
        """What is to be seen, and what is said to whoever points at it."""
        if (sign, words) != self._shown:
            self._shown = sign, words
            self._icon.icon, self._icon.title = picture(sign), words


def picture(sign: str) -> Any:
    """The sign in a grey that says nothing on a light or a dark desktop."""
    image = Image.new("RGBA", (SIZE, SIZE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    middle = SIZE / 2
    if sign == mark.UNSURE:
        draw.text((middle, middle), sign, fill=GREY, anchor="mm", font_size=SIZE * 0.8)
        return image
    radius = SIZE * (0.14 if sign == mark.NOTHING else 0.35)
    box = (middle - radius, middle - radius, middle + radius, middle + radius)
    draw.ellipse(box, fill=None if sign == mark.SENT else GREY, outline=GREY, width=SIZE // 10)
    return image
