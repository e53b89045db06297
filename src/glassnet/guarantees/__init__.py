"""Floor 2: what may be promised of networks, and how hard they are to fool."""
