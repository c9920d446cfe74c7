"""The product's own settings: data in the store, versioned, one sentence per mistake."""

import re

from pydantic import BaseModel, ConfigDict, Field, field_validator

TOKENS = (
    "activity_type",
    "activity_subject",
    "sales_campaign_name",
    "sales_campaign_day",
    "sales_campaign_step",
    "call_outcome",
    "call_reason",
)
TOKEN = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Settings(BaseModel):
    """What admins decide (behaviour.md 12.4); every default is off or the vendor's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    log_emails: bool = Field(default=False, description="Log sent emails as Salesforce Tasks")
    log_calls: bool = Field(default=False, description="Log calls as Salesforce Tasks")
    subject_template: str = Field(
        default="{{activity_subject}}",
        max_length=1000,
        description="Subject of logged Tasks: text and tokens such as {{activity_subject}}",
    )
    marketo_daily_quota: int = Field(
        default=50_000,
        ge=1_000,
        le=100_000_000,
        description="The Marketo instance's calls a day; Lockstep takes at most half of them",
    )

    @field_validator("subject_template")
    @classmethod
    def _tokens_exist(cls, template: str) -> str:
        unknown = [t for t in TOKEN.findall(template) if t.lower() not in TOKENS]
        if unknown:
            listed = ", ".join(f"{{{{{name}}}}}" for name in TOKENS)
            raise ValueError(f"there is no token {{{{{unknown[0]}}}}}; the tokens are {listed}")
        if "{{" in TOKEN.sub("", template) or "}}" in TOKEN.sub("", template):
            raise ValueError("a token is opened or closed but not whole: write {{name}}")
        return template


class VersionedSettings(BaseModel):
    """Settings with their version, which each item judged under them notes."""

    model_config = ConfigDict(frozen=True)

    version: int = 0
    values: Settings = Settings()
    changed_at: str | None = None
    changed_by: str | None = None
