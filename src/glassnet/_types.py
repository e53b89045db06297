"""The glossary of axis names: every array of the core is annotated with one of these.

`batch` rows are samples. A dense layer maps `in` numbers to `out` numbers. `*shape`, `*in` and `*out` stand for any
number of axes, and within one signature the same name is the same size each time.
"""

from jaxtyping import Bool, Float, Int, UInt32

from glassnet._lazy import Array

Scalar = Float[Array, ""]
Integer = Int[Array, ""]
Boolean = Bool[Array, ""]
UInt32Scalar = UInt32[Array, ""]  # 32 random bits, or a seed
Entries = Float[Array, "*shape"]  # an array whose layout does not matter to the rule
Parameter = Float[Array, "..."]  # W, b, ...: each of a shape of its own
PerSample = Float[Array, "batch"]

Inputs = Float[Array, "batch in"]
Outputs = Float[Array, "batch out"]
Targets = Float[Array, "batch targets"]
Weights = Float[Array, "in out"]
Bias = Float[Array, "out"]

RowsIn = Float[Array, "batch *in"]  # rows of any shape that enter a layer or a network
RowsOut = Float[Array, "batch *out"]

FlatParameters = Float[Array, "parameters"]  # all parameters of a network laid end to end
RowNumbers = Int[Array, "_"]  # row numbers

TableValues = Float[Array, "rows columns"]  # a whole table: inputs, targets, weight
Columns = Float[Array, "columns"]
Residuals = Float[Array, "residuals"]
Jacobian = Float[Array, "residuals parameters"]
