"""The command line: commands render records and compute nothing."""
