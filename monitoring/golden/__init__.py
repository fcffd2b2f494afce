"""Golden samples: parts whose truth a named person gave, and the checks that they make."""
