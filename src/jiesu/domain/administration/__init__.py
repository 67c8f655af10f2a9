"""What an administrator keeps: the kinds of city data with their fields, how they are written and read, and what a
change of them would alter (domain.md §4, house.md 2). Rules only; the tables are the store's."""
