"""The monthly circular (通报): one content, drawn as .docx, PDF and .xlsx; its figures are a board's and no others."""
