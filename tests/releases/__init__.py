"""A stored database of every release; each must come up on the newest version."""
