"""What people of the made-up city say: demands, notes, replies and opinions, put together from phrases in JSON."""

from jiesu.demo.words.speaker import Said, Speaker

__all__ = ["Said", "Speaker"]
