"""The questionnaire in the hands of many departments: roster, drafts, envelopes, operations."""
