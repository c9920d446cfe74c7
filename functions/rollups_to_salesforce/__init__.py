"""The newest activity of sellers to fields on leads, contacts, accounts and opportunities in Salesforce."""
