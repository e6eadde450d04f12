"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users and visitors."""

    name = "playground.accounts"
    label = "accounts"
