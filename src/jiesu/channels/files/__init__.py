"""Reading a file of residents' messages, or of another system's orders, before anything is stored.

Nothing here knows the database or the city: a row comes out typed and in the words of the record, or as a
reject that says, in Chinese, which line is wrong and what to do about it.
"""

from jiesu.channels.files.records import FileProblem, Reject, Row
from jiesu.channels.files.rejects import write_rejects
from jiesu.channels.files.source import SHANGHAI, Source, open_source

__all__ = ["SHANGHAI", "FileProblem", "Reject", "Row", "Source", "open_source", "write_rejects"]
