"""What the grounding figures say of the published transcripts, and what they cost.

    python benchmarks/grounding.py PAPER [ALBUM …]

PAPER is the folder of the published outputs of SPoRC-VIST (arXiv:2601.01062): in it a folder a story, with
`human_story.txt`, `transcript_32b.txt` and `transcript_235b.txt`. With two ALBUMs or more, pocket writes about each,
and what it names is compared with what was seen.

The encoder is a tiny CLIP with random weights, built on the spot: what it finds alike means nothing, and nothing is
printed of it. Whether a text is read at all does not depend on the weights, and what is cut is cut with any. Its
tokens are single letters, so that it has more pieces to read than a real one.
"""

import argparse
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from photocast.album import Album
from photocast.looking import look
from photocast.metrics.grounding import against_null, chunks, embed_turns, grounded, similarities
from photocast.metrics.objects import fact_coverage_against_null, hallucinated_object_share
from photocast.metrics.retrieval import caption_recall, caption_retrieval
from photocast.models.encoders import HfEncoder, open_encoder
from photocast.models.encoders.published import published_text_features
from photocast.schema import AlbumRecord, Brief, FactSheet, Script, parse_transcript
from photocast.testing import torchvision_shim
from photocast.testing.tiny_encoders import build_tiny_clip
from photocast.writing import write

SYSTEMS = ("32b", "235b")
_HEADER = re.compile(r".*?^={4,}\n", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Story:
    """What people and two systems wrote about five photos."""

    caption: str
    transcripts: dict[str, str]
    """As the paper scored them: with labels, without the header of the file."""
    scripts: dict[str, Script]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("paper", type=Path)
    options.add_argument("albums", nargs="*", type=Path)
    asked = options.parse_args()
    torchvision_shim.install()
    stories = list(published(asked.paper))
    print_retrieval(stories)
    with TemporaryDirectory() as folder:
        print_published_path(stories, Path(folder))
        print_cost(stories, Path(folder))
    if len(asked.albums) > 1:
        print_facts(asked.albums)


def published(paper: Path) -> Iterator[Story]:
    """The stories; one of them has the people's words without the frame that the others have."""
    for folder in sorted(path for path in paper.iterdir() if path.is_dir()):
        human = (folder / "human_story.txt").read_text("utf-8")
        texts = {size: (folder / f"transcript_{size}.txt").read_text("utf-8") for size in SYSTEMS}
        yield Story(
            " ".join(re.findall(r"^\[Image \d+\]: (.*)$", human, re.MULTILINE)) or human,
            {size: _HEADER.sub("", text, count=1).lstrip() for size, text in texts.items()},
            {size: parse_transcript(text) for size, text in texts.items()},
        )


def print_retrieval(stories: Sequence[Story]) -> None:
    captions = [story.caption for story in stories]
    print(f"The people's own captions among those of {len(stories)} stories\n")
    print("| system | R@1 | R@5 | MRR | captions of the next story: R@1 | words of own captions | of others |")
    print("|---" * 7 + "|")
    for size in SYSTEMS:
        spoken = [" ".join(turn.text for turn in story.scripts[size].turns) for story in stories]
        found, recall = caption_retrieval(spoken, captions), caption_recall(spoken, captions)
        wrong = caption_retrieval(spoken, captions[1:] + captions[:1])
        print(
            f"| {size} | {found.recall_at(1):.3f} | {found.recall_at(5):.3f} | {found.mrr:.3f} "
            f"| {wrong.recall_at(1):.3f} | {fmean(recall.own):.3f} | {fmean(recall.others):.3f} |"
        )


def print_published_path(stories: Sequence[Story], folder: Path) -> None:
    """Largest difference of any number between what is read off any two transcripts."""
    print("\n| configuration | transcripts | largest difference, published path | smallest difference, ours |")
    print("|---" * 4 + "|")
    texts = [text for story in stories for text in story.transcripts.values()]
    for kind, old in (("end-of-text token as it is", False), ("the old one, which says 2", True)):
        encoder = open_encoder(f"hf:{build_tiny_clip(folder / f'clip-{old}', old_ending=old)}")
        assert isinstance(encoder, HfEncoder)
        cut = np.concatenate([published_text_features(encoder, text) for text in texts])
        whole = np.stack([encoder.texts(chunks(text[:500], encoder.fits)).mean(axis=0) for text in texts])
        apart = np.abs(whole[:, None] - whole[None]).max(axis=2)[~np.eye(len(whole), dtype=bool)]
        print(f"| {kind} | {len(texts)} | {np.abs(cut - cut[0]).max():.1f} | {apart.min():.3f} |")


def print_cost(stories: Sequence[Story], folder: Path) -> None:
    """Processor seconds of a transcript with the tiny encoder, and of the figures alone."""
    encoder = open_encoder(f"hf:{folder / 'clip-False'}")
    photos = [folder / f"{number}.png" for number in range(5)]
    random = np.random.default_rng(0)
    for photo in photos:
        Image.fromarray(random.integers(0, 256, (512, 768, 3), dtype=np.uint8)).save(photo)
    scripts = [script for story in stories for script in story.scripts.values()]
    pieces, reading, figuring = [], [], []
    shown = encoder.images(photos)
    for script in scripts:
        start = time.process_time()
        turns = embed_turns([turn.text for turn in script.turns], encoder)
        reading.append(time.process_time() - start)
        pieces.append(len(turns.pieces))
        start = time.process_time()
        own = similarities(turns, shown)
        grounded(own, [own] * 24)
        figuring.append(time.process_time() - start)
    print(f"\n{len(scripts)} transcripts, {fmean(pieces):.0f} pieces each. CPU ms a transcript:")
    print(f"reading with the tiny encoder {1000 * fmean(reading):.0f},", end=" ")
    print(f"all figures with 24 other albums {1000 * fmean(figuring):.1f}")


def print_facts(folders: Sequence[Path]) -> None:
    """Scripts of pocket beside the facts of their own album, and of the others."""
    seen = [facts_of(folder) for folder in folders]
    print(
        "\n| album | named without support | beside the facts of others | photos covered | by chance | minus chance |"
    )
    print("|---" * 6 + "|")
    for number, (folder, (album, sheet)) in enumerate(zip(folders, seen, strict=True)):
        script = write(album, sheet, Brief(seed=0)).script
        others = [other for at, (_, other) in enumerate(seen) if at != number]
        covered = fact_coverage_against_null(script, sheet, others)
        share = against_null(
            hallucinated_object_share(script, sheet),
            [partial(hallucinated_object_share, script, one) for one in others],
        )
        figures = (share.raw, share.null, covered.raw, covered.null, covered.lift)
        print(f"| {folder.name} | {' | '.join(f'{figure:.2f}' for figure in figures)} |")


def facts_of(folder: Path) -> tuple[AlbumRecord, FactSheet]:
    with Album.open(folder) as album:
        return AlbumRecord(title=album.title, photos=album.photos, set_aside=album.set_aside), look(album, Brief())


if __name__ == "__main__":
    main()
