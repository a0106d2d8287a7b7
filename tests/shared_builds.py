"""What the builds that all test processes share are made with (see conftest.py)."""

ARTICLE_DAY = "2025-07-30"
BUILT_THREADS = "2"  # tests/process/test_determinism.py builds with other numbers
