"""Stories with pictures as people bring them: folders of albums, VIST's JSON, notes on emotions and characters."""

from photocast.stories.albums import HUMAN_STORY, ITEM_FILE, Item, Problem, read_items, read_story

__all__ = ["HUMAN_STORY", "ITEM_FILE", "Item", "Problem", "read_items", "read_story"]
