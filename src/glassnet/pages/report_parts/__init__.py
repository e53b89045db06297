"""The parts of a report, from its records."""
