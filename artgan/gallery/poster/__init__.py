"""Works on one sheet of paper."""
