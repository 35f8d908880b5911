"""From a script to sound: who has which voice, a clip a turn, when each is heard, the mix and the master."""

from photocast.speech.casting import cast
from photocast.speech.clips import Clips
from photocast.speech.speaking import Spoken, speak, to_be_made

__all__ = ["Clips", "Spoken", "cast", "speak", "to_be_made"]
