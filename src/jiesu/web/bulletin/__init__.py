"""The bulletin: its editions drafted, edited and issued, what the review meeting asked for, appeals, signals, cards."""
