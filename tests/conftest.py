"""Which modules bring the fixtures."""

pytest_plugins = ["tests.browser", "tests.database"]
