"""What every page stands in: who is there, the frame, lists, search, notices."""
