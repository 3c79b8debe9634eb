"""Every choice of a run: settings, composing, fit, reading and writing."""
