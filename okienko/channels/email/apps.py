from django.apps import AppConfig


class EmailConfig(AppConfig):
    name = "okienko.channels.email"
    label = "channels_email"
