"""The transcript as Podcasting 2.0 has it in JSON."""

import json

from photocast.publish.timed import in_milliseconds, one_line, timed
from photocast.schema import Script, Timeline

_VERSION = "1.0.0"


def transcript_json(script: Script, timeline: Timeline) -> str:
    """What is said, a segment a turn, with its speaker and when it begins and ends, in seconds to the millisecond.

    Raises:
        InputError: the timeline is of other turns.
    """
    segments = []
    for turn, cue in timed(script, timeline):
        start, end = in_milliseconds(cue.start, cue.end)
        segments.append(
            {
                "speaker": one_line(turn.speaker),
                "startTime": start / 1000,
                "endTime": end / 1000,
                "body": one_line(turn.text),
            }
        )
    return json.dumps({"version": _VERSION, "segments": segments}, ensure_ascii=False, indent=2) + "\n"
