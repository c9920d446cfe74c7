"""Emails and calls of sellers to closed Tasks in Salesforce."""
