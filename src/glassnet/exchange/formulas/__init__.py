"""Formulas as files: what a fitted model computes, written so that other programs compute it."""
