"""Bulk API 2.0: jobs that take or give whole files, and live on their own while nobody asks."""
