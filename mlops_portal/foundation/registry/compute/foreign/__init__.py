"""Models that were trained elsewhere: nothing in them is believed, and nothing but ONNX is ever run."""
