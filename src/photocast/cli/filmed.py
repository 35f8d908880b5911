"""What came of filming an episode, for people and for programs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from photocast.pipeline.film import FilmedEpisode


def filmed_lines(done: "FilmedEpisode") -> Iterator[str]:
    """A line each."""
    filmed = done.filmed
    minutes, seconds = divmod(round(filmed.seconds), 60)
    width, height = filmed.size
    sound = f"{done.audio.name} {'copied' if filmed.copied else 'encoded as AAC'}"
    yield f"{minutes}:{seconds:02} of film, {width} x {height}, {filmed.photos} photos; {sound}"
    yield f"  signed by {done.signer}" if done.signer else "  not signed"
    yield from (f"  note: {note}" for note in done.notes)


def filmed_document(done: "FilmedEpisode") -> dict[str, Any]:
    """The same for programs."""
    filmed = done.filmed
    width, height = filmed.size
    return {
        "video": str(done.video),
        "cover": str(done.cover),
        "audio": str(done.audio),
        "audio_copied": filmed.copied,
        "seconds": round(filmed.seconds, 3),
        "frames": filmed.frames,
        "width": width,
        "height": height,
        "photos": filmed.photos,
        "captions_not_drawn": filmed.undrawn,
        "signer": done.signer,
        "notes": list(done.notes),
    }
