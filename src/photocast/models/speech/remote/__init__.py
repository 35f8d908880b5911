"""Voices behind a wire: those of providers, and those of servers of one's own."""

from photocast.models.speech.remote.engine import RemoteVoices
from photocast.models.speech.remote.opening import open_remote_voices

__all__ = ["RemoteVoices", "open_remote_voices"]
