"""Events: what happens where and when, who plays, who comes. Knows nothing of votes."""
