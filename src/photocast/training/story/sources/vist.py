"""VIST (Huang et al., NAACL 2016): stories of five photos, and descriptions of single photos.

Texts are taken as people wrote them, not tokenised with `[male]` for names. The evaluation set of photocast is drawn
from VIST's test file; whoever teaches with that file cannot be measured on it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from photocast.stories.vist import read_annotations, read_descriptions
from photocast.training.story.nouns import Frame, LeftOut, VisualStory

SEQUENCE = ".story-in-sequence.json"
ISOLATION = ".description-in-isolation.json"


def read_sequence(file: Path, photos: Mapping[str, Path], licence: str) -> Iterator[VisualStory | LeftOut]:
    """The stories of a story-in-sequence file, told photo by photo.

    Args:
        file: of VIST.
        photos: files by the id of Flickr.
        licence: as stated for the whole.

    Raises:
        InputError: the file cannot be used.
    """
    source = f"vist-{file.name.removesuffix(SEQUENCE)}"
    annotations = read_annotations(file)
    for story in annotations.stories:
        missing = [photo for photo in story.photos if photo not in photos]
        if missing:
            yield LeftOut(f"{source}/{story.id}", "picture_missing", f"there is no photo {missing[0]}")
        else:
            told = zip(story.photos, story.originals, strict=True)
            frames = tuple(Frame(image=photos[photo], text=text) for photo, text in told)
            yield VisualStory(id=story.id, frames=frames, licence=licence, source=source)
    for name, why in annotations.dropped.items():
        yield LeftOut(f"{source}/{name}", "flawed", why)


def read_isolation(file: Path, photos: Mapping[str, Path], licence: str) -> Iterator[VisualStory | LeftOut]:
    """The descriptions of a description-in-isolation file, each as a story of one picture that has a caption.

    Raises:
        InputError: the file cannot be used.
    """
    source = f"vist-{file.name.removesuffix(ISOLATION)}-single"
    times: dict[str, int] = {}
    for one in read_descriptions(file):
        times[one.photo] = times.get(one.photo, 0) + 1
        name = f"{one.photo}-{times[one.photo]}"
        if one.photo in photos:
            frame = Frame(image=photos[one.photo], caption=one.text)
            yield VisualStory(id=name, frames=(frame,), licence=licence, source=source)
        else:
            yield LeftOut(f"{source}/{name}", "picture_missing", f"there is no photo {one.photo}")
