"""Control charts over a series: how far a measure of the process, the business or the model has gone."""
