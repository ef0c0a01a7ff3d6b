"""What the project says of its speed, as comparisons that anyone can run: ``python -m benchmarks.<name>``."""
