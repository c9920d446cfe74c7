"""The real clock, chance, queues and secrets behind the engine's ports.

The only module that looks at the clock, draws random numbers or calls SQS and KMS.
"""

import base64
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from lockstep.domain.message import Nudge
from lockstep.domain.reason import Reason
from lockstep.engine.errors import Halt, Unavailable
from lockstep.runtime.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

_BATCH = 10  # SQS takes ten messages a request
_LONGEST_DELAY = 900
_STAGES = ("AWSCURRENT", "AWSPREVIOUS")


@contextmanager
def _reached(service: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        name = type(error).__name__
        raise Unavailable(Reason.VENDOR_BUSY, f"{service} was not reached: {name}") from error


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)


class SystemChance:
    """The machine's source of randomness."""

    def below(self, limit: int) -> int:
        """A number from 0 to limit - 1."""
        return secrets.randbelow(limit)

    def token(self) -> str:
        """A new opaque id, 32 hex digits."""
        return secrets.token_hex(16)


class SqsNudges:
    """Nudges on SQS, each on its flow's queue."""

    def __init__(self, client: "SQSClient", urls: Mapping[str, str]):
        self._client = client
        self._urls = urls

    def send(self, nudges: list[Nudge], delay_seconds: int = 0) -> list[Nudge]:
        """Send nudges; returns those that SQS did not take, which it may say with HTTP 200."""
        failed: list[Nudge] = []
        for flow in dict.fromkeys(nudge.flow for nudge in nudges):
            mine = [nudge for nudge in nudges if nudge.flow == flow]
            for start in range(0, len(mine), _BATCH):
                failed += self._send(mine[start : start + _BATCH], delay_seconds)
        return failed

    def _send(self, nudges: list[Nudge], delay: int) -> list[Nudge]:
        try:
            answer = self._client.send_message_batch(
                QueueUrl=self._urls[nudges[0].flow],
                Entries=[
                    {
                        "Id": str(index),
                        "MessageBody": json.dumps(nudge.wire()),
                        "DelaySeconds": min(max(delay, 0), _LONGEST_DELAY),
                    }
                    for index, nudge in enumerate(nudges)
                ],
            )
        except (BotoCoreError, ClientError) as error:
            said = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
            logger().error("SQS did not take nudges", extra={"flow": nudges[0].flow, "error": said})
            return nudges
        return [nudges[int(entry["Id"])] for entry in answer.get("Failed", [])]


class KmsSealer:
    """Secrets encrypted by KMS with the connection's id as encryption context (S11)."""

    def __init__(self, client: "KMSClient", key_id: str):
        self._client = client
        self._key_id = key_id

    def seal(self, context: str, secret: str) -> str:
        """Encrypt; KMS takes at most 4,096 bytes, and Unavailable says that it was not reached (F100)."""
        with _reached("KMS"):
            answer = self._client.encrypt(
                KeyId=self._key_id,
                Plaintext=secret.encode(),
                EncryptionContext={"connection": context},
            )
        return base64.b64encode(answer["CiphertextBlob"]).decode()

    def open(self, context: str, sealed: str) -> str:
        """Decrypt; a wrong context is a Halt, an unreachable KMS is Unavailable (F100)."""
        with _reached("KMS"):
            try:
                answer = self._client.decrypt(
                    CiphertextBlob=base64.b64decode(sealed), EncryptionContext={"connection": context}
                )
            except self._client.exceptions.InvalidCiphertextException:
                detail = f"the secret of {context} does not belong to it: connect it again"
                raise Halt(Reason.CONNECTION_EXPIRED, detail, scope="connection") from None
        return answer["Plaintext"].decode()


class WebhookSecrets:
    """The signing secrets of the webhook: the present one and, during a rotation, the last."""

    def __init__(self, client: "SecretsManagerClient", arn: str):
        self._client = client
        self._arn = arn

    def read(self) -> tuple[str, ...]:
        """Every secret that is still accepted; raises Unavailable where none could be read (F100)."""
        found = tuple(filter(None, map(self._stage, _STAGES)))
        if not found:
            raise Unavailable(Reason.VENDOR_BUSY, "the webhook has no signing secret")
        return found

    def _stage(self, stage: str) -> str | None:
        with _reached("Secrets Manager"):
            try:
                answer = self._client.get_secret_value(SecretId=self._arn, VersionStage=stage)
            except self._client.exceptions.ResourceNotFoundException:
                return None
        return answer["SecretString"]
