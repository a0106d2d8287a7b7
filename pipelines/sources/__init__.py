"""One module per publisher: what its bytes look like and how they become tidy rows. Pure functions of bytes."""
