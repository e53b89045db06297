"""The equations of a network: as a tree, printed three ways, with and without numbers."""
