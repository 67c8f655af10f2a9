"""The telephone exchange: one small port, a console twin, a command of the city's own; files of call records."""

from jiesu.channels.phone.port import Command, Console, NoExchange, chosen

__all__ = ["Command", "Console", "NoExchange", "chosen"]
