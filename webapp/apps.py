"""The wiring as a Django app, so that its system checks and commands are found."""

from django.apps import AppConfig


class WebappConfig(AppConfig):
    """Registers the system checks of `webapp.checks`."""

    name = "webapp"

    def ready(self) -> None:
        from webapp import checks  # noqa: F401 - registering is the import's effect
