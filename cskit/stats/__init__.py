"""The methods under the analyses: intervals, survival, economics. They know numbers, not customers."""
