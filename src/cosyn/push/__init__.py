"""Sending a questionnaire to a running survey platform, and reading back what it holds."""
