"""The product's own settings: data in the store, versioned, one sentence per mistake.

Promises that one version holds everything that a judgement depends on, the sellers' own choices too, so that
an item names one number (I22), and that a seller may narrow what an admin allows and never widen it (LS-34).
"""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from lockstep.domain.ids import UserEmail
from lockstep.domain.sales_activity import EmailText

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
MOST_CHOICES = 15  # LS-27: call outcomes, and call reasons

EmailMethod = Literal["api", "bcc"]
RecordKind = Literal["contact", "lead"]
DuplicateRule = Literal[
    "contact_first_newest", "contact_first_oldest", "most_tasks", "owner_match_then_newest", "all", "none"
]
Choice = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
FieldName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,79}$")]
RollupObject = Literal["lead", "contact", "account", "opportunity"]
Rollup = Literal["last_activity_by_sales", "last_sales_engagement", "last_replied", "current_sales_campaign"]


class CallOutcome(BaseModel):
    """An outcome that sellers may choose for a call, and what kind of end it stands for (LS-27)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Choice
    type: Choice = "Answered"

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, given: Any) -> Any:
        return {"name": given} if isinstance(given, str) else given


class SellerChoices(BaseModel):
    """What one seller decides for the own account; None follows the admin (LS-06, LS-34)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    log_emails: bool | None = None
    log_calls: bool | None = None
    log_replies: bool | None = None
    email_method: EmailMethod | None = None
    bcc_address: EmailText | None = Field(default=None, description="The seller's Email to Salesforce address")


@dataclass(frozen=True, slots=True)
class SellerRules:
    """What holds for one seller: the admin's settings with the seller's own choices in them."""

    log_emails: bool
    log_calls: bool
    log_replies: bool
    email_method: EmailMethod
    bcc_address: str | None


class Settings(BaseModel):
    """What admins decide (behaviour.md 12.4); every default is off or the vendor's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    log_emails: bool = Field(default=False, description="Log sent emails as Salesforce Tasks")
    log_calls: bool = Field(default=False, description="Log calls as Salesforce Tasks")
    log_replies: bool = Field(default=False, description="Log each reply as a Task of its own; needs log_emails by api")
    email_method: EmailMethod = Field(
        default="api",
        description="How emails reach Salesforce: api writes Tasks, bcc leaves them to a blind copy of each mail",
    )
    team_override: bool = Field(
        default=False, description="These settings hold for every seller and lock their own; many calls where on"
    )
    subject_template: str = Field(
        default="{{activity_subject}}",
        max_length=1000,
        description="Subject of logged Tasks: text and tokens such as {{activity_subject}}",
    )
    log_to: tuple[RecordKind, ...] = Field(
        default=("contact", "lead"), min_length=1, description="Kinds of records that activities are logged to"
    )
    duplicate_rule: DuplicateRule = Field(
        default="owner_match_then_newest", description="Which record, where several have the email address"
    )
    no_match_rule: Literal["skip", "create_lead"] = Field(
        default="skip", description="What becomes of an email to an address that no record has"
    )
    what_id: Literal["none", "account", "open_opportunity"] = Field(
        default="none", description="Also relate Tasks to what the contact has a role in (several: several Tasks)"
    )
    call_outcomes: tuple[CallOutcome, ...] = Field(
        default=(), max_length=MOST_CHOICES, description="Outcomes that sellers may choose for a call"
    )
    call_reasons: tuple[Choice, ...] = Field(
        default=(), max_length=MOST_CHOICES, description="Reasons that sellers may choose for a call"
    )
    call_outcome_required: bool = Field(default=False, description="A call without an outcome is not logged")
    call_reason_required: bool = Field(default=False, description="A call without a reason is not logged")
    rollups: tuple[RollupObject, ...] = Field(
        default=(), description="Objects that get most-recent-activity fields; each write may meet validation rules"
    )
    rollup_fields: dict[Rollup, FieldName] = Field(
        default_factory=dict, description="API names of the most-recent-activity fields, by what they hold"
    )
    rejection_limit: int = Field(
        default=50,
        ge=5,
        le=10_000,
        description="Refusals in a row after which a flow halts until somebody looks; "
        "it also halts where more than half of ten times as many answers are refusals",
    )
    marketo_daily_quota: int = Field(
        default=50_000,
        ge=1_000,
        le=100_000_000,
        description="The Marketo instance's calls a day; Lockstep takes at most half of them",
    )
    sellers: dict[str, SellerChoices] = Field(
        default_factory=dict, description="The sellers' own choices, by address; they narrow and never widen"
    )

    def of(self, user: UserEmail) -> SellerRules:
        """What holds for one seller (LS-06, LS-34); the BCC address is always the seller's own."""
        own = self.sellers.get(user, SellerChoices())
        chosen = SellerChoices() if self.team_override else own
        emails = self.log_emails and chosen.log_emails is not False
        method: EmailMethod = chosen.email_method or self.email_method
        return SellerRules(
            log_emails=emails,
            log_calls=self.log_calls and chosen.log_calls is not False,
            log_replies=self.log_replies and chosen.log_replies is not False and emails and method == "api",
            email_method=method,
            bcc_address=own.bcc_address,
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

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.log_replies and not (self.log_emails and self.email_method == "api"):
            raise ValueError("log_replies needs log_emails on and email_method api; switch it off too, or those on")
        if self.call_outcome_required and not self.call_outcomes:
            raise ValueError("call_outcome_required needs call_outcomes to choose from")
        if self.call_reason_required and not self.call_reasons:
            raise ValueError("call_reason_required needs call_reasons to choose from")
        if self.rollups and not self.rollup_fields:
            raise ValueError("rollups needs rollup_fields: the API names of the fields to write")
        return self


class VersionedSettings(BaseModel):
    """Settings with their version, which each item judged under them notes."""

    model_config = ConfigDict(frozen=True)

    version: int = 0
    values: Settings = Settings()
    changed_at: str | None = None
    changed_by: str | None = None
