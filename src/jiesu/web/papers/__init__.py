"""Papers: how a page is set as PDF and as .docx, and the layout that reports share."""
