"""A film of an episode: its photos in motion, with the audio and captions."""

from photocast.publish.film.film import Filmed, write_film

__all__ = ["Filmed", "write_film"]
