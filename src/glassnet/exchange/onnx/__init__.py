"""Models in and out in the Open Neural Network Exchange format (ONNX)."""
