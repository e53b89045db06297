"""The edge: a file, a frame or an array goes in, numbers come out, in NumPy float64 until they are scaled."""
