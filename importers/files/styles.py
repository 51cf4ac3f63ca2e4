"""What a workbook's styles say about a cell: its visible fill colour, and whether its number is shown as percent.

Excel stores a colour as RGB, as a theme colour with a tint, or as a place in a palette that a file may replace.
"""

import colorsys
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from openpyxl.styles.colors import COLOR_INDEX

from importers.files.archive import Archive
from importers.files.marking import MARKS

NEUTRAL = frozenset({"FFFFFF", "000000", *MARKS.values()})
"""Paper and ink, and the marks of a copy that Muster annotated: no colour a person gave a meaning to."""
PERCENT_FORMATS = frozenset({9, 10})
THEME_ORDER = ("lt1", "dk1", "lt2", "dk2", *(f"accent{number}" for number in range(1, 7)), "hlink", "folHlink")
OFFICE_THEME = tuple(
    "FFFFFF 000000 E7E6E6 44546A 4472C4 ED7D31 A5A5A5 FFC000 5B9BD5 70AD47 0563C1 954F72".split()  # noqa: SIM905
)
HEX = re.compile(r"(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})\Z")
QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


@dataclass(frozen=True)
class Styles:
    """By the number a cell names its style with: `fills` as RRGGBB, without white and black; `percents`."""

    fills: Mapping[int, str] = field(default_factory=dict)
    percents: frozenset[int] = frozenset()


def read_styles(archive: Archive) -> Styles:
    """Nothing for a workbook without styles, or with styles that cannot be read: its values still count."""
    root = part_ending(archive, "/styles.xml")
    if root is None:
        return Styles()
    palette = palette_of(root)
    theme = theme_of(archive)
    try:
        colours = [fill_colour(fill, theme, palette) for fill in children(root, "fills")]
        shown_as_percent = {
            int(form.get("numFmtId", "-1"))
            for form in children(root, "numFmts")
            if "%" in QUOTED.sub("", form.get("formatCode", ""))
        } | PERCENT_FORMATS
        styles = [(int(xf.get("fillId", "0")), int(xf.get("numFmtId", "0"))) for xf in children(root, "cellXfs")]
    except ValueError:
        return Styles()
    return Styles(
        {n: colour for n, (fill, _) in enumerate(styles) if 0 <= fill < len(colours) and (colour := colours[fill])},
        frozenset(number for number, (_, form) in enumerate(styles) if form in shown_as_percent),
    )


def part_ending(archive: Archive, name: str) -> Element | None:
    path = next((path for path in archive.parts if f"/{path}".lower().endswith(name)), None)
    content = archive.parts[path] if path else None
    if content is None:
        return None
    try:
        root: Element = ElementTree.fromstring(content)
    except (LookupError, ValueError, ElementTree.ParseError):
        return None
    return root


def local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def children(root: Element, name: str) -> list[Element]:
    return [child for group in root if local(group) == name for child in group]


def first(root: Element, name: str) -> Element | None:
    return next((element for element in root.iter() if local(element) == name), None)


def palette_of(root: Element) -> tuple[str, ...]:
    """The file's own palette, or Excel's."""
    group = first(root, "indexedColors")
    own = tuple(rgb(entry.get("rgb")) or "FFFFFF" for entry in group) if group is not None else ()
    return own + tuple(colour[-6:] for colour in COLOR_INDEX)[len(own) :]


def theme_of(archive: Archive) -> tuple[str, ...]:
    root = part_ending(archive, "/theme/theme1.xml")
    scheme = first(root, "clrScheme") if root is not None else None
    if scheme is None:
        return OFFICE_THEME
    named = {
        local(entry): rgb(colour.get("lastClr") or colour.get("val")) for entry in scheme for colour in list(entry)[:1]
    }
    return tuple(named.get(name) or usual for name, usual in zip(THEME_ORDER, OFFICE_THEME, strict=True))


def rgb(text: str | None) -> str | None:
    found = HEX.match(text or "")
    return found[1].upper() if found else None


def fill_colour(fill: Element, theme: tuple[str, ...], palette: tuple[str, ...]) -> str | None:
    """The colour a person sees: of a solid or hatched pattern its foreground, of a gradient its first stop."""
    pattern = next((child for child in fill if local(child) in {"patternFill", "gradientFill"}), None)
    if pattern is None or pattern.get("patternType") == "none":
        return None
    if local(pattern) == "gradientFill":
        candidates = [first(pattern, "color")]
    else:
        candidates = [first(pattern, "fgColor")]
        if pattern.get("patternType", "none") not in {"none", "solid"}:
            candidates.append(first(pattern, "bgColor"))
    for candidate in candidates:
        if candidate is not None and (found := colour_of(candidate, theme, palette)) is not None:
            return None if found in NEUTRAL else found
    return None


def colour_of(element: Element, theme: tuple[str, ...], palette: tuple[str, ...]) -> str | None:
    """RRGGBB; None for the automatic colours, which are those of paper and ink."""
    base: str | None = None
    if "rgb" in element.attrib:
        base = rgb(element.get("rgb"))
    elif "theme" in element.attrib:
        number = int(element.get("theme", "0"))
        base = theme[number] if 0 <= number < len(theme) else None
    elif "indexed" in element.attrib:
        number = int(element.get("indexed", "64"))
        base = palette[number] if 0 <= number < len(palette) else None
    return None if base is None else tinted(base, float(element.get("tint", "0")))


def tinted(colour: str, tint: float) -> str:
    """Darker for a negative tint -1..0, lighter for a positive one, as Excel shades its theme colours."""
    if not tint:
        return colour
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    share = min(1.0, abs(tint))
    light = light * (1 - share) + (share if tint > 0 else 0.0)
    return "".join(f"{round(part * 255):02X}" for part in colorsys.hls_to_rgb(hue, light, saturation))
