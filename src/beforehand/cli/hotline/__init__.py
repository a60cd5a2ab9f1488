"""The hotline on a command line: one module for each noun, imported only when it is asked for."""
