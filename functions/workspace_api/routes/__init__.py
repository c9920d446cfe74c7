"""One file for each page of the interface."""

from workspace_api.routes import (
    activities,
    connections,
    fields,
    own_settings,
    people,
    people_load,
    resume,
    retries,
    settings,
    status,
    users,
    why,
)

PAGES = (
    status,
    people,
    activities,
    why,
    people_load,
    retries,
    resume,
    settings,
    own_settings,
    users,
    connections,
    fields,
)
