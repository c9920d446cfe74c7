"""Every metric, with what a rise means."""

from typing import Literal

Metric = Literal[
    "EventsStored",  # sellers are at work
    "EventsRefused",  # a sender is misconfigured, or somebody tries the door
    "TasksLogged",  # activities reach Salesforce
    "RollupsTold",  # records show their newest activities
    "ItemsSkipped",  # activities are not wanted where they went: see the reasons
    "ItemsNeedYou",  # a person must act: see the reasons
    "ItemsUnknown",  # answers of Salesforce were lost; probes will tell
    "ItemsRetried",  # a vendor is busy or a record is locked
    "PeopleStored",  # people arrive or change
    "PeoplePassedOver",  # people without a sales owner or a Salesforce record
    "InternalFaults",  # Lockstep itself failed on items and set them aside: a bug
    "ConnectionsBlocked",  # a seller's Salesforce connection broke
    "FlowsHalted",  # Salesforce refused too many records in a row: see lockstep status, mend it, lockstep resume
    "NudgesFailed",  # SQS did not take messages; the stream repeats them
    "OldestReadySeconds",  # a flow is behind
    "WatermarkAgeSeconds",  # changes of people are late
    "BooksOutOfBalance",  # never: look at once
]
