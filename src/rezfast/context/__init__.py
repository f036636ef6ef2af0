"""From an answer to a running tool: contexts, their files, and the environments they give."""
