"""Scenarios on a published warehouse: runs of shipped files and of a user's own, without a build."""
