"""Which modules bring the fixtures, and what a run takes from the shell that started it."""

import signal

from hypothesis import settings

pytest_plugins = ["tests.browser", "tests.database"]

# A shell without job control starts what it puts in the background deaf to Ctrl-C, and so would be every process that a
# test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine is no fault of a rule: no example is judged by the time that it took.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
