"""Tests of the whole, beside those inside the rooms."""
