"""chipflows: a pipeline and warehouse for AI-chip trade flows. Each sub-package is one room of the data's way."""
