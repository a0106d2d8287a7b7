"""chipflows: a pipeline and warehouse for AI-chip trade flows. Each sub-package is one room of the data's way."""

import os

# Matrices here are small: a second thread of OpenBLAS would only spin, half of the processor time of an event study. Read when
# numpy is first imported; whoever sets the variable keeps their number.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
