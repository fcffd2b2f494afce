"""Control charts over what people watch of the process, the plant and the model."""
