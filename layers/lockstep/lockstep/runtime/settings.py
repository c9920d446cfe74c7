"""The environment of a function: the only reader of environment variables.

Promises one frozen value, read at first use, and an error that names the missing variable.
"""

import os

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator


class Environment(BaseModel):
    """What template.yaml sets for every function (times in seconds)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    table_name: str = Field(alias="TABLE_NAME")
    secrets_key_id: str = Field(alias="SECRETS_KEY_ID")
    webhook_secret_arn: str = Field(alias="WEBHOOK_SECRET_ARN")
    marketo_url: str = Field(alias="MARKETO_URL", default="")
    salesforce_login_url: str = Field(alias="SALESFORCE_LOGIN_URL")
    people_from_marketo_queue_url: str = Field(alias="PEOPLE_FROM_MARKETO_QUEUE_URL")
    activities_to_salesforce_queue_url: str = Field(alias="ACTIVITIES_TO_SALESFORCE_QUEUE_URL")
    rollups_to_salesforce_queue_url: str = Field(alias="ROLLUPS_TO_SALESFORCE_QUEUE_URL")
    worker_timeout: int = Field(alias="WORKER_TIMEOUT", ge=1)
    lease_seconds: int = Field(alias="LEASE_SECONDS", ge=2)
    settle_seconds: int = Field(alias="SETTLE_SECONDS", ge=1)
    gather_seconds: int = Field(alias="GATHER_SECONDS", ge=1)
    log_level: str = Field(alias="LOG_LEVEL", default="INFO")
    service_name: str = Field(alias="POWERTOOLS_SERVICE_NAME", default="lockstep")
    metrics_namespace: str = Field(alias="POWERTOOLS_METRICS_NAMESPACE", default="Lockstep")

    @model_validator(mode="after")
    def _times_fit(self) -> "Environment":
        """A worker that still runs when others take its silence for a lost call could write twice."""
        for name, seconds in (("LEASE_SECONDS", self.lease_seconds), ("SETTLE_SECONDS", self.settle_seconds)):
            if self.worker_timeout >= seconds:
                raise ValueError(f"WORKER_TIMEOUT ({self.worker_timeout}) must be less than {name} ({seconds})")
        return self

    def queue_url(self, flow: str) -> str:
        """Where the nudges of a flow go."""
        url: str = getattr(self, f"{flow}_queue_url")
        return url


def environment() -> Environment:
    """Read the environment; raises RuntimeError naming each variable that is missing or wrong, or does not fit."""
    try:
        return Environment.model_validate(dict(os.environ))
    except ValidationError as error:
        names = ", ".join(str(problem["loc"][0]) if problem["loc"] else problem["msg"] for problem in error.errors())
        raise RuntimeError(f"these environment variables are missing or wrong: {names}") from None
