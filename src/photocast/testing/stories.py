"""Visual stories, made here and free to use: in the form of `photocast train story`, with small pictures."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NAMES = ("Rusty", "Ola", "Bram", "Ines", "Tuck", "Mira")
COLOURS = ("red", "blue", "green", "yellow", "purple", "white")
FEELINGS = ("joy", "fear", "surprise", "sadness")


def picture(path: Path, number: int) -> Path:
    """Write a picture of 48 by 40 pixels that is like no other with another number."""
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", (48, 40), tuple((factor * number + 80) % 256 for factor in (37, 91, 53)))
    image.putpixel((number % 48, number // 48 % 40), (255, 255, 255))
    image.save(path)
    return path


def story(number: int, pictures: int = 3, **more: Any) -> dict[str, Any]:
    """A story that has everything that any of the tasks needs.

    Args:
        number: decides who it is about, what they feel and how they look.
        pictures: how many.
        more: fields that are other than made up here.
    """
    name, colour = NAMES[number % len(NAMES)], COLOURS[number % len(COLOURS)]
    frames = [
        {
            "image": f"pictures/{number}-{at}.png",
            "caption": f"Figure {number} at place {at}.",
            "text": f"{name} came to place {at} of tale {number}.",
            "characters": [
                {"name": name, "emotion": FEELINGS[(number + at) % 4], "look": {"hair": colour, "bag": f"bag{number}"}}
            ],
        }
        for at in range(pictures)
    ]
    return {"id": f"s{number}", "licence": "cc-by-4.0", "frames": frames} | more


def write_stories(file: Path, *stories: Mapping[str, Any] | str) -> Path:
    """Write stories a line each, texts as they are, and the pictures that are not there yet beside them."""
    for at, one in enumerate(stories):
        for place, frame in enumerate(one["frames"] if isinstance(one, Mapping) else ()):
            path = file.parent / frame["image"]
            if path.suffix == ".png" and path.is_relative_to(file.parent) and not path.exists():
                picture(path, 100 * at + place + 1)
    file.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in stories), "utf-8")
    return file
