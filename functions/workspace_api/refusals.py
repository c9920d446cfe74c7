"""What the interface answers when something does not go: one place that turns errors into problems."""

import traceback
from http import HTTPStatus

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)

from lockstep.engine.errors import Defer, SyncError
from lockstep.runtime.observability import logger
from lockstep.runtime.wiring import world
from workspace_api.access import let_in
from workspace_api.problems import Problem, bad_request, not_found, sentences


def answer_in_words(resolver: APIGatewayHttpResolver) -> None:
    """Give the resolver an answer for every kind of error."""

    def invalid(error: RequestValidationError) -> Response[str]:
        try:
            let_in(resolver)  # who may not do it at all is not told how
        except Problem as problem:
            return problem.answer()
        return bad_request(sentences(error.errors())).answer()

    def absent(_error: NotFoundError) -> Response[str]:
        http = resolver.current_event.request_context.http
        return not_found(f"There is no {http.method} {http.path}; docs/openapi.json lists what there is.").answer()

    def broken(error: Exception) -> Response[str]:
        # The message may hold data, so that only the kind and the place go to the log.
        request_id = resolver.current_event.request_context.request_id
        kind = type(error).__name__
        logger().error("unexpected", extra={"kind": kind, "at": _where(error), "request_id": request_id})
        detail = f"This is a fault of Lockstep; report it with the request id {request_id}."
        return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail, request_id=request_id).answer()

    resolver.exception_handler(RequestValidationError)(invalid)
    resolver.exception_handler(NotFoundError)(absent)
    resolver.exception_handler(RequestUnsupportedContentType)(_not_json)
    resolver.exception_handler(Problem)(Problem.answer)
    resolver.exception_handler(SyncError)(_refused)
    resolver.exception_handler(Exception)(broken)


def _not_json(_error: RequestUnsupportedContentType) -> Response[str]:
    return Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send JSON (Content-Type: application/json).").answer()


def _refused(error: SyncError) -> Response[str]:
    """A vendor or the store said no: for now (503), or until somebody acts (422)."""
    detail = f"{error.detail[:1].upper()}{error.detail[1:].rstrip('.')}."
    logger().warning("refused", extra={"reason": error.reason, "code": error.code})
    if not isinstance(error, Defer):
        return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, reason=str(error.reason)).answer()
    wait = error.seconds
    if error.until:
        wait = max(1, int((error.until - world().now()).total_seconds()) + 1)
    headers = {"Retry-After": str(wait)}
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, reason=str(error.reason), headers=headers).answer()


def _where(error: Exception) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
