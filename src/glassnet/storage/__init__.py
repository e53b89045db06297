"""Named arrays with a description, in one file that is written whole or not at all."""
