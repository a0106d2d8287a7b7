"""Dagster: thin functions that call the rooms, with checks, jobs and the instance settings."""
