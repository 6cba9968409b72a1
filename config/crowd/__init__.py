"""A crowd for `manage.py crowd`: invented people who text and tap as a real room does, mistakes included."""
