"""What leaves the warehouse: CSV files with their data package, and the summary in plain words."""
