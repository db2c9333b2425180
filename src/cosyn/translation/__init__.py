"""Translation side by side: a sheet for reviewers, and their proposals back into the files."""
