"""What the tests would not notice: `make mutants` changes the code in small ways and runs the tests that execute the change."""
