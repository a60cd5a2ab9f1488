"""What tests of this program, and of programs that use it, need: engines and clocks that misbehave on demand."""
