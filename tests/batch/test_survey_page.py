"""The survey as a page: complete in itself, and looked at in a real browser."""

from __future__ import annotations

import json
import re
import shutil
import struct
import subprocess
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rezfast import config
from rezfast.batch.page import html_page
from rezfast.batch.result import Survey
from rezfast.batch.survey import run_survey
from rezfast.config import Settings

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTH, HEIGHT = 720, 1000

Colour = tuple[int, int, int]

# what the page's style says, for the reader's light and dark
LIGHT = {"back": "#ffffff", "fast": "#2c8a57", "slow": "#c4821a", "broken": "#c23b31"}
DARK = {"back": "#14181e", "fast": "#4fb57e", "slow": "#dca548", "broken": "#e8685e"}

# Texts of a chart that leave it or run into each other, found by the browser's own measure.
MEASURE = """<script>
const found = [];
for (const svg of document.querySelectorAll('svg')) {
  const box = svg.viewBox.baseVal, texts = [...svg.querySelectorAll('text')];
  const boxes = texts.map(t => [t.textContent, t.getBBox()]);
  boxes.forEach(([text, a], i) => {
    if (a.x < -1 || a.x + a.width > box.width + 1 || a.y + a.height > box.height + 1)
      found.push('outside: ' + text);
    for (const [other, b] of boxes.slice(i + 1))
      if (a.x < b.x + b.width && b.x < a.x + a.width
          && a.y + 3 < b.y + b.height && b.y + 3 < a.y + a.height)
        found.push('overlap: ' + text + ' / ' + other);
  });
}
if (document.documentElement.scrollWidth > innerWidth) found.push('wider than the window');
const said = document.createElement('pre');
said.id = 'measured'; said.textContent = JSON.stringify(found); document.body.append(said);
</script>"""


@pytest.fixture(autouse=True)
def default_settings() -> Iterator[None]:
    previous = config.use(Settings.from_sources(environ={}, files=[]))
    yield
    config.use(previous)


@pytest.fixture
def survey(tmp_path: Path) -> Survey:
    """A survey with every kind of class, wide distributions, and a name that is no HTML."""
    root = tmp_path / "packages & <more>"
    for number in range(40):
        fast = f"name = 'x'\n#{'x' * (1 << number // 3)}\ndef commands():\n    {'pass;' * 9}\n"
        _write(root / f"a_family_with_a_rather_long_name_{number % 13}" / str(number), fast)
    for number in range(12):
        _write(root / "dynamic" / str(number), "requires = todays()\n")
        _write(root / "decides" / str(number), "if today:\n    requires = []\n")
    _write(root / "broken" / "1", "requires = [\n")
    _write(root / "broken" / "2;<script>alert(1)</script>", "x = <b>&amp;\n")
    (root / "empty" / "1").mkdir(parents=True)
    return run_survey([str(root)])


def _write(directory: Path, text: str) -> None:
    directory.mkdir(parents=True)
    (directory / "package.py").write_text(text)


