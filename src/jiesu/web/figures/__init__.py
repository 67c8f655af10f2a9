"""The figures: boards, what lies behind each number, publication, the wall, and what everybody may read."""
