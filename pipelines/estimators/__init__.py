"""Statistics that SQL cannot do: each estimator is a pure function from frames to one frame."""