@pytest.fixture
def browse(tmp_path: Path) -> Callable[..., bytes]:
    """Open a page in a browser without a window; what it prints."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert program, f"this test needs a browser: install one of {', '.join(BROWSERS)}"
    count = 0

    def run(page: Path, *options: str) -> bytes:
        nonlocal count
        count += 1
        done = subprocess.run(
            [
                *(program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
                *("--disable-background-networking", "--disable-dev-shm-usage"),
                *(f"--user-data-dir={tmp_path}/profile{count}", "--hide-scrollbars"),
                *(f"--window-size={WIDTH},{HEIGHT}", *options, page.as_uri()),
            ],
            capture_output=True,
            timeout=120,
            check=True,
        )
        return done.stdout

    return run


# -- in itself -----------------------------------------------------------------------------------


class _Checker(HTMLParser):
    """Elements that are open, and everything that would load something."""

    VOID = ("meta", "rect", "line")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        if tag in ("script", "link", "img", "iframe", "object", "base", "a"):
            self.loads.append(tag)
        self.loads += [k for k, _ in attributes if k in ("src", "href") or k.startswith("on")]

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        return

    def handle_endtag(self, tag: str) -> None:
        # a <rect> with a tooltip has an end of its own
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_a_page_is_well_formed_and_loads_nothing(survey: Survey) -> None:
    page = html_page(survey)
    checker = _Checker()
    checker.feed(page)
    assert checker.open == []
    assert checker.loads == []
    assert not re.search(r"https?:|@import|url\(", page)
    assert "default-src 'none'" in page


def test_names_and_messages_are_escaped(survey: Survey) -> None:
    page = html_page(survey)
    assert "<script" not in page
    assert "packages &amp; &lt;more&gt;" in page
    assert "alert(1)" in page


def test_an_empty_and_an_interrupted_survey_have_a_page(tmp_path: Path) -> None:
    empty = run_survey([str(tmp_path)])
    assert "0.0 %" in html_page(empty)
    empty.complete = False
    assert "interrupted" in html_page(empty)


def test_differences_are_on_the_page(survey: Survey) -> None:
    from rezfast.batch.differential import Difference, Differential

    survey.differential = Differential()
    survey.differential.differences.append(
        Difference("/p/package.py", "requires", ["a"], ["<b>"], "rezfast")
    )
    page = html_page(survey)
    assert "1 difference in 0 accepted definitions" in page
    assert "[&#x27;&lt;b&gt;&#x27;]" in page


# -- in a browser --------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_browser_lays_every_chart_out(
    survey: Survey, browse: Callable[..., bytes], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    text = html_page(survey).replace("default-src 'none'", "default-src 'unsafe-inline'")
    page.write_text(text.replace("</body>", f"{MEASURE}</body>"))
    shown = browse(page, "--dump-dom").decode()
    measured = re.search(r'<pre id="measured">(.*?)</pre>', shown)
    assert measured is not None
    assert json.loads(measured.group(1)) == []
    assert shown.count("<svg") == 7


@pytest.mark.parametrize(
    ("options", "colours"),
    [((), LIGHT), (("--blink-settings=preferredColorScheme=0",), DARK)],
    ids=["light", "dark"],
)
@pytest.mark.browser
def test_a_browser_shows_it_in_the_readers_colours(
    options: tuple[str, ...],
    colours: dict[str, str],
    survey: Survey,
    browse: Callable[..., bytes],
    tmp_path: Path,
) -> None:
    page, picture = tmp_path / "page.html", tmp_path / "page.png"
    page.write_text(html_page(survey))
    browse(page, f"--screenshot={picture}", *options)
    pixels = _count_colours(picture.read_bytes())
    assert pixels.most_common(1)[0][0] == _colour(colours["back"])
    for group in ("fast", "slow", "broken"):
        assert pixels[_colour(colours[group])] > 500, group


def _colour(text: str) -> Colour:
    red, green, blue = bytes.fromhex(text[1:])
    return red, green, blue


def _count_colours(png: bytes) -> Counter[Colour]:
    """How many pixels of a PNG have each colour."""
    at, data, width, depth = 8, b"", 0, 0
    while at < len(png):
        (size,) = struct.unpack_from(">I", png, at)
        kind, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += size + 12
        if kind == b"IHDR":
            width, _, bits, colour = struct.unpack_from(">IIBB", content)
            assert bits == 8
            depth = {2: 3, 6: 4}[colour]
        elif kind == b"IDAT":
            data += content
    raw, stride = zlib.decompress(data), width * depth
    counts: Counter[Colour] = Counter()
    above = bytearray(stride)
    for start in range(0, len(raw), stride + 1):
        row = bytearray(raw[start + 1 : start + 1 + stride])
        _unfilter(raw[start], row, above, depth)
        counts.update(zip(row[0::depth], row[1::depth], row[2::depth], strict=True))
        above = row
    return counts


def _unfilter(kind: int, row: bytearray, above: bytearray, depth: int) -> None:
    """Undo what a row of a PNG was filtered with."""
    for i in range(len(row) if kind else 0):
        left = row[i - depth] if i >= depth else 0
        up, corner = above[i], above[i - depth] if i >= depth else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = up
        elif kind == 3:
            guess = (left + up) // 2
        else:
            near = left + up - corner
            guess = min((left, up, corner), key=lambda value: abs(near - value))
        row[i] = (row[i] + guess) & 255
