"""What clients and conformance suites of the F3548 ecosystem rely on, asked over HTTP of a server process."""
