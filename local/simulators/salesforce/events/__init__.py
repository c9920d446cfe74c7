"""What Salesforce tells on its own: outbound messages, and change events as they reach EventBridge."""
