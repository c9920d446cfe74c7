"""A page of the interface: the routes of one file."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter


def page() -> APIGatewayHttpRouter:
    """An empty page."""
    return APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
