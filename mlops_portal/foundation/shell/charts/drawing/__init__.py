"""What charts are drawn with: canvas, frame, scales, points, paint, numbers and times as text."""
