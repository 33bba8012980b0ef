"""THE WORDS: frozen values and closed lists that every other room speaks in. Standard library only."""
