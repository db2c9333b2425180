"""What is known of a questionnaire's variables, for empty files and for files of answers alike."""
