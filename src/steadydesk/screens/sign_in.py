"""The form of signing in: a label says what a field is, and nothing stands in it that vanishes while one types."""

from typing import Any

from allauth.account.forms import LoginForm


class SignIn(LoginForm):
    """allauth's, without its placeholders."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
