"""The DynamoDB room: the only place that knows keys and transactions."""
