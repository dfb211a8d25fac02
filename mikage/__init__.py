"""Mikage: groupware for a Japanese city."""

__version__ = "0.1.0"
