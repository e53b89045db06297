"""What can be seen of a network and its training, as frozen records that the command line renders."""
