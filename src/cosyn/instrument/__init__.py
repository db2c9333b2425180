"""The questionnaire as data: read strictly, checked, and turned into a neutral form."""
