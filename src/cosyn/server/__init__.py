"""The web pages of a wave that is fielded: what respondents see, and a page that only shows."""
