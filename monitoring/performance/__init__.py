"""How right a model is: inspections, and what follows of them."""
