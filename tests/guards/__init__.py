"""What would go wrong without each guard: take it out, and the test that shows it must fail."""
