"""What is rising and what is coming: topics, warnings, forecasts, campaigns."""
