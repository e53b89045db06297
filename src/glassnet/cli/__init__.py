"""Floor 5, the command line: commands render records and compute nothing."""
