"""What the installed plugins offer, known without importing them."""
