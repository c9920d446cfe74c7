"""Who may do what: the table is complete, and everything else is refused."""

import pytest

from lockstep.domain.ids import user_email
from workspace_api.access import ADMIN, MAY, USER, Caller
from workspace_api.app import resolver
from workspace_api.problems import Problem


def test_every_operation_stands_in_the_table() -> None:
    """Each route's function has a row of roles, and no row is for a function that is gone (S08)."""
    routes = resolver._static_routes + resolver._dynamic_routes
    assert {route.func.__name__ for route in routes} == set(MAY) - {"not_found_handler"}


def test_admins_may_everything_and_nobody_else_has_a_role() -> None:
    """Each row allows the admin, and only the two roles occur."""
    assert all(ADMIN in roles and roles <= {ADMIN, USER} for roles in MAY.values())


def test_a_user_acts_for_himself_only() -> None:
    """A user sees and connects the own account; an admin everybody's."""
    user, admin = Caller(user_email("a@example.com"), USER), Caller(user_email("b@example.com"), ADMIN)
    assert user.sees("A@example.com")
    assert not user.sees("b@example.com")
    assert admin.sees("a@example.com")
    user.acts_for(user.email)
    admin.acts_for(user.email)
    with pytest.raises(Problem, match="only your own account"):
        user.acts_for(admin.email)
