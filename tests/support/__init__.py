"""What tests share: helpers that are no fixtures."""
