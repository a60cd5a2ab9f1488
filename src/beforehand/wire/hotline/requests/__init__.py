"""From a verb's body to the command of the core: read strictly, rounded once, covered with cells."""
