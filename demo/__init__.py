"""The demonstration city 御影市: invented people in invented offices, the same for the same seed and day."""
