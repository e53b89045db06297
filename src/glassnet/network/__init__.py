"""The mathematics: pure functions and frozen records, written as the equations are written."""
