"""Text and publisher rows become typed, validated frames; what does not fit goes to the quarantine with its reason."""
