"""Lambda entry: the resolver and its pages."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.typing import LambdaContext

from lockstep.runtime import entry
from lockstep.runtime.wiring import World
from workspace_api.access import guard
from workspace_api.refusals import answer_in_words
from workspace_api.routes import PAGES

resolver = APIGatewayHttpResolver(enable_validation=True)
resolver.use([guard])
answer_in_words(resolver)
for page in PAGES:
    resolver.include_router(page.router)


@entry.http
def handler(event: dict[str, Any], _world: World) -> dict[str, Any]:
    """One request."""
    return resolver.resolve(event, LambdaContext())
