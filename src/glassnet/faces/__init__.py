"""Floor 5, the faces: they render records and compute nothing."""
