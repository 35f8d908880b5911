"""What models are asked, in our own words: templates with a version, which users can replace one by one."""

from photocast.prompts.forms import notes_schema, questions_schema, script_schema, turns_schema
from photocast.prompts.prompts import VERSION, Prompts
from photocast.prompts.telling import Fact, Telling, ToldPhoto

__all__ = [
    "VERSION",
    "Fact",
    "Prompts",
    "Telling",
    "ToldPhoto",
    "notes_schema",
    "questions_schema",
    "script_schema",
    "turns_schema",
]
