"""The expert panel: workbooks for experts, and content validity from what they say."""
