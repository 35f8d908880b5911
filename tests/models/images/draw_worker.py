"""A program that has one picture drawn through `Calls`, for tests that kill it: STATE PICTURES URL [DIES].

With DIES it is killed after the picture is in the store, before the journal hears of it.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from photocast.models import Ending
from photocast.models.calls import Calls
from photocast.models.images import PictureFolder, open_image_model, picture_request
from photocast.models.prices import picture_price
from photocast.runs import Journal


class Deadly(PictureFolder):
    """Takes a file, and its process with it."""

    def put(self, data: bytes, suffix: str) -> str:
        super().put(data, suffix)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("nobody survives that")


async def draw(calls: Calls) -> None:
    async for piece in calls.stream(picture_request("a red boat", seed=3)):
        print(piece.finish if isinstance(piece, Ending) else piece)


def main(state: str, pictures: str, url: str, dies: str = "") -> None:
    store = (Deadly if dies else PictureFolder)(Path(pictures))
    model = open_image_model("bedrock:stability.sd3-5-large-v1:0", store, base_url=url)
    with Journal(Path(state)) as journal:
        run = journal.begin("draw")
        asyncio.run(draw(Calls(model, journal, run, price=picture_price(0.08), repeat=lambda attempts: True)))


if __name__ == "__main__":
    main(*sys.argv[1:])
