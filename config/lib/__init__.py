"""Leaf helpers by topic: conventions every app shares. Imports nothing of Fanfare's own apps."""
