"""The colours of all figures: of at least 3 : 1 of contrast on white, and different in every kind of colour vision.

Grey is reference, blue data and training rows, vermillion the model, held-out rows and what to look at, ink text and
members. No colour says alone what a marker, a dash or a label does not say too.
"""

from matplotlib.colors import LinearSegmentedColormap

INK, BLUE, VERMILLION, GREY = "#1b2a41", "#0072B2", "#D55E00", "#767f8c"

SIGNED = LinearSegmentedColormap.from_list("signed", [VERMILLION, "#ffffff", BLUE])  # negative to positive
