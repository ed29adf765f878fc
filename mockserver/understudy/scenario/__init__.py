"""Scenarios: named sets of rules that change what a stand-in does with requests."""
