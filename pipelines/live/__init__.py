"""Live sources: asking publishers, archiving what they answer, taking archived answers and dropped files into the lake."""
