"""Every table of chipflows, declared once, one module per layer or subject."""
