"""Photos that come with photocast, for `photocast demo`."""
