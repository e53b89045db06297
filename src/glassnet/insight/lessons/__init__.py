"""Lessons: a question, what is tried to answer it, and the answer."""
