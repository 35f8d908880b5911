"""What every HTML page of ours needs: text that is shown as text, and a policy that names what may run."""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from photocast import __version__

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


def clean(text: str) -> str:
    """The text without control characters and without the marks that turn its direction around."""
    return _UNPRINTABLE.sub("", text)


def shown(value: object) -> object:
    """Text from files loses control characters and marks that turn its direction around, wherever it is shown."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def csp_hash(text: str) -> str:
    """As a content security policy names what may run."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def filled(
    package: str,
    name: str,
    helpers: Mapping[str, Callable[..., object]] | None = None,
    also: Sequence[str] = (),
    **values: object,
) -> bytes:
    """A page in UTF-8 with its style and behaviour in it.

    Put together piece by piece: as one string, a single emoji would make every character of the pictures in it take
    four bytes.

    Args:
        package: where `template/NAME.html.jinja`, `.css` and `.js` are.
        name: of the template.
        helpers: functions that the template may call, also as filters.
        also: names of more `.css` and `.js`, which come after those of the page.
        values: what the template shows.
    """

    def part(ending: str, *names: str) -> str:
        template = files(package) / "template"
        return "".join((template / f"{one}.{ending}").read_text("utf-8") for one in names)

    style, behaviour = part("css", name, *also), part("js", name, *also)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=shown
    )
    environment.filters.update(helpers or {})
    environment.globals.update(helpers or {})
    pieces = environment.from_string(part("html.jinja", name)).generate(
        version=__version__,
        style=Markup(style),
        behaviour=Markup(behaviour),
        style_hash=csp_hash(style),
        behaviour_hash=csp_hash(behaviour),
        **values,
    )
    return b"".join(piece.encode() for piece in pieces)
