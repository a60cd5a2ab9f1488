"""What a provider (USS) runs: a client of the F3548 registry and of its peers, and the planning of a day of flights."""
