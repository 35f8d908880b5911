"""From a script to sound: clips, when they are said, and what is written from them."""
