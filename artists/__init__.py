"""Artists: who plays. Profiles and, later, follows, posts and sync."""
